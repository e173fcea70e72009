"""From the simple track to the ordinary one: a hearing that is planned needs its full notice."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from arbitration.models import Dispute, Room
from hrss_portal.access.models import User
from hrss_portal.casework import moves
from hrss_portal.casework.models import Clock
from hrss_portal.casework.moves import MoveRefused
from tests.cast import County
from tests.factories import arbitration as make

pytestmark = pytest.mark.usefixtures("rules", "today")
Acting = Callable[..., Any]
START = datetime.fromisoformat("2023-11-30T09:00+08:00")
TURNED = {"note": "案情复杂，不宜简易处理"}


@pytest.fixture
def simple(
    county: County, clerk: User, arbitrator: User, arbitration_head: User, acting: Acting
) -> Dispute:
    """A simple case accepted on 16 November 2023, its hearing on Thursday the 30th."""
    acting("test")
    make.room(county)
    acting(clerk)
    case = make.dispute(county, clerk, date(2023, 11, 16))
    proposal = {"summary": make.SUMMARY, "handler_opinion": "拟受理", "procedure": "simple"}
    moves.move(case, "propose", by=clerk, data=proposal)
    acting(arbitration_head)
    decision = {"procedure": "simple", "handler": arbitrator, "deputy": clerk}
    moves.move(case, "accept", by=arbitration_head, data=decision)
    plan(case, START, arbitration_head)
    return Dispute.objects.get(pk=case.pk)


def plan(case: Dispute, start: datetime, by: User, **more: Any) -> None:
    """A hearing of two hours in the only room."""
    times = {"starts_at": start, "ends_at": start + timedelta(hours=2), "hearing_on": start.date()}
    moves.move(case, "schedule", by=by, data={"room": Room.objects.get(), **times, **more})


def notices(case: Dispute) -> list[tuple[str, date, date]]:
    """The clocks of the notices: state, day of the hearing, last day to serve."""
    rows = Clock.objects.filter(case=case.pk, term="arb.hearing_notice").order_by("started_on")
    return list(rows.values_list("state", "started_on", "due_on"))


def test_a_planned_hearing_gets_the_term_of_its_notice_with_the_ordinary_track(
    simple: Dispute, arbitration_head: User, today: Any
) -> None:
    plan(simple, START + timedelta(days=14), arbitration_head)
    assert notices(simple) == []
    moves.move(simple, "to_ordinary", by=arbitration_head, data=TURNED)
    first, second = date(2023, 11, 23), date(2023, 12, 7)
    assert notices(simple) == [
        ("running", date(2023, 11, 30), first),
        ("running", date(2023, 12, 14), second),
    ]
    assert Dispute.objects.get(pk=simple.pk).due_on <= first
    papers = list(simple.papers.filter(kind="arb.hearing").order_by("pk"))
    make.issued(simple, "开庭通知书", arbitration_head)
    for party in simple.parties.all():
        served = {
            "party": party,
            "doc_name": "开庭通知书",
            "mode": "direct",
            "address": "霍邱县示例路",
            "sent_on": date(2023, 11, 16),
            "signed_on": date(2023, 11, 16),
            "issued_paper": papers[0],
            "served_on": date(2023, 11, 16),
        }
        moves.move(simple, "record_delivery", by=arbitration_head, data=served)
    assert [state for state, _, _ in notices(simple)] == ["met", "running"]
    moves.move(
        simple,
        "postpone",
        by=arbitration_head,
        data={"hearing": simple.hearings.order_by("period").last(), "reason": "申请人有病"},
    )
    assert [state for state, _, _ in notices(simple)] == ["met", "cancelled"]


def test_an_agreed_or_announced_hearing_gets_no_term(
    simple: Dispute, arbitration_head: User
) -> None:
    plan(simple, START + timedelta(days=14), arbitration_head, agreed_early=True)
    papers = list(simple.papers.filter(kind="arb.hearing").order_by("pk"))
    make.issued(simple, "开庭通知书", arbitration_head)
    for party in simple.parties.all():
        moves.move(
            simple,
            "record_delivery",
            by=arbitration_head,
            data={
                "party": party,
                "doc_name": "开庭通知书",
                "mode": "direct",
                "address": "霍邱县示例路",
                "sent_on": date(2023, 11, 16),
                "signed_on": date(2023, 11, 16),
                "issued_paper": papers[0],
            },
        )
    moves.move(simple, "to_ordinary", by=arbitration_head, data=TURNED)
    assert notices(simple) == []


def test_a_late_notice_does_not_do_after_the_change(
    simple: Dispute, arbitration_head: User, county: County, acting: Acting, today: Any
) -> None:
    acting("test")
    seat = [{"member": make.staff(county), "role": "sole"}]
    acting(arbitration_head)
    moves.move(simple, "seat", by=arbitration_head, data={"tribunal": seat})
    moves.move(simple, "send", by=arbitration_head, data={"deliveries": []})
    make.served(simple, arbitration_head, "申请书副本", roles=("respondent",))
    moves.move(simple, "served", by=arbitration_head)
    today.move_to("2023-11-27T09:00:00+08:00")
    make.served(simple, arbitration_head, "开庭通知书")
    moves.move(simple, "to_ordinary", by=arbitration_head, data=TURNED)
    today.move_to("2023-11-30T12:00:00+08:00")
    with pytest.raises(MoveRefused, match="开庭通知书没有在开庭5个工作日前送达"):
        moves.move(simple, "hear", by=arbitration_head, data={"hearing": simple.hearings.get()})
