"""Clocks of cases: started, paused, extended, restarted and stopped by events.

The due day is always computed from what happened (trigger day, pauses, extension) under the rule
version in force at the trigger day; it is stored with its steps so that it can be proved.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from django.utils import timezone

from hrss_portal.access.models import Unit, User
from hrss_portal.casework import clock_days
from hrss_portal.casework.clock_days import rests, set_ladder, triggers_of
from hrss_portal.casework.corrected import read_starts
from hrss_portal.casework.models import Case, Clock, ClockStep, Event
from hrss_portal.casework.models.clocks import ClockState, StepKind
from hrss_portal.deadlines.calendar import Calendar
from hrss_portal.deadlines.compute import compute
from hrss_portal.deadlines.lookup import RuleBook, calendar_for
from hrss_portal.deadlines.spec import Due, NoDate, Options, Pause, day_of
from hrss_portal.deadlines.terms import Term, terms

ACTIVE = (ClockState.RUNNING, ClockState.PAUSED)
#: After any moment of a day: a term that ends with the day ends after one that ends at an hour.
FAR = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Change:
    """What an event does to one clock; ``new`` when the clock starts with it."""

    clock: Clock
    kind: str
    on: date
    days: int | None = None
    reason: str = ""
    approver: User | None = None
    old_due_on: date | None = None
    new: bool = False


class Law:
    """The rules, settings and calendars of one call, read once however many clocks it moves."""

    def __init__(self) -> None:
        self.rules = RuleBook()
        self._calendars: dict[str, Calendar] = {}
        self._regions: dict[int, str] = {}

    def region(self, unit: Unit) -> str:
        """The region whose rules a unit applies: its own, otherwise that of its bureau."""
        if unit.region:
            return unit.region
        if unit.root_id not in self._regions:
            self._regions[unit.root_id] = unit.root.region
        return self._regions[unit.root_id]

    def calendar(self, region: str) -> Calendar:
        """The working calendar of a region."""
        if region not in self._calendars:
            self._calendars[region] = calendar_for(region)
        return self._calendars[region]

    def options(self, on: date, region: str) -> Options:
        """What the bureau settled about counting."""
        return self.rules.options_for(on, region)


@cache
def terms_of(kind: str) -> tuple[Term, ...]:
    """The terms declared for one kind of case."""
    return tuple(term for term in terms() if term.of == kind)


def term(code: str) -> Term:
    """The declared term with that code; LookupError when there is none."""
    for item in terms():
        if item.code == code:
            return item
    raise LookupError(f"no term is called {code!r}")


def of_case(case: Case) -> list[Clock]:
    """The clocks of a case, each knowing the case at hand (its unit says which calendar counts)."""
    rows = list(Clock._base_manager.filter(case=case.pk).select_related("rule"))
    for clock in rows:
        clock.case = case
    read_starts(case, rows)
    return rows


def follow(case: Case, event: Event, *, undone: frozenset[int] = frozenset()) -> list[Change]:
    """Do to the case's clocks what the event says, and store it.  Runs inside the door.

    ``undone``: keys of the clocks that the Event which this one takes back had ended.
    """
    clocks = of_case(case)
    changes = advance(case, event, clocks, Law(), undone=undone)
    store(case, event, changes)
    if changes:
        summarise(case, [*clocks, *(change.clock for change in changes if change.new)])
    return changes


def advance(
    case: Case,
    event: Event,
    clocks: Collection[Clock],
    law: Law,
    *,
    undone: frozenset[int] = frozenset(),
) -> list[Change]:
    """What an event does to a case's clocks, in memory; nothing is stored.

    The same function serves a live move and an imported past one; only a live move takes another
    back (``undone``, as in ``follow``).
    """
    changes: list[Change] = []
    live = [clock for clock in clocks if clock.state in ACTIVE]
    ended = [clock for clock in clocks if clock.state not in ACTIVE]
    for item in terms_of(case.kind):
        mine = [clock for clock in live if clock.term == item.code]
        changes.extend(_existing(item, case, event, mine, law))
        again = [clock for clock in ended if clock.term == item.code]
        for clock in again:
            if (clock.pk in undone and not item.stays_ended) or item.wakes(case, event, clock):
                changes.append(_reopen(event, clock, law))
        if event.move in item.starts and clock_days.is_asked(item, case, event):
            running = [clock for clock in mine if clock.state in ACTIVE]
            if running and not item.repeats:
                changes.extend(_restart(item, case, event, clock, law) for clock in running)
            else:
                days = triggers_of(item, case, event)
                changes.extend(_start(item, case, event, day, law) for day in days)
    return changes


def _existing(
    item: Term, case: Case, event: Event, mine: list[Clock], law: Law
) -> Iterable[Change]:
    move = event.move
    for clock in mine:
        if move in item.met_by and item.is_met_by(case, event, clock):
            clock.state, clock.met_on = ClockState.MET, clock_days.met_day(item, case, event, clock)
            clock.met_at = clock_days.met_moment(event, clock)
            yield Change(clock=clock, kind=StepKind.MET, on=clock.met_on)
        elif move in item.cancelled_by and item.is_cancelled_by(case, event, clock):
            clock.state = ClockState.CANCELLED
            yield Change(clock=clock, kind=StepKind.CANCEL, on=event.on, reason=event.label)
        elif move in item.paused_by and clock.state == ClockState.RUNNING:
            yield _pause(event, clock)
        elif move in item.restarted_by and move not in item.starts:
            if item.is_restarted_by(case, event, clock):
                yield _restart(item, case, event, clock, law)
        elif move in item.resumed_by and clock.state == ClockState.PAUSED:
            if item.is_resumed_by(case, event, clock):
                yield _resume(event, clock, law)
        elif move in item.extended_by:
            yield _extend(event, clock, law)


def _start(item: Term, case: Case, event: Event, trigger: date | datetime, law: Law) -> Change:
    day = timezone.localtime(trigger).date() if isinstance(trigger, datetime) else trigger
    clock = Clock(
        case=case,
        term=item.code,
        label=item.label,
        rule=law.rules.rule_for(item.rule, day, law.region(case.unit)),
        owner=item.owner,
        is_target=item.target,
        is_live=case.is_live,
        started_on=day,
        started_at=trigger if isinstance(trigger, datetime) else None,
        **clock_days.given_of(item, case, event),
    )
    recompute(clock, law)
    return Change(clock=clock, kind=StepKind.START, on=day, new=True)


def _restart(item: Term, case: Case, event: Event, clock: Clock, law: Law) -> Change:
    old = clock.due_on
    trigger = triggers_of(item, case, event)[0]
    day = timezone.localtime(trigger).date() if isinstance(trigger, datetime) else trigger
    clock.started_on = day
    clock.started_at = trigger if isinstance(trigger, datetime) else None
    clock.rule = law.rules.rule_for(item.rule, day, law.region(case.unit))
    ends = event.move in item.resumed_by or event.move in item.starts
    if clock.state == ClockState.PAUSED and not ends:
        clock.pauses, clock.extension = [[day.isoformat(), ""]], None
    else:
        clock.pauses, clock.extension, clock.state = [], None, ClockState.RUNNING
    for name, value in clock_days.given_of(item, case, event).items():
        setattr(clock, name, value)
    recompute(clock, law)
    return Change(clock=clock, kind=StepKind.RESTART, on=day, reason=event.label, old_due_on=old)


def _pause(event: Event, clock: Clock) -> Change:
    clock.pauses = [*clock.pauses, [event.on.isoformat(), ""]]
    clock.state = ClockState.PAUSED
    return Change(
        clock=clock,
        kind=StepKind.PAUSE,
        on=event.on,
        reason=event.note or event.label,
        approver=event.by,
        old_due_on=clock.due_on,
    )


def _resume(event: Event, clock: Clock, law: Law) -> Change:
    old = clock.due_on
    start, _ = clock.pauses[-1]
    clock.pauses = [*clock.pauses[:-1], [start, event.on.isoformat()]]
    clock.state = ClockState.RUNNING
    recompute(clock, law)
    return Change(
        clock=clock,
        kind=StepKind.RESUME,
        on=event.on,
        days=(event.on - date.fromisoformat(start)).days,
        old_due_on=old,
    )


def _reopen(event: Event, clock: Clock, law: Law) -> Change:
    """An ended clock runs on as it stood; a pause that was open when it ended goes on."""
    old = clock.due_on
    is_open = clock.pauses and not clock.pauses[-1][1]
    clock.state = ClockState.PAUSED if is_open else ClockState.RUNNING
    clock.met_on = clock.met_at = None
    recompute(clock, law)
    return Change(
        clock=clock,
        kind=StepKind.REOPEN,
        on=event.on,
        reason=f"{event.label}：{event.note}" if event.note else event.label,
        approver=event.by,
        old_due_on=old,
    )


def _extend(event: Event, clock: Clock, law: Law) -> Change:
    old = clock.due_on
    days = int(event.data.get("days") or clock.rule.ext_length or 0)
    clock.extension = (clock.extension or 0) + days
    recompute(clock, law)
    return Change(
        clock=clock,
        kind=StepKind.EXTEND,
        on=event.on,
        days=days,
        reason=event.note or str(event.data.get("reason", "")),
        approver=event.by,
        old_due_on=old,
    )


def compute_due(clock: Clock, law: Law, *, trace: bool = True) -> Due:
    """The due day of a clock with its trace, computed anew from what happened.

    Raises ``NoDate`` for a rule that counts nothing.
    """
    region = law.region(clock.case.unit)
    trigger = timezone.localtime(clock.started_at) if clock.started_at else clock.started_on
    return compute(
        clock.rule,
        trigger,
        pauses=[
            Pause(date.fromisoformat(start), date.fromisoformat(end))
            for start, end in clock.pauses
            if end > start  # an open pause ends "", one resumed on its own day took nothing out
        ],
        extend=clock.extension,
        given=clock.given_on,
        calendar=law.calendar(region),
        options=law.options(clock.started_on, region),
        trace=trace,
    )


def recompute(clock: Clock, law: Law) -> None:
    """Set the due day and the days of the reminder ladder from the clock's facts."""
    try:
        due = compute_due(clock, law, trace=False)
    except NoDate:
        clock.due_on = clock.due_at = clock.internal_due_on = None
        clock.soon_on = clock.last_call_on = clock.escalate_on = None
        return
    calendar = law.calendar(law.region(clock.case.unit))
    clock.due_on = due.due_on
    clock.due_at = clock_days.aware(due.due) if isinstance(due.due, datetime) else clock.given_at
    clock.internal_due_on = day_of(due.internal_due)
    clock.provisional = due.provisional
    set_ladder(clock, due.internal_due, calendar)


