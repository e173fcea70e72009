"""The work area ``entrepreneurship``."""

from hrss_portal import areas


class Entrepreneurship(areas.WorkArea):
    """创业服务."""

    name = "entrepreneurship"
    code = "ent"
    verbose_name = "创业服务"
