"""The app of ``indicators``."""

from django.core.checks import register

from hrss_portal import areas


class Indicators(areas.KernelApp):
    """Figures as queries, each opening to its rows."""

    name = "hrss_portal.indicators"
    label = "indicators"
    verbose_name = "指标"
    menu = (
        areas.MenuItem(
            label="看板", url="indicators:boards", policy="indicators.board.view", icon="gauge"
        ),
        areas.MenuItem(
            label="指标目录",
            url="indicators:figures",
            policy="indicators.figure.view",
            icon="chart-column",
        ),
    )

    def ready(self) -> None:
        """Declarations are checked at start-up."""
        from hrss_portal.indicators.catalogue import check  # noqa: PLC0415 -- needs the models

        register(check)
