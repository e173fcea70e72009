"""Workers are killed and the broker is flushed; the work is done all the same, and once.

Real Celery workers and a real scheduler, as processes of their own, on the test database and on a
database of the broker that nothing else uses.  The replacement of a worker is timed in the
portal's own rhythm; the other tests ask for the same outcome in a quicker one.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis
from django.conf import settings
from django.db import connection

from hrss_portal.jobs.models import Job
from hrss_portal.jobs.queue import enqueue
from tests.faults.worker import KINDS

pytestmark = [
    pytest.mark.faults,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("server"),
]
ROOT = Path(__file__).parents[2]
BROKER_DB = 9
GOAL_SECONDS = 60
#: A rhythm for the tests of what happens, not of how soon: seconds as in ``tests.faults.worker``.
QUICK = {"FAULT_RHYTHM": "3", "FAULT_LEASE": "9", "FAULT_REHINT": "6"}


def broker_url() -> str:
    """The site's broker, in a database of its own."""
    url = settings.CELERY_BROKER_URL
    if "virtual_host=" in url:
        return f"{url.partition('?')[0]}?virtual_host={BROKER_DB}"
    return urlsplit(url)._replace(path=f"/{BROKER_DB}").geturl()


def broker() -> redis.Redis:
    return redis.Redis.from_url(os.environ["REDIS_URL"], db=BROKER_DB)


def test_database_url() -> str:
    """The address of the database that pytest made, for another process."""
    name = str(connection.settings_dict["NAME"])
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


test_database_url.__test__ = False  # type: ignore[attr-defined]


class Programs:
    """Celery processes of one test, each in a session of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.running: list[subprocess.Popen] = []
        self.environment = {
            **os.environ,
            "DATABASE_URL": test_database_url(),
            "BROKER_URL": broker_url(),
            "MEDIA_ROOT": str(folder / "media"),
            "PYTHONPATH": str(ROOT),
        }

    def quickly(self) -> None:
        """The programs started from now on sweep, tick and lease in the quick rhythm."""
        self.environment |= QUICK

    def start(self, *words: str) -> subprocess.Popen:
        """One Celery program."""
        log = (self.folder / f"{words[0]}-{len(self.running)}.log").open("wb")
        command = [sys.executable, "-m", "celery", "-A", "tests.faults.worker", *words]
        made = subprocess.Popen(
            command,
            cwd=ROOT,
            env=self.environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        log.close()
        self.running.append(made)
        return made

    def worker(self) -> subprocess.Popen:
        """A worker with two processes, serving every queue."""
        name = f"w{len(self.running)}@test"
        return self.start(
            "worker", "-n", name, "-c", "2", "--without-gossip", "--without-mingle", "-l", "INFO"
        )

    def is_ready(self, program: subprocess.Popen) -> bool:
        """Whether a worker has said that it takes work."""
        log = self.folder / f"worker-{self.running.index(program)}.log"
        return b" ready." in log.read_bytes()

    def beat(self) -> subprocess.Popen:
        """The scheduler."""
        schedule = self.folder / f"beat-{len(self.running)}"
        return self.start("beat", "-s", str(schedule), "--pidfile=", "-l", "INFO")

    def kill(self, program: subprocess.Popen) -> None:
        """Kill a program and its children without a word of warning."""
        if program.poll() is None:
            os.killpg(program.pid, signal.SIGKILL)
        program.wait()

    def end(self) -> None:
        """Kill whatever still runs."""
        for program in self.running:
            self.kill(program)


@pytest.fixture
def programs(tmp_path: Path) -> Iterator[Programs]:
    """Nothing in the broker at the beginning, nothing running at the end."""
    from hrss_portal.jobs.kinds import kinds

    kinds().update({kind.code: kind for kind in KINDS})
    broker().flushdb()
    made = Programs(tmp_path)
    yield made
    made.end()
    broker().flushdb()
    kinds.cache_clear()


def wait_for(what: str, true: Callable[[], bool], seconds: float) -> float:
    """Wait until something is true; how long that took.  Fails the test after ``seconds``."""
    start = time.monotonic()
    while time.monotonic() - start < seconds:
        if true():
            return time.monotonic() - start
        time.sleep(0.1)
    raise AssertionError(f"not within {seconds} s: {what}")


def state_of(job: Job) -> tuple[str, int, int]:
    """State, attempts, and the step that was committed last."""
    found = Job.objects.get(pk=job.pk)
    return found.state, found.attempts, found.checkpoint.get("done", 0)


def test_killed_worker_is_replaced_within_a_minute(programs: Programs) -> None:
    """The whole worker dies in the middle; another takes over from the checkpoint.

    The other one is up by then: how long a program takes to load is not what is timed.
    """
    programs.beat()
    first = programs.worker()
    job = enqueue("test.steps", {"pause": 8})
    wait_for("the job has begun", lambda: state_of(job)[2] >= 2, 60)
    second = programs.worker()
    wait_for("the other is ready", lambda: programs.is_ready(second), 60)
    programs.kill(first)
    reached = Job.objects.get(pk=job.pk).checkpoint["done"]
    took = wait_for("it runs again", lambda: state_of(job)[1] == 2, GOAL_SECONDS)
    wait_for("it is done", lambda: state_of(job)[0] == "done", 30)
    found = Job.objects.get(pk=job.pk)
    assert (found.result, found.attempts) == ({"done": 10}, 2)
    assert found.checkpoint["done"] >= reached >= 2
    assert took < GOAL_SECONDS


def test_a_killed_child_s_job_runs_again(programs: Programs) -> None:
    """Only the process that ran the job dies (out of memory); the worker goes on."""
    programs.quickly()
    programs.beat()
    programs.worker()
    job = enqueue("test.steps", {"die_at": 3})
    wait_for("it died at step 3", lambda: state_of(job)[2] == 3, 60)
    wait_for("it runs again and ends", lambda: state_of(job)[0] == "done", GOAL_SECONDS)
    assert Job.objects.get(pk=job.pk).attempts == 2


def test_flushed_broker_loses_nothing_and_doubles_nothing(programs: Programs) -> None:
    """Thirty effects are asked for; the broker is emptied before and while workers run."""
    programs.quickly()
    mark = enqueue("test.steps")
    Job.objects.filter(pk=mark.pk).update(state="done", attempts=0)
    jobs = [enqueue("test.leave_mark", {"mark": mark.pk}) for _ in range(30)]
    broker().flushdb()
    programs.beat()
    for _ in range(2):
        programs.worker()
    rows = Job.objects.filter(pk__in=[job.pk for job in jobs])
    wait_for("some are done", lambda: rows.filter(state="done").exists(), 60)
    broker().flushdb()
    wait_for("all are done", lambda: rows.filter(state="done").count() == 30, 120)
    mark.refresh_from_db()
    assert mark.attempts == 30
