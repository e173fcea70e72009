"""The work area ``labor_inspection``."""

from hrss_portal import areas


class LaborInspection(areas.WorkArea):
    """劳动保障监察."""

    name = "labor_inspection"
    code = "ins"
    verbose_name = "劳动保障监察"
