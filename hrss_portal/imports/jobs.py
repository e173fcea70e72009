"""Jobs of the imports: reading and landing large files, and deleting what need not be kept."""

import io
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from hrss_portal.areas import JobKind
from hrss_portal.documents.uploads import store_bytes
from hrss_portal.imports import batches, exporting, landing, registry, staging
from hrss_portal.imports.models import Batch
from hrss_portal.imports.refusals import FileRefused
from hrss_portal.jobs.models import Job


def read(job: Job) -> dict[str, Any]:
    """Stages and tries out a recognised batch; a refusal of the file is its result, not a fault."""
    batch = Batch.objects.get(pk=job.payload["batch"])
    try:
        staging.stage(batch, job=job)
        landing.try_out(batch, by=job.requested_by)
    except FileRefused as refused:
        batch.note = str(refused)[:500]
        batch.save()
        return {"batch": batch.pk, "refused": str(refused)}
    return _told(batch)


def _told(batch: Batch) -> dict[str, Any]:
    return {"batch": batch.pk, "url": reverse("imports:batch", args=[batch.pk])} | batch.figures()


def retry(job: Job) -> dict[str, Any]:
    """Tries a corrected batch out again."""
    batch = landing.try_out(Batch.objects.get(pk=job.payload["batch"]), by=job.requested_by)
    return _told(batch)


def commit(job: Job) -> dict[str, Any]:
    """Lands a batch; one transaction with the outcome of the job, so it lands exactly once."""
    batch = Batch.objects.get(pk=job.payload["batch"])
    if job.requested_by is None:
        raise PermissionError("a batch is landed by a person")
    landed = batches.commit(batch, by=job.requested_by, job=job)
    return _told(landed)


def export(job: Job) -> dict[str, Any]:
    """Exports a sheet into a file of the requester, kept for seven days."""
    by = job.requested_by
    if by is None:
        raise PermissionError("an export belongs to a person")
    sheet = registry.sheet(job.payload["sheet"])
    filters = exporting.parse_filters(job.payload["filter"])
    stream = io.BytesIO()
    count = exporting.export_rows(
        sheet,
        exporting.rows_of(sheet, filters),
        stream,
        by=by,
        filters=[(name, "、".join(values)) for name, values in filters.items()],
        reason=job.payload["reason"],
        progress=lambda done: job.progress(done, None, f"已写 {done} 行"),
    )
    today = timezone.localdate()
    file = store_bytes(
        stream.getvalue(),
        f"{sheet.title}-{today:%Y%m%d}.xlsx",
        by=by,
        unit=by.unit,
        expires_on=today + timedelta(days=7),
    )
    return {"file": file.pk, "rows": count}


def forget(job: Job) -> dict[str, int]:
    """Deletes uploaded files after a day and staged rows after the undo window."""
    return batches.forget_old()


jobs = (
    JobKind(
        code="imports.read",
        label="读取表格",
        run="hrss_portal.imports.jobs.read",
        queue="imports",
        attempts=2,
    ),
    JobKind(
        code="imports.retry",
        label="重新检查表格",
        run="hrss_portal.imports.jobs.retry",
        queue="imports",
        attempts=2,
    ),
    JobKind(
        code="imports.commit",
        label="导入表格",
        run="hrss_portal.imports.jobs.commit",
        queue="imports",
        attempts=5,
    ),
    JobKind(
        code="imports.export",
        label="导出表格",
        run="hrss_portal.imports.jobs.export",
        queue="reports",
        attempts=2,
    ),
    JobKind(
        code="imports.forget",
        label="删除到期的上传文件",
        run="hrss_portal.imports.jobs.forget",
        every=3600,
    ),
)
