"""办案量: each arbitrator's cases, staff and funds of the court; every number opens to its rows."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from arbitration.models import BudgetLine, Dispute, StaffMember
from arbitration.models.dispute import TribunalMember
from arbitration.views.attribution import ARBITRATORS, Attributed, attributed
from arbitration.views.registers import by_funding, in_post
from hrss_portal.access.models import Unit, User
from hrss_portal.access.policy import can
from hrss_portal.access.routes import get_visible_or_404, policy
from hrss_portal.audit.log import record_access
from hrss_portal.deadlines.lookup import parameter
from hrss_portal.desk.states import state_label
from hrss_portal.indicators.paging import number_of, page_of

STAFFING = "ARB-STAFF"  # the parameter: how many the level above asks for, by role
YEARS = range(2000, 2100)
UNTOLD = "没有归到仲裁员名下"
NOBODY = 0  # in the address of the rows that count for no arbitrator


@dataclass(frozen=True, kw_only=True)
class Part:
    """One column of the table: its words and which accepted disputes it counts in a year.

    ``figure`` is the indicator of the court's board that counts the same.
    """

    label: str
    lookup: str
    figure: str
    of_year: bool = True

    def condition(self, year: int, path: str = "") -> Q:
        """The disputes that count, seen over ``path``; voided ones never do."""
        wanted = Q(**{f"{path}{self.lookup}": year if self.of_year else True})
        return wanted & Q(**{f"{path}accepted_on__isnull": False, f"{path}voided_at__isnull": True})


PARTS = {
    "open": Part(label="在办", lookup="closed_on__isnull", figure="arb.monthly", of_year=False),
    "accepted": Part(label="本年受理", lookup="accepted_on__year", figure="arb.accepted"),
    "closed": Part(label="本年结案", lookup="closed_on__year", figure="arb.closed"),
}


def required(role: str, on: date, unit: Unit) -> int | None:
    """How many of a role the level above asks for on a day; None while nobody entered it."""
    try:
        found = parameter(STAFFING, on, unit.rules_region, name=role)
        return int(found.number)
    except (LookupError, ValueError):
        return None


def staffing(on: date, unit: Unit) -> list[dict[str, Any]]:
    """人员配备 on a day: who is in post by role, against what the level above asks for."""
    rows = in_post(StaffMember.objects.filter(voided_at__isnull=True), on).order_by()
    counts = dict(rows.values_list("role").annotate(n=Count("pk")))
    found = []
    for role, label in StaffMember.Role.choices:
        asked, here = required(label, on, unit), counts.get(role, 0)
        missing = None if asked is None else max(asked - here, 0)
        url = f"{reverse('arbitration:staffmember_list')}?role={role}&in_post=yes"
        found.append(
            {"label": label, "count": here, "asked": asked, "missing": missing, "url": url}
        )
    return found


def budget_of(year: int) -> dict[str, Any]:
    """Whether the court's funds are in the county budget of a year, how much is left, and the
    address of the lines behind the sums."""
    lines = by_funding(BudgetLine.objects.filter(year=year, voided_at__isnull=True), "yes")
    sums = lines.aggregate(amount=Sum("amount"), spent=Sum("spent"))
    url = f"{reverse('arbitration:budgetline_list')}?year={year}&funded=yes"
    return {**sums, "is_in": sums["amount"] is not None, "url": url}


def counted(members: Any, year: int) -> Any:
    """Members of the court, each with the number of disputes of every part."""
    sits = Q(seats__left_on__isnull=True)
    return members.annotate(
        **{
            code: Count("seats", sits & part.condition(year, "seats__dispute__"))
            for code, part in PARTS.items()
        }
    )


def unseated(year: int, bureau: str) -> dict[str, Attributed]:
    """Whose the disputes without a tribunal are, by part; ``bureau`` is the path of its root."""
    mine = Q(unit__path__startswith=bureau)
    return {code: attributed(part.condition(year) & mine) for code, part in PARTS.items()}


def totals(year: int, bureau: str, today: date) -> list[tuple[str, int, str]]:
    """The whole court's number of each part, as its board has it, with the address of the rows."""
    found = []
    for part in PARTS.values():
        rows = Dispute._base_manager.filter(part.condition(year), unit__path__startswith=bureau)
        asked = {"to": today.isoformat()} | ({"from": f"{year}-01-01"} if part.of_year else {})
        url = f"{reverse('indicators:rows', args=[part.figure])}?{urlencode(asked)}"
        found.append((part.label, rows.count(), url))
    return found


