"""Boards, yearly tasks and as-reported values."""

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hrss_portal.access.models import Unit
from hrss_portal.access.policy import Decision, Refused, can, require
from hrss_portal.access.routes import get_visible_or_404, policy
from hrss_portal.audit.commands import BadInput
from hrss_portal.indicators import boards as drawing
from hrss_portal.indicators import catalogue, links, wording
from hrss_portal.indicators.asking import refused
from hrss_portal.indicators.declare import Board, Target
from hrss_portal.indicators.engine import Ask
from hrss_portal.indicators.figures import Reader
from hrss_portal.indicators.forms import OverrideForm, TargetForm
from hrss_portal.indicators.models import AnnualTarget, Override, key_of
from hrss_portal.indicators.named_filters import knows, words
from hrss_portal.indicators.posting import once, page
from hrss_portal.indicators.query_bar import asked, shared
from hrss_portal.indicators.row_files import TooManyRows, rows_workbook
from hrss_portal.indicators.rows import rows
from hrss_portal.indicators.seeing import asked_as, own_rows, reading, visible_codes
from hrss_portal.indicators.views import PARTS, months_of, question_for, seen_or_refused

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@policy("indicators.board.view")
@require_safe
def board_list(request: HttpRequest) -> HttpResponse:
    """Every board that has at least one figure for the user."""
    user: Any = request.user
    found = []
    for board in catalogue.boards().values():
        codes = [line.code for line in drawing.lines_of(board)]
        seen, _ = visible_codes(user, codes)
        if seen and can(user, board.policy):
            found.append((board, len(seen)))
    context = {"title": "看板", "boards": found, "page_state": "ready" if found else "empty"}
    return page(request, "indicators/board_list.html", context)


@policy("indicators.board.view")
@require_safe
def board_page(request: HttpRequest, code: str) -> HttpResponse:
    """One board: value, task, pace, change, thirteen months, and monthly tables below."""
    board = catalogue.boards().get(code)
    user: Any = request.user
    if board is None:
        raise Http404
    require(user, board.policy)
    question, error = asked(request)
    seen, hidden = visible_codes(user, [line.code for line in drawing.lines_of(board)])
    codes = [*seen, *visible_codes(user, list(board.monthly))[0]]
    narrowed = {code for code in seen if knows(code, question.filters)}
    context = shared(request, question, error, codes=codes) | {
        "title": board.title,
        "board": board,
        "lines": [],
        "tasked": False,
        "hidden": hidden,
        "undivided": [
            catalogue.get(code).label for code in codes if not knows(code, question.filters)
        ],
        "crumbs": [("看板", reverse("indicators:boards")), (board.title, "")],
    }
    try:
        with refused():
            context["lines"] = drawing.show(board, question, narrowed, user)
            context["tasked"] = any(line.target is not None for line in context["lines"])
            context["tables"] = _tables(user, board, question)
    except BadInput as bad:
        context |= {"bad": bad.message, "page_state": "error"}
    return page(request, "indicators/board.html", context)


def _tables(user: Any, board: Board, question: Ask) -> list[dict[str, Any]]:
    seen, _ = visible_codes(user, list(board.monthly))
    return [
        {"item": catalogue.get(code), "lines": _months(user, code, question)}
        for code in seen
        if knows(code, question.filters)
    ]


def _months(user: Any, code: str, question: Ask) -> list[dict[str, Any]]:
    with reading(user, code):
        return months_of(code, asked_as(user, code, question))


