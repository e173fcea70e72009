"""The Celery app of the portal with two kinds of work that only the fault tests know.

From the environment, in seconds, each as in the portal where it is not given: FAULT_RHYTHM, how
often beat sends what it sends; FAULT_LEASE, how long a silent worker keeps a job; FAULT_REHINT,
after how long a job that nobody took is sent again.
"""

import os

import django

from hrss_portal.celery import app

django.setup()

from hrss_portal.areas import JobKind  # noqa: E402 -- the apps must be loaded first
from hrss_portal.jobs import runner  # noqa: E402
from hrss_portal.jobs.kinds import kinds  # noqa: E402

LEASE = int(os.environ.get("FAULT_LEASE", JobKind.lease_seconds))
KINDS = (
    JobKind(
        code="test.steps",
        label="steps",
        run="tests.kernel.jobs.work.steps",
        lease_seconds=LEASE,
        options={"atomic": False},
    ),
    JobKind(
        code="test.leave_mark",
        label="mark",
        run="tests.kernel.jobs.work.leave_mark",
        lease_seconds=LEASE,
    ),
)
kinds().update({kind.code: kind for kind in KINDS})
runner.REHINT_SECONDS = int(os.environ.get("FAULT_REHINT", runner.REHINT_SECONDS))
if "FAULT_RHYTHM" in os.environ:
    app.conf.beat_schedule = {
        name: {**entry, "schedule": int(os.environ["FAULT_RHYTHM"])}
        for name, entry in app.conf.beat_schedule.items()
    }

__all__ = ["app"]
