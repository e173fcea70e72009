"""The work area ``employment``."""

from hrss_portal import areas


class Employment(areas.WorkArea):
    """就业服务."""

    name = "employment"
    code = "emp"
    verbose_name = "就业服务"
