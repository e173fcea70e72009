"""Ledgers of registers: sheets whose rows are records without states.

An area subclasses ``RegisterLedger`` once for each such sheet and names the instance in its
``Sheet``.  The same row again changes nothing, an empty cell changes nothing, and a batch that is
taken back voids what it created and restores what it changed.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model, QuerySet
from django.utils import timezone

from hrss_portal.access import meanwhile
from hrss_portal.areas import Column
from hrss_portal.casework.models import Record
from hrss_portal.casework.models.records import Source

Answer = dict[str, Any]
Cleaned = Mapping[str, Any]


class RegisterLedger:
    """How the rows of one sheet land as records of ``model``, whose fields the columns are.

    The ``key`` columns, all of them required, name a record among those that the sender sees; where
    they are not its fields (an employer by name and number), ``told_by`` lists the fields that do.
    ``filters`` maps the keys of an export to lookups, ``related`` names the rows that ``row_of``
    reads beside the record.  Where a column is not a field of its name, ``values`` and ``row_of``
    say what it means; rows of other tables are read by ``lookups`` once for all rows, set by
    ``found`` and missed by ``problems``, as in a ledger of cases.
    """

    model: ClassVar[type[Record]]
    columns: ClassVar[tuple[Column, ...]]
    filters: ClassVar[Mapping[str, str]] = {}
    related: ClassVar[tuple[str, ...]] = ("town",)
    told_by: ClassVar[tuple[str, ...]] = ()

    def values(self, cleaned: Cleaned) -> dict[str, Any]:
        """The fields that the row tells; empty ones change nothing in a stored record."""
        return dict(cleaned)

    def row_of(self, record: Any) -> Mapping[str, Any]:
        """The cells of a record: choices in words, rows of other tables by their name."""
        return {column.name: _cell(record, column.name) for column in self.columns}

    def check(self, cleaned: Cleaned) -> Iterable[tuple[str, str]]:
        """(column, words) of what does not go together; columns that did not clean are None."""
        return ()

    def lookups(self, rows: Sequence[Any], user: Any) -> Any:
        """What ``problems`` and ``found`` need from the database, and of who lands the rows, read
        once for all of them."""
        return None

    def problems(self, cleaned: Cleaned, known: Any) -> Iterable[tuple[str, str]]:
        """(column, words) of what keeps the row out and only the database knows."""
        return ()

    def found(self, cleaned: Cleaned, known: Any) -> dict[str, Any]:
        """The fields that name rows of other tables, out of what ``lookups`` read."""
        return {}

    def commit(self, rows: Sequence[Any], *, context: Any) -> list[Answer]:
        """Land the rows: new records together, changed ones one by one."""
        known = self.lookups(rows, context.user)
        answers: dict[int, Answer] = {}
        told, fresh = [], []
        for row in rows:
            if words := list(self.problems(row.cleaned, known)):
                answers[row.number] = _answer(row, "rejected", messages=words)
                continue
            told.append((row, {**self.values(row.cleaned), **self.found(row.cleaned, known)}))
        stored = self._stored([values for _, values in told])
        for row, values in told:
            record = stored.get(self._key(values))
            if record is None:
                fresh.append((row, self._new(values, context)))
            else:
                answers[row.number] = self._update(row, record, values, context)
        answers |= self._create(fresh)
        return [answers[row.number] for row in rows]

    def undo(self, outcomes: Sequence[Answer], *, context: Any) -> list[Answer]:
        """Void what a batch created, restore what it changed; what changed since then stays."""
        wanted = [int(one["pk"]) for one in outcomes if one.get("pk")]
        records = self.model._base_manager.in_bulk(wanted)
        return [_taken_back(one, records.get(int(one.get("pk") or 0)), context) for one in outcomes]

    def export(self, filters: Mapping[str, list[str]]) -> QuerySet:
        """The records of a filter that the user may see, in the order in which they were entered.

        Raises ``ValueError`` for an unknown key.
        """
        if unknown := set(filters) - set(self.filters):
            raise ValueError(f"没有“{'、'.join(sorted(unknown))}”这个筛选项")
        narrowed = {self.filters[key]: values for key, values in filters.items()}
        return self._valid().filter(**narrowed)

    def _valid(self) -> QuerySet:
        records: QuerySet = self.model._default_manager.filter(voided_at__isnull=True)
        return records.select_related(*self.related).order_by("pk")

    def _told_by(self) -> tuple[str, ...]:
        """The fields that tell a record from the others."""
        return self.told_by or tuple(column.name for column in self.columns if column.key)

    def _key(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(_plain(values[name]) for name in self._told_by())

    def _stored(self, told: Sequence[Mapping[str, Any]]) -> dict[tuple[Any, ...], Any]:
        """The records that the rows name, by their key, in one query; of twins the oldest."""
        names = self._told_by()
        narrowed = {f"{name}__in": {values[name] for values in told} for name in names}
        stored: dict[tuple[Any, ...], Any] = {}
        for record in self._valid().filter(**narrowed):
            stored.setdefault(tuple(_kept(record, name) for name in names), record)
        return stored

    def _new(self, values: Mapping[str, Any], context: Any) -> Any:
        by = {"created_by": context.user, "updated_by": context.user}
        return self.model(unit=context.unit, source=Source.SHEET, **by, **values)

    def _create(self, fresh: Sequence[tuple[Any, Any]]) -> dict[int, Answer]:
        """Write new records in one statement; where the database refuses, each says why."""
        refused: dict[int, Answer] = {}
        try:
            with transaction.atomic():
                self.model._base_manager.bulk_create(record for _, record in fresh)
        except IntegrityError:
            refused = {
                row.number: _answer(row, "rejected", messages=words)
                for row, record in fresh
                if (words := self._refusals(record))
            }
            if not refused:
                raise
            fresh = [(row, record) for row, record in fresh if row.number not in refused]
            self.model._base_manager.bulk_create(record for _, record in fresh)
        created = {row.number: _answer(row, "created", record.pk) for row, record in fresh}
        return refused | created

    def _update(self, row: Any, record: Any, values: Mapping[str, Any], context: Any) -> Answer:
        if not _differing(record, values):
            return _answer(row, "unchanged", record.pk)
        if refused := self._meanwhile(record, values):
            return _answer(row, "rejected", messages=refused)
        if not (changed := _differing(record, values)):
            return _answer(row, "unchanged", record.pk)
        before = {name: _stored_value(record, name) for name in changed}
        for name, value in changed.items():
            setattr(record, name, value)
        if words := self._refusals(record):
            return _answer(row, "rejected", messages=words)
        _save(record, context)
        return _answer(row, "updated", record.pk, before=before | {"version": record.version})

    def _meanwhile(self, record: Any, told: Mapping[str, Any]) -> list[tuple[str, str]]:
        """Locks a record and reads it again where it changed since the batch was read; (column,
        words) of the told cells that somebody changed otherwise meanwhile."""
        filled = {name: _plain(value) for name, value in told.items() if _is_filled(value)}
        was = {name: _kept(record, name) for name in filled}
        if not _locked_anew(record):
            return []
        first = next(column.name for column in self.columns if column.key)
        if record.is_void:
            return [(first, meanwhile.words(record, "作废了这一条，请核对"))]
        names = {column.name for column in self.columns}
        now = {name: _kept(record, name) for name in filled}
        return [
            (name if name in names else first, meanwhile.words(record))
            for name in meanwhile.overtaken(filled, was, now)
        ]

    def _refusals(self, record: Any) -> list[tuple[str, str]]:
        """(column, words) of the rules of the model that a record breaks."""
        try:
            record.validate_constraints()
        except ValidationError as error:
            names = {column.name for column in self.columns}
            first = next(column.name for column in self.columns if column.key)
            return [
                (name if name in names else first, text)
                for name, texts in error.message_dict.items()
                for text in texts
            ]
        return []


def _is_filled(value: Any) -> bool:
    return value not in (None, "", [])


def _differing(record: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that a row fills otherwise than they are stored."""
    return {
        name: value
        for name, value in values.items()
        if _is_filled(value) and _kept(record, name) != _plain(value)
    }


