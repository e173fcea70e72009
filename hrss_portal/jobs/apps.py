"""The app of ``jobs``."""

from hrss_portal import areas


class Jobs(areas.KernelApp):
    """Work that runs outside a request; the rows are the queue."""

    name = "hrss_portal.jobs"
    label = "jobs"
    verbose_name = "后台作业"
