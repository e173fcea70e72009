"""Takes jobs, runs them, and writes down what became of them."""

import logging
import os
import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.module_loading import import_string

from hrss_portal.access.scope import acting_as, acting_as_system
from hrss_portal.areas import JobKind
from hrss_portal.jobs.kinds import kind_of
from hrss_portal.jobs.lease import Heartbeat
from hrss_portal.jobs.models import Job, LeaseLost
from hrss_portal.jobs.queue import hint

logger = logging.getLogger(__name__)

BACKOFF_SECONDS = 10
BACKOFF_LIMIT = 3600
#: A job that was hinted and not taken is hinted again after this long (a flushed broker forgets).
REHINT_SECONDS = 30
SWEEP_BATCH = 500


def me() -> str:
    """Who holds a lease: host, process, thread."""
    return f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident() % 100_000}"[:100]


def run_job(job_id: int) -> str:
    """Lease one job, run it, record the outcome; the state afterwards.

    "skipped" when there is nothing to do: another worker has it, it is done, or not due yet.  Safe
    to call any number of times in parallel.
    """
    job = lease(job_id)
    if job is None:
        return "skipped"
    kind = kind_of(job.kind)
    if kind is None:
        return _bury(job, f"本版本没有“{job.kind}”这种作业")
    if job.requested_by is not None and not job.requested_by.is_active:
        return _bury(job, "申请人的账号已停用")
    try:
        with beating(job):
            _perform(job, kind)
    except LeaseLost:
        logger.warning("job %s: lease %s lost, outcome dropped", job.pk, job.lease_no)
        return "lost"
    except Exception as error:  # every failure of the work becomes a state of its row
        logger.exception("job %s (%s) failed", job.pk, job.kind)
        return _failed(job, kind, error)
    return Job.State.DONE


def lease(job_id: int) -> Job | None:
    """Take the job for this worker, or None when it is not to be had.

    One short transaction of its own: the lease must be visible to others before the work begins.
    """
    with transaction.atomic():
        takeable = Q(state__in=Job.WAITS, run_at__lte=Now()) | Q(
            state=Job.State.RUNNING, lease_until__lt=Now()
        )
        rows = Job.objects.select_for_update(skip_locked=True, of=("self",))
        job = rows.filter(takeable, pk=job_id).first()
        if job is None or _exhausted(job) or _twin_runs(job):
            return None
        Job.objects.filter(pk=job.pk).update(
            state=Job.State.RUNNING,
            attempts=job.attempts + 1,
            lease_no=job.lease_no + 1,
            lease_owner=me(),
            lease_until=Now() + timedelta(seconds=job.lease_seconds),
            started_at=Now(),
        )
    return Job.objects.select_related("requested_by").get(pk=job_id)


def _exhausted(job: Job) -> bool:
    """True, and the job buried, when its last worker died on the last attempt allowed."""
    kind = kind_of(job.kind)
    if kind is None or job.attempts < kind.attempts:
        return False
    Job.objects.filter(pk=job.pk).update(
        state=Job.State.DEAD,
        lease_no=job.lease_no + 1,
        finished_at=Now(),
        message=f"试了{job.attempts}次，执行者每次都中断",
    )
    return True


def _twin_runs(job: Job) -> bool:
    """A periodic kind never runs beside itself: the run that goes on finds what is due."""
    kind = kind_of(job.kind)
    if kind is None or not (kind.every or kind.at):
        return False
    running = Job.objects.filter(kind=job.kind, state=Job.State.RUNNING, lease_until__gte=Now())
    return running.exclude(pk=job.pk).exists()


@contextmanager
def beating(job: Job) -> Iterator[None]:
    """Renew the lease while the work goes on.

    Inside a caller's transaction (tests, a command in one transaction) the row is not visible to
    another connection, so nothing can take it and nothing needs renewing.
    """
    if connection.in_atomic_block:
        yield
        return
    heartbeat = Heartbeat(job)
    job.reporter = heartbeat.tell
    heartbeat.start()
    try:
        yield
    finally:
        heartbeat.stop()
        job.reporter = None


