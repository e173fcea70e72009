"""``figure_rows``: the rows behind a figure, with a count and a sum that equal it."""

from typing import Any

from django.core.management.base import CommandParser

from hrss_portal.access.scope import acting_as_system
from hrss_portal.audit.arguments import whole
from hrss_portal.audit.commands import BadInput, PortalCommand
from hrss_portal.indicators import catalogue
from hrss_portal.indicators.asking import question_from, refused
from hrss_portal.indicators.figures import Reader
from hrss_portal.indicators.rows import rows
from hrss_portal.indicators.wording import base_text

LIMIT = 100


class Command(PortalCommand):
    """Lists the rows of one part of a figure in the order of their keys."""

    help = "指标明细"

    def arguments(self, parser: CommandParser) -> None:
        """Which figure, which part, which page."""
        parser.add_argument("code")
        parser.add_argument("--from", dest="frm", default="")
        parser.add_argument("--to", required=True)
        parser.add_argument("--org", default="")
        parser.add_argument("--filter", default="")
        parser.add_argument("--part", choices=["num", "den", "previous"], default="num")
        parser.add_argument("--limit", type=whole(), default=LIMIT)
        parser.add_argument("--after", default="", help="pk (or part:pk) where the last page ended")

    def run(self, **options: Any) -> dict[str, Any]:
        """The total and one page of rows."""
        with acting_as_system("report"):
            question = question_from(
                options["frm"], options["to"], options["org"], options["filter"]
            )
            with refused():
                value = Reader().measure(options["code"], question).value
                found = rows(options["code"], question, part=options["part"])
                return {
                    "code": options["code"],
                    "kind": catalogue.get(options["code"]).kind,
                    "value": base_text(value),
                    "total": {"count": found.count(), "sum": base_text(found.total())},
                    "rows": self._page(found, options),
                    "next": found.next_after(),
                }

    def _page(self, found: Any, options: dict[str, Any]) -> list[dict[str, Any]]:
        try:
            page: list[dict[str, Any]] = found.page(limit=options["limit"], after=options["after"])
        except ValueError:
            raise BadInput(
                "bad_after", f"--after “{options['after']}”读不懂", "用上一页最后一行的 pk"
            ) from None
        return page

    def table(self, data: Any) -> str:
        """A line per row under the total."""
        total = data["total"]
        head = f"{data['code']} = {data['value']}（{total['count']} 行，合计 {total['sum']}）"
        lines = [
            f"{row['model']} {row['pk']}  {row['key']}  {row['on'] or '—'}  {row['amount']}"
            for row in data["rows"]
        ]
        return "\n".join([head, *lines])
