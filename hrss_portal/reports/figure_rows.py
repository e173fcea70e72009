"""The rows behind a number of a report, for whoever reads the report.

A draft asks for the rows of now; a frozen report has the rows it was frozen with.

Who drafts, checks and sends the report (办公室, leaders) gets every row that was counted; of rows
outside their own scope only number, day and amount.  Every other reader gets the rows of the own
scope, and the page says how many there are in all.
"""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from hrss_portal.access.models import User
from hrss_portal.access.policy import can
from hrss_portal.access.routes import get_visible_or_404, policy
from hrss_portal.access.scope import acting_as_system
from hrss_portal.audit.log import record_access
from hrss_portal.indicators import catalogue, snapshots
from hrss_portal.indicators.catalogue import UnknownIndicator
from hrss_portal.indicators.engine import Ask
from hrss_portal.indicators.paging import Page, number_of, page_of
from hrss_portal.indicators.posting import page
from hrss_portal.indicators.rows import NoRows, Part, rows
from hrss_portal.indicators.seeing import may_see, own_rows, sees_rows
from hrss_portal.indicators.views import RowLine, listed, row_line
from hrss_portal.reports import writing
from hrss_portal.reports.composed import Use
from hrss_portal.reports.frozen_rows import FrozenRows, held_back, open_to
from hrss_portal.reports.models import Report

PART_LABELS = {"num": "分子", "den": "分母"}
PERIOD_LABELS = {"num": "本期", "previous": "上年同期"}


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
    labels = _part_labels(found)
    part: Any = request.GET.get("part") or "num"
    if part not in labels and part != "num":
        raise Http404
    record_access(
        "search",
        subject_type="indicators.figure",
        subject_id=found.code,
        label=f"{found.label} {report.title}"[:200],
    )
    whole = can(user, "reports.report.export", report)
    if report.state == Report.State.DRAFT:
        shown = _shown_now(request, found, part, whole=whole)
    else:
        shown = _shown_frozen(request, report, found, part, whole=whole)
    context = {
        "title": f"{found.label}明细",
        "report": report,
        "use": found,
        "shown": shown,
        **listed(shown.lines if shown else []),
        "frozen": report.state != Report.State.DRAFT,
        "part": part,
        "parts": [(name, label, f"?part={name}") for name, label in labels.items()],
        "part_label": labels.get(part, ""),
        "figure_url": found.rows_url if _may_see(user, found.code) else "",
        "crumbs": [
            ("报告", reverse("reports:reports")),
            (report.title, reverse("reports:report", args=[pk])),
            ("明细", ""),
        ],
    }
    return page(request, "reports/figure.html", context)


def _part_labels(use: Use) -> dict[str, str]:
    """The parts of a rate or a change, with their words; nothing for a figure of one part."""
    try:
        parts = snapshots.parts_of(use.code)
    except UnknownIndicator:
        return {}
    if len(parts) < 2:
        return {}
    labels = PERIOD_LABELS if "previous" in parts else PART_LABELS
    return {part: labels[part] for part in parts}


def _may_see(user: User, code: str) -> bool:
    """Whether the figure is still declared and its rows are open to the reader's post."""
    return code in catalogue.indicators() and may_see(user, code)


def _page_url(part: Part) -> Any:
    return lambda number: f"?{urlencode({'part': part, 'page': number})}"


def _page_of(request: HttpRequest, seen: int, part: Part) -> tuple[Page, tuple[int, int]]:
    """The page that is asked for, and its rows as a slice."""
    found = page_of(seen, number_of(request.GET.get("page")), _page_url(part))
    return found, (max(found.first_row - 1, 0), found.last_row)


def _shown_frozen(
    request: HttpRequest, report: Report, use: Use, part: Part, *, whole: bool
) -> Shown | None:
    """The rows that the number was frozen with; None for a number without rows."""
    user: Any = request.user
    kept = FrozenRows.of(report, use.id, part)
    if not kept.parts:
        return None
    if not whole:
        kept.limit_to(user if _may_see(user, use.code) else None)
    found, span = _page_of(request, kept.seen, part)
    return Shown(count=kept.count, seen=kept.seen, page=found, lines=kept.lines(user, *span))


def _shown_now(request: HttpRequest, use: Use, part: Part, *, whole: bool) -> Shown | None:
    """The rows of now as far as the reader may have them; None for a number without rows."""
    user: Any = request.user
    question = writing.question_of_use(use)
    try:
        with acting_as_system("report"):
            count = rows(use.code, question, part=part).count()
    except NoRows:
        return None
    if whole:
        seen = count
    else:
        seen = own_rows(user, use.code, question, part).count() if sees_rows(user, use.code) else 0
    found, span = _page_of(request, seen, part)
    lines: list[RowLine] = []
    if seen and whole:
        lines = _whole_lines(use.code, question, part, user, span)
    elif seen:
        own = own_rows(user, use.code, question, part)
        lines = [row_line(leaf, row) for leaf, row in own.slice(*span)]
    return Shown(count=count, seen=seen, page=found, lines=lines)


def _whole_lines(
    code: str, question: Ask, part: Part, user: User, span: tuple[int, int]
) -> list[RowLine]:
    """Every row that was counted, without the names of those out of the reader's scope."""
    with acting_as_system("report"):
        found = list(rows(code, question, part=part).slice(*span))
        lines = [row_line(leaf, row) for leaf, row in found]
    opened = open_to(user, [row for _, row in found])
    return [
        line if (type(row), row.pk) in opened else held_back(line)
        for line, (_, row) in zip(lines, found, strict=True)
    ]
