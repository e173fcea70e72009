"""Pages of figures: the catalogue, one figure, and the rows behind it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from hrss_portal import areas
from hrss_portal.access.models import User
from hrss_portal.access.policy import Decision, Refused, can
from hrss_portal.access.routes import policy
from hrss_portal.audit.commands import BadInput
from hrss_portal.audit.log import record_access
from hrss_portal.indicators import catalogue, charts, links, monthly, wording
from hrss_portal.indicators.asking import refused
from hrss_portal.indicators.boards import better_or_worse
from hrss_portal.indicators.breakdown import breakdown, dimension_labels, is_stock, trend
from hrss_portal.indicators.declare import Indicator, MonthlyFlow
from hrss_portal.indicators.engine import Ask
from hrss_portal.indicators.figures import Figure, Reader
from hrss_portal.indicators.named_filters import knows
from hrss_portal.indicators.paging import SIZE, number_of, page_of
from hrss_portal.indicators.periods import Period
from hrss_portal.indicators.posting import page
from hrss_portal.indicators.query_bar import asked, shared
from hrss_portal.indicators.row_names import named
from hrss_portal.indicators.rows import Leaf, NoRows, RowSet, amount_of, rows
from hrss_portal.indicators.rows import date_of as date_of_row
from hrss_portal.indicators.seeing import (
    answers_for,
    asked_as,
    by_reading,
    may_see,
    own_rows,
    reach,
    reading,
    visible_codes,
)

COLUMNS = ("key", "town", "handler")
PARTS = {"num": "本期", "den": "分母", "previous": "上年同期"}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One figure in a table: its words, its links, and the comparison with last year."""

    figure: Figure
    url: str
    rows_url: str
    change: Any
    good: str
    definition: str


@dataclass(frozen=True, kw_only=True)
class RowLine:
    """One row behind a figure; ``counts`` is False where a kept row would not count today.

    ``key`` is the number that people quote, empty where the row has none.
    """

    key: str
    name: str
    url: str
    on: str | None
    amount: str
    town: str = ""
    handler: str = ""
    counts: bool = True


def line_of(shown: Figure, question: Ask) -> Line:
    """A figure as a line of a table."""
    item = catalogue.get(shown.code)
    change = shown.measure.change
    percent = None if change is None else wording.rounded(change * 100, 1)
    return Line(
        figure=shown,
        url=links.figure_url(shown.code, question),
        rows_url=links.rows_url(shown.code, question),
        change=percent,
        good=better_or_worse(change, item.good),
        definition=item.definition,
    )


def question_for(item: Indicator, question: Ask) -> Ask:
    """The question with an open start for stocks, so that pages and reports ask the same."""
    if question.period.frm is not None and is_stock(item) and not isinstance(item, MonthlyFlow):
        return Ask(
            period=Period(None, question.period.to), org=question.org, filters=question.filters
        )
    return question


@policy("indicators.figure.view")
@require_safe
def figure_list(request: HttpRequest) -> HttpResponse:
    """指标目录: every figure that the user may see, by area."""
    question, error = asked(request)
    user: Any = request.user
    wanted = request.GET.get("q", "").strip()
    codes = [
        code
        for code, item in catalogue.indicators().items()
        if not wanted or wanted in item.label or wanted in code
    ]
    seen, hidden = visible_codes(user, codes)
    narrowed = [code for code in seen if knows(code, question.filters)]
    groups: dict[str, list[Line]] = {}
    try:
        with refused():
            for code, line in _lines(user, narrowed, question):
                groups.setdefault(catalogue.area_of(code), []).append(line)
    except BadInput as bad:
        groups, error = {}, bad.message
    names = {app.label: str(app.verbose_name) for app in areas.portal_apps()}
    context = shared(request, question, error, codes=seen) | {
        "title": "指标目录",
        "groups": [(names.get(label, label), lines) for label, lines in groups.items()],
        "hidden": hidden,
        "undivided": len(seen) - len(narrowed),
        "wanted": wanted,
    }
    return page(request, "indicators/figure_list.html", context)


def _lines(user: User, codes: list[str], question: Ask) -> list[tuple[str, Line]]:
    """The figures of a page in their order: those of the own scope and totals, read together."""
    found: dict[str, Line] = {}
    for together in by_reading(user, codes):
        asks = {code: _asked(user, code, question) for code in together}
        reader = Reader()
        with reading(user, together[0]):
            reader.prepare(list(asks.items()), compare=True)
            for code, asked_ in asks.items():
                found[code] = line_of(reader.figure(code, asked_, compare=True), asked_)
    return [(code, found[code]) for code in codes]


