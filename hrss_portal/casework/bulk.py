"""``open_cases``: the bulk twin of the door, for ledgers with past moves and outside numbers."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from hrss_portal.access.models import User
from hrss_portal.casework import clocks, copying, door, own_case, plain
from hrss_portal.casework.changing import PartyIn, apply_move, describe, party_rows
from hrss_portal.casework.models import Case, CaseParty, Clock, ClockStep, Event
from hrss_portal.casework.models.events import EventKind
from hrss_portal.casework.moves import MoveRefused
from hrss_portal.casework.workflow import Move, Workflow, workflow_of
from hrss_portal.documents.numbers import move_past, parse_number, wording

SYSTEM = "系统"


@dataclass(frozen=True, kw_only=True)
class PastMove:
    """A move that happened before the case came into the portal."""

    code: str
    on: date
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(kw_only=True)
class CaseRow:
    """One case as a ledger tells it; ``case`` is unsaved, with the form's fields and its number.

    ``hands`` are the names of those who, as the ledger says, decided or recorded it.  ``messages``
    keep it out, ``notes`` are only told.
    """

    case: Case
    parties: Sequence[PartyIn] = ()
    moves: Sequence[PastMove] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    hands: Sequence[str] = ()
    messages: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass
class Collected:
    """Rows of one call, by table, in the order they must be written."""

    cases: list[Case] = field(default_factory=list)
    parties: list[CaseParty] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    clocks: list[Clock] = field(default_factory=list)
    steps: list[ClockStep] = field(default_factory=list)


@transaction.atomic
def open_cases(rows: Iterable[CaseRow], *, by: User | None, source: str) -> list[CaseRow]:
    """Open many cases with their past moves; returns the rows, each with its case or messages.

    Runs every check that is not marked live-only, sends no paper and no reminder, moves the number
    series past imported numbers, and writes by COPY with ids taken in advance.  A case that its
    past moves did not end goes on live from here.  A row with
    messages was not opened.  All rows are of one kind of case.
    """
    rows = list(rows)
    if not rows:
        return rows
    workflow = workflow_of(type(rows[0].case))
    ids = copying.take_ids(Case, len(rows))
    collected, law = Collected(), clocks.Law()
    with door.opened():
        for row, pk in zip(rows, ids, strict=True):
            row.messages = [
                *row.messages,
                *_open_one(row, pk, workflow, by, source, collected, law),
            ]
        _write(collected, workflow)
    move_series_past(collected.cases, workflow)
    return rows


def _open_one(
    row: CaseRow,
    pk: int,
    workflow: Workflow,
    by: User | None,
    source: str,
    out: Collected,
    law: clocks.Law,
) -> list[str]:
    case = row.case
    case._prefetched_objects_cache = dict(_nothing_stored(type(case)))  # type: ignore[attr-defined]
    case.pk = case.id = pk
    if type(case)._meta.parents:
        case.case_ptr_id = pk  # type: ignore[attr-defined]
    case.kind = workflow.of
    case.state, case.state_on = workflow.initial, case.opened_on
    case.source, case.is_live = source, False
    case.created_by = case.updated_by = by
    problems = [
        problem
        for check in workflow.open_checks
        for problem in check(case, {**row.data, "parties": row.parties})
    ]
    problems += _own_case(row, workflow, by)
    if problems:
        return problems
    describe(case, workflow, row.parties)
    mine = Collected()
    event = past_event(case, workflow.open_label, "open", case.opened_on, by, row.data, "")
    event.kind = EventKind.OPEN
    mine.events.append(event)
    running: list[Clock] = []
    _follow(case, event, running, mine, law)
    try:
        for event in past_events(case, row.moves, workflow, by):
            mine.events.append(event)
            _follow(case, event, running, mine, law)
        case.clean_fields(exclude=_FOREIGN)
    except ValidationError as error:
        return error.messages
    case.is_live = case.closed_on is None
    for clock in running:
        clock.is_live = case.is_live
    _summarise(case, running)
    out.cases.append(case)
    out.parties.extend(party_rows(case, row.parties))
    for name in ("events", "clocks", "steps"):
        getattr(out, name).extend(getattr(mine, name))
    return []


def _own_case(row: CaseRow, workflow: Workflow, by: User | None) -> list[str]:
    """Why the case stays out: who enters or handles it is a party (本人案件回避).

    Of the same name alone nobody is a party: the case lands in nobody's hands until the head of the
    office has said whether it is the same person.
    """
    case, basis = row.case, workflow.own_basis
    found = own_case.landing(case, row.parties, row.hands, by, basis)
    row.notes += [own_case.IS_NAMESAKE.format(name, basis) for name in found.asked]
    if case.handler is not None and case.handler.name in found.asked:
        case.handler = None
    if case.deputy is not None and case.deputy.name in found.asked:
        case.deputy = None
    return list(found.refused)


@cache
def _nothing_stored(model: type[Case]) -> dict[str, QuerySet]:
    """Parties, deliveries and the like of a case that is not written yet: none, without asking.

    Conditions of clocks ask for them at every past move, with the reader's scope each time.
    """
    found = {}
    for relation in model._meta.related_objects:
        if not relation.hidden and (relation.one_to_many or relation.many_to_many):
            rows = relation.related_model._base_manager.none()
            rows._result_cache = []
            found[relation.cache_name] = rows
    return found


_FOREIGN = [
    "unit",
    "town",
    "handler",
    "deputy",
    "created_by",
    "updated_by",
    "voided_by",
    "case_ptr",
]


def past_events(
    case: Case, moves: Sequence[PastMove], workflow: Workflow, by: User | None
) -> Iterator[Event]:
    """Make past moves in memory: the unsaved Event of each, the case as it stood then.

    Raises ``MoveRefused`` for a move that the workflow or its checks refuse.
    """
    for past in moves:
        step = workflow.move(past.code)
        if problems := list(_past_problems(case, step, past, workflow)):
            raise MoveRefused(problems)
        from_state, number = case.state, case.number
        apply_move(case, workflow, _unnumbered(step), on=past.on, data=past.data)
        case.number = number
        yield past_event(case, step.label, step.code, past.on, by, past.data, from_state)


def _past_problems(case: Case, step: Move, past: PastMove, workflow: Workflow) -> Iterable[str]:
    if step.undoes:
        yield f"{step.label}只能在本系统办理，台账里不写"
    elif case.state not in step.source | step.past_source:
        state = workflow.state(case.state).label
        yield f"“{state}”的案件不能{step.label}，检查各日期和结案方式"
    elif past.on < case.state_on:
        yield f"{step.label}日期 {past.on:%Y-%m-%d} 早于上一步 {case.state_on:%Y-%m-%d}"
    else:
        asked = {**past.data, "on": past.on}
        yield from (text for check in step.check for text in check(case, asked))


def _unnumbered(step: Any) -> Any:
    """The move without its number: an imported case keeps the number it came with."""
    return type(step)(**{**step.__dict__, "numbers": ""}) if step.numbers else step


def past_event(
    case: Case,
    label: str,
    code: str,
    on: date,
    by: User | None,
    data: Mapping[str, Any],
    from_state: str,
) -> Event:
    """The unsaved Event of a move that happened before the case came into the portal.

    ``by`` entered the ledger and did none of it.
    """
    return Event(
        case_id=case.pk,
        kind=EventKind.MOVE,
        move=code,
        label=label,
        from_state=from_state,
        to_state=case.state,
        on=on,
        told_by=by.name if by else SYSTEM,
        data=plain.of(data),
        is_live=False,
        counts_on=on,
    )


def _follow(
    case: Case, event: Event, running: list[Clock], out: Collected, law: clocks.Law
) -> None:
    """Let an Event act on the clocks of a case in memory, those that it starts included."""
    for change in clocks.advance(case, event, running, law):
        if change.new:
            change.clock.started_by = event
            running.append(change.clock)
            out.clocks.append(change.clock)
        out.steps.append(
            ClockStep(
                clock=change.clock,
                kind=change.kind,
                on=change.on,
                days=change.days,
                reason=change.reason,
                event=event,
                old_due_on=change.old_due_on,
                new_due_on=change.clock.due_on,
            )
        )


def _summarise(case: Case, running: list[Clock]) -> None:
    pk, case.pk = case.pk, None
    try:
        clocks.summarise(case, running)
    finally:
        case.pk = pk


def _write(out: Collected, workflow: Workflow) -> None:
    """Write everything by COPY; foreign keys between unsaved rows get their ids here."""
    copying.copy_rows(Case, out.cases)
    if workflow.model is not Case:
        copying.copy_rows(workflow.model, out.cases)
    for rows, model in (
        (out.parties, CaseParty),
        (out.events, Event),
        (out.clocks, Clock),
        (out.steps, ClockStep),
    ):
        for row, pk in zip(rows, copying.take_ids(model, len(rows)), strict=True):
            row.pk = pk
    for clock in out.clocks:
        clock.started_by_id = clock.started_by.pk if clock.started_by else None
    for step in out.steps:
        step.clock_id = step.clock.pk
        step.event_id = step.event.pk if step.event else None
    copying.copy_rows(CaseParty, out.parties)
    copying.copy_rows(Event, out.events)
    copying.copy_rows(Clock, out.clocks)
    copying.copy_rows(ClockStep, out.steps)
    for case in out.cases:
        case._prefetched_objects_cache.clear()  # type: ignore[attr-defined]


def move_series_past(cases: Iterable[Case], workflow: Workflow) -> None:
    """A number of our own series that came with a ledger is never given out again.

    Another court's number (a case that was transferred to us) is none of our series.
    """
    series = next((move.numbers for move in workflow.moves if move.numbers), "")
    highest: dict[tuple[int, int], int] = defaultdict(int)
    ours: dict[int, tuple[Any, str]] = {}  # by root: the bureau and the prefix of its numbers
    for case in cases:
        if not (series and case.number):
            continue
        root_id = case.unit.root_id
        if root_id not in ours:
            ours[root_id] = (case.unit.root, wording(series, case.unit)[0])
        parsed = parse_number(case.number)
        if parsed.prefix == ours[root_id][1]:
            highest[root_id, parsed.year] = max(highest[root_id, parsed.year], parsed.n)
    for (root_id, year), number in highest.items():
        move_past(series, unit_root=ours[root_id][0], year=year, n=number)
