"""The hour of an act that meets a term which ends at a moment: what is asked, and what is wrong."""

from collections.abc import Collection
from datetime import date, datetime, time

from django.utils import timezone

from hrss_portal.casework.models import Case, Clock
from hrss_portal.casework.models.clocks import ClockState

#: The value of a move that tells its hour.
HOUR = "done_at"


def ends_of(case: Case, *, running: bool) -> list[datetime]:
    """The moments at which terms of a case end, the earliest first; of running ones, or of all."""
    mine = Clock.objects.filter(case=case.pk).exclude(due_at=None)
    if running:
        mine = mine.filter(state__in=[ClockState.RUNNING, ClockState.PAUSED])
    return sorted(mine.values_list("due_at", flat=True))


def wrong_hour(on: date, hour: time | None, ends: Collection[datetime]) -> str:
    """What is wrong with the hour of an act; "" where nothing is.

    On the last day the hour decides, so it is needed; nothing is done later than now.
    """
    if hour is None:
        is_last = on in {timezone.localtime(end).date() for end in ends}
        return "这一天到期，填写几点办的" if is_last else ""
    is_ahead = timezone.make_aware(datetime.combine(on, hour)) > timezone.now()
    return f"不能晚于现在 {timezone.localtime():%H:%M}" if is_ahead else ""
