"""Rows behind the sample figures, spread at random over dates, people and units."""

import random
from datetime import date, datetime, timedelta

from hrss_portal.access.models import Absence, User
from hrss_portal.indicators.periods import starts_at
from hrss_portal.jobs.models import Job

FIRST = date(2022, 1, 1)
DAYS = 760


def absences(people: list[User], chance: random.Random, count: int) -> list[Absence]:
    """Absences that begin within about two years, one to sixty days long."""
    rows = []
    for _ in range(count):
        start = FIRST + timedelta(days=chance.randrange(DAYS))
        rows.append(
            Absence(
                user=chance.choice(people),
                from_on=start,
                to_on=start + timedelta(days=chance.randrange(60)),
            )
        )
    return Absence.objects.bulk_create(rows)


def jobs(people: list[User], chance: random.Random, count: int) -> None:
    """Jobs created within about two years at any hour; some finished, some even before."""
    rows = []
    for number in range(count):
        created = _moment(chance)
        finished = created + timedelta(days=chance.randrange(-3, 90))
        rows.append(
            Job(
                kind=chance.choice(["a", "b", "c"]),
                key=f"sample {number} {chance.random()}",
                state=chance.choice(["waiting", "done", "dead"]),
                progress_total=chance.randrange(1000),
                requested_by=chance.choice([*people, None]),
                created_at=created,
                finished_at=chance.choice([finished, finished, None]),
            )
        )
    for row, created in [(row, row.created_at) for row in rows]:
        row.save()
        Job.objects.filter(pk=row.pk).update(created_at=created)


def _moment(chance: random.Random) -> datetime:
    first = starts_at(FIRST)
    return first + timedelta(minutes=chance.randrange(DAYS * 24 * 60))
