"""Ledgers of cases: sheets whose rows are cases with their past, landed, exported and taken back.

An area subclasses ``Ledger`` once for each such sheet, says what its columns mean, and names the
instance in its ``Sheet``.  What is the same for every ledger stands here: every cell of a row is
compared with that of the stored case, the same row again changes nothing, an empty cell changes
nothing, a case that somebody works on in the portal is not changed by a sheet, other parties under
one number are an error, and a batch that is taken back voids what it created and restores what it
changed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import Prefetch, QuerySet
from django.utils.module_loading import import_string

from hrss_portal.access import meanwhile
from hrss_portal.areas import Sheet
from hrss_portal.casework.bulk import CaseRow, PastMove
from hrss_portal.casework.corrected import told
from hrss_portal.casework.ledger_cells import NAME_LENGTH, SILENT, Cells, differing, people_of
from hrss_portal.casework.ledger_cells import names_cell as names_cell  # noqa: PLC0414 - this face
from hrss_portal.casework.ledger_cells import party_names as party_names  # noqa: PLC0414
from hrss_portal.casework.ledger_cells import split_names as split_names  # noqa: PLC0414
from hrss_portal.casework.ledger_landing import (
    Answer,
    Landing,
    TakingBack,
    Update,
    doers_since,
    facts_of,
    is_worked_on,
    put_right,
)
from hrss_portal.casework.ledger_matching import Matches
from hrss_portal.casework.models import Case, CaseParty, Event
from hrss_portal.casework.models.events import EventKind
from hrss_portal.casework.moves import PartyIn, lock
from hrss_portal.imports import registry

Cleaned = Mapping[str, Any]


def day_of(case: Case, move: str) -> Any:
    """The day of the last such move as corrected, from events already fetched."""
    made = (event for event in told(list(case.events.all())) if event.kind == EventKind.MOVE)
    days = [event.on for event in made if event.move == move]
    return max(days, default=None)


@dataclass(frozen=True)
class Comparison:
    """A row beside a stored case, and the columns in which they differ."""

    row: Any
    case: Case
    columns: Sequence[str]


def _may_be_null(model: type[Case], name: str) -> bool:
    field: Any = model._meta.get_field(name)
    return bool(field.null)


class Ledger:
    """How the rows of one sheet land as cases of ``model``.

    ``roles`` maps a column of names to the role of the parties named there, who get no master
    record: a name alone identifies nobody.  ``number`` is the column with the case's outside number
    and ``number_field`` the field it is stored in; a row without one, or one whose case was stored
    before it had one, is the same case when the day (column ``day``), what ``alike`` names (columns
    that are fields as well) and all named parties agree (``ledger_matching``).  ``headcount`` is
    the column that counts the people whom the first names stand for, where the sheet has one.
    ``filters`` maps the keys of an export to lookups; beside parties and events ``row_of`` reads
    what ``related`` (one row each) and ``fetched`` (several) name.
    """

    model: ClassVar[type[Case]]
    roles: ClassVar[Mapping[str, str]]
    number: ClassVar[str] = ""
    number_field: ClassVar[str] = "number"
    headcount: ClassVar[str] = ""
    day: ClassVar[str] = "received_on"
    alike: ClassVar[tuple[str, ...]] = ()
    filters: ClassVar[Mapping[str, str]] = {
        "state": "state__in",
        "outcome": "outcome__in",
        "channel": "channel__in",
        "year": "opened_on__year__in",
        "town": "town__name__in",
    }
    related: ClassVar[tuple[str, ...]] = ("town", "handler", "deputy")
    fetched: ClassVar[tuple[str, ...]] = ()

    def values(self, cleaned: Cleaned) -> dict[str, Any]:
        """The fields that the row tells; empty ones change nothing in a stored case."""
        raise NotImplementedError

    def row_of(self, case: Any) -> Mapping[str, Any]:
        """The cells of one case."""
        raise NotImplementedError

    def check(self, cleaned: Any) -> Iterable[tuple[str, str]]:
        """(column, words) of what does not go together; columns that did not clean are None."""
        return ()

    def lookups(self, rows: Sequence[Any], user: Any) -> Any:
        """What ``problems`` and ``new`` need from the database, and of who lands the rows, read
        once for all of them."""
        return None

    def problems(self, cleaned: Cleaned, known: Any) -> Iterable[tuple[str, str]]:
        """(column, words) of what keeps the row out and only the database knows."""
        return ()

    def found(self, cleaned: Cleaned, known: Any) -> dict[str, Any]:
        """The fields that name rows of other tables, out of what ``lookups`` read."""
        return {}

    def merged(self, told: Cleaned, stored: Cleaned) -> dict[str, Any]:
        """The row as it would read if it were whole: what it leaves empty is as stored."""
        return {name: stored[name] if value in SILENT else value for name, value in told.items()}

    def new(self, cleaned: Cleaned, context: Any, known: Any) -> Case:
        """The unsaved case of a new row, with the unit of the sender."""
        values = {**self.values(cleaned), **self.found(cleaned, known)}
        return self.model(unit=context.unit, **values)

    def numbered(self, number: str) -> dict[str, Any]:
        """The fields that a number told in ``number`` fills."""
        return {self.number_field: number}

    def likeness(self, cleaned: Cleaned) -> str:
        """What tells a row without a number from the others of its file (day, parties, ``alike``);
        "" for one with a number, and where some of it is missing."""
        needed = (self.day, *self.roles, *self.alike)
        numbered = not self.number or cleaned[self.number] != ""
        if numbered or not all(cleaned[name] for name in needed):
            return ""
        own = [cleaned[name] for name in self.alike]
        return repr((cleaned[self.day].isoformat(), sorted(self.named(cleaned)), own))

    def hands(self, cleaned: Cleaned) -> Iterable[str]:
        """The names of those who, as the row says, decided or recorded the case: compared with the
        parties (本人案件回避)."""
        return ()

    def past_moves(self, cleaned: Cleaned) -> list[PastMove]:
        """The moves that the row tells, in order; nothing between them is made up."""
        return []

    def commit(self, rows: Sequence[Any], *, context: Any) -> list[Answer]:
        """Land the rows: new cases together with their past, changed ones one by one."""
        landing = Landing(context, self._sheet, self.number or self.day)
        matches = Matches(self, [row.cleaned for row in rows])
        known, cells = self.lookups(rows, context.user), Cells(self._sheet)
        for row in rows:
            meant = matches.meant(row.cleaned, landing.updated)
            if not meant and (words := matches.double(row.cleaned) or matches.void(row.cleaned)):
                landing.refuse_case(row, [words])
                continue
            if not meant:
                self._create(row, landing, known)
                continue
            if any(case.pk in landing.updated for case in meant):  # by an earlier row
                again = self.stored().in_bulk([case.pk for case in meant])
                meant = [again[case.pk] for case in meant]
            told = [Comparison(row, case, self._differing(row, case, cells)) for case in meant]
            self._land(told, landing, cells, known)
        return landing.finish()

    def undo(self, outcomes: Sequence[Answer], *, context: Any) -> list[Answer]:
        """Void the cases that a batch created, restore those that it changed; a case changed since
        then stays, and is named."""
        cells = Cells(self._sheet)

        def past_of(row: Mapping[str, Any]) -> list[PastMove]:
            return self.past_moves(self._read(row, cells))

        whole = self._whole(self.model._base_manager.order_by("pk"))
        stored = whole.in_bulk({int(one["pk"]) for one in outcomes if one.get("pk")})
        empty = {name: None if _may_be_null(self.model, name) else "" for name in self.numbered("")}
        taking = TakingBack(context, self._sheet, self.row_of, past_of, whole, empty)
        return [taking.take_back(one, stored.get(int(one.get("pk") or 0))) for one in outcomes]

    def export(self, filters: Mapping[str, list[str]]) -> QuerySet:
        """The cases of a filter that the user may see, with what a row needs.

        Raises ``ValueError`` for an unknown key.
        """
        if unknown := set(filters) - set(self.filters):
            raise ValueError(f"没有“{'、'.join(sorted(unknown))}”这个筛选项")
        narrowed = {self.filters[key]: values for key, values in filters.items()}
        return self._whole(self._valid().filter(**narrowed).order_by("opened_on", "pk"))

    def _valid(self) -> Any:
        manager: Any = self.model._default_manager
        return manager.valid()

    def stored(self) -> Any:
        """The cases that count, oldest first, with what a row is compared with."""
        return self._whole(self._valid().order_by("pk"))

    def _whole(self, cases: Any) -> Any:
        """Cases with all that ``row_of`` reads, however many."""
        related = cases.select_related(*self.related)
        return related.prefetch_related(
            Prefetch("parties", CaseParty._base_manager.order_by("role", "seq")),
            Prefetch("events", Event._base_manager.order_by("on", "pk")),
            *self.fetched,
        )

    def named(self, cleaned: Cleaned) -> Iterable[tuple[str, str]]:
        """(role, name) of everybody whom a row names, in the order of ``roles``."""
        for column, role in self.roles.items():
            for name in split_names(cleaned[column])[0]:
                yield role, name[:NAME_LENGTH]

    def _parties(self, cleaned: Cleaned) -> list[PartyIn]:
        return [PartyIn(role=role, name=name) for role, name in self.named(cleaned)]

    @cached_property
    def _sheet(self) -> Sheet:
        """The sheet that names this ledger."""
        named = (one for one in registry.sheets() if one.ledger)
        return next(one for one in named if import_string(one.ledger) is self)

    def _read(self, row: Mapping[str, Any], cells: Cells) -> dict[str, Any]:
        """The cells of a case as a row of them would be cleaned and checked."""
        read = cells.read(row)
        list(self.check(read))
        return read

    def _create(self, row: Any, landing: Landing, known: Any) -> None:
        if problems := list(self.problems(row.cleaned, known)):
            landing.refuse(row, problems)
            return
        case, parties = self.new(row.cleaned, landing.context, known), self._parties(row.cleaned)
        past = self.past_moves(row.cleaned)
        hands = list(self.hands(row.cleaned))
        landing.create(row, CaseRow(case=case, parties=parties, moves=past, hands=hands))

    def _differing(self, row: Any, case: Case, cells: Cells) -> list[str]:
        """The columns in which a row tells something else than the stored case."""
        stored = self._read(self.row_of(case), cells)
        return [
            name
            for name in differing(row.cleaned, stored)
            if not (name == self.number and stored[name])
            and not (name in self.roles and self._same_side(row.cleaned[name], stored[name]))
        ]

    def _same_side(self, told: str, stored: str) -> bool:
        """Whether two cells of names stand for the same people, in whatever order."""
        (names, count), (stored_names, stored_count) = people_of(told), people_of(stored)
        return names == stored_names and (bool(self.headcount) or count == stored_count)

    def _land(self, told: Sequence[Comparison], landing: Landing, cells: Cells, known: Any) -> None:
        """One row whose case is stored: of several alike the one that is equal, never a guess."""
        row = told[0].row
        if same := next((one for one in told if not one.columns), None):
            landing.answer(row, "unchanged", same.case.pk)
            return
        told = [one for one in told if list(one.columns) == [self.number]][:1] or told
        if len(told) > 1:
            words = (
                f"系统里有 {len(told)} 件当事人、日期都相同的案件，分不清是哪一件，请在案件页更正"
            )
            landing.refuse_case(row, [words])
        else:
            self._retell(told[0], landing, cells, known)

    def _retell(self, early: Comparison, landing: Landing, cells: Cells, known: Any) -> None:
        """One stored case told otherwise, compared with it as it stands now that it is locked."""
        row = early.row
        told, changed = self._locked(early, cells)
        if changed:
            landing.refuse(row, changed)
        elif not told.columns:
            landing.answer(row, "unchanged", told.case.pk)
        elif refused := list(self._kept_as_stored(told, cells, known)):
            landing.refuse(row, refused)
        else:
            landing.update(row, told.case, self._update(told, cells, known))

    def _locked(
        self, early: Comparison, cells: Cells
    ) -> tuple[Comparison, Sequence[tuple[str, str]]]:
        """The comparison with the case locked until the batch has landed, and (column, words) of
        the told cells that somebody changed otherwise since the batch was read."""
        row = early.row
        if lock(early.case, None).version == early.case.version:
            return early, []
        case = self._whole(self.model._base_manager.all()).get(pk=early.case.pk)
        was, shown = self._read(self.row_of(early.case), cells), self.row_of(case)
        now = self._read(shown, cells)
        who = doers_since(case, max((one.pk for one in early.case.events.all()), default=0))
        why = f"导入期间{who}改过这一件，请核对"
        filled = {name: row.cleaned[name] for name in differing(row.cleaned, now)}
        changed = [
            (name, self._words(why, name, case, shown, row, cells))
            for name in meanwhile.overtaken(filled, was, now)
            if not (name in self.roles and self._same_side(row.cleaned[name], now[name]))
        ]
        return Comparison(row, case, self._differing(row, case, cells)), changed

    def _words(
        self, why: str, name: str, case: Case, shown: Cleaned, row: Any, cells: Cells
    ) -> str:
        """What is said at a cell that stays as stored: why, what is stored and what is told."""
        names = name in self.roles
        old = cells.words(name, shown[name], names=names)
        new = cells.words(name, getattr(row, "raw", row.cleaned).get(name), names=names)
        return f"{why}：{case.reference} 系统里是“{old}”，表里是“{new}”"

    def _kept_as_stored(
        self, told: Comparison, cells: Cells, known: Any
    ) -> Iterable[tuple[str, str]]:
        """(column, words) of the cells that no sheet may change, with what is stored and told."""
        case, row = told.case, told.row
        stored = self.row_of(case)
        others = [
            name
            for name in told.columns
            if name in self.roles and people_of(row.cleaned[name])[0] != people_of(stored[name])[0]
        ]
        kept, why = told.columns, "已在系统里办理，不能用表格改，请在案件页更正"
        if not is_worked_on(case):
            kept = self._put_right(told, cells, known)
            why = "这一项在系统里更正过，不能用表格改，请在案件页更正"
        if others:
            why = "当事人与系统里的不同，请核对编号；当事人写错的，在案件页更正"
        for name in others or kept:
            yield name, self._words(why, name, case, stored, row, cells)

    def _put_right(self, told: Comparison, cells: Cells, known: Any) -> list[str]:
        """The columns of a row that tell otherwise what was put right in the portal."""
        if not (facts := put_right(told.case)):
            return []
        stored = self._read(self.row_of(told.case), cells)
        before = self._facts(stored, known)
        return [
            name
            for name in told.columns
            if facts
            & {
                fact
                for fact, _ in self._facts(
                    self.merged({**stored, name: told.row.cleaned[name]}, stored), known
                )
                ^ before
            }
        ]

    def _facts(self, cleaned: Cleaned, known: Any) -> set[Any]:
        """What a whole row tells: (field, value) and (move and name, value)."""
        fields = {**self.values(cleaned), **self.found(cleaned, known)}
        return set(fields.items()) | facts_of(self.past_moves(cleaned))

    def _update(self, told: Comparison, cells: Cells, known: Any) -> Update:
        """What an imported case becomes by a row; refused where the whole no longer fits."""
        row, case = told.row, told.case
        shown = self.row_of(case)
        stored = self._read(shown, cells)
        merged = self.merged(row.cleaned, stored)
        problems = list(self.check(merged))
        problems += [one for one in self.problems(merged, known) if one[0] in told.columns]
        if problems:
            return Update(refused=problems)
        old, new = ({**self.values(one), **self.found(one, known)} for one in (stored, merged))
        values = {
            name: getattr(case, name) if value == old[name] else value
            for name, value in new.items()
        }
        if self.number in told.columns:
            values |= self.numbered(merged[self.number])
        before, after = self.past_moves(stored), self.past_moves(merged)
        if self.number not in told.columns and new == old and before == after:
            words = "系统里没有记这一项，不能用表格改"
            return Update(refused=[(name, words) for name in told.columns])
        return Update(values=values, old=before, new=after, cells=shown)
