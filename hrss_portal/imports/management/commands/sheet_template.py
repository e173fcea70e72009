"""``sheet_template SHEET FILE``: the empty workbook of a sheet."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from hrss_portal.access.scope import acting_as_system
from hrss_portal.audit.commands import PortalCommand, unusable
from hrss_portal.imports.management.commands.import_sheet import require_suffix, unknown_sheet
from hrss_portal.imports.registry import UnknownSheet, sheet
from hrss_portal.imports.workbooks import template


class Command(PortalCommand):
    """Writes the template that people fill in."""

    help = "生成一张表格的空白模板"

    def arguments(self, parser: CommandParser) -> None:
        """Sheet code, file."""
        parser.add_argument("sheet")
        parser.add_argument("file", type=Path)

    def run(self, **options: Any) -> dict[str, Any]:
        """Writes the file and lists its headings."""
        require_suffix(options["file"], ".xlsx")
        try:
            found = sheet(options["sheet"])
            with acting_as_system("command"):
                options["file"].write_bytes(template(found))
        except UnknownSheet:
            raise unknown_sheet(options["sheet"]) from None
        except OSError as error:
            raise unusable(error, options["file"]) from None
        return {
            "sheet": found.code,
            "file": str(options["file"]),
            "version": found.version,
            "headings": [column.heading for column in found.columns],
        }

    def table(self, data: dict[str, Any]) -> str:
        """One line."""
        return f"{data['sheet']} 模板（版本 {data['version']}）已写到 {data['file']}"
