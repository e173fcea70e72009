"""When the clocks of a hearing's notice start, are met and end (办案规则 Articles 38, 59, 61)."""

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_date

from arbitration.workflows.deliveries import HEARING, served_by, unserved
from arbitration.workflows.posts import PARTY_ROLES
from arbitration.workflows.safeguards import may_be_short, planned_by
from hrss_portal.casework import corrected


def has_hearing_day(case: Any, event: Any) -> bool:
    """A day of hearing was set."""
    return bool(event.data.get("hearing_on"))


def hearing_days(case: Any, event: Any) -> list[date]:
    """The days of the hearings that the move sets or, when the track changes, still to announce.

    A hearing planned on the simple track may have had a short notice; from the ordinary track on
    its notice comes five working days before, unless both sides agreed (办案规则 Articles 59, 61).
    """
    if event.move != "to_ordinary":
        day = parse_date(str(event.data.get("hearing_on") or ""))
        return [_held_instead(case, day) or day] if day else []
    planned = [(row, planned_by(case, row)) for row in case.hearings.filter(state="planned")]
    return [
        timezone.localdate(hearing.starts_at)
        for hearing, made in planned
        if not may_be_short(case, made)
        and unserved(
            case,
            HEARING,
            set(PARTY_ROLES),
            since=made.on if made else None,
            known=True,
            planned=made,
        )
    ]


def _held_instead(case: Any, day: date) -> date | None:
    """The right day of a hearing that was entered as held on ``day``; None where none was put
    right.  Its notice came five working days before that one, or did not."""
    entered = case.events.filter(move="hear", on=day).values_list("pk", flat=True)
    if not entered:
        return None
    days = {one.on for one in corrected.events(case) if one.pk in set(entered)}
    return max((on for on in days if on != day), default=None)


def a_party_asked(case: Any, event: Any, clock: Any) -> bool:
    """A party asked for the postponement; where the court puts off by itself nobody used a right.

    办案规则 Article 38.
    """
    return bool(event.data.get("asked_on"))


def is_announced_in_full(case: Any, event: Any) -> bool:
    """A day of hearing was set whose notice comes five working days before.

    Where a shorter notice is lawful no term runs; the hearing itself still asks for the notice.
    """
    return bool(hearing_days(case, event)) and not may_be_short(case, event)


def everybody_knows_the_hearing(case: Any, event: Any, clock: Any) -> bool:
    """The notice of this hearing has reached every party."""
    planned = _announced_by(case, clock)
    since = planned.on if planned else None
    return not unserved(case, HEARING, set(PARTY_ROLES), since=since, known=True, planned=planned)


def is_over_for_its_hearing(case: Any, event: Any, clock: Any) -> bool:
    """A hearing held or put off ends the clock of its own notice; other moves end every one."""
    about = event.data.get("hearing")
    if event.move not in {"hear", "postpone"} or not about:
        return True
    hearing = case.hearings.filter(pk=about["id"]).first()
    return hearing is None or timezone.localdate(hearing.starts_at) == clock.started_on


def hearing_notice_done(case: Any, event: Any, clock: Any) -> date | None:
    """The day on which the last party received the notice of this hearing."""
    planned = _announced_by(case, clock)
    since = planned.on if planned else None
    return served_by(case, HEARING, set(PARTY_ROLES), since=since, planned=planned)


def _announced_by(case: Any, clock: Any) -> Any:
    """The Event that set the hearing of a clock, also where a change of track started the clock."""
    started = clock.started_by
    if started is None or started.move != "to_ordinary":
        return started
    for hearing in case.hearings.filter(state="planned"):
        if timezone.localdate(hearing.starts_at) == clock.started_on:
            return planned_by(case, hearing)
    return None
