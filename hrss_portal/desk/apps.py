"""The app of ``desk``."""

from hrss_portal import areas


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
