"""The app of ``deadlines``."""

from hrss_portal import areas


class Deadlines(areas.KernelApp):
    """Legal rules as dated rows, the working calendar, and pure due-date arithmetic."""

    name = "hrss_portal.deadlines"
    label = "deadlines"
    verbose_name = "期限规则"
