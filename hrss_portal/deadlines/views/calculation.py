"""期限计算: one due date with its proof, on the screen and on paper."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from hrss_portal.access.routes import policy
from hrss_portal.deadlines.forms import CalculateForm
from hrss_portal.deadlines.lookup import calendar_for
from hrss_portal.deadlines.models import LegalRule
from hrss_portal.deadlines.spec import Due
from hrss_portal.deadlines.terms import warn_dates
from hrss_portal.deadlines.views.pages import show


@policy("deadlines.rule.view")
def calculate(request: HttpRequest) -> HttpResponse:
    """Asks and answers on one page; the address holds the question and may be shared."""
    asked = "date" in request.GET
    form = CalculateForm(request.GET if asked else None, initial=request.GET.dict())
    answer = form.answer if asked and form.is_valid() else None
    return show(request, "calculate", title="期限计算", form=form, **_answer(answer))


@policy("deadlines.rule.view")
def sheet(request: HttpRequest) -> HttpResponse:
    """期限计算书, for the file: the same question as the page, as a paper."""
    form = CalculateForm(request.GET)
    if not form.is_valid():
        return show(request, "calculate", title="期限计算", form=form, status=400, **_answer(None))
    return show(request, "sheet", title="期限计算书", form=form, **_answer(form.answer))


def _answer(answer: tuple[LegalRule, Due] | None) -> dict[str, Any]:
    if answer is None:
        return {"rule": None, "due": None, "warnings": ()}
    rule, due = answer
    warnings = warn_dates(rule.warn_before, due.internal_due, calendar_for())
    return {"rule": rule, "due": due, "warnings": warnings}
