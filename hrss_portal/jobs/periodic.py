"""The scheduler's only act: inserting the row of a moment that has come."""

from functools import partial

from django.db import transaction
from django.utils import timezone

from hrss_portal.jobs.kinds import periodic
from hrss_portal.jobs.models import Job
from hrss_portal.jobs.queue import hint
from hrss_portal.jobs.schedule import last_due


def tick() -> list[int]:
    """Insert the row of every periodic kind whose latest due moment has none; the new ids.

    The key is (kind, moment) and unique, so two schedulers insert it once.  While an earlier row of
    the kind is unfinished none is added: such work finds everything due, not only its own moment.
    """
    now = timezone.now()
    busy = set(Job.objects.unfinished().values_list("kind", flat=True).distinct())
    new: list[int] = []
    for kind in periodic():
        if kind.code in busy:
            continue
        due = last_due(kind, now)
        key = f"{kind.code}@{due.astimezone(timezone.get_default_timezone()):%Y-%m-%dT%H:%M:%S}"
        job, is_new = Job.objects.get_or_create(
            key=key, defaults={"kind": kind.code, "payload": {"due": due.isoformat()}}
        )
        if is_new:
            new.append(job.pk)
            transaction.on_commit(partial(hint, job.pk, kind.code), robust=True)
    return new
