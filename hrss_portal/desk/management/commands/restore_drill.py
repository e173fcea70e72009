"""``restore_drill [DIR]``: proves that the newest backup can be restored."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from hrss_portal.audit.commands import PortalCommand
from hrss_portal.desk.backups import rehearsal


class Command(PortalCommand):
    """Restores into a scratch database, checks, drops it, and signs the result."""

    help = "恢复演练：把最新备份恢复到临时库并逐项核对"

    def arguments(self, parser: CommandParser) -> None:
        """Where the backups lie; without it one is made for the occasion."""
        parser.add_argument("directory", type=Path, nargs="?", help="备份目录；不给则现做一份")
        parser.add_argument("--private-key", type=Path, help="私钥文件")

    def run(self, **options: Any) -> dict[str, Any]:
        """Holds the drill."""
        private = options["private_key"].read_text().strip() if options["private_key"] else ""
        return rehearsal.restore_drill(options["directory"], private=private)

    def table(self, data: Any) -> str:
        """The result in three lines."""
        checks = "，".join(f"{name} {said}" for name, said in data["checks"].items())
        return (
            f"恢复演练通过：{data['backup']}（{data['made_at']}），用时 {data['seconds']} 秒\n"
            f"{data['tables']} 张表 {data['rows']} 行，{data['files']} 个文件；{checks}"
        )
