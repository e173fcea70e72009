"""Landing, undoing and exporting the sheet UNITS, and what the sheet USERS shares with it.

Each row lands within the bureau of the sender; a row about another bureau is rejected in words.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError, QuerySet

from hrss_portal.access import meanwhile
from hrss_portal.access.models import Unit, User
from hrss_portal.access.policy import visible
from hrss_portal.access.scope import current

KINDS = {
    **{label: code for code, label in Unit.Kind.choices},
    "股室": "office",
    "二级机构": "office",
    "乡镇": "town",
    "乡": "town",
    "镇": "town",
    "园区": "town",
    "村": "village",
    "社区": "village",
    "外部": "body",
}
#: Below which kinds of unit a unit of a kind may stand, and the words when it does not.
ABOVE = {
    Unit.Kind.TOWN: {Unit.Kind.BUREAU},
    Unit.Kind.VILLAGE: {Unit.Kind.TOWN},
    Unit.Kind.OFFICE: {Unit.Kind.BUREAU, Unit.Kind.OFFICE},
    Unit.Kind.BODY: {Unit.Kind.BUREAU, Unit.Kind.BODY},
}
ABOVE_WORDS = {
    Unit.Kind.TOWN: "乡镇、园区的上级是本局，不填即可",
    Unit.Kind.VILLAGE: "村、社区的上级填乡镇",
    Unit.Kind.OFFICE: "股室、二级机构的上级填本局或上一级机构",
    Unit.Kind.BODY: "外部单位的上级填本局或上一级外部单位",
}
COLUMNS = {"unit_id": "unit", "led_by_id": "led_by"}
Answer = dict[str, Any]


class NotThisRow(Exception):
    """Why a row cannot land: (column, words)."""

    def __init__(self, column: str, words: str) -> None:
        super().__init__(words)
        self.column = column
        self.words = words


def split_words(text: str) -> list[str]:
    """Words of a cell, separated by any usual comma."""
    return [word for word in re.split(r"[、,，;；\s]+", text or "") if word]


def root_of(context: Any) -> Unit:
    """The bureau of the sender."""
    root: Unit = context.unit.root
    return root


def find_unit(name: str, root: Unit) -> Unit:
    """The one active unit below a root with this name, short name, code or other name.

    Raises ``NotThisRow`` when there is none or more than one.
    """
    found = [
        unit
        for unit in Unit.objects.within(root).active().order_by("path")
        if name in {unit.name, unit.short_name, unit.code, *unit.synonyms}
    ]
    if not found:
        raise NotThisRow("unit", f"没有“{name}”这个单位，请先在单位表里增加")
    if len(found) > 1:
        above = "、".join(str(unit.parent or unit) for unit in found[:3])
        raise NotThisRow("unit", f"“{name}”不止一个（上级：{above}），请写代码")
    return found[0]


def person_of(staff_no: str, root: Unit, column: str) -> User | None:
    """The account of the bureau with a number, None for an empty cell.  Raises ``NotThisRow``."""
    if not staff_no:
        return None
    text = number_of(staff_no)
    user = User.objects.filter(staff_no__iexact=text, unit__path__startswith=root.path).first()
    if user is None:
        raise NotThisRow(column, f"本局没有工号 {text}")
    return user


def number_of(text: str) -> str:
    """A number of staff as it is stored: full-width forms and small letters folded."""
    return unicodedata.normalize("NFKC", text).strip().upper()


def answers_of(rows: Iterable[Any], one: Any) -> list[Answer]:
    """Lands row after row; a row that cannot land leaves nothing and is answered, not raised."""
    answers = []
    for row in rows:
        try:
            with transaction.atomic():
                answer = one(row.cleaned)
        except NotThisRow as error:
            answer = _rejected(error.column, error.words)
        except ValidationError as error:
            answer = _rejected("posts", "；".join(error.messages))
        answers.append({"messages": [], **answer, "row": row.number})
    return answers


def _rejected(column: str, words: str) -> Answer:
    return {"action": "rejected", "pk": None, "messages": [(column, words)]}


def store(obj: Any, values: Mapping[str, Any]) -> Answer:
    """Saves what differs; says what happened and what was there before.

    Raises ``NotThisRow`` for what somebody stored otherwise since the row was read.
    """
    before = {name: getattr(obj, name) for name in values}
    changed = {name: value for name, value in values.items() if before[name] != value}
    if changed and (late := meanwhile.lock(type(obj), {obj.pk: obj.version})):
        obj = late[obj.pk]
        now = {name: getattr(obj, name) for name in values}
        if names := meanwhile.overtaken(values, before, now):
            raise NotThisRow(COLUMNS.get(names[0], names[0]), meanwhile.words(None))
        before, changed = now, {name: new for name, new in values.items() if now[name] != new}
    if not changed:
        return {"action": "unchanged", "pk": obj.pk}
    for name, value in changed.items():
        setattr(obj, name, value)
    obj.version += 1
    obj.save()
    before = {name: before[name] for name in changed} | {"version": obj.version}
    return {"action": "updated", "pk": obj.pk, "before": before}


# --- units --------------------------------------------------------------------------------------


def commit_units(rows: Iterable[Any], *, context: Any) -> list[Answer]:
    """Creates and updates units below the sender's bureau."""
    root = root_of(context)
    return answers_of(rows, lambda cleaned: _unit(cleaned, root))