def _asked(user: User, code: str, question: Ask) -> Ask:
    return asked_as(user, code, question_for(catalogue.get(code), question))


def seen_or_refused(request: HttpRequest, code: str, *, whole: bool = False) -> Indicator:
    """The figure, 404 for a code that does not exist, 403 for one whose rows are not the user's;
    with ``whole`` also for one that counts no more than the user's own cases."""
    try:
        item = catalogue.get(code)
    except catalogue.UnknownIndicator:
        raise Http404 from None
    user: Any = request.user
    if not (answers_for if whole else may_see)(user, code):
        raise Refused(item.policy, Decision(False, "no-role", "岗位职责不含这项指标的明细"))
    return item


@policy("indicators.figure.view")
@require_safe
def figure_page(request: HttpRequest, code: str) -> HttpResponse:
    """One figure: the definition card, this year against last, thirteen months, by dimension."""
    item = seen_or_refused(request, code)
    question, error = asked(request)
    user: Any = request.user
    question = _asked(user, code, question)
    context = shared(request, question, error, codes=[code]) | {
        "title": item.label,
        "item": item,
        "definition": catalogue.definition_hash(code),
        "kind_label": KIND_LABELS.get(item.kind, item.kind),
        "parts": [catalogue.get(part) for part in dict.fromkeys(catalogue.parts(item))],
        "may_override": can(user, "indicators.figure.override") and answers_for(user, code),
        "crumbs": [("指标目录", reverse("indicators:figures")), (item.label, "")],
    }
    try:
        with refused(), reading(user, code):
            context |= _figure_context(code, item, question, request.GET.get("by", ""))
    except BadInput as bad:
        context |= {"bad": bad.message, "page_state": "error", "line": None}
    return page(request, "indicators/figure.html", context)


KIND_LABELS = {
    "count": "计数",
    "sum": "合计",
    "distinct": "去重计数",
    "ratio": "比率",
    "yearonyear": "同比",
    "duration": "时长",
    "target": "任务",
    "constant": "参数",
    "monthlyflow": "月度收办存",
}


def _figure_context(code: str, item: Indicator, question: Ask, by: str) -> dict[str, Any]:
    dimensions = {key: label for key, label in dimension_labels(code).items() if key != "month"}
    by = by if by in dimensions else next(iter(dimensions), "")
    months = trend(code, question) if item.kind not in ("target", "constant") else []
    return {
        "line": line_of(Reader().figure(code, question, compare=True), question),
        "months": [(cell, links.rows_url(code, cell.question)) for cell in months],
        "drawn": charts.columns(months),
        "dimensions": dimensions,
        "by": by,
        "by_label": dimensions.get(by, ""),
        "cells": [
            (cell, links.rows_url(code, cell.question))
            for cell in (breakdown(code, by, question) if by else [])
        ],
        "adds_up": item.kind in ("count", "sum", "monthlyflow"),
        "monthly": months_of(code, question) if isinstance(item, MonthlyFlow) else None,
        "has_rows": item.kind != "constant",
        "parts_of": [
            (label, links.rows_url(code, question, part))
            for part, label in PARTS.items()
            if _has_part(code, question, part)
        ],
    }


def months_of(code: str, question: Ask) -> list[dict[str, Any]]:
    """The lines of a monthly table: each number with its rows, beside the year before."""
    return [
        {
            "line": line,
            "cells": [
                (getattr(line, part), links.monthly_url(code, line.question, part))
                for part, _ in monthly.PARTS
            ],
            "before": [
                (
                    was,
                    links.monthly_url(code, line.question.previous(), part),
                    None if change is None else wording.rounded(change * 100, 1),
                )
                for part, was, change in line.last_year
            ],
        }
        for line in monthly.table(code, question)
    ]


def _has_part(code: str, question: Ask, part: Any) -> bool:
    if part == "previous" and catalogue.get(code).kind == "target":
        return False
    try:
        rows(code, question, part=part)
    except NoRows:
        return False
    return True


