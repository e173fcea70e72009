"""``backup DIR``: one encrypted file with the database and the uploaded files."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from hrss_portal.audit.commands import PortalCommand
from hrss_portal.desk.backups import making


class Command(PortalCommand):
    """Writes the file and says what is in it."""

    help = "加密备份：数据库与上传的文件"

    def arguments(self, parser: CommandParser) -> None:
        """Where the file goes."""
        parser.add_argument("directory", type=Path, help="放备份文件的目录")

    def run(self, **options: Any) -> dict[str, Any]:
        """Makes the backup."""
        made = making.back_up(options["directory"].absolute())
        making.note(made)
        return {
            "file": str(made.path),
            "bytes": made.size,
            "tables": made.tables,
            "rows": made.rows,
            "files": made.files,
            "key": made.key,
        }

    def table(self, data: Any) -> str:
        """What was backed up, and what must be kept apart from it."""
        return (
            f"备份完成：{data['file']}（{data['bytes'] / 1024 / 1024:.1f} MB）\n"
            f"{data['tables']} 张表 {data['rows']} 行，{data['files']} 个文件；密钥 {data['key']}\n"
            "请把 secrets.env 另存在别处：没有它，备份打不开，证件号码也永远读不出来"
        )
