"""Whether the configured keys open what is stored."""

from typing import Any

from hrss_portal.access.scope import acting_as_system
from hrss_portal.audit.commands import Fault, PortalCommand
from hrss_portal.parties.keys import LOST, key_check


class Command(PortalCommand):
    """Exit 1 when a key is missing or wrong."""

    help = "核对数据加密密钥是否正确"

    def run(self, **options: Any) -> dict[str, Any]:
        """Keys and rows per key.  Raises ``Fault`` with the problems where there are any."""
        with acting_as_system("command"):
            report = key_check()
        if report.problems:
            hint = f"把正确的密钥放回 secrets.env（FIELD_KEYS）再核对。{LOST}"
            raise Fault("keys", "；".join(report.problems), hint)
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
        kept = "用 field_key_export 把密钥写下来，离线保管。"
        return "\n".join([*lines, "密钥正确。", LOST, kept])
