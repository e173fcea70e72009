"""The Celery app.  Messages carry a job id and nothing else: the work itself is rows (jobs)."""

import ctypes
import logging
import os
import signal
import sys
from typing import Any

from billiard.process import current_process
from celery import Celery
from celery.signals import worker_process_init, worker_ready
from django.conf import settings
from kombu import Queue
from kombu.exceptions import OperationalError

from hrss_portal.jobs.schedule import BEAT_SCHEDULE, QUEUES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hrss_portal.settings")
logger = logging.getLogger(__name__)
app = Celery("hrss_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["hrss_portal.jobs"])
app.conf.beat_schedule = BEAT_SCHEDULE
app.conf.task_queues = [Queue(name) for name in QUEUES]


def end_with_the_worker(**_: Any) -> None:
    """A pool process whose worker was killed ends as well: its job's lease runs out and is taken.

    Linux only (``PR_SET_PDEATHSIG``).  Left alone, the processes of a pool keep each other's pipes
    open and wait for ever.  A worker that died before the kernel was asked is noticed by its pid.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != current_process()._parent_pid:
            os._exit(1)


class Rhythm:
    """What beat sends, sent by the timer of a worker's own event loop (``BEAT_IN_WORKER``).

    A portal with one worker needs no process for it.  What is sent twice is done once: ``tick``
    inserts one row per due moment, ``sweep`` leases.
    """

    def __init__(self) -> None:
        self.entries: list[Any] = []

    def begin(self, sender: Any, **_: Any) -> None:
        """Starts with the worker, and anew whenever it has found its broker again."""
        if not settings.CELERY_BEAT_IN_WORKER:
            return
        for entry in self.entries:
            entry.cancel()
        self.entries = [
            sender.timer.call_repeatedly(one["schedule"], self.send, (name,))
            for name, one in app.conf.beat_schedule.items()
        ]

    def send(self, name: str) -> None:
        """One message; a broker that is away gets the next one."""
        entry = app.conf.beat_schedule[name]
        try:
            app.send_task(entry["task"], retry=False, **entry["options"])
        except OperationalError:
            logger.warning("the broker does not answer: %s is sent later", name)


rhythm = Rhythm()
worker_process_init.connect(end_with_the_worker)
worker_ready.connect(rhythm.begin)
