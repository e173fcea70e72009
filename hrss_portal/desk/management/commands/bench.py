"""``manage bench NAME``: measures the portal on this machine; every goal is a ratio."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils.module_loading import import_string

from hrss_portal.access.scope import acting_as_system
from hrss_portal.audit.arguments import whole
from hrss_portal.audit.commands import BadInput, PortalCommand
from hrss_portal.desk.benchmarks import BENCHMARKS


class Command(PortalCommand):
    """Runs one benchmark."""

    help = "性能测量（同一台机器上两种做法之比）"

    def arguments(self, parser: CommandParser) -> None:
        """Which one, how often, over how many rows."""
        parser.add_argument("name", help="、".join(BENCHMARKS))
        parser.add_argument("--rounds", type=whole(), default=3)
        parser.add_argument("--rows", type=whole(), default=None)

    def run(self, **options: Any) -> dict[str, Any]:
        """The report as data."""
        if options["name"] not in BENCHMARKS:
            known = "、".join(BENCHMARKS)
            raise BadInput(
                "unknown_benchmark", f"没有名为 {options['name']} 的测量", f"可用：{known}"
            )
        with acting_as_system("command"):
            report = import_string(BENCHMARKS[options["name"]])(
                rounds=options["rounds"], rows=options["rows"]
            )
            found: dict[str, Any] = report.as_json()
        return found

    def table(self, data: dict[str, Any]) -> str:
        """Variants with their times, then ratios with their goals."""
        machine = data["machine"]
        where = f"{machine['cores']} 核，PostgreSQL {machine['postgresql']}"
        lines = [f"{data['name']}：{data['rows']} 行，{data['rounds']} 轮；{where}"]
        for one in data["variants"]:
            span = f"{one['min_s']:.3f}–{one['max_s']:.3f}"
            lines.append(f"  {one['name']}：{one['median_s']:.3f} 秒（{span}），{one['rss_mb']} MB")
        for one in data["ratios"]:
            reached = "达到" if one["ok"] else "未达到"
            lines.append(f"  {one['name']} = {one['value']}（目标 {one['goal']}）{reached}")
        return "\n".join([*lines, data["includes"]])
