"""``running_state``: what the page 服务状态 shows, for scripts and ``./portal doctor``."""

from typing import Any

from hrss_portal.access.scope import acting_as_system
from hrss_portal.audit.commands import PortalCommand
from hrss_portal.desk.administration import state

MARKS = {"good": "✓", "waiting": "！", "bad": "✗"}


class Command(PortalCommand):
    """Looks at every part of the running portal; exit 1 when one is broken."""

    help = "服务状态：数据库、后台作业、备份、日历、磁盘"

    def run(self, **options: Any) -> dict[str, Any]:
        """``{"ok", "at", "checks": [{"code", "label", "level", "words", "remedy"}]}``"""
        with acting_as_system("command"):
            return state.as_data(state.checks())

    def table(self, data: Any) -> str:
        """One line a part, what to do below it."""
        lines = []
        for check in data["checks"]:
            lines.append(f"{MARKS[check['level']]} {check['label']}：{check['words']}")
            if check["remedy"]:
                lines.append(f"    → {check['remedy']}")
        return "\n".join(lines)

    def exit_code(self, data: Any) -> int:
        """1 while a part is broken."""
        return 0 if data["ok"] else 1
