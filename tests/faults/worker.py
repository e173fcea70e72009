"""The Celery app of the portal with two kinds of work that only the fault tests know."""

import django

from hrss_portal.celery import app

django.setup()

from hrss_portal.areas import JobKind  # noqa: E402 -- the apps must be loaded first
from hrss_portal.jobs.kinds import kinds  # noqa: E402

KINDS = (
    JobKind(
        code="test.steps",
        label="steps",
        run="tests.kernel.jobs.work.steps",
        options={"atomic": False},
    ),
    JobKind(code="test.leave_mark", label="mark", run="tests.kernel.jobs.work.leave_mark"),
)
kinds().update({kind.code: kind for kind in KINDS})

__all__ = ["app"]
