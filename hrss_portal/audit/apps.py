"""The app of ``audit``."""

from hrss_portal import areas


class Audit(areas.KernelApp):
    """Who changed, saw or was refused what; append-only and provable."""

    name = "hrss_portal.audit"
    label = "audit"
    verbose_name = "审计"
