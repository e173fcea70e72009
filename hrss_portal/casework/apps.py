"""The app of ``casework``."""

from hrss_portal import areas

OPEN_ITEMS = "hrss_portal.casework.assignment.open_items"


class Casework(areas.KernelApp):
    """Records and cases, the three verbs, clocks and reminders."""

    name = "hrss_portal.casework"
    label = "casework"
    verbose_name = "办件"
    menu = (
        areas.MenuItem(
            label="系统管理",
            url="desk:administration",
            policy="desk.administration.open",
            icon="settings",
        ),
        areas.MenuItem(
            label="档案", url="desk:archive", policy="casework.archive.run", icon="archive"
        ),
    )

    def ready(self) -> None:
        """An account with open cases is not ended unseen."""
        from hrss_portal.access.accounts import open_item_providers  # noqa: PLC0415 - needs models

        if OPEN_ITEMS not in open_item_providers:
            open_item_providers.append(OPEN_ITEMS)
