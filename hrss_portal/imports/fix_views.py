"""Step 3: what is wrong, by cause and by row, and putting it right."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from hrss_portal.access.routes import policy
from hrss_portal.audit.log import record_access
from hrss_portal.documents.views import attachment
from hrss_portal.imports import batches, fixing, landing
from hrss_portal.imports.cleaning import Cleaner, is_personal
from hrss_portal.imports.models import Batch, StagedRow, row_totals
from hrss_portal.imports.steps import (
    INLINE_ROWS,
    batch_or_404,
    frame,
    guarded,
    is_working,
    job_of,
    to_step,
    version_of,
    who,
)
from hrss_portal.imports.workbooks import error_workbook
from hrss_portal.jobs.queue import enqueue

PAGE_ROWS = 50
TRIED_AT_ONCE = 200  # rows of a batch that is tried out after each change, some 10 ms a row
SHOW = (("wrong", "只看有错"), ("look", "只看要看的"), ("skipped", "只看跳过的"), ("all", "全部"))
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@policy("imports.batch.edit")
@never_cache
@require_http_methods(["GET", "POST"])
@guarded
def fix(request: HttpRequest, batch: Batch) -> HttpResponse:
    """The rows with their messages; POST puts cells, groups or whole rows right."""
    if request.method == "POST":
        return ACTIONS.get(request.POST.get("do", ""), _next)(request, batch)
    if is_working(batch):
        return render(request, "imports/working.html", _working(batch))
    if batch.state in {Batch.State.UPLOADED, Batch.State.RECOGNISED}:
        if batch.note:
            messages.error(request, batch.note)
        return to_step(batch, "columns")
    if batch.state not in Batch.OPEN:
        return to_step(batch)
    return render(request, "imports/fix.html", _fix_page(request, batch))


def _working(batch: Batch) -> dict[str, Any]:
    return frame(batch, "fix", job=job_of(batch))


def _fix_page(request: HttpRequest, batch: Batch) -> dict[str, Any]:
    cleaner = Cleaner(batch.sheet, batch.place)
    totals = row_totals(batch)
    show = request.GET.get("show", "wrong")
    cause = request.GET.get("cause", "")
    page = Paginator(_rows(batch, show, cause), PAGE_ROWS).get_page(request.GET.get("page"))
    mapped = fixing.columns_of(batch, cleaner)
    return frame(
        batch,
        "fix",
        totals=totals,
        good=totals["ok"] + totals["look"],
        tried=batch.tried_version is not None,
        more=urlencode({"show": show, "cause": cause}),
        groups=fixing.causes(batch),
        looks=fixing.causes(batch, level="look"),
        lists=_lists(cleaner, mapped),
        rows=[_editable(row, cleaner) for row in fixing.table_rows(batch, list(page), cleaner)],
        page=page,
        show=show,
        cause=cause,
        shows=SHOW,
        left_out=batch.left_out[:20],
        left_out_more=max(0, len(batch.left_out) - 20),
    )


def _rows(batch: Batch, show: str, cause: str) -> QuerySet[StagedRow]:
    rows = StagedRow.objects.filter(batch=batch).defer("outcome").order_by("number")
    if cause:
        return rows.filter(causes__contains=[cause])
    if show in {"wrong", "look"}:
        return rows.filter(level=show, skipped=False)
    return rows.filter(skipped=True) if show == "skipped" else rows


def _lists(cleaner: Cleaner, columns: list[Any]) -> list[tuple[str, list[str]]]:
    """The closed lists of columns, once per page, for the browser to suggest from."""
    found = [(column.name, fixing.options(cleaner.fields[column.name])) for column in columns]
    return [(name, words) for name, words in found if words]


def _editable(shown: dict[str, Any], cleaner: Cleaner) -> dict[str, Any]:
    """Cells that are wrong become boxes; personal values stay masked, an empty box keeps them."""
    for cell in shown["cells"]:
        column = cell["column"]
        field = cleaner.fields[column.name]
        cell["private"] = is_personal(field, column)
        cell["shown"] = fixing.masked_text(field, column, cell["text"])
        cell["wrong"] = any(item["level"] == "wrong" for item in cell["messages"])
        cell["list"] = bool(fixing.options(field))
    shown["asked"] = [cell for cell in shown["cells"] if cell["messages"]]
    shown["others"] = [cell for cell in shown["cells"] if not cell["messages"] and cell["text"]]
    return shown


def _cells(request: HttpRequest, batch: Batch) -> HttpResponse:
    """Boxes of the page, sent together: only those whose text changed."""
    changes: dict[int, dict[str, str]] = {}
    for name in request.POST:
        kind, _, rest = name.partition(":")
        place, _, column = rest.partition(":")
        if kind != "cell" or not place.isdecimal() or len(place) > 9:
            continue
        text = str(request.POST[name])
        if text.strip() != str(request.POST.get(f"was:{rest}", "")).strip():
            changes.setdefault(int(place), {})[column] = text
    version = version_of(request)
    for number, texts in changes.items():
        get_object_or_404(StagedRow, batch=batch, number=number)
        fixing.edit_cells(batch, number, texts, version=version)
        version += 1
    words = f"已改 {len(changes)} 行" if changes else "没有改动"
    messages.success(request, words)
    return _back(request, batch)


def _group(request: HttpRequest, batch: Batch) -> HttpResponse:
    text = request.POST.get("text", "").strip()
    cause = request.POST.get("cause", "")
    if not text:
        raise landing.NotPossible("text", "填写要换成的内容")
    changed = fixing.replace_in_group(batch, cause, text, version=version_of(request))
    messages.success(request, f"已把 {changed} 行换成“{text}”")
    return _back(request, batch)


def _skip(request: HttpRequest, batch: Batch) -> HttpResponse:
    out = request.POST.get("do") == "skip"
    numbers = [int(text) for text in request.POST.getlist("row") if text.isdecimal()]
    changed = fixing.skip(batch, numbers, out=out, version=version_of(request))
    messages.success(request, f"已{'跳过' if out else '恢复'} {changed} 行")
    return _back(request, batch)


def _later(request: HttpRequest, batch: Batch) -> HttpResponse:
    messages.success(request, f"已存好“{batch.file_name}”，可以改天再改，同单位的人也可以接手")
    return redirect("imports:batches")


def _next(request: HttpRequest, batch: Batch) -> HttpResponse:
    """Checks everything again and goes on to the confirm page; wrong rows stay out.

    Rows that only this check refuses are shown first.
    """
    if batch.state != Batch.State.FIXING:
        return to_step(batch, "confirm")
    if batch.read > INLINE_ROWS:
        batch.job_id = enqueue("imports.retry", {"batch": batch.pk}, by=who(request)).pk
        batch.save()
        return to_step(batch, "fix")
    known = _wrong(batch)
    landing.try_out(batch, by=who(request))
    late = _wrong(batch) - known
    if late:
        messages.warning(request, f"再次核对时又有 {len(late)} 行不能导入，问题见下面各行")
    return to_step(batch, "fix" if late else "confirm")


def _wrong(batch: Batch) -> set[int]:
    rows = StagedRow.objects.filter(batch=batch, level="wrong", skipped=False)
    return set(rows.order_by("number").values_list("number", flat=True))


ACTIONS = {"cells": _cells, "group": _group, "skip": _skip, "unskip": _skip, "later": _later}


def _back(request: HttpRequest, batch: Batch) -> HttpResponse:
    """Back to the same part of the page, where a batch that is not large was tried out anew: what
    the landing refused stays wrong until the landing takes it."""
    fresh = Batch.objects.get(pk=batch.pk)
    if fresh.state == Batch.State.FIXING and fresh.read <= TRIED_AT_ONCE:
        landing.try_out(fresh, by=who(request))
    show = request.POST.get("show", "wrong")
    known = {name for name, _ in SHOW}
    url = reverse("imports:fix", args=[batch.pk])
    return redirect(f"{url}?show={show}" if show in known and show != "wrong" else url)


@policy("imports.batch.edit")
@never_cache
@require_http_methods(["GET", "POST"])
@guarded
def row(request: HttpRequest, batch: Batch, number: int) -> HttpResponse:
    """One row with all its cells as boxes."""
    staged = get_object_or_404(StagedRow, batch=batch, number=number)
    if batch.state not in {Batch.State.FIXING, Batch.State.READY}:
        return to_step(batch)
    if request.method == "POST":
        return _cells(request, batch)
    cleaner = Cleaner(batch.sheet, batch.place)
    shown = _editable(fixing.table_rows(batch, [staged], cleaner)[0], cleaner)
    columns = [cell["column"] for cell in shown["cells"]]
    context = frame(batch, "fix", shown=shown, lists=_lists(cleaner, columns))
    return render(request, "imports/row.html", context)


@policy("imports.batch.view")
@require_GET
def errors(request: HttpRequest, pk: int) -> FileResponse:
    """The error workbook, in the sender's own columns; noted before it leaves."""
    batch = batch_or_404(request, pk)
    if batch.state not in Batch.OPEN:
        batches.require_rows(who(request), batch, "imports.batch.view")
    record_access(
        "export",
        subject_type="imports.batch",
        subject_id=batch.pk,
        label=f"{batch.title} 错误表",
    )
    told = batch.file_name.rpartition(".")[0] or batch.title
    name = f"{told}-错误表-{timezone.localdate():%Y%m%d}.xlsx"
    return attachment([error_workbook(batch)], name, XLSX)
