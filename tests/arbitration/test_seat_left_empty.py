"""A seat that a granted recusal left empty is filled before a hearing gets a day (办案规则 12)."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.casework import moves, papers
from hrss_portal.casework.moves import MoveRefused
from tests.arbitration.test_recusal import ask, decide
from tests.cast import County
from tests.factories import arbitration as make

START = datetime.fromisoformat("2023-12-14T09:00+08:00")
EMPTY = "还没有重新组成仲裁庭"


@pytest.fixture
def of_three(
    accepted: Dispute, county: County, arbitration_head: User, acting: Callable[..., Any]
) -> Dispute:
    """Three sit and the hearing of 14 December is planned."""
    acting(arbitration_head)
    others = [make.staff(county, name=name, cert_no=name) for name in ("高原", "周平")]
    presiding = {"member": accepted.tribunal.get().member, "role": "presiding"}
    seats = [presiding, *({"member": member, "role": "member"} for member in others)]
    moves.move(accepted, "seat", by=arbitration_head, data={"tribunal": seats})
    moves.move(accepted, "schedule", by=arbitration_head, data=day(make.room(county), START))
    return Dispute.objects.get(pk=accepted.pk)


def day(room: Any, start: datetime) -> dict[str, Any]:
    """The room and the hours of a hearing."""
    ends = start + timedelta(hours=2)
    return {"room": room, "starts_at": start, "ends_at": ends, "hearing_on": start.date()}


def recuse(case: Dispute, by: User, director: User, *names: str) -> Dispute:
    """Those of the tribunal are granted their recusal."""
    for name in names:
        key = f"member:{case.tribunal.get(member__name=name).member_id}"
        decide(case, director, ask(case, by, key), "1")
    return Dispute.objects.get(pk=case.pk)


@pytest.mark.parametrize("left", [("高原",), ("高原", "周平"), ("高原", "周平", "仲裁员甲")])
def test_no_hearing_gets_a_day_while_a_seat_is_empty(
    of_three: Dispute, arbitration_head: User, clerk: User, director: User, left: tuple[str, ...]
) -> None:
    case = recuse(of_three, clerk, director, *left)
    hearing = case.hearings.get()
    later = day(hearing.room, START + timedelta(days=7))
    with pytest.raises(MoveRefused, match=EMPTY):
        moves.move(case, "schedule", by=arbitration_head, data=later)
    with pytest.raises(ValidationError, match="仲裁庭"):
        papers.issue(case.papers.get(kind="arb.hearing"), by=arbitration_head)
    put_off = {"hearing": hearing, "reason": "重新组庭"}
    with pytest.raises(MoveRefused, match=EMPTY):
        moves.move(case, "postpone", by=arbitration_head, data={**put_off, **later})
    moves.move(case, "postpone", by=arbitration_head, data=put_off)
    assert case.hearings.get().state == "postponed"


def test_one_of_three_who_is_left_holds_no_hearing(
    of_three: Dispute, arbitration_head: User, clerk: User, director: User
) -> None:
    moves.move(of_three, "send", by=clerk, data={"deliveries": []})
    make.served(of_three, clerk, "申请书副本", roles=("respondent",))
    moves.move(of_three, "served", by=clerk)
    case = recuse(of_three, clerk, director, "高原", "周平")
    with pytest.raises(MoveRefused, match="仲裁庭应为一人或三人"):
        moves.move(case, "hear", by=arbitration_head)


def test_a_clerk_who_was_recused_leaves_no_seat_empty(
    of_three: Dispute, arbitration_head: User, clerk: User, director: User
) -> None:
    of_three.tribunal.update(left_on=date(2023, 11, 1))
    decide(of_three, director, ask(of_three, arbitration_head, f"user:{clerk.pk}"), "1")
    case = Dispute.objects.get(pk=of_three.pk)
    later = day(case.hearings.get().room, START + timedelta(days=7))
    moves.move(case, "schedule", by=arbitration_head, data=later)


def test_a_seat_that_is_empty_for_another_reason_is_not_called_a_recusal(
    of_three: Dispute, county: County, arbitration_head: User, clerk: User, director: User
) -> None:
    case = recuse(of_three, clerk, director, "高原")
    later = day(case.hearings.get().room, START + timedelta(days=7))
    with pytest.raises(MoveRefused, match="高原已准许回避，还没有重新组成仲裁庭"):
        moves.move(case, "schedule", by=arbitration_head, data=later)
    new = {"member": make.staff(county, name="新人", cert_no="新人"), "role": "member"}
    stay = case.tribunal.filter(left_on=None).order_by("pk")
    seats = [{"member": seat.member, "role": seat.role} for seat in stay]
    moves.move(case, "seat", by=arbitration_head, data={"tribunal": [*seats, new]})
    case.tribunal.filter(member__name="周平").update(left_on=date(2023, 11, 1))  # left otherwise
    with pytest.raises(MoveRefused) as refused:
        moves.move(case, "schedule", by=arbitration_head, data=later)
    (words,) = refused.value.messages
    assert "回避" not in words
    assert "现在是 2 人，先由院长办“组成（变更）仲裁庭”" in words
