"""Writes the keys down, to be locked away."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from hrss_portal.access.scope import acting_as_system
from hrss_portal.audit.commands import PortalCommand, write_private
from hrss_portal.audit.log import record_access
from hrss_portal.parties.keys import LOST, export_text


class Command(PortalCommand):
    """Writes a file that only its owner can read.  Says plainly what losing the keys means."""

    help = "导出恢复所需的全部密钥，离线保管"

    def arguments(self, parser: CommandParser) -> None:
        """Where to."""
        parser.add_argument("--to", required=True, help="file to write; must not exist")

    def run(self, **options: Any) -> dict[str, Any]:
        """The file, and what it means."""
        path = Path(options["to"])
        with acting_as_system("command"):
            record_access("export", subject_type="parties.keys", subject_id="", label="加密密钥")
        write_private(path, export_text())
        return {"file": str(path), "warning": LOST}

    def table(self, data: Any) -> str:
        """In words."""
        return (
            f"密钥已写入 {data['file']}（只有本账号可读）。\n{LOST}\n"
            "打印或存入离线介质，两人分别保管，然后删除这个文件。不要和数据库备份放在一起。\n"
            "机器坏了：在新机器的数据目录里把这些行存成 secrets.env，再恢复备份。"
        )
