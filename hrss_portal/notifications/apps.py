"""The app of ``notifications``."""

from hrss_portal import areas
from hrss_portal.areas import MenuItem


class Notifications(areas.KernelApp):
    """The inbox, the outbox to gateways, task links for outside bodies."""

    name = "hrss_portal.notifications"
    label = "notifications"
    verbose_name = "消息"
    digest = ("hrss_portal.notifications.digest.unread_lines",)
    menu = (
        MenuItem(
            label="公告",
            url="notifications:announcements",
            policy="notifications.announcement.edit",
            icon="megaphone",
        ),
        MenuItem(
            label="外发消息",
            url="notifications:outbox",
            policy="notifications.outbox.view",
            icon="send",
        ),
    )
