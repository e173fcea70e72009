"""The app of ``desk``."""

from hrss_portal import areas


class Desk(areas.KernelApp):
    """What officials see: lists, pages, forms, boards."""

    name = "hrss_portal.desk"
    label = "desk"
    verbose_name = "工作台"
