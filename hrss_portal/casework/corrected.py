"""What the Events of a case say once their corrections are read with them.

An Event is never rewritten.  A correction is an Event of its own (``TOPIC``) whose ``data`` holds
``what`` was put right in words, ``values`` (old and new, by label) and ``events``: for each Event
that told the wrong fact its key, its right day, the right values of its form, or that it is void.
Where a ledger tells a past move otherwise, the move it tells now takes the place of the earlier one
(``Event.corrects``).
"""

from datetime import date

from django.db.models import Q

from hrss_portal.casework.models import Case, Clock, Event
from hrss_portal.casework.models.events import EventKind

TOPIC = "correct"
TELLS = (EventKind.OPEN, EventKind.MOVE)


def events(case: Case) -> list[Event]:
    """What was opened and moved, as entered, each Event in memory as it was last corrected.

    An Event that a correction voids, or whose place another takes, is left out.
    """
    rows = Event._base_manager.filter(case=case.pk).select_related("by").order_by("pk")
    return told(list(rows))


def told(rows: list[Event]) -> list[Event]:
    """Of all Events of a case, read already, those that tell what happened, as corrected."""
    known = {row.pk: row for row in rows}
    void = {row.corrects_id for row in rows if row.corrects_id}
    for row in sorted(rows, key=lambda one: one.pk):
        for item in row.data.get("events", ()) if row.move == TOPIC else ():
            event = known[item["id"]]
            if item.get("on"):
                event.on = date.fromisoformat(item["on"])
            event.data = {**event.data, **item.get("data", {})}
            if item.get("is_void"):
                void.add(event.pk)
    return [row for row in rows if row.kind in TELLS and row.pk not in void]


def last(case: Case, move: str) -> Event | None:
    """The last such move of a case as it was corrected; None where there is none."""
    if not _is_corrected(case.pk):
        return case.events.filter(kind__in=TELLS, move=move).order_by("pk").last()
    return next((one for one in reversed(events(case)) if one.move == move), None)


def as_told(event: Event) -> Event:
    """One Event as it was last corrected."""
    if not _is_corrected(event.case_id):
        return event
    found = [one for one in events(event.case) if one.pk == event.pk]
    return found[0] if found else event


def read_starts(case: Case, clocks: list[Clock]) -> None:
    """Gives each clock the Event that started it as that Event was corrected."""
    if not _is_corrected(case.pk):
        return
    known = {event.pk: event for event in events(case)}
    for clock in clocks:
        if clock.started_by_id in known:
            clock.started_by = known[clock.started_by_id]


def _is_corrected(case_id: int) -> bool:
    """Whether anything that was told of a case was put right later."""
    corrections = Q(move=TOPIC) | Q(corrects__isnull=False)
    return Event._base_manager.filter(corrections, case=case_id).exists()
