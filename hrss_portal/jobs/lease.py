"""The heartbeat of a running job: keeps the lease and carries the progress."""

import logging
from datetime import timedelta
from threading import Event, Lock, Thread
from typing import Any

from django.db import DatabaseError, connection
from django.db.models.functions import Now

from hrss_portal.jobs.models import Job
from hrss_portal.jobs.schedule import HEARTBEAT_SECONDS

logger = logging.getLogger(__name__)


class Heartbeat(Thread):
    """Renews a job's lease from its own thread and connection until it is told to stop.

    ``lost`` is set once the lease is found to belong to another worker.  Progress goes the same
    way, at most once a second, so that it is seen while the work's own transaction is still open.
    """

    def __init__(self, job: Job) -> None:
        super().__init__(name=f"job-{job.pk}", daemon=True)
        self.job_id, self.lease_no, self.seconds = job.pk, job.lease_no, job.lease_seconds
        self.every = min(HEARTBEAT_SECONDS, job.lease_seconds / 3)
        self.lost = False
        self._told: dict[str, Any] = {}
        self._lock = Lock()
        self._wake, self._stopped = Event(), Event()

    def tell(self, told: dict[str, Any]) -> None:
        """Take progress to be written soon."""
        with self._lock:
            self._told = told
        self._wake.set()

    def run(self) -> None:
        """Beat until stopped or lost.  A database that is away is tried again, not feared."""
        try:
            while not self._stopped.is_set() and not self.lost:
                self._wake.wait(self.every)
                self._wake.clear()
                if not self._stopped.is_set():
                    self._beat()
                    self._stopped.wait(1)
        finally:
            connection.close()

    def _beat(self) -> None:
        with self._lock:
            told, self._told = self._told, {}
        held = Job.objects.filter(pk=self.job_id, state=Job.State.RUNNING, lease_no=self.lease_no)
        try:
            until = Now() + timedelta(seconds=self.seconds)
            self.lost = not held.update(lease_until=until, **told)
        except DatabaseError:
            logger.warning("job %s: lease not renewed", self.job_id, exc_info=True)
            connection.close()

    def stop(self) -> None:
        """End the beating and wait for the thread, so that no late write follows."""
        self._stopped.set()
        self._wake.set()
        self.join(timeout=5)
