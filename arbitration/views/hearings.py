"""Hearings: the calendar of a month, the list, and hearings without the uniform tick."""

from calendar import Calendar
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from arbitration.models import Booking, Hearing, Room
from hrss_portal.access.routes import policy
from hrss_portal.deadlines.lookup import calendar_for
from hrss_portal.desk.columns import Col, Filter
from hrss_portal.desk.links import case_url
from hrss_portal.desk.lists import ListPage, Quick


def month_of(text: str) -> date:
    """The first day of a month of 2000 to 2099 written 2023-11; this month for anything else."""
    this_month = timezone.localdate().replace(day=1)
    try:
        found = datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 - a month has no zone
    except ValueError:
        return this_month
    return found if 2000 <= found.year <= 2099 else this_month


def slots(start: datetime, end: datetime, room: int | None) -> list[dict[str, Any]]:
    """What takes the court's rooms between two moments, in order.

    The hearings that the user may see, and those in rooms that the user may see: of the latter
    ``mine`` is false, and pages show time, room and arbitrators of them, nothing of the case.
    """
    rows = Hearing._base_manager.filter(
        period__startswith__gte=start, period__startswith__lte=end, voided_at__isnull=True
    ).exclude(state__in=(Hearing.State.CANCELLED, Hearing.State.POSTPONED))
    if room is not None:
        rows = rows.filter(room_id=room)
    own = set(Hearing.objects.filter(pk__in=rows.values("pk")).values_list("pk", flat=True))
    shown = rows.filter(Q(pk__in=own) | Q(room__in=Room.objects.values("pk")))
    staff = Prefetch("bookings", Booking.objects.filter(resource__startswith="staff:"), "seated")
    found = shown.select_related("room", "dispute__handler").prefetch_related(staff)
    return [
        {
            "hearing": hearing,
            "mine": hearing.pk in own,
            "arbitrators": "、".join(sorted(seat.label for seat in hearing.seated)),
        }
        for hearing in found.order_by("period", "pk")
    ]


@policy("arbitration.dispute.view")
def calendar(request: HttpRequest) -> HttpResponse:
    """The month's hearings, day by day; rest days and make-up days are marked.

    A hearing of a colleague's case takes its place with time, room and arbitrators and no word of
    the case, so that nobody plans into it.
    """
    first = month_of(request.GET.get("month", ""))
    weeks = Calendar(firstweekday=0).monthdatescalendar(first.year, first.month)
    start = timezone.make_aware(datetime.combine(weeks[0][0], datetime.min.time()))
    end = timezone.make_aware(datetime.combine(weeks[-1][-1], datetime.max.time()))
    room = request.GET.get("room", "")
    by_day: dict[date, list[Any]] = {}
    for slot in slots(start, end, int(room) if room.isdecimal() else None):
        day = timezone.localtime(slot["hearing"].starts_at).date()
        by_day.setdefault(day, []).append(slot)
    working = calendar_for()
    days = [
        [
            {
                "date": day,
                "inside": day.month == first.month,
                "rest": not working.is_working(day),
                "slots": by_day.get(day, []),
                "today": day == timezone.localdate(),
            }
            for day in week
        ]
        for week in weeks
    ]
    previous = (first - timedelta(days=1)).replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    return render(
        request,
        "arbitration/calendar.html",
        {
            "first": first,
            "weeks": days,
            "previous": previous,
            "following": following,
            "rooms": Room.objects.filter(is_active=True).order_by("name"),
            "chosen_room": room,
            "count": sum(len(found) for found in by_day.values()),
        },
    )


def by_uniform(rows: Any, value: str) -> Any:
    """Held hearings with or without the tick."""
    held = rows.filter(state=Hearing.State.HELD)
    return held.filter(uniform_worn=True) if value == "yes" else held.exclude(uniform_worn=True)


class HearingList(ListPage):
    """开庭排期 as a list."""

    policy = "arbitration.dispute.view"
    model = Hearing
    title, noun = "开庭排期", "开庭"
    columns = (
        Col(
            name="starts_at",
            label="开庭时间",
            kind="moment",
            value=lambda row: row.starts_at,
            sort="period",
            link=True,
        ),
        Col(name="dispute.reference", label="案号", kind="code"),
        Col(name="dispute.title", label="案由"),
        Col(name="room.name", label="庭室"),
        Col(name="dispute.handler_words", label="承办"),
        Col(name="state", label="状态", value=lambda row: row.get_state_display()),
        Col(name="uniform_worn", label="着装"),
        Col(name="is_remote", label="网上开庭", shown=False),
    )
    filters = (
        Filter(name="state", label="状态", choices=lambda: Hearing.State.choices),
        Filter(
            name="uniform",
            label="着装",
            choices=lambda: [("no", "没有勾选着装的"), ("yes", "已勾选")],
            apply=by_uniform,
        ),
    )
    quick = (
        Quick(label="待开庭", query="state=planned"),
        Quick(label="没有勾选着装的", query="uniform=no"),
        Quick(label="全部", query=""),
    )
    default_sort = "-period"
    related = ("room", "dispute", "dispute__handler")

    def row_url(self, row: Any) -> str:
        """The dispute."""
        return case_url(row.dispute)
