"""The app of ``jobs``."""

from typing import Any

from django.core import checks
from django.utils.module_loading import import_string

from hrss_portal import areas
from hrss_portal.areas import MenuItem
from hrss_portal.jobs.schedule import QUEUES


class Jobs(areas.KernelApp):
    """Work that runs outside a request; the rows are the queue."""

    name = "hrss_portal.jobs"
    label = "jobs"
    verbose_name = "后台作业"
    menu = (
        MenuItem(
            label="作业与下载中心",
            url="jobs:list",
            policy="jobs.job.view",
            icon="hard-drive-download",
        ),
    )

    def ready(self) -> None:
        """Check the declarations of all apps at start-up."""
        checks.register(check_kinds)


def check_kinds(**kwargs: Any) -> list[checks.CheckMessage]:
    """Every declared kind has a function that exists and a queue that workers serve."""
    errors: list[checks.CheckMessage] = []
    declared = areas.declared("jobs")
    if len({kind.code for kind in declared}) != len(declared):
        errors.append(
            checks.Error("two apps declare a job kind with the same code", id="jobs.E001")
        )
    for kind in declared:
        if kind.queue not in QUEUES:
            errors.append(
                checks.Error(
                    f"{kind.code}: queue {kind.queue!r} is none of {', '.join(QUEUES)}",
                    id="jobs.E002",
                )
            )
        try:
            import_string(kind.run)
        except ImportError as error:
            errors.append(checks.Error(f"{kind.code}: {error}", id="jobs.E003"))
    return errors
