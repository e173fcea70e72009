"""Ledgers of cases: sheets whose rows are cases with their past, landed, exported and taken back.

An area subclasses ``Ledger`` once for each such sheet, says what its columns mean, and names the
instance in its ``Sheet``.  What is the same for every ledger stands here: every cell of a row is
compared with that of the stored case, the same row again changes nothing, an empty cell changes
nothing, a case that somebody works on in the portal is not changed by a sheet, other parties under
one number are an error, and a batch that is taken back voids what it created and restores what it
changed.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.utils.module_loading import import_string

from hrss_portal.areas import Sheet
from hrss_portal.casework.bulk import CaseRow, PastMove
from hrss_portal.casework.corrected import told
from hrss_portal.casework.ledger_cells import SILENT, Cells, differing
from hrss_portal.casework.ledger_landing import Answer, Landing, TakingBack, Update, is_worked_on
from hrss_portal.casework.models import Case, CaseParty, Event
from hrss_portal.casework.models.events import EventKind
from hrss_portal.casework.moves import PartyIn
from hrss_portal.documents.numbers import spellings
from hrss_portal.imports import registry

Cleaned = Mapping[str, Any]
#: What a row without a number and its case share: day, further fields, (role, name) of the parties.
Likeness = tuple[date, tuple[Any, ...], tuple[tuple[str, str], ...]]
NAME_LENGTH = 120  # of a party
MORE = re.compile(r"等\s*(\d+)\s*[人名]?$")
PARTING = re.compile(r"[、,，;；/\n]+")


def split_names(text: str) -> tuple[list[str], int]:
    """The names of a cell and how many people it stands for: ``张三、李四等12人`` is ([…], 12)."""
    found = MORE.search(text)
    names = [name.strip() for name in PARTING.split(MORE.sub("", text)) if name.strip()]
    return names, max(int(found[1]) if found else 0, len(names))


def names_cell(case: Case, role: str, *, people: int = 0) -> str:
    """The names of a role's parties in one cell, as ``split_names`` reads it; ``people``: how many
    they stand for."""
    names = party_names(case, role)
    more = f"等{people}人" if people > len(names) else ""
    return "、".join(names) + more


def party_names(case: Case, role: str) -> list[str]:
    """The names of a role's parties in order, from parties already fetched where they are."""
    sides = [party for party in case.parties.all() if party.role == role]
    return [party.name for party in sorted(sides, key=lambda party: party.seq)]


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


