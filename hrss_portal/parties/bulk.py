"""Landing, exporting and taking back the sheets of the master files, many rows in few statements.

A row finds its person by the document number and its employer by the credit code.  What the sheet
fills in replaces what is there, empty cells change nothing, and a number that is registered under
another name is refused: a correction is made by hand.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import ProtectedError, QuerySet

from hrss_portal import areas
from hrss_portal.access import policy
from hrss_portal.access.scope import acting_as_system
from hrss_portal.parties import identifiers, matching, towns
from hrss_portal.parties.models import Employer, Party, Person
from hrss_portal.parties.models.persons import id_index
from hrss_portal.parties.rules import document_of

STEP = 1000
#: Of correct numbers about one in a thousand ends in 000; a column that Excel cut leaves only such.
CUT_SHARE, CUT_LEAST = 0.02, 3
Answer = dict[str, Any]


def write_rows(rows: Sequence[Party], columns: Iterable[str]) -> None:
    """Update many rows in few statements, encrypted columns included.

    The same rows and columns as ``bulk_update`` with the values that ``save()`` would write.
    """
    if not rows:
        return
    fields: list[Any] = [type(rows[0])._meta.get_field(name) for name in dict.fromkeys(columns)]
    table = type(rows[0])._meta.db_table
    kinds = [
        field.rel_db_type(connection) if field.is_relation else field.db_type(connection)
        for field in fields
    ]
    sets = ", ".join(
        f'"{field.column}" = v.c{n}::{kind}'
        for n, (field, kind) in enumerate(zip(fields, kinds, strict=True))
    )
    names = ", ".join(f"c{n}" for n in range(len(fields)))
    one = f"({', '.join(['%s'] * (len(fields) + 1))})"
    for start in range(0, len(rows), STEP):
        part = rows[start : start + STEP]
        values: list[Any] = []
        for row in part:
            values.append(row.pk)
            values += [
                field.get_db_prep_save(field.pre_save(row, False), connection) for field in fields
            ]
        sql = (  # every name in it comes from the model
            f'UPDATE "{table}" AS t SET {sets} FROM '  # noqa: S608
            f"(VALUES {', '.join([one] * len(part))}) AS v(pk, {names}) WHERE t.id = v.pk"
        )
        with connection.cursor() as cursor:
            cursor.execute(sql, values)


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
    landing = _Landing(context, "person", _person_keys(documents))
    for row, (kind, number), person in zip(rows, documents, found, strict=True):
        if cut and number.endswith("000") and len(number) == 18:
            landing.refuse(row, "id_number", identifiers.EXCEL_LOST)
            continue
        changes = {
            name: value
            for name, value in row.cleaned.items()
            if name not in {"id_number", "other_id", "id_kind", "phone"} and _is_filled(value)
        }
        landing.take(row, person, changes, _PersonRow(kind, number, row.cleaned.get("phone") or ""))
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
    landing = _Landing(context, "employer", keys)
    for row, employer in zip(rows, found, strict=True):
        changes = {name: value for name, value in row.cleaned.items() if _is_filled(value)}
        landing.take(row, employer, changes, None)
    return landing.finish()


def _is_filled(value: Any) -> bool:
    return value not in (None, "", [])


class _PersonRow:
    """The columns of a person that are set together."""

    def __init__(self, kind: str, number: str, phones: str) -> None:
        self.kind, self.number, self.phones = kind, number, phones

    def put(self, person: Person) -> None:
        """Set document and telephones; an empty cell changes nothing."""
        if self.number and not person.id_number_index:
            person.set_id(self.kind, self.number)
        if self.phones:
            known = person.phones
            new = self.phones.split("/")
            if new[0] != person.phone or not set(new) <= set(known):
                person.set_phones([*new, *(n for n in known if n not in new)])


class _Landing:
    """Collects new and changed rows, writes them at the end, and answers for each."""

    def __init__(self, context: Any, noun: str, keys: Sequence[str]) -> None:
        self.context, self.noun = context, noun
        self.model: type[Party] = Person if noun == "person" else Employer
        self.keys = iter(keys)
        self.new: dict[str, tuple[Party, Answer]] = {}
        self.changed: dict[int, Party] = {}
        self.answers: list[Answer] = []

    def refuse(self, row: Any, column: str, words: str) -> None:
        """A row that does not land."""
        next(self.keys)
        self._answer(row, "rejected", None, [(column, words)])

    def _answer(
        self, row: Any, action: str, pk: int | None, messages: list[tuple[str, str]] | None = None
    ) -> Answer:
        answer = {"row": row.number, "action": action, "pk": pk, "messages": messages or []}
        self.answers.append(answer)
        return answer

    def take(self, row: Any, party: Any, changes: dict[str, Any], extra: _PersonRow | None) -> None:
        """Decide what becomes of one row."""
        key = next(self.keys)
        if party is None:
            self._create(row, key, changes, extra)
            return
        words = (
            matching.name_conflict(party, changes["name"])
            if isinstance(party, Person)
            else matching.employer_conflict(party, changes["name"])
        )
        if words:
            self._answer(row, "rejected", party.pk, [("name", words)])
        elif not self._may_edit(party):
            words = f"本局已有，由{party.unit}维护，没有改动"
            self._answer(row, "unchanged", party.pk, [(self._key_column, words)])
        else:
            self._update(row, party, changes, extra)

    @property
    def _key_column(self) -> str:
        return "id_number" if self.noun == "person" else "uscc"

    def _may_edit(self, party: Party) -> bool:
        user = self.context.user
        return user is None or policy.can(user, f"parties.{self.noun}.edit", party)

    def _create(self, row: Any, key: str, changes: dict[str, Any], extra: Any) -> None:
        if key and key in self.new:
            self._answer(row, "rejected", None, [(self._key_column, "表里已有同一号码的行")])
            return
        party = self.model(
            unit=self.context.unit,
            created_by=self.context.user,
            updated_by=self.context.user,
            source=f"{self.noun.upper()}S",
            **changes,
        )
        if extra is not None:
            extra.put(party)
        party.refresh_derived()
        answer = self._answer(row, "created", None)
        self.new[key or f"row:{row.number}"] = party, answer

    def _update(self, row: Any, party: Any, changes: dict[str, Any], extra: Any) -> None:
        party = self.changed.get(party.pk, party)
        before = {name: _plain(party, name) for name in (*changes, *self._together(extra))}
        for name, value in changes.items():
            setattr(party, name, value)
        if extra is not None:
            extra.put(party)
        after = {name: _plain(party, name) for name in before}
        differs = {name: before[name] for name in before if before[name] != after[name]}
        if not differs:
            self._answer(row, "unchanged", party.pk)
            return
        party.updated_by, party.version = self.context.user, party.version + 1
        party.refresh_derived()
        self.changed[party.pk] = party
        answer = self._answer(row, "updated", party.pk)
        answer["before"] = {**differs, "version": party.version}

    @staticmethod
    def _together(extra: Any) -> tuple[str, ...]:
        return ("id_kind", "id_number", "phone", "other_phones") if extra is not None else ()

    def finish(self) -> list[Answer]:
        """Write everything and fill in the numbers of the new rows."""
        parties = [party for party, _ in self.new.values()]
        self.model._base_manager.bulk_create(parties, batch_size=STEP)
        for party, answer in self.new.values():
            answer["pk"] = party.pk
        write_rows(list(self.changed.values()), _writable(self.model))
        return self.answers


def _writable(model: type[Party]) -> list[str]:
    fixed = {"id", "vault", "created_at", "created_by", "unit", "source", "merged_into"}
    return [field.name for field in model._meta.concrete_fields if field.name not in fixed]


def _plain(party: Party, name: str) -> Any:
    """A value as it can be kept for undoing: related rows by number."""
    field = party._meta.get_field(name)
    value = getattr(party, field.attname)  # type: ignore[union-attr]
    return list(value) if isinstance(value, list) else value


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
