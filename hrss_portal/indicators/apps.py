"""The app of ``indicators``."""

from django.core.checks import register

from hrss_portal import areas


class Indicators(areas.KernelApp):
    """Figures as queries, each opening to its rows."""

    name = "hrss_portal.indicators"
    label = "indicators"
    verbose_name = "指标"

    def ready(self) -> None:
        """Declarations are checked at start-up."""
        from hrss_portal.indicators.catalogue import check  # noqa: PLC0415 -- needs the models

        register(check)
