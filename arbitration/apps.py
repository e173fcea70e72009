"""The work area ``arbitration``."""

from hrss_portal import areas


class Arbitration(areas.WorkArea):
    """劳动人事争议调解仲裁."""

    name = "arbitration"
    code = "arb"
    verbose_name = "劳动人事争议调解仲裁"
