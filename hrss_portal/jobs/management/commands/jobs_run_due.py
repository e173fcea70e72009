"""Run what is due, here and without a broker."""

from typing import Any

from django.core.management.base import CommandParser

from hrss_portal.audit.arguments import whole
from hrss_portal.audit.commands import BadInput, PortalCommand
from hrss_portal.jobs.kinds import kind_of
from hrss_portal.jobs.periodic import tick
from hrss_portal.jobs.runner import run_due


class Command(PortalCommand):
    """Runs due jobs inline, after inserting the periodic rows whose time has come."""

    help = "在本进程内执行到期的后台作业（不需要消息中间件）"

    def arguments(self, parser: CommandParser) -> None:
        """``--kind`` may be given several times."""
        parser.add_argument("--kind", action="append", default=[], help="只执行这种作业")
        parser.add_argument("--limit", type=whole(), default=10_000, help="最多执行几个")

    def run(self, **options: Any) -> dict[str, int]:
        """Counts by the state in which the jobs ended."""
        for code in options["kind"]:
            if kind_of(code) is None:
                raise BadInput("unknown_kind", f"没有“{code}”这种作业", "请核对作业代码")
        tick()
        return run_due(kinds=options["kind"], limit=options["limit"])

    def table(self, data: dict[str, int]) -> str:
        """One line per state."""
        words = {
            "done": "完成",
            "failed": "待重试",
            "dead": "停止",
            "skipped": "跳过",
            "lost": "让出",
        }
        lines = [f"{words.get(state, state)}：{count}" for state, count in sorted(data.items())]
        return "\n".join(lines) or "没有到期的作业"
