"""Hearings on the calendar: when they leave it, and what the papers say of them."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from arbitration.documents.values import dispute_values
from arbitration.forms import AwardForm
from arbitration.models import Booking, Dispute, Hearing
from hrss_portal.access.models import User
from hrss_portal.casework import moves
from hrss_portal.casework.models import CasePaper, Clock
from hrss_portal.casework.moves import MoveRefused
from tests.cast import County
from tests.factories import arbitration as make

pytestmark = pytest.mark.usefixtures("rules")
Acting = Callable[..., Any]
START = datetime.fromisoformat("2023-11-30T09:00+08:00")
END = datetime.fromisoformat("2023-11-30T11:00+08:00")


@pytest.fixture
def planned(
    county: County,
    arbitration_head: User,
    arbitrator: User,
    clerk: User,
    acting: Acting,
    today: Any,
) -> Dispute:
    """An accepted dispute with a closed hearing planned for 30 November."""
    acting("test")
    room = make.room(county)
    acting(clerk)
    case = make.dispute(county, clerk, date(2023, 11, 16), deputy=arbitrator)
    proposal = {"summary": make.SUMMARY, "handler_opinion": "拟受理", "procedure": "ordinary"}
    moves.move(case, "propose", by=clerk, data=proposal)
    acting(arbitration_head)
    decision = {
        "procedure": "ordinary",
        "handler": arbitrator,
        "deputy": clerk,
    }
    moves.move(case, "accept", by=arbitration_head, data=decision)
    times = {"room": room, "starts_at": START, "ends_at": END, "hearing_on": START.date()}
    moves.move(case, "schedule", by=arbitration_head, data={**times, "is_public": False})
    return Dispute.objects.get(pk=case.pk)


@pytest.mark.parametrize(
    ("code", "data"),
    [
        ("suspend", {"suspend_cause": "injury_pending", "reason": "等待工伤认定"}),
        ("withdraw", {"outcome": "withdrawn"}),
        ("transfer", {"outcome": "transferred", "reject_reason": "不属本委管辖"}),
    ],
)
def test_a_case_that_stands_still_or_ends_gives_the_room_back(
    planned: Dispute, code: str, data: dict[str, Any]
) -> None:
    assert Booking.objects.filter(hearing__dispute=planned).exists()
    moves.move(planned, code, by=None, data=data)
    assert planned.hearings.get().state == Hearing.State.CANCELLED
    assert not Booking.objects.filter(hearing__dispute=planned).exists()


def test_a_refusal_names_the_hour_of_the_wall_clock(
    planned: Dispute, arbitration_head: User
) -> None:
    data = {
        "room": planned.hearings.get().room,
        "starts_at": START,
        "ends_at": END,
        "hearing_on": START.date(),
    }
    with pytest.raises(MoveRefused, match="2023-11-30 09:00 第一仲裁庭"):
        moves.move(planned, "schedule", by=arbitration_head, data=data)


@pytest.mark.parametrize("kind", ["arb.record", "arb.award"])
def test_record_and_award_speak_of_the_hearing_that_was_held(
    planned: Dispute, arbitrator: User, acting: Acting, today: Any, kind: str
) -> None:
    hearing = planned.hearings.get()
    hearing.state = Hearing.State.HELD
    hearing.save()
    said = dispute_values(CasePaper(case=planned.case_ptr, kind=kind))
    assert said["hearing_room"] == "第一仲裁庭"
    assert said["hearing_at"].startswith("2023年11月30日")
    assert said["is_public"] == "不公开"


def test_an_award_without_a_known_hearing_claims_no_publicity(
    planned: Dispute, arbitration_head: User
) -> None:
    planned.hearings.get().bookings.all().delete()
    planned.hearings.update(state=Hearing.State.CANCELLED)
    said = dispute_values(CasePaper(case=planned.case_ptr, kind="arb.award"))
    assert said["is_public"] == ""


def test_each_of_two_hearings_has_its_own_term_for_the_notice(
    planned: Dispute, arbitration_head: User
) -> None:
    first = planned.hearings.get()
    later = {
        "room": first.room,
        "starts_at": START + timedelta(days=14),
        "ends_at": END + timedelta(days=14),
        "hearing_on": date(2023, 12, 14),
    }
    moves.move(planned, "schedule", by=arbitration_head, data=later)
    clocks = Clock.objects.filter(case=planned.pk, term="arb.hearing_notice", state="running")
    days = [date(2023, 11, 30), date(2023, 12, 14)]
    assert list(clocks.order_by("due_on").values_list("started_on", flat=True)) == days
    put_off = {"hearing": first, "reason": "申请人有病不能到庭"}
    moves.move(planned, "postpone", by=arbitration_head, data=put_off)
    assert clocks.get().started_on == days[1]


def test_more_than_was_claimed_is_awarded_only_with_a_reason(
    planned: Dispute, arbitration_head: User
) -> None:
    given = {
        "on": "2023-11-16",
        "result": "支付工资。",
        "reasons": "查明拖欠工资。",
        "signer": str(arbitration_head.pk),
        "claims-TOTAL_FORMS": "1",
        "claims-INITIAL_FORMS": "1",
        "claims-0-seq": "1",
        "claims-0-awarded": "3127.01",
        "claims-0-is_final": "1",
    }
    silent = AwardForm(given, case=planned, user=arbitration_head)
    assert not silent.is_valid()
    assert "多于请求的 3127.00 元" in str(silent.errors)
    assert AwardForm(
        {**given, "note": "按法定标准计算"}, case=planned, user=arbitration_head
    ).is_valid()
    assert AwardForm(
        {**given, "claims-0-awarded": "3127"}, case=planned, user=arbitration_head
    ).is_valid()
