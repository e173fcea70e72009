"""Whether and when a clock starts, when it ends and was met: told by move, case or term."""

from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime, parse_time

from hrss_portal.access import modules
from hrss_portal.casework.models import Case, Clock, Event
from hrss_portal.deadlines.calendar import Calendar
from hrss_portal.deadlines.spec import Moment, Unit
from hrss_portal.deadlines.terms import Term, warn_dates

ESCALATE_AFTER = 2  # working days past the due day until the head hears of it; a local default


def is_asked(item: Term, case: Case, event: Event) -> bool:
    """Whether a term that the event may start runs for this case: not one of a module that the
    bureau did not have on that day."""
    if modules.hidden(case.unit.root_id, "terms", item.code, event.on):
        return False
    return item.applies_to(case, event)


def rests(clock: Clock) -> bool:
    """Whether its term is of a module that the bureau does not have today (``resting``).

    The bureau is read only where the term belongs to some module.
    """
    named = modules.is_named("terms", clock.term)
    return named and modules.hidden(clock.case.unit.root_id, "terms", clock.term)


def triggers_of(item: Term, case: Case, event: Event) -> list[date | datetime]:
    """The days (or moments) a term counts from: the event's, a value of the move, or a field.

    Several where the term finds several: each has a clock of its own.
    """
    if not isinstance(item.dated_by, str):
        found = item.dated_by(case, event) or event.on
        return [*found] if isinstance(found, list) else [found]
    if item.dated_by == "on":
        return [event.on]
    return [_moment(item.dated_by, case, event) or event.on]


def given_of(item: Term, case: Case, event: Event) -> dict[str, Any]:
    """The day that the paper states, with its moment if it states one, for a term whose rule
    counts nothing; as the fields of a clock."""
    found = _moment(item.given_by, case, event) if item.given_by else None
    return {"given_on": local_day(found) if found else None, "given_at": moment_of(found)}


def local_day(moment: date | datetime) -> date:
    """The day on the wall clock here; a stored moment comes in UTC."""
    if isinstance(moment, datetime):
        return (timezone.localtime(moment) if timezone.is_aware(moment) else moment).date()
    return moment


def moment_of(found: date | datetime | None) -> datetime | None:
    """The moment, where one is told and not a day alone."""
    return aware(found) if isinstance(found, datetime) else None


def aware(moment: datetime) -> datetime:
    """The moment in the bureau's time zone where it names none."""
    return timezone.make_aware(moment.replace(tzinfo=None)) if timezone.is_naive(moment) else moment


def _moment(name: str, case: Case, event: Event) -> date | datetime | None:
    """A day or moment by name: what the move says, else the case's field."""
    said = event.data.get(name)
    if isinstance(said, str):
        parsed = parse_datetime(said) if "T" in said else parse_date(said)
        if parsed is not None:
            return parsed
    value = getattr(case, name, None)
    return value if isinstance(value, date | datetime) else None


def met_day(item: Term, case: Case, event: Event, clock: Clock) -> date:
    """The day a duty was done: the event's day, or the one the term names or finds."""
    if item.done_on and (found := item.done_on(case, event, clock)):
        return found
    if not item.met_on:
        return event.on
    given = event.data.get(item.met_on)
    parsed = parse_date(str(given)) if given else None
    return parsed or getattr(case, item.met_on, None) or event.on


def met_moment(event: Event, clock: Clock) -> datetime | None:
    """The moment at which a term that ends at a moment was met: at the hour that the move says
    (``done_at``), or when the system itself acted; None where the day alone is known."""
    if clock.due_at is None or clock.met_on is None:
        return None
    if hour := parse_time(str(event.data.get("done_at") or "")):
        return aware(datetime.combine(clock.met_on, hour))
    acted = event.is_live and event.by_id is None and clock.met_on == local_day(event.at)
    return event.at if acted else None


def set_ladder(clock: Clock, internal_due: Moment, calendar: Calendar) -> None:
    """Set the days on which people are reminded of a clock that has a due day.

    A minimum period asks for nothing while it runs: once it is over they hear that the way is free.
    """
    due: date = clock.due_on  # type: ignore[assignment]
    if clock.rule.is_minimum:
        clock.soon_on = clock.last_call_on = due + timedelta(days=1)
        clock.escalate_on = None
        return
    warnings = [
        warning.on
        for warning in warn_dates(clock.rule.warn_before, internal_due, calendar)
        if clock.started_on < warning.on <= due
    ]
    clock.soon_on = min([*warnings, warns_by(clock, calendar)])
    clock.last_call_on = max(warnings, default=due)
    clock.escalate_on = calendar.add_working(due, ESCALATE_AFTER)


def warns_by(clock: Clock, calendar: Calendar) -> date:
    """The last day to begin warning: for a term of working days the working day before the due day.

    Never before the clock started; for any other term the due day itself.  The clock has a due day.
    """
    due: date = clock.due_on  # type: ignore[assignment]
    if clock.rule.unit != Unit.WORKING_DAY:
        return due
    return max(min(clock.started_on, due), calendar.add_working(due, -1))
