"""当时与现在: which numbers of a frozen report would be others today, and by which rows."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from hrss_portal.access.models import User
from hrss_portal.access.policy import can
from hrss_portal.access.routes import get_visible_or_404, policy
from hrss_portal.indicators.posting import page
from hrss_portal.indicators.snapshots import PartChange
from hrss_portal.reports import freezing
from hrss_portal.reports.frozen_rows import numbers_of
from hrss_portal.reports.models import Report

MOST_NAMED = 10
LABELS = {"num": "", "den": "分母", "previous": "上年同期"}


@policy("reports.report.view")
@require_safe
def report_difference(request: HttpRequest, pk: int) -> HttpResponse:
    """当时与现在: which frozen figures would be others today, and by which rows."""
    report = get_visible_or_404(Report, pk=pk)
    if report.state == Report.State.DRAFT:
        raise Http404
    user: Any = request.user
    whole = can(user, "reports.report.export", report)
    context = {
        "title": f"当时与现在：{report.title}",
        "report": report,
        "differences": [
            (figure, now, [_part_change(user, part, whole) for part in now.parts if not part.same])
            for figure, now in freezing.differences(report)
        ],
        "crumbs": [
            ("报告", reverse("reports:reports")),
            (report.title, reverse("reports:report", args=[pk])),
            ("当时与现在", ""),
        ],
    }
    return page(request, "reports/difference.html", context)


def _part_change(user: User, part: PartChange, whole: bool) -> dict[str, Any]:
    """How many rows then and now, and the first of those that came and went, by their numbers."""
    moves = []
    for word, keys in (("增", part.came), ("减", part.went)):
        if keys:
            lines = numbers_of(user, part.model, keys[:MOST_NAMED], whole=whole)
            moves.append((f"{word} {len(keys)} 行", lines, len(keys) - len(lines)))
    return {
        "label": LABELS[part.part],
        "before": part.before,
        "now": part.now,
        "came": part.came,
        "went": part.went,
        "moves": moves,
    }
