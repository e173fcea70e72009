"""Work of the queue for itself: the canary, and clearing what nobody needs any more."""

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from hrss_portal.jobs.kinds import periodic
from hrss_portal.jobs.models import Job

CANARY = "jobs.canary"
PERIODIC_DAYS = 2
OTHER_DAYS = 200  # logs are kept six months at least


def canary(job: Job) -> None:
    """Does nothing: that it ran proves scheduler, broker, worker and database together."""


def last_sign_of_life() -> datetime | None:
    """When the canary last ran, or None.  Older than three minutes means that no worker works."""
    rows = Job.objects.filter(kind=CANARY, state=Job.State.DONE)
    return rows.order_by("-finished_at").values_list("finished_at", flat=True).first()


def prune(job: Job) -> dict[str, int]:
    """Delete finished rows: periodic ones after two days, others after the log period.

    A row that stopped on errors stays until somebody has dealt with it.
    """
    now = timezone.now()
    old = Q(finished_at__lt=now - timedelta(days=OTHER_DAYS))
    routine = Q(
        kind__in=[kind.code for kind in periodic()],
        finished_at__lt=now - timedelta(days=PERIODIC_DAYS),
    )
    deleted, _ = Job.objects.filter(old | routine, state=Job.State.DONE).delete()
    return {"deleted": deleted}
