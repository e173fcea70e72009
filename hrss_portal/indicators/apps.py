"""The app of ``indicators``."""

from hrss_portal import areas


class Indicators(areas.KernelApp):
    """Figures as queries, each opening to its rows."""

    name = "hrss_portal.indicators"
    label = "indicators"
    verbose_name = "指标"
