"""What somebody must be reminded of although no clock runs: certificates that end, holiday notices
that are missing, drafts that nobody takes up again.
"""

from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from hrss_portal.access import policy
from hrss_portal.access.models import Unit
from hrss_portal.casework.models import Case, Draft, Record
from hrss_portal.deadlines.lookup import missing_years
from hrss_portal.notifications.inbox import notify

if TYPE_CHECKING:
    from hrss_portal.jobs.models import Job

AHEAD = timedelta(days=30)  # a local default: a month is enough to renew a certificate
KEEP_DRAFTS = timedelta(days=90)
NAMED = 5


def week_of(day: date) -> str:
    """``2023-W46``: a reminder with this key comes once a week while its cause lasts."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def watched() -> list[Any]:
    """Every register whose rows may expire; a case has its clocks instead."""
    return [
        model
        for model in apps.get_models()
        if issubclass(model, Record) and not issubclass(model, Case)
    ]


def expiring(job: "Job | None" = None) -> dict[str, int]:
    """Tell each office once a week what of its registers ends within a month."""
    today, told = timezone.localdate(), 0
    for model in watched():
        rows = model._base_manager.filter(
            voided_at__isnull=True, expires_on__gte=today, expires_on__lte=today + AHEAD
        )
        by_unit: dict[int, list[Any]] = defaultdict(list)
        for row in rows.order_by("expires_on", "pk"):
            by_unit[row.unit_id].append(row)
        units = Unit.objects.in_bulk(by_unit)
        for unit_id, found in by_unit.items():
            told += _tell_office(model, units[unit_id], found, today)
    return {"told": told}


def _tell_office(model: Any, unit: Unit, rows: list[Any], today: date) -> int:
    names = "；".join(f"{row} {row.expires_on:%m-%d}" for row in rows[:NAMED])
    scope = model.scope
    return notify(
        policy.holders(f"{scope.area}.{scope.noun}.edit", unit),
        title=f"{model._meta.verbose_name} {len(rows)} 条将在一个月内到期",
        body=names + ("……" if len(rows) > NAMED else ""),
        url=_list_url(model),
        kind="expiry",
        key=f"expires:{model._meta.label_lower}:{unit.pk}:{week_of(today)}",
    )


def _list_url(model: Any) -> str:
    try:
        return reverse(f"{model._meta.app_label}:{model._meta.model_name}_list")
    except NoReverseMatch:
        return ""


def calendar(job: "Job | None" = None) -> dict[str, int]:
    """Remind whoever loads holiday notices, once a week, of a year that has none."""
    today = timezone.localdate()
    years = missing_years(today)
    if not years:
        return {"told": 0}
    told = notify(
        policy.holders("deadlines.calendar.propose"),
        title=f"{'、'.join(map(str, years))} 年的放假安排还没有载入",
        body="没有放假通知的年份，到期日只能暂定。国务院办公厅通知印发后在“工作日历”载入",
        url=reverse("deadlines:calendar", args=[years[-1]]),
        kind="calendar",
        key=f"calendar:{years[-1]}:{week_of(today)}",
    )
    return {"told": told}


def drop_drafts(job: "Job | None" = None) -> dict[str, int]:
    """Drop drafts that nobody took up again for three months."""
    old = Draft.objects.filter(saved_at__lt=timezone.now() - KEEP_DRAFTS)
    return {"drafts": old.delete()[0]}
