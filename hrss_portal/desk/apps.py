"""The app of ``desk``."""

from hrss_portal import areas

PARTY_TIMELINES = (
    "hrss_portal.desk.party_timeline.entries",
    "hrss_portal.desk.activities.timeline.entries",
)
STANDS_IN = "hrss_portal.desk.party_timeline.stands_in"
WEBHOOKS = "hrss_portal.desk.api.webhooks.tell"


class Desk(areas.KernelApp):
    """What officials see: lists, pages, forms, boards."""

    name = "hrss_portal.desk"
    label = "desk"
    verbose_name = "工作台"
    menu = (
        areas.MenuItem(label="工作台", url="desk:home", policy="login", icon="layout-dashboard"),
        areas.MenuItem(label="快速受理", url="desk:intake", policy="login", icon="file-plus"),
        areas.MenuItem(label="待办", url="desk:todo", policy="login", icon="list-checks"),
    )

    def ready(self) -> None:
        """Cases stand on the pages of their parties; subscribed systems hear of their events."""
        from hrss_portal.casework import tell  # noqa: PLC0415 - needs models
        from hrss_portal.desk.api import resources  # noqa: F401, PLC0415 - registers its check
        from hrss_portal.parties.reveals import case_checks  # noqa: PLC0415 - needs models
        from hrss_portal.parties.timeline import timeline_providers  # noqa: PLC0415 - needs models

        for provider in PARTY_TIMELINES:
            if provider not in timeline_providers:
                timeline_providers.append(provider)
        if STANDS_IN not in case_checks:
            case_checks.append(STANDS_IN)
        if WEBHOOKS not in tell.listeners:
            tell.listeners.append(WEBHOOKS)