def _perform(job: Job, kind: JobKind) -> None:
    """Run the work; unless the kind opts out, work and outcome are one transaction.

    That makes the effect exactly-once: the outcome is written under the lease number, and a worker
    that lost its lease rolls its own work back.  A kind with ``options={"atomic": False}`` commits
    its steps itself (``save_checkpoint``) and must bear being run again from the checkpoint.
    """
    work = import_string(kind.run)
    if kind.options.get("atomic", True):
        with transaction.atomic():
            with _acting(job, kind):
                result = work(job)
            _done(job, result)
    else:
        with _acting(job, kind):
            result = work(job)
        _done(job, result)


def _acting(job: Job, kind: JobKind) -> AbstractContextManager[Any]:
    if job.requested_by is not None:
        return acting_as(job.requested_by, purpose="job")
    return acting_as_system(kind.options.get("purpose", "job"))


def _done(job: Job, result: Any) -> None:
    changed = job.held().update(
        state=Job.State.DONE,
        result=result,
        error="",
        message=job.message,
        progress_done=job.progress_done,
        progress_total=job.progress_total,
        lease_until=None,
        finished_at=Now(),
    )
    if not changed:
        raise LeaseLost(f"job {job.pk}")


def _failed(job: Job, kind: JobKind, error: Exception) -> str:
    """Back-off, or the dead-letter state once the attempts are used up."""
    is_dead = job.attempts >= kind.attempts or isinstance(error, ValidationError)
    wait = min(BACKOFF_SECONDS * 2 ** (job.attempts - 1), BACKOFF_LIMIT)
    changed = job.held().update(
        state=Job.State.DEAD if is_dead else Job.State.FAILED,
        run_at=Now() + timedelta(seconds=wait),
        hinted_at=None,
        lease_until=None,
        error=f"{error.__class__.__name__}: {error}"[:4000],
        message=_plain(error),
        finished_at=Now() if is_dead else None,
    )
    return (Job.State.DEAD if is_dead else Job.State.FAILED) if changed else "lost"


def _plain(error: Exception) -> str:
    """What the person who asked reads: their own mistake in words, ours without the trace."""
    if isinstance(error, ValidationError):
        return "；".join(error.messages)[:500]
    return "执行中出错，系统管理员可在作业记录里看到详情"


def _bury(job: Job, message: str) -> str:
    job.held().update(state=Job.State.DEAD, message=message, lease_until=None, finished_at=Now())
    return Job.State.DEAD


def sweep() -> int:
    """Give abandoned jobs back and hint everything due; how many were hinted.

    Any number of sweepers may run at once: rows are claimed with SKIP LOCKED, and running a job
    twice is impossible anyway, because the lease decides.
    """
    requeue_abandoned()
    with transaction.atomic():
        stale = Q(hinted_at__isnull=True) | Q(
            hinted_at__lt=Now() - timedelta(seconds=REHINT_SECONDS)
        )
        rows = Job.objects.due().filter(stale).order_by("run_at")
        claimed = list(
            rows.select_for_update(skip_locked=True, of=("self",)).values_list("pk", "kind")[
                :SWEEP_BATCH
            ]
        )
        Job.objects.filter(pk__in=[pk for pk, _ in claimed]).update(hinted_at=Now())
    return sum(hint(pk, kind) for pk, kind in claimed)


def requeue_abandoned() -> int:
    """Put jobs whose worker went silent back into the queue; how many."""
    with transaction.atomic():
        rows = Job.objects.abandoned().select_for_update(skip_locked=True, of=("self",))
        gone = list(rows[:SWEEP_BATCH])
        for job in gone:
            if not _exhausted(job):
                Job.objects.filter(pk=job.pk).update(
                    state=Job.State.WAITING,
                    lease_no=job.lease_no + 1,
                    lease_until=None,
                    hinted_at=None,
                    run_at=Now(),
                    message="执行者中断，已重新排队",
                )
    return len(gone)


def run_due(*, kinds: Iterable[str] = (), limit: int = 10_000) -> dict[str, int]:
    """Run what is due here and now, without a broker; how many ended in which state.

    For tests, for a restore before workers start, and for a site whose broker is away for long.
    """
    requeue_abandoned()
    counts: dict[str, int] = {}
    tried: list[int] = []
    while len(tried) < limit:
        rows = Job.objects.due().exclude(pk__in=tried).order_by("run_at", "pk")
        wanted = tuple(kinds)
        job_id = (
            (rows.filter(kind__in=wanted) if wanted else rows).values_list("pk", flat=True).first()
        )
        if job_id is None:
            break
        tried.append(job_id)
        state = str(run_job(job_id))
        counts[state] = counts.get(state, 0) + 1
    return counts
