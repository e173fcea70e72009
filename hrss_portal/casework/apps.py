"""The app of ``casework``."""

from hrss_portal import areas


class Casework(areas.KernelApp):
    """Records and cases, the three verbs, clocks and reminders."""

    name = "hrss_portal.casework"
    label = "casework"
    verbose_name = "办件"
