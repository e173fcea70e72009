"""``backup_key_pair --to FILE``: a key pair for backups that this machine itself cannot open."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from hrss_portal.audit.commands import PortalCommand, write_private
from hrss_portal.desk.backups import vault


class Command(PortalCommand):
    """The private half goes into a file, the public half into the settings."""

    help = "生成备份密钥对：公钥写入设置，私钥另处保管"

    def arguments(self, parser: CommandParser) -> None:
        """Where the private half is written."""
        parser.add_argument("--to", type=Path, required=True, help="私钥文件，不能已存在")

    def run(self, **options: Any) -> dict[str, Any]:
        """The file and the public half."""
        private, public = vault.new_pair()
        write_private(options["to"], f"{private}\n")
        return {"file": str(options["to"]), "public": public}

    def table(self, data: Any) -> str:
        """What goes where."""
        return (
            f"私钥已写入 {data['file']}（只有本账号可读）。把它移到别处锁好，两人分别保管；"
            "丢了它，用这对密钥做的备份永远打不开。\n"
            f"在设置里写：BACKUP_PUBLIC_KEY={data['public']}\n"
            "恢复和演练时用 --private-key 指明私钥文件。"
        )
