"""``restore FILE``: a backup into a new database, compared, then switched."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from hrss_portal.audit.commands import PortalCommand
from hrss_portal.desk.backups import restoring


class Command(PortalCommand):
    """Restores; ``./portal restore`` sees to it that the portal does not run meanwhile."""

    help = "恢复备份：先恢复到新库，核对无误后切换"
    requires_migrations_checks = False

    def arguments(self, parser: CommandParser) -> None:
        """The file, and the private key when it was made for one."""
        parser.add_argument("file", type=Path, help="备份文件")
        parser.add_argument("--private-key", type=Path, help="私钥文件（公钥加密的备份）")
        parser.add_argument(
            "--lost-keys", action="store_true", help="密钥已永久丢失，仍恢复其余数据"
        )

    def run(self, **options: Any) -> dict[str, Any]:
        """Restores and switches."""
        private = options["private_key"].read_text().strip() if options["private_key"] else ""
        copy = restoring.restore(
            options["file"].absolute(), private=private, lost_keys=options["lost_keys"]
        )
        return {
            "made_at": copy.header["made_at"],
            "tables": len(copy.manifest["rows"]),
            "rows": sum(copy.manifest["rows"].values()),
            "files": len(copy.hashes),
            "notes": copy.notes,
        }

    def table(self, data: Any) -> str:
        """What is live now, and where the former state lies."""
        held = f"{data['tables']} 张表 {data['rows']} 行，{data['files']} 个文件"
        first = f"已恢复到 {data['made_at']} 的备份：{held}，核对无误"
        return "\n".join([first, *data["notes"]])
