"""The page of one case."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from hrss_portal.access.routes import get_visible_or_404, policy
from hrss_portal.casework.models import Case


@policy("login")
def case_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything about one case."""
    case = get_visible_or_404(Case, pk=pk)
    return render(request, "desk/case.html", {"case": case.specific})
