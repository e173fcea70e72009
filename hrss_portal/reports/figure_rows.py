"""The rows behind a number of a report, for whoever reads the report.

Who drafts, checks and sends the report (办公室, leaders) gets every row that was counted; of rows
outside their own scope only number, day and amount.  Every other reader gets the rows of the own
scope, and the page says how many there are in all.
"""

from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Model, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from hrss_portal.access.models import User
from hrss_portal.access.policy import Scope, can, visible
from hrss_portal.access.routes import get_visible_or_404, policy
from hrss_portal.access.scope import acting_as_system
from hrss_portal.audit.log import record_access
from hrss_portal.indicators.engine import Ask
from hrss_portal.indicators.paging import Page, number_of, page_of
from hrss_portal.indicators.posting import page
from hrss_portal.indicators.rows import Leaf, NoRows, RowSet, rows
from hrss_portal.indicators.seeing import may_see
from hrss_portal.indicators.views import RowLine, row_line
from hrss_portal.reports import writing
from hrss_portal.reports.composed import Use
from hrss_portal.reports.models import Report

HELD_BACK = "不在您的数据范围内，不显示"


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One page of rows: ``count`` were counted, ``seen`` are listed."""

    count: int
    seen: int
    page: Page
    lines: list[RowLine]


@policy("reports.report.view")
@require_safe
def report_figure(request: HttpRequest, pk: int, use: str) -> HttpResponse:
    """明细: the rows behind one number of the report."""
    report = get_visible_or_404(Report, pk=pk)
    user: Any = request.user
    found = next((one for one in writing.composed_of(report).uses if one.id == use), None)
    if found is None:
        raise Http404
    record_access(
        "search",
        subject_type="indicators.figure",
        subject_id=found.code,
        label=f"{found.label} {report.title}"[:200],
    )
    context = {
        "title": f"{found.label}明细",
        "report": report,
        "use": found,
        "shown": _shown(request, found, whole=can(user, "reports.report.export", report)),
        "figure_url": found.rows_url if may_see(user, found.code) else "",
        "crumbs": [
            ("报告", reverse("reports:reports")),
            (report.title, reverse("reports:report", args=[pk])),
            ("明细", ""),
        ],
    }
    return page(request, "reports/figure.html", context)


def _shown(request: HttpRequest, use: Use, *, whole: bool) -> Shown | None:
    """The rows as far as the reader may have them; None for a number without rows."""
    user: Any = request.user
    question = writing.question_of_use(use)
    try:
        with acting_as_system("report"):
            count = rows(use.code, question).count()
        if whole:
            seen = count
        else:
            seen = _own(use.code, question, user).count() if may_see(user, use.code) else 0
    except NoRows:
        return None
    found = page_of(seen, number_of(request.GET.get("page")), "?page={}".format)
    first, last = max(found.first_row - 1, 0), found.last_row
    lines = _lines(use.code, question, user, (first, last), whole=whole) if seen else []
    return Shown(count=count, seen=seen, page=found, lines=lines)


def _lines(
    code: str, question: Ask, user: User, span: tuple[int, int], *, whole: bool
) -> list[RowLine]:
    if not whole:
        return [row_line(leaf, row) for leaf, row in _own(code, question, user).slice(*span)]
    with acting_as_system("report"):
        found = list(rows(code, question).slice(*span))
        lines = [row_line(leaf, row) for leaf, row in found]
    open_to = _open_to(user, found)
    return [
        line if (type(row), row.pk) in open_to else replace(line, name=HELD_BACK, url="")
        for line, (_, row) in zip(lines, found, strict=True)
    ]


def _open_to(user: User, found: list[tuple[Leaf, Any]]) -> set[tuple[type[Model], int]]:
    """Which of these rows the user may open."""
    ids: dict[type[Model], list[int]] = {}
    for _, row in found:
        ids.setdefault(type(row), []).append(row.pk)
    seen: set[tuple[type[Model], int]] = set()
    for model, keys in ids.items():
        mine = model._base_manager.filter(_reach(user, model), pk__in=keys)
        seen |= {(model, key) for key in mine.values_list("pk", flat=True)}
    return seen


def _own(code: str, question: Ask, user: User) -> RowSet:
    """The rows of a figure within the user's scope, also of tables without a scoped manager."""
    found = rows(code, question)
    pairs = zip(found.leaves, found.querysets, strict=True)
    found.querysets = [query.filter(_reach(user, leaf.model)) for leaf, query in pairs]
    return found


def _reach(user: User, model: type[Model]) -> Q:
    """Which rows of a table a user sees; a table without a scope is common to all."""
    return visible(user, model) if isinstance(getattr(model, "scope", None), Scope) else Q()
