"""A button that could only be refused is not shown; the door refuses it all the same."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from arbitration.models import Dispute
from arbitration.workflows import offers
from hrss_portal.access.models import User
from hrss_portal.casework import moves
from hrss_portal.casework.models import Clock, Delivery
from tests.cast import County
from tests.factories import arbitration as make

pytestmark = pytest.mark.usefixtures("rules", "today")
Acting = Callable[..., Any]
PROPOSAL = {"summary": make.SUMMARY, "handler_opinion": "拟受理", "procedure": "ordinary"}


@pytest.fixture
def pending(county: County, clerk: User, acting: Acting) -> Dispute:
    """A dispute before the head, received on 14 November."""
    acting(clerk)
    case = make.dispute(county, clerk, date(2023, 11, 14))
    moves.move(case, "propose", by=clerk, data=PROPOSAL)
    return Dispute.objects.get(pk=case.pk)


def offered(case: Dispute, user: User) -> set[str]:
    """The codes of the moves on the page of the case."""
    return {move.code for move in moves.available(Dispute.objects.get(pk=case.pk), user)}


def test_an_application_is_withdrawn_while_the_head_has_it(pending: Dispute, clerk: User) -> None:
    assert "withdraw_early" in offered(pending, clerk)
    event = moves.move(pending, "withdraw_early", by=clerk, data={"outcome": "withdrawn"})
    assert event.to_state == "withdrawn"
    assert Clock.objects.get(case=pending.pk, term="arb.accept").state == "met"


def test_the_notice_of_a_late_decision_is_offered_once_it_is_late(
    pending: Dispute, clerk: User, arbitrator: User, arbitration_head: User, today: Any
) -> None:
    assert "tell_overdue" not in offered(pending, clerk)
    today.move_to("2023-11-22T09:00:00+08:00")  # the fifth working day was the 21st
    assert "tell_overdue" in offered(pending, clerk)
    decision = {"procedure": "ordinary", "handler": arbitrator, "deputy": clerk}
    moves.move(pending, "accept", by=arbitration_head, data=decision)
    assert "tell_overdue" not in offered(pending, arbitration_head)
    today.move_to("2024-02-01T09:00:00+08:00")
    assert "tell_overdue" in offered(pending, arbitration_head)


def test_a_notice_ends_where_one_runs(
    pending: Dispute, clerk: User, arbitrator: User, arbitration_head: User
) -> None:
    decision = {"procedure": "ordinary", "handler": arbitrator, "deputy": clerk}
    moves.move(pending, "accept", by=arbitration_head, data=decision)
    assert "notice_over" not in offered(pending, arbitration_head)
    Delivery.objects.create(
        case=pending,
        party=pending.parties.get(role="respondent"),
        doc_name="申请书副本",
        recipient="公司",
        mode=Delivery.Mode.NOTICE,
        address="霍邱县",
        media="报纸",
        sent_on=date(2023, 11, 16),
        state=Delivery.State.NOTICE,
        recorded_by=clerk,
    )
    assert "notice_over" in offered(pending, arbitration_head)


@pytest.mark.parametrize(("outcome", "shown"), [("split_award", True), ("withdrawn", False)])
def test_only_an_award_is_corrected(pending: Dispute, outcome: str, shown: bool) -> None:
    pending.outcome = outcome
    assert offers.was_awarded(pending) is shown
