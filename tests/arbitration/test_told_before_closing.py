"""What ends a case is served on whom its paper addresses before the case is closed."""

from collections.abc import Callable
from datetime import date
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps

from arbitration.documents.closing import closing_values
from arbitration.forms import ClosingForm
from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.casework import door, moves
from hrss_portal.casework.models import Clock
from hrss_portal.casework.moves import MoveRefused
from hrss_portal.deadlines.lookup import rule_for
from tests.cast import County
from tests.factories import arbitration as make

pytestmark = pytest.mark.usefixtures("rules")
NOTHING = {"follow_up": "unknown"}
PROPOSAL = {"summary": make.SUMMARY, "handler_opinion": "拟不予受理", "procedure": "ordinary"}
REFUSAL = {"outcome": "rejected", "reject_reason": "不属于劳动争议。"}
TRANSFER = {"outcome": "transferred", "reject_reason": "用人单位和履行地都在外县。"}
COURT = {"court_filed_on": date(2023, 12, 20)}
ENDS = [
    ("withdraw", {"outcome": "withdrawn"}, "撤回仲裁申请决定书"),
    ("revoke", {"outcome": "revoked", "reject_reason": "其他"}, "撤销案件决定书"),
    ("terminate", {"outcome": "terminated", "reject_reason": "已起诉"} | COURT, "终止审理决定书"),
]


@pytest.mark.parametrize(("code", "data", "paper"), ENDS)
def test_a_decision_reaches_every_party_before_the_case_is_closed(
    code: str,
    data: dict[str, Any],
    paper: str,
    accepted: Dispute,
    clerk: User,
    arbitration_head: User,
    today: Any,
) -> None:
    today.move_to("2023-12-25T09:00:00+08:00")
    moves.move(accepted, code, by=arbitration_head, data=data)
    with pytest.raises(MoveRefused, match=f"还没有送达{paper}：") as refused:
        moves.move(accepted, "ask_close", by=clerk, data=NOTHING)
    for party in accepted.parties.all():
        assert party.name in str(refused.value)
    make.served(accepted, clerk, paper, roles=("applicant",))
    firm = accepted.parties.get(role="respondent").name
    with pytest.raises(MoveRefused, match=f"还没有送达{paper}：{firm}。"):
        moves.move(accepted, "ask_close", by=clerk, data=NOTHING)
    make.served(accepted, clerk, paper, roles=("respondent",))
    case = Dispute.objects.get(pk=accepted.pk)
    assert ClosingForm(case=case, user=clerk)["served_on"].value() == date(2023, 12, 25)
    moves.move(case, "ask_close", by=clerk, data=NOTHING)
    assert moves.move(case, "close", by=arbitration_head, data=NOTHING).to_state == "closed"


def test_a_rejection_is_filed_once_its_applicant_has_the_notice(
    county: County,
    clerk: User,
    arbitrator: User,
    arbitration_head: User,
    acting: Callable[..., Any],
    today: Any,
) -> None:
    acting(clerk)
    case = make.dispute(county, clerk, date(2023, 11, 1), deputy=arbitrator)
    moves.move(case, "propose", by=arbitrator, data=PROPOSAL)
    moves.move(case, "reject", by=arbitration_head, data=REFUSAL)
    worker = case.parties.get(role="applicant").name
    with pytest.raises(MoveRefused, match=f"还没有送达不予受理通知书：{worker}。"):
        moves.move(case, "file_rejection", by=clerk)
    assert not Clock.objects.filter(case=case.pk, term="arb.archive").exists()
    make.served(case, clerk, "不予受理通知书", roles=("applicant",))
    today.move_to("2023-11-20T09:00:00+08:00")
    assert moves.move(case, "file_rejection", by=clerk).to_state == "closed"
    filed = Clock.objects.get(case=case.pk, term="arb.archive")
    assert filed.started_on == date(2023, 11, 20)