def behind(member: StaffMember | None, year: int, part: Part, told: Attributed) -> Any:
    """The disputes behind one number, as far as the acting user sees them; without a member those
    without a tribunal that count for nobody."""
    wanted = Q(pk__in=told.open)
    if member is not None:
        seats = TribunalMember.objects.filter(member=member, left_on__isnull=True)
        wanted = Q(pk__in=seats.values("dispute")) | Q(pk__in=told.of[member.pk])
    rows = Dispute.objects.filter(wanted, part.condition(year))
    return rows.order_by(F("opened_on").desc(), "-pk")


@policy("arbitration.register.view")
@require_safe
def workload(request: HttpRequest) -> HttpResponse:
    """Each arbitrator's cases: open, accepted and closed this year; staff and funds of the court.

    A ledger's case counts for the arbitrators whom it names, where each is one registered person.

    The numbers are those of the whole court, as its head plans with them; each opens to its rows
    as far as the reader's scope goes.
    """
    today = timezone.localdate()
    year, user = today.year, request.user
    assert isinstance(user, User)  # noqa: S101 - PolicyMiddleware guarantees it
    arbitrators = StaffMember.objects.filter(
        role__in=ARBITRATORS,
        voided_at__isnull=True,
    )
    members, told = in_post(arbitrators, today), unseated(year, user.unit.root_path)
    context = {
        "members": [
            (
                member,
                [
                    (part.label, _count(member, code, told), _rows_url(member.pk, year, code))
                    for code, part in PARTS.items()
                ],
            )
            for member in counted(members, year).order_by("role", "name", "pk")
        ],
        "parts": [part.label for part in PARTS.values()],
        "nobody": [
            (part.label, len(told[code].open), _rows_url(NOBODY, year, code))
            for code, part in PARTS.items()
            if any(one.open for one in told.values())
        ],
        "totals": totals(year, user.unit.root_path, today),
        "may_read_figures": can(user, "indicators.figure.view"),
        "year": year,
        "staffing": staffing(today, user.unit),
        "budget": budget_of(year),
        "may_read_rules": can(user, "deadlines.parameter.view"),
    }
    return render(request, "arbitration/workload.html", context)


def _count(member: Any, part: str, told: dict[str, Attributed]) -> int:
    """Disputes of the portal by seat, those of ledgers by name; none is both."""
    return int(getattr(member, part)) + len(told[part].of[member.pk])


def _rows_url(member: int, year: int, part: str) -> str:
    return reverse("arbitration:workload_rows", args=[member, year, part])


@policy("arbitration.register.view")
@require_safe
def workload_rows(request: HttpRequest, pk: int, year: int, part: str) -> HttpResponse:
    """The disputes behind one number of 办案量: how many there are, and those that the reader
    sees."""
    if part not in PARTS or year not in YEARS:
        raise Http404
    user = request.user
    assert isinstance(user, User)  # noqa: S101 - PolicyMiddleware guarantees it
    mine = Q(unit__path__startswith=user.unit.root_path)
    told = {part: attributed(PARTS[part].condition(year) & mine)}
    member: Any = None
    if pk != NOBODY:
        member = get_visible_or_404(counted(StaffMember.objects.all(), year), pk=pk)
    found = behind(member, year, PARTS[part], told[part])
    label = f"{member.name if member else UNTOLD} {year}年 {PARTS[part].label}"
    record_access(
        "search",
        subject_type="arbitration.staffmember",
        subject_id=pk or "",
        label=f"办案量 {label}"[:200],
    )
    seen = found.count()
    page = page_of(seen, number_of(request.GET.get("page")), "?page={}".format)
    lines = found.select_related("handler")[max(page.first_row - 1, 0) : page.last_row]
    context = {
        "title": f"办案量：{label}",
        "count": _count(member, part, told) if member else len(told[part].open),
        "seen": seen,
        "lines": [(case, state_label(case)) for case in lines],
        "page": page,
    }
    return render(request, "arbitration/workload_rows.html", context)