@policy("indicators.figure.view")
@require_safe
def row_list(request: HttpRequest, code: str) -> HttpResponse:
    """下钻明细: the rows behind a figure under the conditions of the address, count = value."""
    item = seen_or_refused(request, code)
    question, error = asked(request)
    user: Any = request.user
    question = _asked(user, code, question)
    part: Any = request.GET.get("part") or "num"
    if part not in PARTS:
        raise Http404
    _log(code, question, item.label)
    context = shared(request, question, error, codes=[code]) | {
        "title": f"{item.label}明细",
        "item": item,
        "part": part,
        "may_export": can(request.user, "indicators.figure.export"),  # type: ignore[arg-type]
        "crumbs": _crumbs(item, question),
    }
    try:
        with refused():
            with reading(user, code):
                shown = Reader().figure(code, question)
                counted = rows(code, question, part=part).count()
            context |= {"figure": shown, "part_label": PARTS[part], "counted": counted}
            context |= _row_context(request, own_rows(user, code, question, part))
    except BadInput as bad:
        context |= {"bad": bad.message, "page_state": "error", "lines": []}
    return page(request, "indicators/rows.html", context)


@policy("indicators.figure.view")
@require_safe
def monthly_row_list(request: HttpRequest, code: str) -> HttpResponse:
    """The rows behind one cell of a monthly table."""
    item = seen_or_refused(request, code)
    labels = dict(monthly.PARTS)
    part: Any = request.GET.get("part", "")
    question, error = asked(request)
    if not isinstance(item, MonthlyFlow) or part not in labels or question.period.frm is None:
        raise Http404
    user: Any = request.user
    question = asked_as(user, code, question)
    _log(code, question, item.label)
    found = monthly.part_rows(code, question, part)
    with reading(user, code):
        counted = found.all().count()
    found = found.filter(reach(user, found.model))
    number, total = number_of(request.GET.get("page")), found.count()
    shown = page_of(total, number, _page_url(request))
    leaf = Leaf(item=item, question=question)
    first = max(shown.first_row - 1, 0)
    context = shared(request, question, error, codes=[code]) | {
        "title": f"{item.label}明细",
        "item": item,
        "part": part,
        "may_export": False,
        "part_label": labels[part],
        "figure": None,
        "page": shown,
        "total": wording.grouped(Decimal(total)),
        "count": total,
        "counted": counted,
        **listed([row_line(leaf, row) for row in found[first : shown.last_row]]),
        "crumbs": _crumbs(item, question),
    }
    return page(request, "indicators/rows.html", context)


def _crumbs(item: Indicator, question: Ask) -> list[tuple[str, str]]:
    return [
        ("指标目录", reverse("indicators:figures")),
        (item.label, links.figure_url(item.code, question)),
        ("明细", ""),
    ]


def _row_context(request: HttpRequest, found: RowSet) -> dict[str, Any]:
    total = found.count()
    shown = page_of(total, number_of(request.GET.get("page")), _page_url(request))
    first = max(shown.first_row - 1, 0)
    lines = [
        row_line(leaf, row) for leaf, row in found.slice(first, shown.last_row if total else SIZE)
    ]
    return {
        "page": shown,
        "count": total,
        "total": wording.grouped(found.total()),
        **listed(lines),
    }


def _page_url(request: HttpRequest) -> Any:
    def url(number: int) -> str:
        params = request.GET.copy()
        params["page"] = str(number)
        return f"?{params.urlencode()}"

    return url


def row_line(leaf: Leaf, row: Any) -> RowLine:
    """One row as it is listed: key, name, address, day, what it adds."""
    name = named(row)
    return RowLine(
        key=name.number,
        name=name.name,
        url=links.record_url(row),
        on=date_of_row(leaf, row),
        amount=wording.grouped(amount_of(row)),
        town=name.town,
        handler=name.handler,
    )


def listed(lines: list[RowLine]) -> dict[str, Any]:
    """What ``indicators/_rows.html`` shows: the rows, and the columns that any of them fills."""
    filled = {name: any(getattr(line, name) for line in lines) for name in COLUMNS}
    return {"lines": lines, "filled": filled}


def _log(code: str, question: Ask, label: str) -> None:
    """Opening the rows behind a figure is a search over records, so it is in the access log."""
    record_access(
        "search",
        subject_type="indicators.figure",
        subject_id=code,
        label=f"{label} {links.conditions(question)}"[:200],
    )