class Ledger:
    """How the rows of one sheet land as cases of ``model``.

    ``roles`` maps a column of names to the role of the parties named there, who get no master
    record: a name alone identifies nobody.  ``number`` is the column with the case's outside number
    and ``number_field`` the field it is stored in; a row without one is the same case when the day
    (column ``day``), what ``alike`` names (columns that are fields as well) and all named parties
    agree.  ``headcount`` is the column that counts the people whom the first names stand for, where
    the sheet has one.  ``filters`` maps the keys of an export to lookups; beside parties and events
    ``row_of`` reads what ``related`` (one row each) and ``fetched`` (several) name.
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

    def lookups(self, rows: Sequence[Any]) -> Any:
        """What ``problems`` and ``new`` need from the database, read once for all rows."""
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

    def past_moves(self, cleaned: Cleaned) -> list[PastMove]:
        """The moves that the row tells, in order; nothing between them is made up."""
        return []

    def commit(self, rows: Sequence[Any], *, context: Any) -> list[Answer]:
        """Land the rows: new cases together with their past, changed ones one by one."""
        landing = Landing(context, self.number or self.day)
        numbered, alike = self._by_number(rows), self._by_likeness(rows)
        known, cells = self.lookups(rows), Cells(self._sheet)
        for row in rows:
            number = self._number(row.cleaned)
            meant = numbered.get(number, []) if number else alike.get(self._likeness(row.cleaned))
            if not meant:
                self._create(row, landing, known)
                continue
            if any(case.pk in landing.updated for case in meant):  # by an earlier row
                again = self._stored().in_bulk([case.pk for case in meant])
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
        taking, done = TakingBack(context, self.row_of, past_of), []
        for one in outcomes:
            pk = int(one.get("pk") or 0)
            if pk in taking.versions:  # a later row of the same case was taken back
                stored[pk] = whole.get(pk=pk)
            done.append(taking.take_back(one, stored.get(pk)))
        return done

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

    def _number(self, cleaned: Cleaned) -> str:
        return cleaned[self.number] if self.number else ""

    def _by_number(self, rows: Sequence[Any]) -> dict[str, list[Case]]:
        """The stored cases by every way in which their number is written (第12号 is 12号)."""
        given = {number for row in rows if (number := self._number(row.cleaned))}
        wanted = {spelling for number in given for spelling in spellings(number)}
        found = self._stored().filter(**{f"{self.number_field}__in": wanted}) if wanted else ()
        return {
            spelling: [case]
            for case in found
            for spelling in spellings(getattr(case, self.number_field))
        }

    def _by_likeness(self, rows: Sequence[Any]) -> dict[Likeness, list[Case]]:
        """The stored cases that may be those of rows without a number, the oldest first."""
        cleaned = [row.cleaned for row in rows if not self._number(row.cleaned)]
        if not cleaned:
            return {}
        found = self._stored().filter(opened_on__in={one[self.day] for one in cleaned})
        named = [{name for _, name in self._named(one)} for one in cleaned]
        if all(named):
            named_there = CaseParty.objects.filter(
                case=OuterRef("pk"), name__in=set().union(*named)
            )
            found = found.filter(Exists(named_there))
        alike: dict[Likeness, list[Case]] = {}
        for case in found:
            names = tuple(
                (role, name)
                for role in dict.fromkeys(self.roles.values())
                for name in split_names(names_cell(case, role))[0]
            )
            own = tuple(getattr(case, name) for name in self.alike)
            alike.setdefault((case.opened_on, own, names), []).append(case)
        return alike

    def _likeness(self, cleaned: Cleaned) -> Likeness:
        own = tuple(cleaned[name] for name in self.alike)
        return cleaned[self.day], own, tuple(self._named(cleaned))

    def _stored(self) -> Any:
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

    def _named(self, cleaned: Cleaned) -> Iterable[tuple[str, str]]:
        """(role, name) of everybody whom a row names, in the order of ``roles``."""
        for column, role in self.roles.items():
            for name in split_names(cleaned[column])[0]:
                yield role, name[:NAME_LENGTH]

    def _parties(self, cleaned: Cleaned) -> list[PartyIn]:
        return [PartyIn(role=role, name=name) for role, name in self._named(cleaned)]

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
        landing.create(row, CaseRow(case=case, parties=parties, moves=past))

    def _differing(self, row: Any, case: Case, cells: Cells) -> list[str]:
        """The columns in which a row tells something else than the stored case."""
        stored = self._read(self.row_of(case), cells)
        return [
            name
            for name in differing(row.cleaned, stored)
            if name != self.number
            and not (name in self.roles and self._same_side(row.cleaned[name], stored[name]))
        ]

    def _same_side(self, told: str, stored: str) -> bool:
        """Whether two cells of names stand for the same people, in whatever order."""
        (names, count), (stored_names, stored_count) = _people(told), _people(stored)
        return names == stored_names and (bool(self.headcount) or count == stored_count)

    def _land(self, told: Sequence[Comparison], landing: Landing, cells: Cells, known: Any) -> None:
        """One row whose case is stored: of several alike the one that is equal, never a guess."""
        row = told[0].row
        if same := next((one for one in told if not one.columns), None):
            landing.answer(row, "unchanged", same.case.pk)
        elif len(told) > 1:
            words = (
                f"系统里有 {len(told)} 件当事人、日期都相同的案件，分不清是哪一件，请在案件页更正"
            )
            landing.refuse_case(row, [words])
        elif refused := list(self._kept_as_stored(told[0], cells)):
            landing.refuse(row, refused)
        else:
            landing.update(row, told[0].case, self._update(told[0], cells, known))

    def _kept_as_stored(self, told: Comparison, cells: Cells) -> Iterable[tuple[str, str]]:
        """(column, words) of the cells that no sheet may change, with what is stored and told."""
        case, row = told.case, told.row
        stored = self.row_of(case)
        others = [
            name
            for name in told.columns
            if name in self.roles and _people(row.cleaned[name])[0] != _people(stored[name])[0]
        ]
        if not others and not is_worked_on(case):
            return
        why = f"{case.reference} 已在系统里办理，不能用表格改，请在案件页更正"
        if others:
            why = f"{case.reference} 的当事人与表里不同，请核对编号；当事人写错的，在案件页更正"
        raw = getattr(row, "raw", row.cleaned)
        for name in others or told.columns:
            names = name in self.roles
            old = cells.words(name, stored[name], names=names)
            new = cells.words(name, raw.get(name), names=names)
            yield name, f"系统里是“{old}”，表里是“{new}”：{why}"

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
        before, after = self.past_moves(stored), self.past_moves(merged)
        if new == old and before == after:
            words = "系统里没有记这一项，不能用表格改"
            return Update(refused=[(name, words) for name in told.columns])
        return Update(values=values, old=before, new=after, cells=shown)


def _people(cell: str) -> tuple[list[str], int]:
    """The names of a cell in whatever order, and how many people it stands for."""
    names, count = split_names(cell)
    return sorted(name[:NAME_LENGTH] for name in names), count
