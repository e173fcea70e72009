"""Templates and exports."""

import io
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from hrss_portal.access.routes import policy
from hrss_portal.documents.views import attachment
from hrss_portal.imports import exporting
from hrss_portal.imports.fix_views import XLSX
from hrss_portal.imports.steps import sheet_or_404, who
from hrss_portal.imports.workbooks import template
from hrss_portal.jobs.queue import enqueue


@policy("imports.sheet.view")
@require_GET
def sheet_template(request: HttpRequest, code: str) -> FileResponse:
    """The empty workbook of a sheet."""
    sheet = sheet_or_404(request, code)
    name = f"{sheet.title}-模板-{sheet.version}-{timezone.localdate():%Y%m%d}.xlsx"
    return attachment([template(sheet)], name, XLSX)


@policy("imports.sheet.view")
@require_http_methods(["GET", "POST"])
def export(request: HttpRequest, code: str) -> HttpResponse | FileResponse:
    """The rows of a sheet: few at once, many by a job into the download centre.

    The filter arrives as ``filter=key=value;key=a|b``; GET asks for the reason, POST exports.
    """
    sheet = sheet_or_404(request, code)
    text = request.POST.get("filter", request.GET.get("filter", ""))
    try:
        filters = exporting.parse_filters(text)
        rows = exporting.rows_of(sheet, filters)
    except (LookupError, exporting.UnknownFilter):
        raise Http404 from None
    count = rows.count() if isinstance(rows, QuerySet) else len(list(rows))
    reason = request.POST.get("reason", "").strip()
    if request.method != "POST" or not reason:
        context = {
            "title": f"导出{sheet.title}",
            "sheet": sheet,
            "filter": text,
            "filters": [(name, "、".join(values)) for name, values in filters.items()],
            "count": count,
            "job_rows": exporting.JOB_ROWS,
            "missing": request.method == "POST",
        }
        return render(request, "imports/export.html", context)
    if count > exporting.JOB_ROWS:
        payload = {"sheet": sheet.code, "filter": text, "reason": reason[:200]}
        job = enqueue("imports.export", payload, by=who(request))
        messages.success(
            request, f"正在导出 {count} 行，完成后在“作业与下载中心”下载（作业 {job.pk}）"
        )
        return redirect(f"{reverse('imports:export', args=[code])}?{urlencode({'filter': text})}")
    stream = io.BytesIO()
    shown = [(name, "、".join(values)) for name, values in filters.items()]
    exporting.export_rows(sheet, rows, stream, by=who(request), filters=shown, reason=reason)
    name = f"{sheet.title}-{timezone.localdate():%Y%m%d}.xlsx"
    return attachment([stream.getvalue()], name, XLSX)
