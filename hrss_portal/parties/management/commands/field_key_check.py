"""Whether the configured keys open what is stored."""

from typing import Any

from hrss_portal.access.scope import acting_as_system
from hrss_portal.audit.commands import PortalCommand
from hrss_portal.parties.keys import LOST, key_check


class Command(PortalCommand):
    """Exit 1 when a key is missing or wrong."""

    help = "核对数据加密密钥是否正确"

    def run(self, **options: Any) -> dict[str, Any]:
        """Keys, rows per key and problems."""
        with acting_as_system("command"):
            report = key_check()
        return {
            "current": report.current,
            "configured": report.configured,
            "rows": report.rows,
            "problems": report.problems,
            "warning": LOST,
        }

    def table(self, data: Any) -> str:
        """In words."""
        lines = [f"当前加密密钥：{data['current']}（共配置 {len(data['configured'])} 把）"]
        lines += [f"  {name}:{number} 个值" for name, number in sorted(data["rows"].items())]
        lines += [f"问题：{words}" for words in data["problems"]] or ["密钥正确。"]
        return "\n".join([*lines, LOST, "用 field_key_export 把密钥写下来，离线保管。"])

    def exit_code(self, data: Any) -> int:
        """1 when something is wrong."""
        return 1 if data["problems"] else 0