def _unit(cleaned: Mapping[str, Any], root: Unit) -> Answer:
    kind = KINDS.get(cleaned["kind"].strip())
    if kind is None or kind == Unit.Kind.BUREAU:
        raise NotThisRow("kind", "类别填股室、乡镇、村或外部单位")
    try:
        parent = find_unit(cleaned["parent"], root) if cleaned["parent"] else root
    except NotThisRow as error:
        raise NotThisRow("parent", error.words) from None
    if parent.kind not in ABOVE[Unit.Kind(kind)]:
        raise NotThisRow("parent", ABOVE_WORDS[Unit.Kind(kind)])
    leader = person_of(cleaned["led_by"], root, "led_by")
    values = {
        "kind": kind,
        "code": cleaned["code"],
        "short_name": cleaned["short_name"],
        "synonyms": split_words(cleaned["synonyms"]),
        "phone": cleaned["phone"],
        "led_by_id": leader.pk if leader is not None else None,
    }
    unit = Unit.objects.filter(parent=parent, name=cleaned["name"]).first()
    if unit is None:
        created = Unit.objects.create(parent=parent, name=cleaned["name"], **values)
        return {"action": "created", "pk": created.pk}
    return store(unit, {name: value for name, value in values.items() if value})


def undo_units(outcomes: Iterable[Answer], *, context: Any) -> list[Answer]:
    """Takes a batch of units back, as far as nothing hangs on them and nobody changed them."""
    return [take_back(Unit, outcome) for outcome in outcomes]


def export_units(filters: Mapping[str, list[str]]) -> QuerySet[Unit]:
    """The units below the bureau that the acting user may see: what the sheet can bring back.

    ``filters`` may hold ``kind`` and ``parent``.
    """
    units = mine(Unit).exclude(kind=Unit.Kind.BUREAU)
    units = units.select_related("parent", "led_by").order_by("path")
    for key, values in filters.items():
        if key not in {"kind", "parent"}:
            raise ValueError(key)
        units = units.filter(**{f"{key}__in": values})
    return units


def unit_cells(unit: Unit) -> dict[str, Any]:
    """One row of the sheet UNITS."""
    return {
        "name": unit.name,
        "kind": unit.get_kind_display(),
        "parent": unit.parent.name if unit.parent is not None else "",
        "code": unit.code,
        "short_name": unit.short_name,
        "synonyms": "、".join(unit.synonyms),
        "phone": unit.phone,
        "led_by": unit.led_by.staff_no if unit.led_by is not None else "",
    }


# --- also for the accounts -----------------------------------------------------------------------


def mine(model: Any) -> QuerySet[Any]:
    """The rows of units or accounts that the acting user may see; the system sees all."""
    state = current()
    if state is None or state.is_system:
        return model.objects.all()
    return model.objects.filter(visible(state.user, model))


def take_back(model: Any, outcome: Answer) -> Answer:
    """Take one landed row back, as far as nobody changed or used it since."""
    answer: Answer = {"row": outcome["row"], "undone": True, "message": ""}
    obj = model.objects.select_for_update(of=("self",)).filter(pk=outcome["pk"]).first()
    if obj is None or outcome["action"] not in {"created", "updated"}:
        return answer
    if outcome["action"] == "updated":
        before = dict(outcome["before"])
        if obj.version != before.pop("version"):
            return answer | {"undone": False, "message": "导入后又改过，保留"}
        for name, value in before.items():
            setattr(obj, name, value)
        obj.version += 1
        obj.save()
        return answer
    try:
        with transaction.atomic():
            obj.delete()
    except ProtectedError:
        return answer | {"undone": False, "message": "已在使用，保留；可在页面停用"}
    return answer
