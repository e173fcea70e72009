"""``manage deadline``: one due date with its proof, or a file of them.

The shapes of data and CSV are fixed in docs/commands.md.
"""

import csv
import io
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hrss_portal.audit.arguments import file_words
from hrss_portal.audit.commands import BadInput, PortalCommand
from hrss_portal.deadlines.answers import answer, data_of
from hrss_portal.deadlines.lookup import NotFound, RuleBook
from hrss_portal.deadlines.models import LegalRule
from hrss_portal.deadlines.regions import is_known
from hrss_portal.deadlines.spec import NoDate, as_date, standing

ASKED = ("code", "trigger", "pause", "extend")
COLUMNS = (*ASKED, "due", "internal_due", "provisional", "error")
HINTS = {
    "unknown_code": "编码见“期限规则”页，如 ARB-14、INS-03。",
    "bad_date": "日期写成 2024-03-20；按小时计算的写成 2024-03-20T09:30。",
    "not_in_region": "用 --region 指明地区，如 --region 安徽。",
    "needs_date": "这类期限写在文书或事项清单上，由承办人录入。",
}


class Command(PortalCommand):
    """Computes due dates from the stored rules and calendar."""

    help = "计算一个期限的到期日，并逐日说明理由"

    def arguments(self, parser: ArgumentParser) -> None:
        """CODE DATE, or --csv FILE."""
        parser.add_argument("code", nargs="?", metavar="CODE", help="规则编码，如 ARB-14")
        parser.add_argument("date", nargs="?", metavar="DATE", help="起算事由发生之日")
        parser.add_argument(
            "--pause",
            action="append",
            default=[],
            metavar="FROM:TO",
            help="中止：首日（不计入）:恢复日，可以写几次",
        )
        parser.add_argument(
            "--extend", nargs="?", const="max", metavar="N", help="延长；不写 N 为最长"
        )
        parser.add_argument("--region", metavar="R", help="适用地区，如 安徽、霍邱县")
        parser.add_argument("--csv", metavar="FILE", help="成批计算：code,trigger,pause,extend")

    def run(self, **options: Any) -> Any:
        """The data of one date, or the rows of the file."""
        if not LegalRule.objects.exists():
            raise BadInput("not_loaded", "期限规则尚未载入。", "先执行 manage load_rules。")
        region = options["region"]
        if region and not is_known(region):
            hint = "写成 安徽、霍邱县、341522；没有收录的县写 安徽/六安市/某县。"
            raise BadInput("unknown_region", f"不认识“{region}”这个地区。", hint)
        if options["csv"]:
            return rows_of(Path(options["csv"]), options["region"])
        if not options["code"] or not options["date"]:
            raise BadInput(
                "missing_argument", "请写明规则编码和日期。", "例如：deadline ARB-14 2024-04-12"
            )
        return one(options)

    def table(self, data: Any) -> str:
        """The proof of one date, or the CSV."""
        return as_csv(data) if isinstance(data, list) else as_text(data)

    def exit_code(self, data: Any) -> int:
        """2 when a row of a file has no date."""
        return 2 if isinstance(data, list) and any(row["error"] for row in data) else 0


def one(options: dict[str, Any]) -> dict[str, Any]:
    """One answer as data; raises ``BadInput``."""
    try:
        rule, due = answer(
            options["code"],
            options["date"],
            options["pause"],
            options["extend"],
            options["region"],
        )
    except (NoDate, NotFound) as error:
        raise BadInput(error.code, str(error), HINTS.get(error.code, "")) from None
    return data_of(rule, due)


def rows_of(path: Path, region: str | None) -> list[dict[str, str]]:
    """Every row of the file with its date or its error; raises ``BadInput`` for the file."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            _check_heading(reader.fieldnames or ())
            book = RuleBook()
            return [_answered(row, book, region) for row in reader]
    except OSError as error:
        raise BadInput("bad_file", *file_words(error, path)) from None
    except (UnicodeDecodeError, csv.Error):
        raise BadInput("bad_file", f"读不懂文件 {path}", "文件应为 UTF-8 的 CSV。") from None


def _check_heading(names: Sequence[str]) -> None:
    missing = [name for name in ("code", "trigger") if name not in names]
    if missing:
        raise BadInput(
            "bad_file", f"缺少列：{'、'.join(missing)}。", "第一行应为 code,trigger,pause,extend。"
        )


def _answered(row: dict[str, str | None], book: RuleBook, region: str | None) -> dict[str, str]:
    asked = {name: (row.get(name) or "").strip() for name in ASKED}
    result = dict.fromkeys(COLUMNS, "") | asked
    try:
        _, due = answer(
            asked["code"],
            asked["trigger"],
            asked["pause"].split(";"),
            asked["extend"],
            region,
            book=book,
            trace=False,
        )
    except (NoDate, NotFound) as error:
        return result | {"error": error.code}
    return result | {
        "due": as_date(due.due),
        "internal_due": as_date(due.internal_due),
        "provisional": str(due.provisional).lower(),
    }


def as_csv(rows: list[dict[str, str]]) -> str:
    """The rows under the fixed heading."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def as_text(data: dict[str, Any]) -> str:
    """The date and its proof for people."""
    rank = standing(data["nature"], data["sureness"])
    waiting = "（暂定，待放假通知）" if data["provisional"] else ""
    lines = [
        f"{data['code']}　起算 {data['trigger']}　到期 {data['due']}{waiting}",
        f"内部到期 {data['internal_due']}　未顺延 {data['unrolled']}",
        f"{rank}　适用 {data['region']}　施行 {data['version_from'] or '未注明'}",
        f"依据：{data['basis']}",
        "",
        *(
            f"{day['date']}　{'计' if day['counted'] else '　'}　{day['n']:>3}　{day['why']}"
            for day in data["trace"]
        ),
    ]
    return "\n".join(lines)
