"""The app of ``notifications``."""

from hrss_portal import areas


class Notifications(areas.KernelApp):
    """The inbox, the outbox to gateways, task links for outside bodies."""

    name = "hrss_portal.notifications"
    label = "notifications"
    verbose_name = "消息"
