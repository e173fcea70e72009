"""Seals everything anew under the first key of FIELD_KEYS."""

from typing import Any

from django.core.management.base import CommandParser

from hrss_portal.access.scope import acting_as_system
from hrss_portal.audit.arguments import whole
from hrss_portal.audit.commands import Fault, PortalCommand
from hrss_portal.parties.keys import key_check, rotate


class Command(PortalCommand):
    """Put the new key first in FIELD_KEYS, keep the old ones behind it, restart, run this, and only
    then take the old ones out.  May be broken off and run again."""

    help = "用新密钥重新加密全部号码"

    def arguments(self, parser: CommandParser) -> None:
        """How many rows in one transaction."""
        parser.add_argument("--batch", type=whole(), default=1000, help="rows per transaction")

    def run(self, **options: Any) -> dict[str, Any]:
        """Values sealed anew, by column."""
        with acting_as_system("command"):
            report = key_check()
            if report.problems:
                raise Fault("keys", "；".join(report.problems), "先把正确的密钥放回 FIELD_KEYS")
            done = rotate(batch=options["batch"])
            key_check()
        return {"key": report.current, "sealed": done}

    def table(self, data: Any) -> str:
        """In words."""
        total = sum(data["sealed"].values())
        return f"已用密钥 {data['key']} 重新加密 {total} 个值。旧密钥可以从 FIELD_KEYS 中拿掉。"
