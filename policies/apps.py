"""The work area ``policies``."""

from hrss_portal import areas


class Policies(areas.WorkArea):
    """惠企政策."""

    name = "policies"
    code = "pol"
    verbose_name = "惠企政策"
