"""The Celery app.  Messages carry a job id and nothing else: the work itself is rows (jobs)."""

import ctypes
import os
import signal
import sys
from typing import Any

from billiard.process import current_process
from celery import Celery
from celery.signals import worker_process_init
from kombu import Queue

from hrss_portal.jobs.schedule import BEAT_SCHEDULE, QUEUES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hrss_portal.settings")
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


worker_process_init.connect(end_with_the_worker)
