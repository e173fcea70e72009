"""The work area ``governance``."""

from hrss_portal import areas


class Governance(areas.WorkArea):
    """依法行政."""

    name = "governance"
    code = "gov"
    verbose_name = "依法行政"
