"""Retelling: a ledger tells the fields and the past of an imported case otherwise than before.

No Event is rewritten.  One Event keeps what changed, old and new; a past move that was told wrongly
stays and is named by the Event that corrects it; state, dates and clocks of the case are computed
anew from the moves that hold.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from hrss_portal.access.models import User
from hrss_portal.casework import clocks, corrected, door
from hrss_portal.casework.bulk import Collected, PastMove, follow, past_event, replay_moves
from hrss_portal.casework.changing import describe, write_event
from hrss_portal.casework.clocks import Change
from hrss_portal.casework.models import Case, Clock, Event
from hrss_portal.casework.models.clocks import ClockState, StepKind
from hrss_portal.casework.models.events import EventKind
from hrss_portal.casework.moves import lock
from hrss_portal.casework.workflow import workflow_of

TOPIC = "import"  # ``Event.move`` of what a ledger changed in a stored case
DATES = ("accepted_on", "closed_on")
#: What a clock rests on and where it stands.
FACTS = (
    "started_on",
    "started_at",
    "given_on",
    "rule_id",
    "due_on",
    "due_at",
    "internal_due_on",
    "provisional",
    "soon_on",
    "last_call_on",
    "escalate_on",
    "state",
    "met_on",
    "is_live",
)


@dataclass(frozen=True, kw_only=True)
class Retold:
    """What a ledger now tells of a case: ``values`` by field, the past moves that were told before
    (``old``) and those told now (``new``), why, and the headline of the Event."""

    values: Mapping[str, Any]
    old: Sequence[PastMove] = ()
    new: Sequence[PastMove] = ()
    reason: str
    label: str = "导入更新"


@transaction.atomic
def retell(case: Case, told: Retold, *, by: User | None) -> list[str]:
    """Bring an imported case to what its ledger now tells; returns the refusing sentences.

    Where it refuses nothing is stored.  The past is replayed only where a move or a date changed.
    """
    case = lock(case, None)
    names = _names(case, told)
    before = {name: getattr(case, name) for name in names}
    from_state = case.state
    for name, value in told.values.items():
        setattr(case, name, value)
    dated = any(
        isinstance(value, date) and before[name] != value for name, value in told.values.items()
    )
    again = dated or list(told.old) != list(told.new)
    out, running = Collected(), list[Clock]()
    with door.opened():
        problems = _relive(case, told, by, out, running) if again else []
        if problems := problems or _invalid(case):
            return problems
        describe(case, workflow_of(case), None)
        case.version += 1
        case.updated_by = by
        case.save()
        event = write_event(
            case,
            kind=EventKind.AMEND,
            move=TOPIC,
            label=told.label,
            by=by,
            on=timezone.localdate(),
            from_state=from_state,
            to_state=case.state,
            data={
                name: [old, new]
                for name, old in before.items()
                if (new := getattr(case, name)) != old
            },
            note=told.reason,
        )
        if again:
            _correct_moves(case, told, event, out.events)
            _correct_clocks(case, event, running)
    return []


def _names(case: Case, told: Retold) -> list[str]:
    """The fields that a retelling may change, the state apart."""
    workflow = workflow_of(case)
    sets = [
        name
        for past in (*told.old, *told.new)
        for name in workflow.move(past.code).sets
        if name in past.data
    ]
    return list(dict.fromkeys([*told.values, *DATES, *sets]))


def _invalid(case: Case) -> list[str]:
    """Why the case as it stands in memory may not be stored."""
    try:
        case.full_clean(exclude=["created_by", "updated_by"])
    except ValidationError as error:
        return error.messages
    return []


def _relive(
    case: Case, told: Retold, by: User | None, out: Collected, running: list[Clock]
) -> list[str]:
    """Put a case in memory where the moves told now lead it, from its beginning."""
    workflow, law = workflow_of(case), clocks.Law()
    for past in told.old:
        for name in workflow.move(past.code).sets:
            if name in past.data and name not in told.values:
                field: Any = case._meta.get_field(name)
                setattr(case, name, field.get_default())
    case.state, case.state_on = workflow.initial, case.opened_on
    case.accepted_on = case.closed_on = None
    opening = past_event(case, workflow.open_label, "open", case.opened_on, by, {}, "")
    follow(case, opening, running, out, law)
    problems = replay_moves(case, told.new, workflow, by, out, running, law)
    out.events = out.events if not problems else []
    case.is_live = case.closed_on is None
    for clock in running:
        clock.is_live = case.is_live
    return problems


def _correct_moves(case: Case, told: Retold, event: Event, retold: Sequence[Event]) -> None:
    """Write the moves told now that differ from those told before, each naming the one it corrects;
    one that is no longer told is corrected by an Event that says so."""
    stored: dict[str, list[tuple[PastMove, Event]]] = defaultdict(list)
    made: dict[str, list[Event]] = defaultdict(list)
    for one in corrected.events(case):
        if one.kind == EventKind.MOVE and not one.is_live:
            made[one.move].append(one)
    for past in told.old:
        if made[past.code]:
            stored[past.code].append((past, made[past.code].pop(0)))
    for past, fresh in zip(told.new, retold, strict=True):
        pairs = stored[past.code]
        earlier, wrong = pairs.pop(0) if pairs else (None, None)
        if earlier != past:
            fresh.corrects = wrong
            fresh.note = event.note
            fresh.save()
    for _, one in (pair for left in stored.values() for pair in left):
        write_event(
            case,
            kind=EventKind.AMEND,
            move=TOPIC,
            label=f"更正：没有“{one.label}”"[:60],
            by=event.by,
            on=one.on,
            from_state=case.state,
            to_state=case.state,
            data={},
            note=event.note,
            corrects=one,
        )


def _correct_clocks(case: Case, event: Event, running: Sequence[Clock]) -> None:
    """Make the stored clocks of a case what its retold past makes them, step by step on record."""
    wanted: dict[str, list[Clock]] = defaultdict(list)
    for clock in running:
        wanted[clock.term].append(clock)
    changes, kept = [], clocks.of_case(case)
    for clock in sorted(kept, key=lambda one: one.pk):
        if not wanted[clock.term]:
            changes.extend(_dropped(clock, event))
            continue
        twin = wanted[clock.term].pop(0)
        old = clock.due_on
        if any(getattr(clock, name) != getattr(twin, name) for name in FACTS):
            for name in FACTS:
                setattr(clock, name, getattr(twin, name))
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
    fresh = [clock for clocks_of_term in wanted.values() for clock in clocks_of_term]
    changes += [
        Change(clock=clock, kind=StepKind.START, on=clock.started_on, reason=event.note, new=True)
        for clock in fresh
    ]
    clocks.store(case, event, changes)
    clocks.summarise(case, [*kept, *fresh])


def _dropped(clock: Clock, event: Event) -> list[Change]:
    """A clock that the retold past never started no longer applies."""
    if clock.state == ClockState.CANCELLED:
        return []
    clock.state, clock.met_on = ClockState.CANCELLED, None
    return [Change(clock=clock, kind=StepKind.CANCEL, on=event.on, reason=event.note)]
