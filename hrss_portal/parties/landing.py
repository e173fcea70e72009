"""What becomes of the rows of a sheet of the master files: decided, locked, compared, written.

A row that would change a party is decided by what was read, then once more where somebody changed
that party meanwhile (``access.meanwhile``): a cell that was stored otherwise keeps the row out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Model

from hrss_portal.access import meanwhile, policy
from hrss_portal.parties import matching
from hrss_portal.parties.models import Employer, Party, Person

STEP = 1000
#: The columns of a person that are set together.
DOCUMENT_AND_PHONES = ("id_kind", "id_number", "phone", "other_phones")
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


class PersonCells:
    """The columns of a person that are set together; an empty cell changes nothing."""

    def __init__(self, kind: str, number: str, phones: str) -> None:
        self.kind, self.number, self.phones = kind, number, phones

    def put(self, person: Person) -> None:
        """Set document and telephones."""
        if self.number and not person.id_number_index:
            person.set_id(self.kind, self.number)
        if self.phones:
            known = person.phones
            new = self.phones.split("/")
            if new[0] != person.phone or not set(new) <= set(known):
                person.set_phones([*new, *(n for n in known if n not in new)])

    def told(self) -> dict[str, str]:
        """The number and the first telephone, as far as the row tells them."""
        given = {"id_number": self.number, "phone": self.phones.split("/")[0]}
        return {name: value for name, value in given.items() if value}


@dataclass(frozen=True)
class _Told:
    """What one row tells of a stored party, and its answer, which is filled in."""

    changes: dict[str, Any]
    cells: PersonCells | None
    answer: Answer

    @property
    def names(self) -> tuple[str, ...]:
        """The fields that the row may change."""
        return (*self.changes, *(DOCUMENT_AND_PHONES if self.cells else ()))

    @property
    def values(self) -> dict[str, Any]:
        """What it tells, as it is compared with what is stored."""
        told = {
            name: value.pk if isinstance(value, Model) else value
            for name, value in self.changes.items()
        }
        return told | (self.cells.told() if self.cells else {})


class Landing:
    """Collects new and changed rows, writes them at the end, and answers for each."""

    def __init__(self, context: Any, noun: str, keys: Sequence[str]) -> None:
        self.context, self.noun = context, noun
        self.model: type[Party] = Person if noun == "person" else Employer
        self.keys = iter(keys)
        self.new: dict[str, tuple[Party, Answer]] = {}
        self.changed: dict[int, Party] = {}
        self.told: dict[int, list[_Told]] = {}
        self.read: dict[int, dict[str, Any]] = {}
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

    def take(
        self, row: Any, party: Any, changes: dict[str, Any], cells: PersonCells | None
    ) -> None:
        """Decide what becomes of one row."""
        key = next(self.keys)
        if party is None:
            self._create(row, key, changes, cells)
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
            self._update(row, party, changes, cells)

    @property
    def _key_column(self) -> str:
        return "id_number" if self.noun == "person" else "uscc"

    def _may_edit(self, party: Party) -> bool:
        user = self.context.user
        return user is None or policy.can(user, f"parties.{self.noun}.edit", party)

    def _create(self, row: Any, key: str, changes: dict[str, Any], cells: Any) -> None:
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
        if cells is not None:
            cells.put(party)
        party.refresh_derived()
        answer = self._answer(row, "created", None)
        self.new[key or f"row:{row.number}"] = party, answer

    def _update(self, row: Any, party: Any, changes: dict[str, Any], cells: Any) -> None:
        party = self.changed.get(party.pk, party)
        told = _Told(changes, cells, self._answer(row, "unchanged", party.pk))
        self.told.setdefault(party.pk, []).append(told)
        read = self.read.setdefault(party.pk, {"version": party.version})
        for name in told.names:
            read.setdefault(name, _plain(party, name))
        self._put(party, told)

    def _put(self, party: Any, told: _Told) -> None:
        """Set what a row tells of a party, and say in its answer what became of it."""
        before = {name: _plain(party, name) for name in told.names}
        for name, value in told.changes.items():
            setattr(party, name, value)
        if told.cells is not None:
            told.cells.put(party)
        differs = {name: value for name, value in before.items() if value != _plain(party, name)}
        if not differs:
            return
        party.updated_by, party.version = self.context.user, party.version + 1
        party.refresh_derived()
        self.changed[party.pk] = party
        told.answer["action"] = "updated"
        told.answer["before"] = {**differs, "version": party.version}

    def finish(self) -> list[Answer]:
        """Write everything and fill in the numbers of the new rows."""
        parties = [party for party, _ in self.new.values()]
        self.model._base_manager.bulk_create(parties, batch_size=STEP)
        for party, answer in self.new.values():
            answer["pk"] = party.pk
        versions = {pk: self.read[pk]["version"] for pk in self.changed}
        for pk, stored in meanwhile.lock(self.model, versions).items():
            self._tell_again(pk, stored)
        write_rows(list(self.changed.values()), _writable(self.model))
        return self.answers

    def _tell_again(self, pk: int, party: Any) -> None:
        """The rows about a party that somebody changed meanwhile, now that it is locked."""
        del self.changed[pk]
        gone = party is None or party.is_merged
        names = {name for told in self.told[pk] for name in told.names}
        now = {} if gone else {name: _plain(party, name) for name in names}
        for told in self.told[pk]:
            told.answer.update(action="unchanged", before=None)
            if gone:
                words = meanwhile.words(None, "合并或者删除了这一条，请核对后再导入")
                told.answer.update(action="rejected", messages=[(self._key_column, words)])
            elif late := meanwhile.overtaken(told.values, self.read[pk], now):
                words = meanwhile.words(party)
                told.answer.update(action="rejected", messages=[(name, words) for name in late])
            else:
                self._put(party, told)


def _writable(model: type[Party]) -> list[str]:
    fixed = {"id", "vault", "created_at", "created_by", "unit", "source", "merged_into"}
    return [field.name for field in model._meta.concrete_fields if field.name not in fixed]


def _plain(party: Party, name: str) -> Any:
    """A value as it can be kept for undoing: related rows by number."""
    field = party._meta.get_field(name)
    value = getattr(party, field.attname)  # type: ignore[union-attr]
    return list(value) if isinstance(value, list) else value
