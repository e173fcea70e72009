"""The app of ``reports``."""

from hrss_portal import areas


class Reports(areas.KernelApp):
    """Narrative reports with bound figures."""

    name = "hrss_portal.reports"
    label = "reports"
    verbose_name = "报告"
    menu = (
        areas.MenuItem(
            label="报告", url="reports:reports", policy="reports.report.view", icon="file-text"
        ),
    )