@policy("indicators.target.edit")
@require_http_methods(["GET", "HEAD", "POST"])
@once
def target_page(request: HttpRequest, code: str) -> HttpResponse:
    """The yearly tasks of one figure; a new entry replaces the one for the same year and unit."""
    item = seen_or_refused(request, code, whole=True)
    measures = item.measures if isinstance(item, Target) else code
    user: Any = request.user
    units = Unit.objects.within(user.unit.root).filter(kind__in=("bureau", "town", "office"))
    form = TargetForm(
        request.POST or None,
        units=units,
        initial={"year": timezone.localdate().year, "unit": user.unit.root_id},
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        AnnualTarget.objects.update_or_create(
            code=measures,
            year=given["year"],
            unit=given["unit"],
            filters="",
            defaults={"value": given["value"], "basis": given["basis"], "set_by": user},
        )
        messages.success(request, f"已登记{given['year']}年任务，完成率随即按它计算")
        return redirect("indicators:targets", code=code)
    tasks = AnnualTarget.objects.filter(code=measures, unit__in=units).order_by("-year", "unit")
    context = {
        "title": f"{item.label}：年度任务",
        "item": item,
        "form": form,
        "tasks": tasks.select_related("unit", "set_by"),
        "crumbs": [
            ("指标目录", reverse("indicators:figures")),
            (item.label, reverse("indicators:figure", args=[code])),
            ("年度任务", ""),
        ],
    }
    return page(request, "indicators/targets.html", context)


@policy("indicators.figure.override")
@require_http_methods(["GET", "HEAD", "POST"])
@once
def override_page(request: HttpRequest, code: str) -> HttpResponse:
    """An as-reported value for the question in the address, with its reason; the computed value is
    kept beside it.  A new one replaces the one in force."""
    item = seen_or_refused(request, code, whole=True)
    question, error = asked(request)
    user: Any = request.user
    question = asked_as(user, code, question_for(item, question))
    if question.org and not question.org.path.startswith(user.unit.root.path):
        raise Refused("indicators.figure.override", Decision(False, "out-of-scope", "不是本局的数"))
    with reading(user, code):
        shown = Reader().figure(code, question)
    form = OverrideForm(request.POST or None, percent=item.style.unit == "%")
    if request.method == "POST" and not error and form.is_valid():
        withdraw(code, question, user.name)
        code_, from_on, to_on, org, own, filters = key_of(code, question)
        form.instance.__dict__.update(
            code=code_, from_on=from_on, to_on=to_on, org_id=org, own=own, filters=filters
        )
        form.instance.computed = shown.value and wording.rounded(shown.value, 8)
        form.instance.by, form.instance.by_name = user, user.name
        form.save()
        messages.success(request, "已登记上报值，系统计算值同时保留")
        return redirect(links.figure_url(code, question))
    context = {
        "title": f"{item.label}：登记上报值",
        "question": question,
        "page_state": "error" if error else "ready",
        "filter_words": words(code, question.filters),
        "item": item,
        "figure": shown,
        "form": form,
        "computed": wording.base_text(shown.value),
        "conditions": links.conditions(question),
        "crumbs": [
            ("指标目录", reverse("indicators:figures")),
            (item.label, links.figure_url(code, question)),
            ("上报值", ""),
        ],
    }
    return page(request, "indicators/override.html", context)


def of_bureau(user: Any) -> Q:
    """The stored answers that the user's bureau may set: about itself, or about all roots."""
    return Q(org=None) | Q(org__path__startswith=user.unit.root.path)


def withdraw(code: str, question: Ask, name: str) -> None:
    """Take the as-reported value in force back; it stays on record."""
    code_, from_on, to_on, org, own, filters = key_of(code, question)
    Override.objects.filter(
        code=code_,
        from_on=from_on,
        to_on=to_on,
        org=org,
        own=own,
        filters=filters,
        withdrawn_at=None,
    ).update(withdrawn_at=timezone.now(), withdrawn_by_name=name)


@policy("indicators.figure.override")
@require_POST
@once
def override_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one as-reported value back; a second time changes nothing."""
    user: Any = request.user
    found = get_visible_or_404(Override.objects.filter(of_bureau(user)), pk=pk)
    seen_or_refused(request, found.code, whole=True)
    if found.withdrawn_at is None:
        found.withdrawn_at, found.withdrawn_by_name = timezone.now(), user.name
        found.save(update_fields=["withdrawn_at", "withdrawn_by_name"])
        messages.success(request, "已撤销上报值，恢复系统计算值")
    return redirect("indicators:figure", code=found.code)


@policy("indicators.figure.export")
@require_safe
def rows_export(request: HttpRequest, code: str) -> HttpResponse:
    """The rows behind a figure as a workbook, under the conditions of the address."""
    item = seen_or_refused(request, code, whole=True)
    question, error = asked(request)
    part: Any = request.GET.get("part") or "num"
    user: Any = request.user
    question = asked_as(user, code, question_for(item, question))
    if error or part not in PARTS:
        raise Http404
    try:
        with refused():
            with reading(user, code):
                shown = Reader().figure(code, question)
                counted = rows(code, question, part=part).count()
            content = rows_workbook(
                shown,
                own_rows(user, code, question, part),
                counted=counted,
                part_label=PARTS[part],
                by=user.name,
            )
    except (BadInput, TooManyRows) as bad:
        messages.error(request, str(bad))
        return redirect(links.rows_url(code, question, part))
    answer = HttpResponse(content, content_type=XLSX)
    name = quote(f"{item.label}明细-{timezone.localdate():%Y%m%d}.xlsx")
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return answer
