"""The clocks of one case counted again from its Events, to see what a correction moves.

A count runs through all Events as corrected, with the very function that serves a live move
(``clocks.advance``).  Two counts, one before and one after the correction, differ in what follows
from it and in nothing else, so only their difference is carried to the stored clocks: a clock
keeps its first day, its pauses and its extension wherever the corrected fact does not touch them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from hrss_portal.casework import corrected
from hrss_portal.casework.clocks import Change, Law, advance, of_case, recompute, store, summarise
from hrss_portal.casework.models import Case, Clock, Event
from hrss_portal.casework.models.clocks import ClockState, StepKind
from hrss_portal.casework.workflow import Workflow, workflow_of

#: The term, the Event that starts it, and which of several clocks of that Event.
Key = tuple[str, int | None, int]
FACTS = (
    "started_on",
    "started_at",
    "given_on",
    "given_at",
    "pauses",
    "extension",
    "rule_id",
    "is_live",
)
MET = ("met_on", "met_at")


@dataclass(frozen=True, kw_only=True)
class Moved:
    """A clock that a correction moves, with the words that say how."""

    clock: Clock
    words: tuple[str, ...]


def count(case: Case, law: Law, story: Iterable[Event] | None = None) -> dict[Key, Clock]:
    """Every clock that the Events of a case make, in memory; nothing is stored.

    ``story``: the corrected Events until a moment of the past, to see the clocks as they stood.
    """
    workflow = workflow_of(case)
    clocks: list[Clock] = []
    ended: dict[int, set[int]] = defaultdict(set)
    seen: list[Event] = []
    for event in corrected.events(case) if story is None else story:
        undone = frozenset(ended[taken.pk]) if (taken := _taken_back(workflow, event, seen)) else ()
        for change in advance(case, event, clocks, law, undone=frozenset(undone)):
            if change.new:
                change.clock.started_by = event
                clocks.append(change.clock)
                change.clock.pk = -len(clocks)  # no row: only told apart by what was undone
            elif change.kind in (StepKind.MET, StepKind.CANCEL):
                ended[event.pk].add(change.clock.pk)
        seen.append(event)
    return _by_key(clocks)


def _taken_back(workflow: Workflow, event: Event, seen: list[Event]) -> Event | None:
    """The earlier Event that this one takes back, as ``undoing`` finds it."""
    undoes = {move.code: move.undoes for move in workflow.moves}.get(event.move)
    return next((one for one in reversed(seen) if undoes and one.move == undoes), None)


def _by_key(clocks: Iterable[Clock]) -> dict[Key, Clock]:
    found: dict[Key, Clock] = {}
    count: Counter[tuple[str, int | None]] = Counter()
    for clock in clocks:
        start = (clock.term, clock.started_by_id)
        found[(*start, count[start])] = clock
        count[start] += 1
    return found


def carry(
    case: Case, event: Event, before: Mapping[Key, Clock], after: Mapping[Key, Clock], law: Law
) -> list[Moved]:
    """Store what differs between two counts of a case, with the correcting Event as its cause.

    Runs inside the door; returns what moved, each clock as it now stands.
    """
    stored = _by_key(sorted(of_case(case), key=lambda clock: clock.pk))
    moved, changes = list[Moved](), list[Change]()
    for key in [*before, *(key for key in after if key not in before)]:
        clock = stored.get(key) or after.get(key)
        if clock is None or not _differs(before.get(key), after.get(key)):
            continue
        old, raw = (_facts(clock), _raw(clock)) if key in stored else ({}, None)
        due = clock.due_on if key in stored else None
        if key in stored:
            _take(clock, before.get(key), after.get(key), law)
        else:
            clock.pk, clock.case_id = None, case.pk
        if _raw(clock) == raw:
            continue
        words = tuple(_words(old, _facts(clock)))
        stored[key] = clock
        moved.append(Moved(clock=clock, words=words))
        changes.append(_change(clock, event, words, due))
    store(case, event, changes)
    if changes:
        summarise(case, stored.values())
    return moved


def _change(clock: Clock, event: Event, words: tuple[str, ...], due: Any) -> Change:
    return Change(
        clock=clock,
        kind=StepKind.CORRECT,
        on=event.on,
        reason=f"{event.note}（{'；'.join(words)}）" if words else event.note,
        approver=event.by,
        old_due_on=due,
    )


def _differs(was: Clock | None, now: Clock | None) -> bool:
    if was is None or now is None:
        return was is not now
    return any(getattr(was, name) != getattr(now, name) for name in (*FACTS, "state", *MET))


def _take(clock: Clock, was: Clock | None, now: Clock | None, law: Law) -> None:
    """Carry the difference of two counts over to the stored clock, fact by fact.

    Where what started it did not happen there was never a due day either.
    """
    if now is None:
        clock.state, clock.met_on, clock.met_at = ClockState.CANCELLED, None, None
        clock.due_on = clock.due_at = clock.internal_due_on = None
        clock.soon_on = clock.last_call_on = clock.escalate_on = None
        return
    for name in FACTS:
        if was is None or getattr(was, name) != getattr(now, name):
            setattr(clock, name, getattr(now, name))
    if was is None or [getattr(was, name) for name in ("state", *MET)] != [
        getattr(now, name) for name in ("state", *MET)
    ]:
        clock.state, clock.met_on, clock.met_at = now.state, now.met_on, now.met_at
    recompute(clock, law)


def _raw(clock: Clock) -> list[Any]:
    return [getattr(clock, name) for name in (*FACTS, "state", *MET, "due_on")]


def _facts(clock: Clock) -> dict[str, str]:
    """What a reader is told of a clock, by label."""
    pauses = [f"{start} 至 {end or '今'}" for start, end in clock.pauses]
    state = str(ClockState(clock.state).label)
    met = f"{timezone.localtime(clock.met_at):%Y-%m-%d %H:%M}" if clock.met_at else clock.met_on
    return {
        "起算日": str(clock.started_on),
        "到期日": str(clock.due_on or ""),
        "中止": "、".join(pauses),
        "状态": f"{state}（{met}）" if met else state,
    }


def _words(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    for label, value in new.items():
        if not old and value:
            yield f"{label} {value}"
        elif old and old[label] != value:
            yield f"{label}由 {old[label] or '无'} 改为 {value or '无'}"
