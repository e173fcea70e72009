"""The rhythm: rows of moments that have come, each exactly once."""

import threading
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.utils import timezone

from hrss_portal.areas import JobKind
from hrss_portal.jobs import runner
from hrss_portal.jobs.kinds import periodic
from hrss_portal.jobs.models import Job
from hrss_portal.jobs.periodic import tick
from hrss_portal.jobs.schedule import BEAT_SCHEDULE, CHINA, last_due
from hrss_portal.jobs.upkeep import last_sign_of_life, prune


def daily(at: str) -> JobKind:
    return JobKind(code="x", label="x", run="x", at=at)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2023-11-16 08:00", "2023-11-16 08:00"),
        ("2023-11-16 07:59", "2023-11-15 08:00"),
        ("2023-11-16 23:59", "2023-11-16 08:00"),
        ("2024-01-01 00:00", "2023-12-31 08:00"),
        ("2024-03-01 07:00", "2024-02-29 08:00"),
    ],
)
def test_last_due_of_a_daily_kind(now, due):
    moment = datetime.fromisoformat(now).replace(tzinfo=CHINA)
    assert last_due(daily("08:00"), moment) == datetime.fromisoformat(due).replace(tzinfo=CHINA)


def test_last_due_of_a_kind_every_minute():
    kind = JobKind(code="x", label="x", run="x", every=60)
    now = datetime(2023, 11, 16, 1, 2, 59, tzinfo=UTC)
    assert last_due(kind, now) == datetime(2023, 11, 16, 1, 2, tzinfo=UTC)


def test_last_due_of_a_kind_without_rhythm_is_an_error():
    with pytest.raises(ValueError, match="not periodic"):
        last_due(JobKind(code="x", label="x", run="x"), timezone.now())


def test_tick_inserts_each_moment_once(db):
    assert len(tick()) == len(periodic())
    assert tick() == []


def test_tick_waits_while_an_earlier_row_is_unfinished(db, kind):
    kind("note", every=1)
    tick()
    Job.objects.filter(kind="test.note").update(key="test.note@long-ago", state="failed")
    tick()
    assert Job.objects.filter(kind="test.note").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_schedulers_insert_one_row(kind):
    kind("note", at="00:00")
    start = threading.Barrier(4)

    def schedule():
        start.wait()
        tick()
        connection.close()

    threads = [threading.Thread(target=schedule) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert Job.objects.filter(kind="test.note").count() == 1


def test_beat_sends_a_few_fixed_entries():
    assert sorted(BEAT_SCHEDULE) == ["sweep", "tick"]
    assert BEAT_SCHEDULE["sweep"]["schedule"] <= 20  # seconds until lost work is found again


def test_canary_shows_that_everything_works(db):
    assert last_sign_of_life() is None
    tick()
    runner.run_due(kinds=["jobs.canary"])
    assert (timezone.now() - last_sign_of_life()).total_seconds() < 5


def test_prune_keeps_what_still_needs_somebody(db, kind):
    old = timezone.now() - timezone.timedelta(days=3)
    ancient = timezone.now() - timezone.timedelta(days=300)
    kind("note")
    rows = {
        "canary": ("jobs.canary", "done", old),
        "yesterday": ("test.note", "done", old),
        "ancient": ("test.note", "done", ancient),
        "dead": ("test.note", "dead", ancient),
    }
    for key, (code, state, finished) in rows.items():
        Job.objects.create(kind=code, key=key, state=state, finished_at=finished)
    assert prune(Job()) == {"deleted": 2}
    assert sorted(Job.objects.values_list("key", flat=True)) == ["dead", "yesterday"]