@pytest.mark.parametrize("was_accepted", [True, False])
def test_a_transfer_is_told_before_it_is_closed(
    was_accepted: bool,
    county: County,
    accepted: Dispute,
    clerk: User,
    arbitration_head: User,
) -> None:
    """After acceptance all parties are told (办案规则 Article 9), before it who applied."""
    case = accepted if was_accepted else make.dispute(county, clerk, date(2023, 11, 1))
    moves.move(case, "transfer", by=arbitration_head, data=TRANSFER)
    told = [party.name for party in case.parties.all() if was_accepted or party.role == "applicant"]
    with pytest.raises(MoveRefused, match="还没有送达管辖告知书：") as refused:
        moves.move(case, "ask_close", by=clerk, data=NOTHING)
    assert [one.name in str(refused.value) for one in case.parties.all()] == [
        one.name in told for one in case.parties.all()
    ]
    roles = ("applicant", "respondent") if was_accepted else ("applicant",)
    make.served(case, clerk, "管辖告知书", roles=roles)
    case = Dispute.objects.get(pk=case.pk)
    assert ClosingForm(case=case, user=clerk)["served_on"].value() == date(2023, 11, 1)
    moves.move(case, "ask_close", by=clerk, data=NOTHING)
    assert moves.move(case, "close", by=arbitration_head, data=NOTHING).to_state == "closed"
    assert closing_values(case)["approver"] == arbitration_head.name


def test_who_is_not_found_is_told_of_a_transfer_by_public_notice(
    accepted: Dispute, arbitration_head: User
) -> None:
    moves.move(accepted, "transfer", by=arbitration_head, data=TRANSFER)
    offered = moves.available(Dispute.objects.get(pk=accepted.pk), arbitration_head)
    assert "publish_notice" in {one.code for one in offered}


def test_what_was_taken_back_before_acceptance_has_no_decision_to_serve(
    county: County, clerk: User, arbitration_head: User, acting: Callable[..., Any], today: Any
) -> None:
    acting(clerk)
    case = make.dispute(county, clerk, date(2023, 11, 1))
    moves.move(case, "withdraw_early", by=clerk, data={"outcome": "withdrawn"})
    moves.move(case, "ask_close", by=clerk, data=NOTHING)
    assert moves.move(case, "close", by=arbitration_head, data=NOTHING).to_state == "closed"


def test_an_archive_term_that_ran_before_the_closing_is_over_and_starts_with_it(
    county: County, clerk: User, arbitration_head: User, acting: Callable[..., Any], today: Any
) -> None:
    """One that an older rule started with the decision: cancelled, taken back, cancelled."""
    acting(clerk)
    case = make.dispute(county, clerk, date(2023, 11, 1))
    ended = moves.move(case, "withdraw_early", by=clerk, data={"outcome": "withdrawn"})
    rule = rule_for("ARB-32", ended.on, "341522")
    plain = {"case": case.case_ptr, "rule": rule, "is_target": True, "due_on": date(2023, 12, 18)}
    told = {"term": "arb.archive", "label": "立卷归档", "started_on": ended.on}
    with door.opened():
        old = Clock.objects.create(**told, started_by=ended, **plain)
    step = import_module("arbitration.migrations.0025_archive_counts_from_closing")
    found = []
    for turn in (step.drop, step.run_again, step.drop):
        turn(apps, None)
        old.refresh_from_db()
        found.append(old.state)
    assert found == ["cancelled", "running", "cancelled"]
    today.move_to("2023-12-01T09:00:00+08:00")
    moves.move(case, "ask_close", by=clerk, data=NOTHING)
    moves.move(case, "close", by=arbitration_head, data=NOTHING)
    step.drop(apps, None)
    runs = Clock.objects.get(case=case.pk, term="arb.archive", state="running")
    assert runs.started_on == date(2023, 12, 1)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2023-10-31", "2023-11-01 受理"),
        ("2023-11-20", "2023-11-21 作出的"),
        ("2023-11-22", "登记的送达 2023-11-23 全部完成"),
        ("2023-11-24", "登记的送达 2023-11-23 全部完成"),
        ("2023-11-23", ""),
    ],
)
def test_the_day_on_which_service_was_completed_is_that_of_the_deliveries(
    day: str, words: str, accepted: Dispute, clerk: User, arbitration_head: User, today: Any
) -> None:
    today.move_to("2023-11-21T09:00:00+08:00")
    moves.move(accepted, "withdraw", by=arbitration_head, data={"outcome": "withdrawn"})
    today.move_to("2023-11-24T09:00:00+08:00")
    for role, on in (("applicant", date(2023, 11, 22)), ("respondent", date(2023, 11, 23))):
        make.issued(accepted, ENDS[0][2], clerk, on=date(2023, 11, 21))
        make.served(accepted, clerk, ENDS[0][2], roles=(role,), on=on)
    case = Dispute.objects.get(pk=accepted.pk)
    assert ClosingForm(case=case, user=clerk)["served_on"].value() == date(2023, 11, 23)
    given = {"on": "2023-11-24", "note": "拟结案", "served_on": day}
    form = ClosingForm(given, case=case, user=clerk)
    assert (words in str(form.errors.get("served_on", ""))) is True
    assert form.is_valid() is not bool(words)
