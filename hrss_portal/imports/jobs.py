"""Jobs of the imports: reading and landing large files, and deleting what need not be kept."""

from typing import Any

from hrss_portal.areas import JobKind
from hrss_portal.imports import batches, landing, staging
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
    return {"batch": batch.pk, **batch.figures()}


def retry(job: Job) -> dict[str, Any]:
    """Tries a corrected batch out again."""
    batch = landing.try_out(Batch.objects.get(pk=job.payload["batch"]), by=job.requested_by)
    return {"batch": batch.pk, **batch.figures()}


def commit(job: Job) -> dict[str, Any]:
    """Lands a batch; one transaction with the outcome of the job, so it lands exactly once."""
    batch = Batch.objects.get(pk=job.payload["batch"])
    if job.requested_by is None:
        raise PermissionError("a batch is landed by a person")
    landed = batches.commit(batch, by=job.requested_by, job=job)
    return {"batch": landed.pk, **landed.figures()}


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
        code="imports.forget",
        label="删除到期的上传文件",
        run="hrss_portal.imports.jobs.forget",
        every=3600,
    ),
)
