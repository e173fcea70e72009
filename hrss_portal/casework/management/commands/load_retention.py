"""``manage load_retention``: stores the shipped keeping periods; safe to repeat."""

from typing import Any

from django.db import transaction

from hrss_portal.access.scope import acting_as_system
from hrss_portal.audit.commands import PortalCommand
from hrss_portal.casework import retention


class Command(PortalCommand):
    """Loads the table of keeping periods that ships with the portal."""

    help = "载入随系统发布的保管期限（可重复执行）"

    def run(self, **options: Any) -> dict[str, int]:
        """``{"changed": n}``"""
        with acting_as_system("migration"), transaction.atomic():
            return {"changed": retention.load()}

    def table(self, data: dict[str, int]) -> str:
        """One line."""
        return f"保管期限：更新 {data['changed']} 行"
