"""Hearings on the calendar: when they leave it, and what the papers say of them."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from arbitration.documents.values import dispute_values
from arbitration.models import Booking, Dispute, Hearing
from hrss_portal.access.models import User
from hrss_portal.casework import moves
from hrss_portal.casework.models import CasePaper
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
    planned: Dispute, arbitration_head: User, code: str, data: dict[str, Any]
) -> None:
    assert Booking.objects.filter(hearing__dispute=planned).exists()
    moves.move(planned, code, by=arbitration_head, data=data)
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
