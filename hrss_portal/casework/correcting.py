"""The fourth verb: put right what was entered wrongly after the intake of a case.

A wrong fact stands in a row (a party, a claim, a delivery), in the day of a move or in what its
form said; a page tells the right one, or a ledger that comes again (``retelling``).  ``correct``
lets ``act`` change the row, writes one Event with old value, new value and reason, and counts the
clocks of the case again from the Events as corrected (``recount``): nothing is restarted.  What a
workflow offers is in ``Workflow.corrections``; papers that were issued stay as they are,
``papers_showing`` names those in which an old value stands.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from hrss_portal.access import policy
from hrss_portal.access.models import User
from hrss_portal.casework import backdating, clocks, corrected, door, recount, tell
from hrss_portal.casework.changing import describe, write_event
from hrss_portal.casework.models import Case, CasePaper, Clock, Event
from hrss_portal.casework.models.events import EventKind
from hrss_portal.casework.moves import MoveRefused, lock
from hrss_portal.casework.refusals import ARCHIVED
from hrss_portal.casework.workflow import kept_from, workflow_of

SHORT = 5  # characters: a shorter word may be part of any other


@dataclass(frozen=True, kw_only=True)
class Retold:
    """An Event that told the wrong fact: its right day, the right values, or that it is void."""

    event: Event
    on: date | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    is_void: bool = False


@dataclass(frozen=True, kw_only=True)
class Added:
    """A past move that had not been told: its unsaved Event, and the Event after which it comes."""

    event: Event
    after: Event


@dataclass(frozen=True, kw_only=True)
class Correction:
    """What was put right: in words, the old and the new value by label, the Events concerned, past
    moves that had not been told; ``sheet`` is the code of the ledger that tells it, if one does.

    ``stands`` names in words the decisions that rest on the old fact: a correction takes none back.
    """

    what: str
    values: Mapping[str, tuple[Any, Any]]
    events: tuple[Retold, ...] = ()
    added: tuple[Added, ...] = ()
    sheet: str = ""
    stands: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Done:
    """What a correction brought about: its Event and the clocks that it moved."""

    event: Event
    correction: Correction
    moved: list[recount.Moved]


def may_correct(user: User, case: Case) -> bool:
    """Whether the user may put a case right: its handler, or who heads its office.

    While nobody handles it yet, also who entered it.
    """
    if not policy.can(user, f"{case.kind}.edit", case):
        return False
    own = case.handler_id or case.created_by_id
    return user.pk == own or policy.can(user, f"{case.kind}.assign", case)


@transaction.atomic
def correct(
    case: Case,
    act: Callable[[Any], Correction],
    *,
    by: User | None,
    reason: str,
    version: int | None = None,
    checked: bool = False,
) -> Done:
    """Put a wrongly entered fact of a case right.

    ``act`` gets the locked case, changes the row or the fields that were wrong, and returns what
    it changed.  ``checked``: the caller has made sure that the user may (landing a ledger, taking
    it back).  Raises ``StaleVersion``, ``ValidationError`` (``MoveRefused``), ``PermissionDenied``.
    """
    case = lock(case, version)
    if not checked and by is not None:
        policy.require(by, f"{case.kind}.edit", case)
    if problems := [*_problems(case, by, reason, checked=checked)]:
        raise MoveRefused(problems)
    law = clocks.Law()
    before, was = recount.count(case, law), _fields(case)
    with door.opened():
        made = act(case)
        if not made.values:
            raise MoveRefused(["没有改动"])
        case.updated_by = by
        case.version += 1
        changed = [name for name, value in _fields(case).items() if value != was[name]]
        describe(case, workflow_of(case), None)
        case.full_clean(exclude=["created_by", "updated_by"])
        case.save()
        for one in made.added:
            one.event.save()
        event = write_event(
            case,
            kind=EventKind.AMEND,
            move=corrected.TOPIC,
            label=f"更正{made.what}"[:60],
            by=by,
            on=timezone.localdate(),
            from_state=was["state"],
            to_state=case.state,
            data={**_data(made), "fields": changed},
            note=reason,
        )
        moved = _count_again(case, made, event, before, law)
    tell.after(case, event, by=by)
    return Done(event=event, correction=made, moved=moved)


def _count_again(
    case: Case, made: Correction, event: Event, before: Mapping[recount.Key, Clock], law: clocks.Law
) -> list[recount.Moved]:
    """Carry what follows for the clocks; raises ``MoveRefused`` where a term that is over would be
    in time again."""
    corrected.count_anew(case)
    after = recount.count(case, law)
    redated = [(one.event, one.on) for one in made.events if one.on]
    if problems := list(backdating.corrected_problems(case, redated, before, after)):
        raise MoveRefused(problems)
    return recount.carry(case, event, before, after, law)


def _fields(case: Case) -> dict[str, Any]:
    return {field.name: getattr(case, field.attname) for field in case._meta.concrete_fields}


def _problems(case: Case, by: User | None, reason: str, *, checked: bool) -> Iterable[str]:
    if not reason.strip():
        yield "写明更正理由"
    if case.archived_on:
        yield ARCHIVED
    if by is not None and not checked and not may_correct(by, case):
        yield "由承办人或者本单位负责人更正"
    if case.is_void:
        yield "此件已作废，不能更正"
    yield from kept_from(case, by, "amend")


def _data(made: Correction) -> dict[str, Any]:
    """What the Event of a correction holds (``corrected``), its added Events stored already."""
    retold = [
        {"id": one.event.pk, "on": one.on, "data": dict(one.data), "is_void": one.is_void}
        for one in made.events
    ]
    return {
        "what": made.what,
        "values": {label: list(pair) for label, pair in made.values.items()},
        "events": [
            *retold,
            *({"id": one.event.pk, "after": one.after.pk} for one in made.added),
        ],
        "sheet": made.sheet,
        "stands": list(made.stands),
    }


def papers_showing(case: Case, values: Iterable[Any]) -> list[CasePaper]:
    """The issued papers of a case in which one of these old values stands; they are not changed."""
    wanted = {text for value in values for text in _spellings(value)}
    issued = CasePaper._base_manager.filter(
        case=case.pk, state=CasePaper.State.ISSUED, paper__voided_at=None
    )
    return [
        row
        for row in issued.select_related("paper").order_by("pk")
        if row.paper and any(stands_in(text, row.paper.context_text) for text in wanted)
    ]


def stands_in(text: str, paper: str) -> bool:
    """Whether a value stands in a paper as a whole: 800.00 is not in 1,800.00, nor 1日 in 11日.

    A short word or name counts where it stands between marks, not inside another one.
    """
    if text[:1].isdigit():
        before, after = r"(?<!\d)(?<!\d[.,])", r"(?![.,]?\d)"
    elif len(text) < SHORT:
        before, after = r"(?<!\w)", r"(?!\w)"
    else:
        before = after = ""
    return re.search(before + re.escape(text) + after, paper) is not None


def _spellings(value: Any) -> set[str]:
    """How papers write a value; a word of one character says nothing about where it comes from."""
    match value:
        case datetime():
            texts = {f"{timezone.localtime(value):%Y-%m-%d %H:%M}"}
        case date():
            texts = {value.isoformat(), f"{value.year}年{value.month}月{value.day}日"}
        case Decimal():
            texts = {f"{value:.2f}", f"{value:,.2f}"}
        case None | bool() | int():
            texts = set()
        case _:
            texts = {str(value)}
    return {text for text in texts if len(text) > 1}
