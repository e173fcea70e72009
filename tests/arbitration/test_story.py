"""A dispute from receipt to archive, with its clocks."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from arbitration.models import Booking, Dispute
from hrss_portal.access.models import User
from hrss_portal.casework import file_index, moves, papers, retention
from hrss_portal.casework.door import WrongDoor
from hrss_portal.casework.models import CasePaper, Clock, Event
from hrss_portal.casework.moves import MoveRefused, StaleVersion
from tests.cast import County
from tests.factories import arbitration as make

pytestmark = pytest.mark.usefixtures("rules")
Acting = Callable[..., Any]


@pytest.fixture
def pending(county: County, clerk: User, arbitrator: User, acting: Acting, today: Any) -> Dispute:
    """A dispute that the clerk took in with the arbitrator; it waits for the head's signature."""
    today.move_to("2023-08-16T09:00:00+08:00")
    acting(clerk)
    case = make.dispute(county, clerk, date(2023, 8, 16), deputy=arbitrator)
    acting(arbitrator)
    moves.move(
        case,
        "propose",
        by=arbitrator,
        data={"summary": make.SUMMARY, "handler_opinion": "拟受理", "procedure": "ordinary"},
    )
    return Dispute.objects.get(pk=case.pk)


def accept(
    case: Dispute, head: User, arbitrator: User, clerk: User, on: date, **data: Any
) -> Event:
    """The head's signature."""
    return moves.move(
        case,
        "accept",
        by=head,
        on=on,
        data={"procedure": "ordinary", "handler": arbitrator, "deputy": clerk, **data},
    )


def test_acceptance_starts_the_term_of_trial_on_the_day_of_the_signature(
    pending: Dispute,
    arbitration_head: User,
    arbitrator: User,
    clerk: User,
    acting: Acting,
    today: Any,
) -> None:
    today.move_to("2023-08-17T10:00:00+08:00")
    acting(arbitration_head)
    accept(pending, arbitration_head, arbitrator, clerk, date(2023, 8, 17))
    case = Dispute.objects.get(pk=pending.pk)
    award = Clock.objects.get(case=case, term="arb.award")
    assert (case.state, case.accepted_on) == ("accepted", date(2023, 8, 17))
    assert award.due_on == date(2023, 10, 7)
    assert Clock.objects.get(case=case, term="arb.accept").state == "met"
    assert case.number == f"{case.unit.root.numbering_prefix}劳人仲案〔2023〕1号"
    assert set(CasePaper.objects.filter(case=case).values_list("kind", flat=True)) == {
        "arb.receipt",
        "arb.approval",
        "arb.acceptance",
        "arb.response",
        "arb.evidence",
        "arb.tribunal",
    }


def test_the_handler_may_not_accept_his_own_case(
    pending: Dispute, arbitrator: User, clerk: User, acting: Acting
) -> None:
    acting(arbitrator)
    with pytest.raises(PermissionDenied):
        accept(pending, arbitrator, arbitrator, clerk, timezone.localdate())


def test_a_stale_version_changes_nothing(
    pending: Dispute, arbitration_head: User, arbitrator: User, clerk: User, acting: Acting
) -> None:
    acting(arbitration_head)
    with pytest.raises(StaleVersion):
        moves.move(
            pending,
            "accept",
            by=arbitration_head,
            data={"procedure": "ordinary"},
            version=pending.version - 1,
        )
    assert Dispute.objects.get(pk=pending.pk).state == "pending"


