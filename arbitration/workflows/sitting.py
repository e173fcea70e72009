"""Whether a lawful tribunal sits: one arbitrator alone, or a presiding one with two.

调解仲裁法 Article 31; 办案规则 Article 12: who was recused is replaced before the trial goes on.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from arbitration.models import Dispute, Recusal, TribunalMember
from arbitration.models.choices import Procedure

#: The steps that seat a tribunal, and those that decide whether somebody stands aside.
SEATS, DECIDES = ("accept", "seat"), ("decide_recusal", "commission_recusal")
SEAT_FIRST = "先由院长办“组成（变更）仲裁庭”"


def has_tribunal(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """A dispute is heard by a tribunal of one or of three (调解仲裁法 Article 31).

    One who is left of three is no tribunal of one.
    """
    seats = [seat for seat in case.tribunal.all() if seat.left_on is None]
    alone = len(seats) == 1 and seats[0].role == TribunalMember.Role.SOLE
    if not seats:
        yield "还没有组成仲裁庭"
    elif not alone and len(seats) != 3:
        yield f"仲裁庭应为一人或三人，现在是 {len(seats)} 人{_left_of_three(seats)}"
    elif case.procedure == Procedure.COLLECTIVE and alone:
        yield "集体争议应由三名仲裁员组成仲裁庭"


def _left_of_three(seats: list[TribunalMember]) -> str:
    """What makes one arbitrator too few: he was not seated alone."""
    return f"（{seats[0].get_role_display()}）" if len(seats) == 1 else ""


def who_was_recused_is_replaced(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """No hearing is planned while a seat is empty after a granted recusal (办案规则 12)."""
    parts = {"", Recusal.Part.ARBITRATOR}
    granted = [one for one in case.recusals.all() if one.granted and one.part in parts]
    if not granted or not (missing := list(has_tribunal(case, data))):
        return
    since = _granted_since_seated(case)
    if names := "、".join(one.who for one in granted if one.pk in since):
        yield f"{names}已准许回避，还没有重新组成仲裁庭，{SEAT_FIRST}"
    else:
        yield f"{missing[0]}，{SEAT_FIRST}"


def _granted_since_seated(case: Dispute) -> set[int]:
    """The keys of the requests that were decided after the tribunal was last seated: who left it
    before was replaced then, and a seat that is empty now is so for another reason."""
    told = case.events.filter(move__in=(*SEATS, *DECIDES), counts_on__isnull=False)
    found: set[int] = set()
    for move, data in told.order_by("pk").values_list("move", "data"):
        if move in DECIDES:
            found.add(data["recusal"]["id"])
        elif data.get("tribunal"):
            found.clear()
    return found


def new_day_has_its_tribunal(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """A hearing is put off without a day at any time, to another day by a whole tribunal."""
    if data.get("starts_at"):
        yield from who_was_recused_is_replaced(case, data)
