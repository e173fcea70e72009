"""The work area ``injury_insurance``."""

from hrss_portal import areas


class InjuryInsurance(areas.WorkArea):
    """工伤保险."""

    name = "injury_insurance"
    code = "inj"
    verbose_name = "工伤保险"
