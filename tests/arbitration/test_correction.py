"""An applicant who was told to correct and does not: the case goes on with what lies there."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from arbitration.documents.values import dispute_values
from arbitration.forms import CorrectionForm
from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.casework import moves, reminders
from hrss_portal.casework.models import Clock, Reminder
from hrss_portal.casework.moves import MoveRefused
from tests.cast import County
from tests.factories import arbitration as make

pytestmark = pytest.mark.usefixtures("rules", "today")
Acting = Callable[..., Any]
PROPOSAL = {
    "summary": make.SUMMARY,
    "handler_opinion": "未补正，拟不予受理",
    "procedure": "ordinary",
}


@pytest.fixture
def told(county: County, clerk: User, acting: Acting) -> Dispute:
    """A dispute without facts, received on 14 November, told to correct until the 20th."""
    acting(clerk)
    case = make.dispute(county, clerk, date(2023, 11, 14), facts="")
    data = {"on": "2023-11-16", "to_correct": "事实与理由", "correct_by": "2023-11-20"}
    form = CorrectionForm(data, case=case, user=clerk)
    assert form.is_valid(), form.errors
    moves.move(case, "ask_correction", by=clerk, data=form.move_data())
    return Dispute.objects.get(pk=case.pk)


def test_what_was_not_corrected_is_decided_on_and_its_clock_runs_again(
    told: Dispute, clerk: User, arbitration_head: User, arbitrator: User, today: Any
) -> None:
    assert dispute_values(told.papers.get(kind="arb.correction"))["correct_by"] == date(
        2023, 11, 20
    )
    with pytest.raises(MoveRefused, match="补正期限 2023-11-20 还没有届满"):
        moves.move(told, "propose", by=clerk, data=PROPOSAL)
    today.move_to("2023-11-21T09:00:00+08:00")
    with pytest.raises(MoveRefused, match="补正期限 2023-11-20 还没有届满"):
        moves.move(told, "propose", by=clerk, on=date(2023, 11, 20), data=PROPOSAL)
    assert moves.move(told, "propose", by=clerk, data=PROPOSAL).to_state == "pending"
    clock = Clock.objects.get(case=told.pk, term="arb.accept")
    assert (clock.state, clock.pauses) == ("running", [["2023-11-16", "2023-11-21"]])
    decision = {"procedure": "ordinary", "handler": arbitrator, "deputy": clerk}
    with pytest.raises(MoveRefused, match="申请书还缺：事实与理由"):
        moves.move(told, "accept", by=arbitration_head, data=decision)
    moves.move(told, "send_back", by=arbitration_head)
    moves.move(told, "propose", by=clerk, data=PROPOSAL)
    refusal = {"outcome": "rejected", "reject_reason": "未补正。"}
    assert moves.move(told, "reject", by=arbitration_head, data=refusal).to_state == "rejected"


def test_when_the_time_to_correct_is_over_the_handler_is_told_then_the_head(
    told: Dispute, clerk: User, arbitrator: User, arbitration_head: User, today: Any
) -> None:
    moves.amend(told, by=None, changes={"handler": arbitrator}, reason="分派")
    clock = Clock.objects.get(case=told.pk, term="arb.correct_by")
    assert (clock.due_on, clock.is_target) == (date(2023, 11, 20), True)
    assert Dispute.objects.get(pk=told.pk).due_on is None  # no statutory day moves by it
    told_to: dict[str, set[int]] = {}
    for day in range(17, 25):
        today.move_to(f"2023-11-{day}T09:00:00+08:00")
        reminders.run()
    for row in Reminder.objects.filter(clock=clock):
        told_to[row.stage] = set(row.sent_to)
    assert told_to["today"] == told_to["overdue"] == {arbitrator.pk}
    assert {arbitrator.pk, arbitration_head.pk} <= told_to["escalate"]
    moves.move(told, "propose", by=clerk, data=PROPOSAL)
    clock.refresh_from_db()
    assert (clock.state, clock.is_late) == ("met", True)


def test_a_notice_names_the_last_day_to_correct(told: Dispute, clerk: User) -> None:
    form = CorrectionForm({"on": "2023-11-16", "to_correct": "事实"}, case=told, user=clerk)
    assert list(form.errors) == ["correct_by"]


def test_without_a_notice_an_application_must_be_complete(
    county: County, clerk: User, acting: Acting
) -> None:
    acting(clerk)
    case = make.dispute(county, clerk, date(2023, 11, 14), facts="")
    with pytest.raises(MoveRefused, match="申请书还缺：事实与理由"):
        moves.move(case, "propose", by=clerk, data=PROPOSAL)


def test_the_last_day_to_correct_is_not_before_the_notice(told: Dispute, clerk: User) -> None:
    data = {"on": "2023-11-16", "to_correct": "事实与理由", "correct_by": "2023-11-15"}
    form = CorrectionForm(data, case=told, user=clerk)
    assert form.errors["correct_by"] == ["补正期限不能早于告知日期"]


def test_the_notice_is_served_before_acceptance_and_nothing_else(
    told: Dispute, clerk: User
) -> None:
    assert "record_delivery" not in {move.code for move in moves.available(told, clerk)}
    make.served(told, clerk, "补正告知书", roles=("applicant",))
    case = Dispute.objects.get(pk=told.pk)
    assert case.deliveries.get().deemed_on == date(2023, 11, 16)
    assert "record_delivery" in {move.code for move in moves.available(case, clerk)}
    with pytest.raises(MoveRefused, match="受理前只登记补正告知书"):
        make.served(case, clerk, "申请书副本", roles=("respondent",))
