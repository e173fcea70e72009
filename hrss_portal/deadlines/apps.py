"""The app of ``deadlines``."""

from django.core import checks

from hrss_portal import areas


class Deadlines(areas.KernelApp):
    """Legal rules as dated rows, the working calendar, and pure due-date arithmetic."""

    name = "hrss_portal.deadlines"
    label = "deadlines"
    verbose_name = "期限规则"
    menu = (
        areas.MenuItem(
            label="期限计算",
            url="deadlines:calculate",
            policy="deadlines.rule.view",
            icon="calculator",
        ),
        areas.MenuItem(
            label="期限规则", url="deadlines:rules", policy="deadlines.rule.view", icon="scale"
        ),
        areas.MenuItem(
            label="费率与标准",
            url="deadlines:parameters",
            policy="deadlines.parameter.view",
            icon="percent",
        ),
        areas.MenuItem(
            label="办理条件",
            url="deadlines:conditions",
            policy="deadlines.condition.view",
            icon="clipboard-check",
        ),
        areas.MenuItem(
            label="工作日历",
            url="deadlines:calendar_now",
            policy="deadlines.calendar.view",
            icon="calendar-days",
        ),
    )

    def ready(self) -> None:
        """Registers the start-up check of the shipped conditions."""
        from hrss_portal.deadlines import checks as own  # noqa: PLC0415 - needs loaded models

        checks.register(own.every_condition_can_be_judged)