def _locked_anew(record: Any) -> bool:
    """Locks a record until the batch has landed or is taken back; whether it had changed since it
    was read, and was read again."""
    if not meanwhile.lock(type(record), {record.pk: record.version}):
        return False
    record.refresh_from_db()
    return True


def _answer(row: Any, action: str, pk: int | None = None, **more: Any) -> Answer:
    return {"row": row.number, "action": action, "pk": pk, "messages": [], **more}


def _cell(record: Any, name: str) -> Any:
    field = record._meta.get_field(name)
    if field.choices:
        return getattr(record, f"get_{name}_display")()
    value = getattr(record, name)
    if field.is_relation:
        return getattr(value, "name", str(value)) if value else ""
    return value


def _plain(value: Any) -> Any:
    """A row of another table by its key, anything else as it is."""
    return value.pk if isinstance(value, Model) else value


def _kept(record: Any, name: str) -> Any:
    """A field of a record as ``_plain`` gives it; what it points to is not read."""
    return getattr(record, record._meta.get_field(name).attname)


def _stored_value(record: Any, name: str) -> Any:
    """A field as JSON keeps it; a row of another table by its key."""
    field = record._meta.get_field(name)
    value = getattr(record, field.attname)
    return value if isinstance(value, str | int | bool | None) else str(value)


def _save(record: Any, context: Any) -> None:
    record.version += 1
    record.updated_by = context.user
    record.save()


def _taken_back(one: Answer, record: Any, context: Any) -> Answer:
    done = {"row": one["row"], "undone": True, "message": ""}
    if record is None or one["action"] not in {"created", "updated"}:
        return done
    before = dict(one.get("before") or {})
    _locked_anew(record)
    if record.is_void or record.version != before.pop("version", 1):
        who = f"（{record.updated_by.name}）" if record.updated_by else ""
        return done | {"undone": False, "message": f"{record} 导入后又改过{who}，没有撤销"}
    if one["action"] == "created":
        record.voided_at, record.voided_by = timezone.now(), context.user
        record.void_reason = f"撤销导入批次 {context.batch.pk}"
    for name, value in before.items():
        field = record._meta.get_field(name)
        setattr(record, field.attname, field.to_python(value))
    _save(record, context)
    return done
