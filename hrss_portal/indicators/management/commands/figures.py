"""``figures``: any declared figure for any period, one by one or many from a CSV file."""

import csv
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from hrss_portal.access.scope import acting_as_system
from hrss_portal.audit.commands import BadInput, PortalCommand
from hrss_portal.indicators import breakdown, catalogue
from hrss_portal.indicators.asking import question_from, refused
from hrss_portal.indicators.engine import Ask
from hrss_portal.indicators.figures import Reader, as_json
from hrss_portal.indicators.parameters import UnknownParameter, parameter
from hrss_portal.indicators.wording import base_text

RESULT_COLUMNS = ("id", "code", "value", "printed", "error")
ASKED = ("kind", "code", "from", "to")
KINDS = ("figure", "parameter", "text")


class Command(PortalCommand):
    """Prints figures; with ``--csv`` reads questions from a file and writes answers as CSV."""

    help = "指标取数"

    def arguments(self, parser: CommandParser) -> None:
        """What to read and over which period."""
        parser.add_argument("--code", action="append", default=[], help="indicator code")
        parser.add_argument("--from", dest="frm", default="", help="first day, empty for a stock")
        parser.add_argument("--to", default="", help="last day")
        parser.add_argument("--org", default="", help="unit code or name; @own for its own offices")
        parser.add_argument("--filter", default="", help="key=value;key=a|b")
        parser.add_argument("--by", default="", help="town, channel, month or an own dimension")
        parser.add_argument("--csv", default="", help="file of questions")

    def run(self, **options: Any) -> Any:
        """The figures, or the answers to a file of questions."""
        with acting_as_system("report"):
            if options["csv"]:
                return self._answers(options["csv"])
            return self._figures(options)

    def _figures(self, options: dict[str, Any]) -> list[dict[str, Any]]:
        question = question_from(options["frm"], options["to"], options["org"], options["filter"])
        codes = options["code"] or list(catalogue.indicators())
        reader = Reader()
        found = []
        for code in codes:
            with refused():
                shown = reader.figure(code, question, compare=True)
                found.append(as_json(shown, by=self._by(code, options["by"], question)))
        return found

    def _by(self, code: str, by: str, question: Ask) -> list[dict[str, str | None]]:
        if not by:
            return []
        return [cell.as_json() for cell in breakdown.breakdown(code, by, question)]

    def _answers(self, path: str) -> list[dict[str, str]]:
        if not Path(path).is_file():
            raise BadInput("no_file", f"找不到文件 {path}", "给出存在的 CSV 文件")
        try:
            with Path(path).open(encoding="utf-8-sig", newline="") as lines:
                asked = csv.DictReader(lines)
                missing = [name for name in ASKED if name not in (asked.fieldnames or ())]
                rows = list(asked)
        except (UnicodeDecodeError, csv.Error):
            raise BadInput("bad_file", f"读不懂文件 {path}", "文件应为 UTF-8 的 CSV") from None
        if missing:
            hint = "第一行写 id,kind,code,from,to,org,filter,printed,note"
            raise BadInput("bad_file", f"缺少列：{'、'.join(missing)}", hint)
        reader = Reader()
        return [answer(row, reader) for row in rows]

    def handle(self, *args: Any, **options: Any) -> None:
        """As every command; answers to a file are CSV unless JSON is asked for."""
        self.as_csv = bool(options["csv"]) and not options["json"]
        super().handle(*args, **options)

    def table(self, data: Any) -> str:
        """A line per figure: code, name, printed words, period; or the CSV answers."""
        if self.as_csv:
            return _csv_text(data)
        lines = []
        for row in data:
            note = f"（上报值；系统计算 {row['value']}）" if row["override"] else ""
            period = f"{row['from'] or ''}..{row['to']}"
            lines.append(f"{row['code']}  {row['name']}  {row['printed']}{note}  {period}")
            lines += [f"    {cell['label']}  {cell['value']}" for cell in row["by"]]
        return "\n".join(lines)

    def exit_code(self, data: Any) -> int:
        """2 when a row of the file could not be answered; all rows are written all the same."""
        return 2 if any(row.get("error") for row in data) else 0


def answer(row: dict[str, str], reader: Reader) -> dict[str, str]:
    """The answer to one question of the file; what is wrong with it goes into ``error``."""
    found = {
        "id": row.get("id", ""),
        "code": row.get("code", ""),
        "value": "",
        "printed": "",
        "error": "",
    }
    try:
        found |= _answered(row, reader)
    except BadInput as error:
        found["error"] = error.code
    return found


def _answered(row: dict[str, str], reader: Reader) -> dict[str, str]:
    kind = (row.get("kind") or "").strip()
    if kind not in KINDS:
        raise BadInput("unknown_kind", f"kind 只能是 {'、'.join(KINDS)}")
    if kind == "text":
        return {"printed": row.get("printed", "")}
    code = row["code"].strip()
    if kind == "parameter":
        return _parameter(code, row.get("to", ""))
    question = question_from(row["from"], row["to"], row.get("org", ""), row.get("filter", ""))
    with refused():
        shown = reader.figure(code, question)
    return {"value": base_text(shown.value) or "", "printed": shown.printed}


def _parameter(code: str, to: str) -> dict[str, str]:
    try:
        found = parameter(code, date.fromisoformat(to) if to else date.max)
    except UnknownParameter:
        raise BadInput("unknown_code", f"没有参数 {code}") from None
    except ValueError:
        raise BadInput("bad_date", f"日期“{to}”写成 2023-11-16") from None
    return {"value": base_text(found.value) or "", "printed": found.printed}


def _csv_text(rows: list[dict[str, str]]) -> str:
    out = StringIO()
    writer = csv.DictWriter(out, RESULT_COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().rstrip("\n")
