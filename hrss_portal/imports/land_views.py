"""Steps 4 and 5: consequences first, landing, the receipt, taking back."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from hrss_portal.access.routes import policy
from hrss_portal.audit.log import record_access
from hrss_portal.imports import batches, fixing
from hrss_portal.imports.cleaning import Cleaner
from hrss_portal.imports.landing import NotPossible
from hrss_portal.imports.models import UNDO_DAYS, Batch, StagedRow, row_totals
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
from hrss_portal.jobs.queue import enqueue

SAMPLE = 20
PAGE_ROWS = 50


@policy("imports.batch.edit")
@never_cache
@require_http_methods(["GET", "POST"])
@guarded
def confirm(request: HttpRequest, batch: Batch) -> HttpResponse:
    """Step 4: what landing will do, in numbers; POST lands."""
    if batch.state == Batch.State.FIXING:
        return to_step(batch, "fix")
    if request.method == "POST":
        return _land(request, batch)
    if batch.state != Batch.State.READY or batch.tried_version is None:
        return to_step(batch)
    rows = StagedRow.objects.filter(batch=batch).defer("outcome")
    cleaner = Cleaner(batch.sheet, batch.place)
    context = frame(
        batch,
        "confirm",
        totals=row_totals(batch),
        sample=[
            (row, fixing.name_of(row, batch, cleaner))
            for row in rows.exclude(action__in=["", "unchanged"]).order_by("number")[:SAMPLE]
        ],
        lands=batch.created + batch.updated,
        before=batches.same_before(batch),
        converted=[cleaner.columns[name].heading for name in cleaner.converted],
        can_undo=batch.sheet.call("undo") is not None,
        days=UNDO_DAYS,
    )
    return render(request, "imports/confirm.html", context)


def _land(request: HttpRequest, batch: Batch) -> HttpResponse:
    job = job_of(batch)
    again = batch.state == Batch.State.RUNNING and job is not None and job.is_finished
    if batch.state != Batch.State.READY and not again:
        return to_step(batch)
    if version_of(request) != batch.version:
        raise NotPossible("stale", "这一批在你打开之后又有改动，请看过下面的数字再确认。")
    if batch.read <= INLINE_ROWS:
        batches.commit(batch, by=who(request))
        return to_step(batch, "result")
    key = f"imports.commit:{batch.pk}:{batch.version}:{batch.job_id}"
    batch.state = Batch.State.RUNNING
    batch.job_id = enqueue("imports.commit", {"batch": batch.pk}, key=key, by=who(request)).pk
    batch.save()
    return to_step(batch, "result")


@policy("imports.batch.view")
@never_cache
@require_GET
def result(request: HttpRequest, pk: int) -> HttpResponse:
    """Step 5: the receipt; while it lands, how far it is."""
    batch = batch_or_404(request, pk)
    if batch.state in Batch.OPEN:
        return to_step(batch)
    job = job_of(batch)
    failed = batch.state == Batch.State.RUNNING and job is not None and job.state == "dead"
    reads = batches.reads_rows(who(request), batch)
    context = frame(
        batch,
        "result",
        **(_rows_of(batch, request) if reads else {"counted": False, "action": ""}),
        reads=reads,
        job=job,
        failed=failed,
        undo_until=batch.committed_at + timedelta(days=UNDO_DAYS) if batch.committed_at else None,
    )
    return render(request, "imports/result.html", context)


def _rows_of(batch: Batch, request: HttpRequest) -> dict[str, Any]:
    """The rows behind one count of the receipt, masked and noted; none once they are deleted."""
    staged = StagedRow.objects.filter(batch=batch).defer("outcome").order_by("number")
    action = request.GET.get("rows", "")
    known = dict(StagedRow.Action.choices)
    if action not in known:
        return {"counted": staged.exists(), "action": ""}
    record_access(
        "search",
        subject_type="imports.batch",
        subject_id=batch.pk,
        label=f"{batch.title} {known[action]}的行"[:200],
    )
    page = Paginator(staged.filter(action=action), PAGE_ROWS).get_page(request.GET.get("page"))
    cleaner = Cleaner(batch.sheet, batch.place)
    return {
        "counted": True,
        "action": action,
        "action_words": known[action],
        "columns": fixing.columns_of(batch, cleaner),
        "rows": fixing.masked_rows(batch, list(page), cleaner),
        "page": page,
        "more": urlencode({"rows": action}),
    }


@policy("imports.batch.view")
@never_cache
@require_GET
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the job of a batch is, for the page that refreshes itself."""
    batch = batch_or_404(request, pk)
    response = render(request, "imports/_progress.html", {"batch": batch, "job": job_of(batch)})
    if not is_working(batch):
        response.headers["HX-Refresh"] = "true"
    return response


@policy("imports.batch.undo")
@never_cache
@require_http_methods(["GET", "POST"])
@guarded
def undo(request: HttpRequest, batch: Batch) -> HttpResponse:
    """Taking a landed batch back, consequences first."""
    if not batch.may_undo:
        return to_step(batch)
    batches.require_rows(who(request), batch, "imports.batch.undo")
    if request.method == "POST":
        undone = batches.undo(batch, by=who(request))
        kept = f"，{len(undone.kept)} 行之后又被改过，没有撤销" if undone.kept else ""
        messages.success(request, f"已撤销本批{kept}")
        return to_step(undone, "result")
    return render(request, "imports/undo.html", frame(batch, "result"))