def test_suspension_takes_its_days_out_and_extension_adds_fifteen(
    pending: Dispute,
    director: User,
    arbitration_head: User,
    arbitrator: User,
    clerk: User,
    acting: Acting,
    today: Any,
) -> None:
    today.move_to("2024-03-01T10:00:00+08:00")
    acting(arbitration_head)
    accept(pending, arbitration_head, arbitrator, clerk, date(2024, 3, 1))
    today.move_to("2024-03-20T10:00:00+08:00")
    moves.move(
        pending,
        "suspend",
        by=director,
        data={"suspend_cause": "appraisal"},
        note="等待工伤认定",
    )
    clock = Clock.objects.get(case=pending, term="arb.award")
    assert clock.state == "paused"
    today.move_to("2024-04-19T10:00:00+08:00")
    acting(arbitrator)
    moves.move(pending, "resume", by=arbitrator)
    clock.refresh_from_db()
    assert (clock.state, clock.due_on) == ("running", date(2024, 5, 15))
    assert Dispute.objects.get(pk=pending.pk).state == "accepted"
    with pytest.raises(PermissionDenied):
        moves.move(pending, "extend", by=arbitrator, data={"days": 15, "reason": "案情复杂"})
    acting(director)
    moves.move(pending, "extend", by=director, data={"days": 15, "reason": "案情复杂"})
    clock.refresh_from_db()
    assert clock.due_on == date(2024, 5, 30)
    with pytest.raises(MoveRefused, match="已经延长过"):
        moves.move(pending, "extend", by=director, data={"days": 15, "reason": "案情复杂"})


def test_nobody_but_the_door_writes_a_case(pending: Dispute, acting: Acting) -> None:
    acting("test")
    pending.remark = "改一下"
    with pytest.raises(WrongDoor):
        pending.save()
    with pytest.raises(WrongDoor):
        Dispute.objects.filter(pk=pending.pk).update(remark="x")
    with pytest.raises(WrongDoor):
        pending.delete()


def test_two_hearings_in_one_room_are_refused_by_the_database(
    pending: Dispute,
    county: County,
    arbitration_head: User,
    arbitrator: User,
    clerk: User,
    acting: Acting,
    today: Any,
) -> None:
    acting("test")
    room = make.room(county)
    other = make.dispute(county, None, date(2023, 8, 16), deputy=arbitrator)
    acting(arbitration_head)
    start = datetime.fromisoformat("2023-09-05T09:00+08:00")
    end = datetime.fromisoformat("2023-09-05T11:00+08:00")
    data = {"room": room, "starts_at": start, "ends_at": end, "hearing_on": date(2023, 9, 5)}
    today.move_to("2023-08-21T10:00:00+08:00")
    accept(pending, arbitration_head, arbitrator, clerk, date(2023, 8, 21))
    moves.move(pending, "schedule", by=arbitration_head, data=data)
    moves.move(
        other,
        "propose",
        by=arbitrator,
        data={"summary": make.SUMMARY, "handler_opinion": "拟受理", "procedure": "ordinary"},
    )
    accept(other, arbitration_head, arbitrator, clerk, date(2023, 8, 21))
    with pytest.raises(MoveRefused, match="第一仲裁庭 这个时间已有庭"):
        moves.move(other, "schedule", by=arbitration_head, data=data)
    assert Booking.objects.filter(hearing__dispute=other).count() == 0
    assert Clock.objects.get(case=pending, term="arb.hearing_notice").due_on == date(2023, 8, 29)


