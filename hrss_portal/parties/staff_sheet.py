"""The sheet USERS with the number of each member of staff, which the accounts do not know of.

The accounts land, go out and are taken back by ``access.bulk_users``; here the number goes with
them (本人案件回避).  It goes out masked: a masked cell that comes back tells nothing.
"""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from hrss_portal.access import bulk_users
from hrss_portal.access.bulk import Answer, NotThisRow
from hrss_portal.access.models import User
from hrss_portal.parties import identifiers, staff
from hrss_portal.parties.fields import IdNumberField, refuse_number
from hrss_portal.parties.models import StaffPerson

KEPT = "身份证号导入后又改过，保留"


class OwnNumberField(IdNumberField):
    """The number, or nothing; one that an export has masked is nothing."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, **kwargs})

    def check(self, text: str) -> str:
        """The number as stored."""
        return "" if "*" in text else super().check(text)


def check(cleaned: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """The name of an account is no number."""
    try:
        refuse_number(cleaned.get("name") or "", "姓名")
    except ValidationError as error:
        yield "name", error.messages[0]


def commit(rows: Iterable[Any], *, context: Any) -> list[Answer]:
    """Land accounts with their numbers; a number that another account has keeps the row out."""
    return bulk_users.commit_users(rows, context=context, also=partial(_note, context.user))


def _note(by: User | None, answer: Answer, cleaned: Mapping[str, Any]) -> None:
    """Keep the number that a row tells, and in its answer the one before."""
    number = cleaned["id_number"]
    user = User.objects.get(pk=answer["pk"])
    old = number_of(user)
    if not number or number == old:
        return
    try:
        staff.note_number(user, number, by=by)
    except ValidationError as error:
        raise NotThisRow("id_number", error.messages[0]) from None
    if answer["action"] != "created":
        answer["action"] = "updated"
        before = answer.setdefault("before", {"version": user.version})
        before["id_number"] = {"old": old, "new": number}


def number_of(user: User) -> str:
    """The number of an account, empty where none is known."""
    kept = StaffPerson.objects.filter(user=user).first()
    return str(kept.id_number) if kept else ""


def undo(outcomes: Iterable[Answer], *, context: Any) -> list[Answer]:
    """Take a batch back: accounts, proposals, and numbers that nobody changed since."""
    told = [dict(outcome) for outcome in outcomes]
    numbers: dict[int, dict[str, str]] = {}
    for one in told:
        one["before"] = dict(one.get("before") or {})
        if number := one["before"].pop("id_number", None):
            numbers[one["row"]] = {"pk": one["pk"], **number}
    answers = bulk_users.undo_users(told, context=context)
    for answer in answers:
        number = numbers.get(answer["row"])
        if number is None or not answer["undone"]:
            continue
        user = User.objects.get(pk=number["pk"])
        if number_of(user) == number["new"]:
            staff.note_number(user, number["old"], by=context.user)
        else:
            answer |= {"undone": False, "message": KEPT}
    return answers


def export(filters: Mapping[str, list[str]]) -> QuerySet[User]:
    """The accounts that the acting user may see, with their numbers."""
    return bulk_users.export_users(filters).select_related("unit", "deputy", "own_number")


def row_of(user: User) -> dict[str, Any]:
    """One row of the sheet; the number masked."""
    kept = getattr(user, "own_number", None)
    return bulk_users.user_cells(user) | {
        "id_number": identifiers.mask_id(kept.id_number) if kept else ""
    }
