"""Files of a report: the docx and the check workbook, made by a job with progress."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse

from hrss_portal.documents.models import File
from hrss_portal.documents.uploads import attach, store_bytes
from hrss_portal.jobs.models import Job
from hrss_portal.jobs.queue import enqueue
from hrss_portal.reports import freezing, writing
from hrss_portal.reports.composed import NotReady
from hrss_portal.reports.models import Report
from hrss_portal.reports.workbook import build_workbook

KINDS = {"draft": "草稿", "final": "正式稿", "checks": "核数表"}


def request_export(report: Report, kind: str, *, by: Any) -> Job:
    """Ask for a file: ``draft``, ``final`` (docx) or ``checks`` (xlsx).

    Raises ``NotReady`` for the final version of a report that is not frozen, ``ValueError``.
    """
    if kind not in KINDS:
        raise ValueError(kind)
    if kind == "final" and report.state == Report.State.DRAFT:
        found = freezing.obstacles(report, writing.composed_of(report))
        words = "；".join(found[:5]) if found else "先定格再导出正式稿"
        raise NotReady(words)
    return enqueue("reports.export", {"report": report.pk, "kind": kind}, by=by)


def run(job: Job) -> dict[str, Any]:
    """The job: reads the figures section by section, writes the file, hands it to the report."""
    report = Report.objects.get(pk=job.payload["report"])
    kind = job.payload["kind"]

    def tell(done: int, total: int) -> None:
        job.progress(done, total + 1, "正在取数")

    composed = writing.composed_of(report, tell)
    if kind == "checks":
        content = build_workbook(
            composed,
            headings=writing.headings_of(report),
            checks=writing.checks_of(report),
            base_url=settings.PORTAL_URL,
        )
        name = f"{report.title}核数表.xlsx"
    else:
        from hrss_portal.reports.docx import build_docx  # noqa: PLC0415 - loaded with a file

        try:
            content = build_docx(composed, draft=kind == "draft", report=report.pk)
        except NotReady as error:
            raise ValidationError(str(error)) from error
        name = f"{report.title}{'（草稿）' if kind == 'draft' else ''}.docx"
    by = job.requested_by
    file = store_bytes(content, name, by=by, unit=report.org, kind=File.Kind.RESULT)
    attach(file, report, action="reports.report.view")
    return {
        "file": file.pk,
        "name": file.name,
        "url": reverse("documents:download", args=[file.pk]),
    }
