"""日查看、日办结: the sheet of daily looks at the internet-mediation platform."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from arbitration.models import MediationCase, PlatformLook
from arbitration.models.choices import MediationSource
from arbitration.models.upkeep import court_calendar, days_without
from arbitration.views.hearings import month_of
from hrss_portal.access.models import Unit
from hrss_portal.access.routes import policy


@policy("arbitration.mediationcase.view")
def looks(request: HttpRequest) -> HttpResponse:
    """A month's looks: every working day with who looked, what came, or that nobody looked."""
    unit: Unit = request.user.unit  # type: ignore[union-attr]
    today = timezone.localdate()
    first = month_of(request.GET.get("month", ""))
    following = (first + timedelta(days=32)).replace(day=1)
    last = min(following - timedelta(days=1), today)
    done = {look.on: look for look in looks_of(unit, first, last)}
    mine = set(
        PlatformLook.objects.filter(on__gte=first, on__lte=last).values_list("pk", flat=True)
    )
    arrived = arrivals(first, last)
    calendar = court_calendar(unit)
    missing = days_without(done, first, min(last, today - timedelta(days=1)), calendar=calendar)
    days = []
    day = first
    while day <= last:
        if calendar.is_working(day) or day in done or day in arrived:
            days.append(
                {
                    "date": day,
                    "working": calendar.is_working(day),
                    "look": done.get(day),
                    "is_today": day == today,
                    "arrived": arrived.get(day, []),
                }
            )
        day += timedelta(days=1)
    return render(
        request,
        "arbitration/looks.html",
        {
            "first": first,
            "days": days,
            "missing": missing,
            "mine": mine,
            "previous": (first - timedelta(days=1)).replace(day=1),
            "following": following,
        },
    )


def looks_of(unit: Unit, first: date, last: date) -> Any:
    """The looks of a unit's bureau: one of them does for everybody, whoever may open it."""
    rows = PlatformLook._base_manager.filter(
        on__gte=first, on__lte=last, voided_at__isnull=True, unit__path__startswith=unit.root_path
    )
    return rows.select_related("created_by").order_by("on", "-pk")


def arrivals(first: date, last: date) -> dict[date, list[Any]]:
    """The platform's cases by the day they came, each with whether it was acted on that day."""
    found: dict[date, list[Any]] = {}
    cases = MediationCase.objects.filter(
        channel=MediationSource.PLATFORM,
        opened_on__gte=first,
        opened_on__lte=last,
        voided_at__isnull=True,
    ).order_by("opened_on", "pk")
    for case in cases:
        found.setdefault(case.opened_on, []).append(case)
    return found
