"""The app of ``parties``."""

from hrss_portal import areas


class Parties(areas.KernelApp):
    """One Person and one Employer for all areas."""

    name = "hrss_portal.parties"
    label = "parties"
    verbose_name = "人员与单位"
