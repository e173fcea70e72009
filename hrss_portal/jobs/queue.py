"""The door into the queue, and the hint that tells a worker to look."""

import logging
from datetime import datetime
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from hrss_portal.jobs.kinds import kind_of
from hrss_portal.jobs.models import Job

if TYPE_CHECKING:
    from hrss_portal.access.models import User

logger = logging.getLogger(__name__)

#: After a failed hint, how long this process leaves the broker alone (the sweep finds the row).
PAUSE_SECONDS = 15.0
_quiet_until = 0.0
#: The broker client would otherwise try for seconds, while a person waits for the page.
AT_ONCE = {
    "max_retries": 0,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
    "socket_connect_timeout": 1,
}


def enqueue(
    kind: str,
    payload: dict[str, Any] | None = None,
    *,
    key: str | None = None,
    run_at: datetime | None = None,
    by: "User | None" = None,
) -> Job:
    """Insert a job in the caller's transaction; a worker is told when that commits.

    ``kind``: code of a declared ``JobKind`` (``LookupError`` otherwise).  ``payload``: JSON, ids
    and plain values only, never personal data.  ``key``: inserting the same key again returns the
    job that exists.  ``run_at``: not before.  ``by``: who asked; the job sees what that user sees.
    A broker that is down never fails the caller.
    """
    if kind_of(kind) is None:
        raise LookupError(f"no app declares jobs of kind {kind!r}")
    values = {
        "kind": kind,
        "payload": payload or {},
        "run_at": run_at or timezone.now(),
        "requested_by": by,
        "unit_id": by.unit_id if by is not None else None,
    }
    if key is None:
        job, is_new = Job.objects.create(**values), True
    else:
        job, is_new = Job.objects.get_or_create(key=key, defaults=values)
    if is_new and job.run_at <= timezone.now():
        transaction.on_commit(partial(hint, job.pk, job.kind), robust=True)
    return job


def hint(job_id: int, kind: str) -> bool:
    """Tell a worker that a job waits.  Best effort: False when the broker did not take it."""
    global _quiet_until  # noqa: PLW0603 -- one breaker per process is the point
    if monotonic() < _quiet_until:
        return False
    try:
        send(job_id, queue_of(kind))
    except Exception as error:  # kombu and redis raise many kinds; none may escape
        _quiet_until = monotonic() + PAUSE_SECONDS
        logger.warning("broker took no hint for job %s: %s", job_id, error.__class__.__name__)
        return False
    return True


def queue_of(kind: str) -> str:
    """The Celery queue of a kind; work of an unknown kind goes where it will be buried."""
    found = kind_of(kind)
    return found.queue if found else "default"


def send(job_id: int, queue: str) -> None:
    """Put one message on the broker.  Raises whatever the broker client raises."""
    celery = import_string("hrss_portal.celery.app")  # wiring, above us: named, not imported
    with celery.connection_for_write(connect_timeout=1, transport_options=AT_ONCE) as connection:
        celery.send_task(
            "hrss_portal.jobs.run",
            args=(job_id,),
            queue=queue,
            retry=False,
            connection=connection,
        )


def retry(job: Job) -> bool:
    """Queue a stopped job again with all its attempts; False when it is not stopped."""
    changed = Job.objects.filter(pk=job.pk, state=Job.State.DEAD).update(
        state=Job.State.WAITING,
        attempts=0,
        run_at=timezone.now(),
        hinted_at=None,
        finished_at=None,
        message="重新排队",
    )
    if changed:
        transaction.on_commit(partial(hint, job.pk, job.kind), robust=True)
    return bool(changed)


def cancel(job: Job) -> bool:
    """Stop a job that has not begun or waits for its next attempt; False when it is too late."""
    waiting = Job.objects.filter(pk=job.pk, state__in=Job.WAITS)
    return bool(waiting.update(state=Job.State.DEAD, finished_at=timezone.now(), message="已取消"))
