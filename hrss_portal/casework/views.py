"""期限计算书 of a case's clock: every day counted or skipped, on the screen and on paper."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from hrss_portal.access import policy as rights
from hrss_portal.access.routes import get_visible_or_404, policy
from hrss_portal.audit.log import record_access
from hrss_portal.casework import clocks
from hrss_portal.casework.models import Clock
from hrss_portal.deadlines.compute import NoDate
from hrss_portal.deadlines.terms import warn_dates


def _found(pk: int) -> Clock:
    rows = Clock.objects.select_related("rule", "case__unit")
    clock: Clock = get_visible_or_404(rows, pk=pk)
    return clock


def _page(clock: Clock, user: Any) -> dict[str, Any]:
    """The clock, computed anew from what happened, beside the day that is stored."""
    law = clocks.Law()
    warnings: Any = ()
    due, why = None, ""
    try:
        due = clocks.compute_due(clock, law)
    except NoDate as reason:
        why = str(reason)
    else:
        calendar = law.calendar(law.region(clock.case.unit))
        warnings = warn_dates(clock.rule.warn_before, due.internal_due, calendar)
    steps = list(clock.steps.select_related("approver", "event__by").order_by("at", "pk"))
    if "note" in rights.hidden_fields(user, clock.case):
        for step in steps:
            step.reason = ""
    return {
        "title": f"期限计算书：{clock.label}",
        "clock": clock,
        "case": clock.case,
        "rule": clock.rule,
        "due": due,
        "why": why,
        "warnings": warnings,
        "steps": steps,
        "told": {step.kind for step in steps},
        "differs": due is not None and due.due_on != clock.due_on,
    }


@policy("login")
@require_GET
def clock(request: HttpRequest, pk: int) -> HttpResponse:
    """How the due day of one clock came about; seen by whoever sees the case."""
    return render(request, "casework/clock.html", _page(_found(pk), request.user))


@policy("login")
@require_GET
def clock_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The same for the file; printing is written down."""
    found = _found(pk)
    record_access(
        "print",
        subject_type=found.case.kind,
        subject_id=found.case_id,
        label=f"{found.case.reference} 期限计算书",
        case_id=found.case_id,
    )
    return render(request, "casework/clock_sheet.html", _page(found, request.user))
