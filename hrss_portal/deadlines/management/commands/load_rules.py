"""``manage load_rules``: stores the shipped rules, calendar, rates and conditions; repeatable."""

from typing import Any

from hrss_portal.audit.commands import PortalCommand
from hrss_portal.deadlines.loading import load_all

LABELS = {
    "rules": "期限规则",
    "calendar": "日历日",
    "parameters": "费率与标准",
    "conditions": "办理条件",
}


class Command(PortalCommand):
    """Loads the tables that ship with the portal."""

    help = "载入随系统发布的期限规则、工作日历、费率标准和办理条件（可重复执行）"

    def run(self, **options: Any) -> dict[str, dict[str, int]]:
        """``{"rules": {"created", "changed"}, …}``"""
        return {
            name: {"created": loaded.created, "changed": loaded.changed}
            for name, loaded in load_all().items()
        }

    def table(self, data: dict[str, dict[str, int]]) -> str:
        """One line per table."""
        return "\n".join(
            f"{LABELS[name]}：新增 {counts['created']} 行，更新 {counts['changed']} 行"
            for name, counts in data.items()
        )
