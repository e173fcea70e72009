"""The work area ``services``."""

from hrss_portal import areas


class Services(areas.WorkArea):
    """政务服务."""

    name = "services"
    code = "svc"
    verbose_name = "政务服务"
