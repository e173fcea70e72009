"""The work area ``titles``."""

from hrss_portal import areas


class Titles(areas.WorkArea):
    """职称与人才."""

    name = "titles"
    code = "tit"
    verbose_name = "职称与人才"