def store(case: Case, event: Event | None, changes: Iterable[Change]) -> None:
    """Save changed clocks and their steps."""
    for change in changes:
        clock = change.clock
        if change.new and event is not None:
            clock.case_id, clock.started_by = case.pk, event
        clock.save()
        ClockStep.objects.create(
            clock=clock,
            kind=change.kind,
            on=change.on,
            days=change.days,
            reason=change.reason[:300],
            approver=change.approver,
            event=event,
            old_due_on=change.old_due_on,
            new_due_on=clock.due_on,
        )


def summarise(case: Case, clocks: Iterable[Clock]) -> None:
    """Keep on the case what lists sort and colour by: the bureau's next statutory day that counts
    (``resting``)."""
    running = [one for one in clocks if one.state == ClockState.RUNNING and one.is_duty]
    dated = [one for one in running if one.due_on is not None and not rests(one)]
    first = min(dated, key=lambda clock: (clock.due_on, clock.due_at or FAR), default=None)
    values = {
        "due_on": first.due_on if first else None,
        "due_at": first.due_at if first else None,
        "due_term": first.term if first else "",
        "due_provisional": bool(first and first.provisional),
        "warn_on": first.soon_on if first else None,
        "is_paused": any(
            clock.state == ClockState.PAUSED and clock.owner == "bureau" for clock in clocks
        ),
    }
    if any(getattr(case, name) != value for name, value in values.items()):
        for name, value in values.items():
            setattr(case, name, value)
        if case.pk:
            Case._base_manager.filter(pk=case.pk).update(**values)


