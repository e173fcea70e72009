"""``export_sheet SHEET FILE [--filter F]``: the rows of a sheet as xlsx or csv."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from hrss_portal.access.scope import acting_as_system
from hrss_portal.audit.commands import BadInput, PortalCommand, unusable
from hrss_portal.imports import exporting
from hrss_portal.imports.management.commands.import_sheet import require_suffix, unknown_sheet
from hrss_portal.imports.registry import UnknownSheet, sheet


class Command(PortalCommand):
    """Writes a workbook; the export is noted in the access log under the name of the system."""

    help = "导出一张表格"

    def arguments(self, parser: CommandParser) -> None:
        """Sheet code, file, filter."""
        parser.add_argument("sheet")
        parser.add_argument("file", type=Path)
        parser.add_argument("--filter", default="", help="key=value;key=a|b")

    def run(self, **options: Any) -> dict[str, Any]:
        """Writes the file and says how many rows it holds."""
        path = options["file"]
        require_suffix(path, ".xlsx", ".csv")
        try:
            found = sheet(options["sheet"])
            filters = exporting.parse_filters(options["filter"])
            with acting_as_system("command"):
                rows = exporting.rows_of(found, filters)
                if path.suffix.lower() == ".csv":
                    with path.open("w", encoding="utf-8", newline="") as text:
                        count = exporting.export_csv(found, rows, text, by=None)
                else:
                    shown = [(name, "|".join(values)) for name, values in filters.items()]
                    with path.open("wb") as stream:
                        count = exporting.export_rows(found, rows, stream, by=None, filters=shown)
        except UnknownSheet:
            raise unknown_sheet(options["sheet"]) from None
        except LookupError:
            raise BadInput("no_export", f"表 {options['sheet']} 只能导入") from None
        except exporting.UnknownFilter as error:
            raise BadInput(
                "unknown_filter", f"不认识的条件 {error}", "写成 key=value;key=a|b"
            ) from None
        except OSError as error:
            raise unusable(error, path) from None
        return {"sheet": found.code, "file": str(path), "rows": count, "version": found.version}

    def table(self, data: dict[str, Any]) -> str:
        """One line."""
        return f"{data['sheet']} 已导出 {data['rows']} 行到 {data['file']}"
