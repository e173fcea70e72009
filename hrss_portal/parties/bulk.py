"""Landing, exporting and taking back the sheets of the master files, many rows in few statements.

A row finds its person by the document number and its employer by the credit code.  What the sheet
fills in replaces what is there, empty cells change nothing, and a number that is registered under
another name is refused: a correction is made by hand.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError, QuerySet

from hrss_portal import areas
from hrss_portal.access.scope import acting_as_system
from hrss_portal.parties import identifiers, matching, towns
from hrss_portal.parties.landing import Landing, PersonCells
from hrss_portal.parties.models import Employer, Party, Person
from hrss_portal.parties.models.persons import id_index
from hrss_portal.parties.rules import document_of

#: Of correct numbers about one in a thousand ends in 000; a column that Excel cut leaves only such.
CUT_SHARE, CUT_LEAST = 0.02, 3
Answer = dict[str, Any]


# --- landing --------------------------------------------------------------------------------------


def commit_persons(rows: Sequence[Any], *, context: Any) -> list[Answer]:
    """Land cleaned rows of PERSONS; one answer for each row."""
    documents = [document_of(row.cleaned) for row in rows]
    cut = _cut_by_excel([number for _, number in documents])
    found = matching.match_people(
        [
            {**row.cleaned, "id_kind": kind, "id_number": number}
            for row, (kind, number) in zip(rows, documents, strict=True)
        ]
    )
    landing = Landing(context, "person", _person_keys(documents))
    for row, (kind, number), person in zip(rows, documents, found, strict=True):
        if cut and number.endswith("000") and len(number) == 18:
            landing.refuse(row, "id_number", identifiers.EXCEL_LOST)
            continue
        changes = {
            name: value
            for name, value in row.cleaned.items()
            if name not in {"id_number", "other_id", "id_kind", "phone"} and _is_filled(value)
        }
        landing.take(
            row, person, changes, PersonCells(kind, number, row.cleaned.get("phone") or "")
        )
    return landing.finish()


def _person_keys(documents: Sequence[tuple[str, str]]) -> list[str]:
    return [id_index(kind, number) if number else "" for kind, number in documents]


def _cut_by_excel(numbers: Sequence[str]) -> bool:
    """Whether so many numbers end in 000 that Excel must have cut the column."""
    whole = [number for number in numbers if len(number) == 18]
    ends = sum(number.endswith("000") for number in whole)
    return ends >= CUT_LEAST and ends > CUT_SHARE * len(whole)


def commit_employers(rows: Sequence[Any], *, context: Any) -> list[Answer]:
    """Land cleaned rows of EMPLOYERS; one answer for each row."""
    found = matching.match_employers([row.cleaned for row in rows])
    keys = [row.cleaned.get("uscc") or f"name:{row.cleaned['name']}" for row in rows]
    landing = Landing(context, "employer", keys)
    for row, employer in zip(rows, found, strict=True):
        changes = {name: value for name, value in row.cleaned.items() if _is_filled(value)}
        landing.take(row, employer, changes, None)
    return landing.finish()


def _is_filled(value: Any) -> bool:
    return value not in (None, "", [])


# --- taking back ----------------------------------------------------------------------------------


def undo_persons(answers: Sequence[Answer], *, context: Any) -> list[Answer]:
    """Take back landed rows of PERSONS."""
    return _undo(Person, answers)


def undo_employers(answers: Sequence[Answer], *, context: Any) -> list[Answer]:
    """Take back landed rows of EMPLOYERS."""
    return _undo(Employer, answers)


def _undo(model: type[Party], answers: Sequence[Answer]) -> list[Answer]:
    with acting_as_system("import"):
        pks = [int(answer["pk"]) for answer in answers]
        rows = model._base_manager.select_for_update(of=("self",)).in_bulk(pks)
        return [_undo_one(rows.get(int(answer["pk"])), answer) for answer in answers]


def _undo_one(party: Any, answer: Answer) -> Answer:
    kept = {"row": answer["row"], "undone": False}
    if party is None:
        return {"row": answer["row"], "undone": True, "message": ""}
    version = (answer.get("before") or {}).get("version", 1)
    if party.version != version or party.is_merged:
        name = party.masked_name if isinstance(party, Person) else str(party)
        return {**kept, "message": f"“{name}”导入后又改过，保留"}
    if answer["action"] == "created":
        try:
            with transaction.atomic():
                party.delete()
        except ProtectedError:
            return {**kept, "message": "导入后已有办件引用，保留"}
        return {"row": answer["row"], "undone": True, "message": ""}
    for name, value in answer["before"].items():
        if name != "version":
            field = party._meta.get_field(name)
            setattr(
                party, field.attname, field.to_python(value) if not field.is_relation else value
            )
    party.version += 1
    party.save()
    return {"row": answer["row"], "undone": True, "message": ""}


# --- exporting ------------------------------------------------------------------------------------


def export_persons(filters: Mapping[str, Sequence[str]] = MappingProxyType({})) -> QuerySet[Person]:
    """The standing persons that the acting user may see, narrowed by town, tags, state, source.

    Raises ``ValueError`` naming a filter or a value that does not exist.
    """
    rows = Person.objects.standing().select_related("town")
    return _narrowed(rows, filters, {"tags": "tags__overlap", "state": "state__in"})


def export_employers(
    filters: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> QuerySet[Employer]:
    """The standing employers that the acting user may see, narrowed by town, kind, size,
    op_status, industry, source.  Raises as ``export_persons``."""
    rows = Employer.objects.standing().select_related("town")
    names = ("kind", "size", "op_status", "industry")
    return _narrowed(rows, filters, {name: f"{name}__in" for name in names})


def _narrowed(
    rows: QuerySet, filters: Mapping[str, Sequence[str]], lookups: Mapping[str, str]
) -> QuerySet:
    for name, values in filters.items():
        if name == "town":
            rows = rows.filter(town__in=[_town(value) for value in values])
        elif name == "source":
            rows = rows.filter(source__in=values)
        elif name in lookups:
            rows = rows.filter(**{lookups[name]: list(values)})
        else:
            raise ValueError(name)
    return rows.order_by("id")


def _town(word: str) -> Any:
    try:
        return towns.find(word, towns.choices())
    except ValidationError as error:
        raise ValueError(error.messages[0]) from None


_RESIDENT = frozenset({"resident", "residence", "old"})
_MASKED: dict[str, Callable[[Any], str]] = {
    "id_number": lambda person: person.masked_id if person.id_kind in _RESIDENT else "",
    "other_id": lambda person: "" if person.id_kind in _RESIDENT else person.masked_id,
    "phone": lambda party: party.masked_phone,
    "bank_card": lambda person: person.masked_card,
    "contact_phone": lambda employer: employer.masked_phone,
    "legal_rep_id": lambda employer: employer.masked_legal_rep_id,
    "disability": lambda person: "",
    "disability_grade": lambda person: "",
}


def person_cells(person: Person) -> dict[str, Any]:
    """A person as cells by column; personal columns masked, health left out."""
    return _cells(person, "PERSONS") | {"tags": "、".join(person.tag_labels)}


def employer_cells(employer: Employer) -> dict[str, Any]:
    """An employer as cells by column; amounts in 万元, personal columns masked."""
    amounts = {
        name: None if getattr(employer, name) is None else getattr(employer, name) / 10_000
        for name in ("revenue", "assets")
    }
    return _cells(employer, "EMPLOYERS") | amounts


def _cells(party: Any, code: str) -> dict[str, Any]:
    sheet = next(one for one in areas.declared("imports") if one.code == code)
    return {column.name: _cell(party, column.name) for column in sheet.columns}


def _cell(party: Any, name: str) -> Any:
    if name in _MASKED:
        return _MASKED[name](party)
    if name == "town":
        return str(party.town) if party.town_id else ""
    if display := getattr(party, f"get_{name}_display", None):
        return display()
    value = getattr(party, name)
    return "是" if value is True else "否" if value is False else value
