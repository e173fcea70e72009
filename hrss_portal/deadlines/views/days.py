"""The working calendar: a year at a glance, loading a notice, local closings."""

from calendar import Calendar as Weeks
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from hrss_portal.access import keys
from hrss_portal.access.routes import policy
from hrss_portal.deadlines import changes, lookup
from hrss_portal.deadlines.calendar import CLOSED, WORKDAY, Calendar
from hrss_portal.deadlines.forms import ClosingForm, NoticeForm
from hrss_portal.deadlines.models import CalendarDay, CalendarYear
from hrss_portal.deadlines.notices import as_csv, cross_check, library_days, missing_holidays
from hrss_portal.deadlines.regions import NATION
from hrss_portal.deadlines.views.pages import home_of, may, person, show
from hrss_portal.deadlines.views.rules import proposed, waiting

YEARS = range(2000, 2100)
MARKS = {WORKDAY: "班", CLOSED: "停"}


@policy("deadlines.calendar.view")
def year(request: HttpRequest, number: int | None = None) -> HttpResponse:
    """Twelve months with holidays, make-up days and local closings in words and marks."""
    if number is None and request.GET.get("year"):
        return jump(request)
    number = number or timezone.localdate().year
    if number not in YEARS:
        raise Http404
    region = request.GET.get("region", "").strip() or _region(request)
    calendar = lookup.calendar_for(region)
    return show(
        request,
        "calendar",
        title=f"{number}年工作日历",
        number=number,
        region=region,
        year=CalendarYear.objects.filter(pk=number).first(),
        months=[_month(calendar, number, month) for month in range(1, 13)],
        working=calendar.working_days(number),
        is_published=number in calendar.published,
        days=CalendarDay.objects.filter(date__year=number).order_by("date", "region"),
        missing=_without_notice(calendar, number),
        waiting=[
            *waiting(request, changes.YEAR).order_by("pk"),
            *waiting(request, changes.CLOSING).order_by("pk"),
        ],
        may_propose=may(request, "calendar.propose"),
    )


def _without_notice(calendar: Calendar, number: int) -> list[int]:
    """The years whose notice is waited for, and the shown one where it has none."""
    missing = lookup.missing_years(timezone.localdate())
    return missing if number in calendar.published else sorted({*missing, number})


def _region(request: HttpRequest) -> str:
    return home_of(request) or NATION


def _month(calendar: Calendar, year: int, month: int) -> dict[str, Any]:
    """One month as weeks of days; days of the neighbouring months are empty cells."""
    weeks = [
        [_day(calendar, day) if day.month == month else None for day in week]
        for week in Weeks().monthdatescalendar(year, month)
    ]
    return {"number": month, "weeks": weeks}


def _day(calendar: Calendar, day: date) -> dict[str, Any]:
    special = calendar.special(day)
    return {
        "number": day.day,
        "kind": special.kind if special else "work" if day.weekday() < 5 else "rest",
        "mark": (MARKS.get(special.kind, "休") if special else ""),
        "why": calendar.why(day),
    }


@policy("deadlines.calendar.propose")
@keys.idempotent
def notice(request: HttpRequest, number: int) -> HttpResponse:
    """Reads a pasted notice, shows what it says, and proposes it when told to."""
    if number not in YEARS:
        raise Http404
    form = NoticeForm(request.POST or None, year=number, initial=_first_draft(request, number))
    read = form.days if request.method == "POST" and form.is_valid() else []
    if read and "propose" in request.POST:
        proposal = changes.propose_year(
            number,
            title=form.cleaned_data["title"],
            url=form.cleaned_data["url"],
            days=read,
            by=person(request),
            reason=form.cleaned_data["title"],
        )
        return proposed(request, proposal)
    return show(
        request,
        "notice",
        title=f"载入{number}年放假通知",
        place=[("工作日历", reverse("deadlines:calendar", args=[number]))],
        number=number,
        form=form,
        days=read,
        missing=missing_holidays(read, number) if read else [],
        differing=cross_check(number, read) if read else [],
        in_library=bool(library_days(number)),
        status=400 if form.errors else 200,
    )


def _first_draft(request: HttpRequest, number: int) -> dict[str, str]:
    """The notice's usual title; with ``?from=library`` the library's days as CSV."""
    draft = {"title": f"国务院办公厅关于{number}年部分节假日安排的通知"}
    if request.GET.get("from") == "library":
        draft["text"] = as_csv(library_days(number))
    return draft


@policy("deadlines.calendar.propose")
@keys.idempotent
def closing(request: HttpRequest) -> HttpResponse:
    """Proposes that offices of a region were or will be closed (台风、疫情等)."""
    home = home_of(request)
    form = ClosingForm(request.POST or None, initial={"region": home}, home=home)
    if request.method == "POST" and form.is_valid():
        return proposed(request, changes.propose_closing(**form.cleaned_data, by=person(request)))
    return show(
        request,
        "closing",
        title="登记本地停止办公",
        place=[("工作日历", reverse("deadlines:calendar_now"))],
        form=form,
        status=400 if form.errors else 200,
    )


@policy("deadlines.calendar.view")
def jump(request: HttpRequest) -> HttpResponse:
    """From the year box to that year's page."""
    text = request.GET.get("year", "")
    if text.isascii() and text.isdecimal() and int(text) in YEARS:
        return redirect("deadlines:calendar", int(text))
    messages.error(request, f"年份写 {YEARS[0]} 到 {YEARS[-1]} 之间的四位数。")
    return redirect("deadlines:calendar_now")
