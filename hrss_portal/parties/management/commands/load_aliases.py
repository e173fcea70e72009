"""``manage load_aliases``: stores the shipped ways of writing; safe to repeat."""

from typing import Any

from django.db import transaction

from hrss_portal.access.scope import acting_as_system
from hrss_portal.audit.commands import PortalCommand
from hrss_portal.parties import aliases


class Command(PortalCommand):
    """Loads the table of names that sources write in two ways."""

    help = "载入随系统发布的写法对照（可重复执行）"

    def run(self, **options: Any) -> dict[str, int]:
        """``{"created": n}``"""
        with acting_as_system("migration"), transaction.atomic():
            return {"created": aliases.load()}

    def table(self, data: dict[str, int]) -> str:
        """One line."""
        return f"写法对照：新增 {data['created']} 行"