def test_an_award_ends_the_case_and_archive_sets_retention(
    pending: Dispute,
    county: County,
    arbitration_head: User,
    arbitrator: User,
    clerk: User,
    acting: Acting,
    today: Any,
) -> None:
    today.move_to("2023-08-21T10:00:00+08:00")
    acting("test")
    member = make.staff(county)
    acting(arbitration_head)
    accept(
        pending,
        arbitration_head,
        arbitrator,
        clerk,
        date(2023, 8, 21),
        tribunal=[{"member": member, "role": "sole"}],
    )
    acting(arbitrator)
    today.move_to("2023-09-20T10:00:00+08:00")
    respondent = pending.parties.get(role="respondent")
    moves.move(
        pending,
        "send",
        by=arbitrator,
        data={
            "deliveries": [
                {
                    "party": respondent,
                    "doc_name": "申请书副本",
                    "mode": "direct",
                    "address": "霍邱县",
                    "recipient": respondent.name,
                }
            ]
        },
    )
    with pytest.raises(MoveRefused, match="还没有送达"):
        moves.move(pending, "served", by=arbitrator)
    moves.move(
        pending,
        "record_delivery",
        by=arbitrator,
        data={
            "delivery": pending.deliveries.get(),
            "signed_on": date(2023, 9, 20),
            "served_role": "respondent",
            "served_paper": "copy",
            "served_on": date(2023, 9, 20),
        },
    )
    assert Clock.objects.get(case=pending, term="arb.answer").due_on == date(2023, 10, 10)
    for code in ("served", "hear", "end_hearing"):
        moves.move(pending, code, by=arbitrator)
    acting(arbitration_head)
    moves.move(
        pending,
        "award",
        by=arbitration_head,
        data={
            "outcome": "final_award",
            "finality": "final",
            "result": "被申请人支付工资。",
            "awarded": Decimal("3000"),
            "signer": arbitration_head,
            "claims": [{"seq": 1, "awarded": Decimal("3000"), "is_final": True}],
        },
    )
    case = Dispute.objects.get(pk=pending.pk)
    assert (case.state, case.closed_on, case.awarded) == (
        "awarded",
        date(2023, 9, 20),
        Decimal("3000"),
    )
    assert Clock.objects.get(case=case, term="arb.award").state == "met"
    with pytest.raises(MoveRefused, match="还没有送达"):
        moves.move(case, "ask_close", by=None, data={"follow_up": "none"})
    make.served(case, arbitration_head, "终局裁决书")
    with pytest.raises(MoveRefused, match="期满后才能结案"):
        moves.move(case, "ask_close", by=None, data={"follow_up": "none"})
    today.move_to("2023-10-16T10:00:00+08:00")
    moves.move(case, "ask_close", by=None, data={"follow_up": "none"})
    moves.move(case, "close", by=arbitration_head, data={"follow_up": "none"})
    with pytest.raises(MoveRefused, match="还有文书没有制发"):
        moves.move(case, "archive", by=arbitration_head, data={"file_pages": 40})
    for kind in ("arb.receipt", "arb.approval", "arb.closing"):
        papers.issue(case.papers.get(kind=kind), by=arbitration_head)
    for row in case.papers.filter(state="waiting"):
        papers.drop(row, by=arbitration_head, reason="试归档")
    moves.move(case, "archive", by=arbitration_head, data={"file_pages": 40})
    papers.issue(case.papers.get(kind="arb.cover"), by=arbitration_head)
    filed = Dispute.objects.get(pk=case.pk)
    main, inner = (
        {entry.attachment.kind: entry.on for entry in volume.entries}
        for volume in file_index.volumes(filed, by=arbitration_head)
    )
    assert set(main) == {"收件回执", "仲裁裁决书（终局）"}
    assert set(inner) == {"立案（组庭）审批表", "结案审批表"}
    assert main["仲裁裁决书（终局）"] == date(2023, 9, 20)
    keeps = Clock.objects.filter(case=case.pk, term="arb.keep_award")
    assert [clock.state for clock in keeps] == ["running"]
    retention.unarchive(filed, by=arbitration_head, reason="目录有误")
    assert [clock.state for clock in keeps.all()] == ["cancelled"]
    page = make.page_of(case, arbitration_head)
    assert "归档 → 已结案" in page
    assert "archived → closed" not in page


@pytest.mark.parametrize(
    ("code", "state", "data"),
    [
        ("settle", "mediated", {"outcome": "mediated", "result": "付清工资。", "awarded": "3000"}),
        ("withdraw", "withdrawn", {"outcome": "withdrawn"}),
    ],
)
def test_the_parties_may_end_a_suspended_case(
    code: str,
    state: str,
    data: dict[str, Any],
    pending: Dispute,
    county: County,
    arbitration_head: User,
    arbitrator: User,
    clerk: User,
    acting: Acting,
    today: Any,
) -> None:
    today.move_to("2024-03-01T10:00:00+08:00")
    acting("test")
    seats = [{"member": make.staff(county), "role": "sole"}]
    acting(arbitration_head)
    accept(pending, arbitration_head, arbitrator, clerk, date(2024, 3, 1), tribunal=seats)
    moves.move(pending, "suspend", by=None, data={"suspend_cause": "appraisal"})
    acting(arbitrator)
    today.move_to("2024-03-21T10:00:00+08:00")
    moves.move(pending, code, by=arbitrator, data=data)
    case = Dispute.objects.get(pk=pending.pk)
    assert (case.state, case.closed_on) == (state, date(2024, 3, 21))
    assert Clock.objects.get(case=case, term="arb.award").state == "met"
