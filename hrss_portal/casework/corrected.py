"""What the Events of a case say once their corrections are read with them.

An Event is never rewritten.  A correction is an Event of its own (``TOPIC``) whose ``data`` holds
``what`` was put right in words, ``values`` (old and new, by label), ``fields`` (names of the fields
of the case that it changed), ``sheet`` (the code of the ledger that told it, empty for a page) and
``events``: for each Event that told the wrong fact its key, its right day, the right values of its
form, or that it is void; for a past move not told before, the Event ``after`` which it comes.
"""

from datetime import date

from hrss_portal.casework.models import Case, Clock, Event
from hrss_portal.casework.models.events import EventKind

TOPIC = "correct"
TELLS = (EventKind.OPEN, EventKind.MOVE)


def events(case: Case) -> list[Event]:
    """What was opened and moved, as entered, each Event in memory as it was last corrected.

    An Event that a correction voids is left out; a past move told later stands where it belongs.
    """
    rows = Event._base_manager.filter(case=case.pk).select_related("by").order_by("pk")
    return told(list(rows))


def told(rows: list[Event]) -> list[Event]:
    """Of all Events of a case, read already, those that tell what happened, as corrected."""
    known = {row.pk: row for row in rows}
    story, void = list(rows), voided(rows)
    for row in sorted(rows, key=lambda one: one.pk):
        for item in row.data.get("events", ()) if row.move == TOPIC else ():
            event = known[item["id"]]
            if item.get("on"):
                event.on = date.fromisoformat(item["on"])
            event.data = {**event.data, **item.get("data", {})}
            if item.get("after"):
                story.remove(event)
                story.insert(story.index(known[item["after"]]) + 1, event)
    return [row for row in story if row.kind in TELLS and row.pk not in void]


def voided(rows: list[Event]) -> set[int]:
    """The keys of those Events of a case that a correction voids."""
    corrections = [row for row in rows if row.move == TOPIC]
    items = [item for row in corrections for item in row.data.get("events", ())]
    return {item["id"] for item in items if item.get("is_void")}


def count_anew(case: Case) -> None:
    """Give each Event the day on which it counts as corrected (``Event.counts_on``); none: void."""
    days = {event.pk: event.on for event in events(case)}
    rows = Event._base_manager.filter(case=case.pk, kind__in=TELLS)
    for pk, counts_on in rows.values_list("pk", "counts_on"):
        if counts_on != days.get(pk):
            rows.filter(pk=pk).update(counts_on=days.get(pk))


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
    return Event._base_manager.filter(case=case_id, move=TOPIC).exists()
