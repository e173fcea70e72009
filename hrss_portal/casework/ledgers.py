"""Ledgers of cases: sheets whose rows are cases with their past, landed, exported and taken back.

An area subclasses ``Ledger`` once for each such sheet, says what its columns mean, and names the
instance in its ``Sheet``.  What is the same for every ledger stands here: the same
row again changes nothing, an empty cell changes nothing, a case that somebody works on in the
portal is not changed by a sheet, and a batch that is taken back voids what it created.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from hrss_portal.casework import moves
from hrss_portal.casework.bulk import CaseRow, PastMove, add_past_moves, open_cases
from hrss_portal.casework.corrected import told
from hrss_portal.casework.models import Case, CaseParty, Event
from hrss_portal.casework.models.records import Source
from hrss_portal.casework.moves import MoveRefused, PartyIn
from hrss_portal.documents.numbers import spellings

Answer = dict[str, Any]
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
    days = [event.on for event in told(list(case.events.all())) if event.move == move]
    return max(days, default=None)


class Ledger:
    """How the rows of one sheet land as cases of ``model``.

    ``roles`` maps a column of names to the role of the parties named there, who get no master
    record: a name alone identifies nobody.  ``number`` is the column with the case's outside number
    and ``number_field`` the field it is stored in; a row without one is the same case when the day
    (column ``day``), what ``alike`` names (columns that are fields as well) and all named parties
    agree.  ``filters`` maps the
    keys of an export to lookups; beside parties and events ``row_of`` reads what ``related`` (one
    row each) and ``fetched`` (several) name.
    """

    model: ClassVar[type[Case]]
    roles: ClassVar[Mapping[str, str]]
    number: ClassVar[str] = ""
    number_field: ClassVar[str] = "number"
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

    def new(self, cleaned: Cleaned, context: Any, known: Any) -> Case:
        """The unsaved case of a new row, with the unit of the sender."""
        return self.model(unit=context.unit, **self.values(cleaned))

    def past_moves(self, cleaned: Cleaned) -> list[PastMove]:
        """The moves that the row tells, in order; nothing between them is made up."""
        return []

    def commit(self, rows: Sequence[Any], *, context: Any) -> list[Answer]:
        """Land the rows: new cases together with their past, changed ones one by one."""
        landing = _Landing(context, self.number or self.day)
        numbered, alike = self._by_number(rows), self._by_likeness(rows)
        known = self.lookups(rows)
        for row in rows:
            cleaned = row.cleaned
            if problems := list(self.problems(cleaned, known)):
                landing.refuse(row, problems)
                continue
            later = self.past_moves(cleaned)
            number = self._number(cleaned)
            case = numbered.get(number) if number else alike.get(self._likeness(cleaned))
            if case is None:
                new, parties = self.new(cleaned, context, known), self._parties(cleaned)
                landing.create(row, CaseRow(case=new, parties=parties, moves=later))
                continue
            if case.pk in landing.updated:  # an earlier row of the same case
                case = self._stored().get(pk=case.pk)
            made = {event.move for event in case.events.all()}
            later = [move for move in later if move.code not in made]
            landing.update(row, case, self._changes(case, cleaned), later)
        return landing.finish()

    def undo(self, outcomes: Sequence[Answer], *, context: Any) -> list[Answer]:
        """Void the cases that a batch created; a case changed since then stays, and is named."""
        wanted = [int(one["pk"]) for one in outcomes if one.get("pk")]
        cases = Case._base_manager.in_bulk(wanted)
        return [_taken_back(one, cases.get(int(one.get("pk") or 0)), context) for one in outcomes]

    def export(self, filters: Mapping[str, list[str]]) -> QuerySet:
        """The cases of a filter that the user may see, with what a row needs.

        Raises ``ValueError`` for an unknown key.
        """
        if unknown := set(filters) - set(self.filters):
            raise ValueError(f"没有“{'、'.join(sorted(unknown))}”这个筛选项")
        return (
            self._valid()
            .filter(**{self.filters[key]: values for key, values in filters.items()})
            .select_related(*self.related)
            .prefetch_related(
                Prefetch("parties", CaseParty.objects.order_by("role", "seq")),
                Prefetch("events", Event.objects.order_by("on", "pk")),
                *self.fetched,
            )
            .order_by("opened_on", "pk")
        )

    def _valid(self) -> Any:
        manager: Any = self.model._default_manager
        return manager.valid()

    def _number(self, cleaned: Cleaned) -> str:
        return cleaned[self.number] if self.number else ""

    def _by_number(self, rows: Sequence[Any]) -> dict[str, Case]:
        """The stored cases by every way in which their number is written (第12号 is 12号)."""
        given = {number for row in rows if (number := self._number(row.cleaned))}
        wanted = {spelling for number in given for spelling in spellings(number)}
        found = self._stored().filter(**{f"{self.number_field}__in": wanted}) if wanted else ()
        return {
            spelling: case
            for case in found
            for spelling in spellings(getattr(case, self.number_field))
        }

    def _by_likeness(self, rows: Sequence[Any]) -> dict[Likeness, Case]:
        """The stored cases that may be those of rows without a number, the oldest of each kind."""
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
        alike: dict[Likeness, Case] = {}
        for case in found:
            names = tuple(
                (role, name)
                for role in dict.fromkeys(self.roles.values())
                for name in party_names(case, role)
            )
            own = tuple(getattr(case, name) for name in self.alike)
            alike.setdefault((case.opened_on, own, names), case)
        return alike

    def _likeness(self, cleaned: Cleaned) -> Likeness:
        own = tuple(cleaned[name] for name in self.alike)
        return cleaned[self.day], own, tuple(self._named(cleaned))

    def _stored(self) -> Any:
        """The cases that count, oldest first, with what a row is compared with."""
        cases = self._valid().select_related(*self.related).order_by("pk")
        return cases.prefetch_related("events", "parties")

    def _named(self, cleaned: Cleaned) -> Iterable[tuple[str, str]]:
        """(role, name) of everybody whom a row names, in the order of ``roles``."""
        for column, role in self.roles.items():
            for name in split_names(cleaned[column])[0]:
                yield role, name[:NAME_LENGTH]

    def _parties(self, cleaned: Cleaned) -> list[PartyIn]:
        return [PartyIn(role=role, name=name) for role, name in self._named(cleaned)]

    def _changes(self, case: Case, cleaned: Cleaned) -> dict[str, Any]:
        return {
            name: value
            for name, value in self.values(cleaned).items()
            if value not in (None, "") and getattr(case, name) != value
        }


class _Landing:
    """The answers of one commit, and the new cases that it opens together.

    What keeps a whole case out is said at ``column``, by which the row knows its case.
    """

    def __init__(self, context: Any, column: str) -> None:
        self.context, self.column = context, column
        self.fresh: list[tuple[Any, CaseRow]] = []
        self.answers: dict[int, Answer] = {}
        self.updated: set[int] = set()

    def answer(self, row: Any, action: str, pk: int | None = None, **more: Any) -> None:
        """What became of a row."""
        plain = {"row": row.number, "action": action, "pk": pk, "messages": []}
        self.answers[row.number] = {**plain, **more}

    def refuse(self, row: Any, problems: Iterable[tuple[str, str]]) -> None:
        """A row that stays out, and why."""
        self.answer(row, "rejected", messages=list(problems))

    def refuse_case(self, row: Any, words: Iterable[str]) -> None:
        """A row whose case the rules refuse."""
        self.refuse(row, [(self.column, word) for word in words])

    def create(self, row: Any, case_row: CaseRow) -> None:
        """A case to open with the others."""
        self.fresh.append((row, case_row))

    def update(
        self, row: Any, case: Case, changes: Mapping[str, Any], later: Sequence[PastMove]
    ) -> None:
        """Bring a stored case up to the ledger, unless somebody works on it in the portal."""
        if not changes and not later:
            self.answer(row, "unchanged", case.pk)
            return
        if case.source != Source.SHEET or case.events.filter(is_live=True, kind="move").exists():
            words = f"{case.reference} 已在系统里办理，不能用表格改，请在案件页更正"
            self.refuse_case(row, [words])
            return
        before = {name: _plain(getattr(case, name)) for name in changes}
        try:
            if changes:
                self._amend(case, changes)
            problems = add_past_moves(case, later, by=self.context.user) if later else []
        except MoveRefused as error:
            problems = error.messages
        if problems:
            self.refuse_case(row, problems)
        else:
            self.updated.add(case.pk)
            self.answer(row, "updated", case.pk, before=before)

    def _amend(self, case: Case, changes: Mapping[str, Any]) -> None:
        moves.amend(
            case,
            by=self.context.user,
            changes=changes,
            reason=f"导入批次 {self.context.batch.pk}",
            topic="import",
            label="导入更新",
        )

    def finish(self) -> list[Answer]:
        """Open the new cases and answer for every row, in row order."""
        rows = [case_row for _, case_row in self.fresh]
        done = open_cases(rows, by=self.context.user, source=Source.SHEET)
        for (row, _), opened in zip(self.fresh, done, strict=True):
            if opened.messages:
                self.refuse_case(row, opened.messages)
            else:
                self.answer(row, "created", opened.case.pk)
        return [self.answers[number] for number in sorted(self.answers)]


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | bool | None) else str(value)


def _taken_back(one: Answer, case: Case | None, context: Any) -> Answer:
    if one["action"] == "unchanged" or case is None:
        return {"row": one["row"], "undone": True, "message": ""}
    message = ""
    if one["action"] == "updated":
        message = f"{case.reference} 是已有案件，导入时更新过，请在案件页更正"
    elif case.version != 1 or case.is_void:
        message = f"{case.reference} 导入后又改过，没有撤销"
    else:
        reason = f"撤销导入批次 {context.batch.pk}"
        moves.void(case.specific, by=context.user, reason=reason, checked=True)
    return {"row": one["row"], "undone": not message, "message": message}