def redate(case: Case, event: Event, changed: Mapping[str, Any]) -> None:
    """After an amendment: recompute the clocks that rest on a changed date of the case."""
    terms = {item.code: item for item in terms_of(case.kind)}
    clocks = of_case(case)
    changes, law = [], Law()
    for clock in clocks:
        item = terms.get(clock.term)
        if item is None or clock.state not in ACTIVE:
            continue
        field = item.dated_by if isinstance(item.dated_by, str) else ""
        started, given = changed.get(field), changed.get(item.given_by)
        if not started and not given:
            continue
        old = clock.due_on
        for name, day in (("started", started), ("given", given)):
            if day:
                setattr(clock, f"{name}_on", clock_days.local_day(day))
                setattr(clock, f"{name}_at", clock_days.moment_of(day))
        recompute(clock, law)
        changes.append(
            Change(
                clock=clock,
                kind=StepKind.RESTART,
                on=clock.started_on,
                reason=event.note,
                approver=event.by,
                old_due_on=old,
            )
        )
    store(case, event, changes)
    if changes:
        summarise(case, clocks)


def stop_all(case: Case, event: Event) -> None:
    """Cancel every clock of a case that no longer counts.  Runs inside the door."""
    cancel(case, event, of_case(case), among=lambda clock: True)


def cancel(
    case: Case, event: Event, clocks: list[Clock], *, among: Callable[[Clock], bool]
) -> None:
    """Cancel those of a case's clocks that still count and are meant.  Runs inside the door."""
    changes = []
    for clock in clocks:
        if clock.state in ACTIVE and among(clock):
            clock.state = ClockState.CANCELLED
            changes.append(
                Change(clock=clock, kind=StepKind.CANCEL, on=event.on, reason=event.label)
            )
    store(case, event, changes)
    summarise(case, clocks)
