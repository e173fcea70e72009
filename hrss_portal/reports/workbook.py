"""The check workbook (核数表): one line per printed figure, what it counts and who checked it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from typing import Any

from hrss_portal.indicators import catalogue
from hrss_portal.indicators.catalogue import UnknownIndicator
from hrss_portal.reports.composed import Composed, Use

COLUMNS = (
    ("序号", 6),
    ("章节", 30),
    ("指标代码", 26),
    ("指标名称", 26),
    ("口径", 44),
    ("口径版本", 9),
    ("印出文字", 18),
    ("精确值（基本单位）", 18),
    ("分子", 12),
    ("分母", 12),
    ("上年同期", 12),
    ("起", 11),
    ("止", 11),
    ("范围", 16),
    ("筛选", 18),
    ("上报值及理由", 30),
    ("取数时间", 18),
    ("明细", 10),
    ("状态", 8),
    ("核对人", 10),
    ("核对时间", 17),
)
LINK_COLUMN = [name for name, _ in COLUMNS].index("明细")


@dataclass(frozen=True, kw_only=True)
class Check:
    """Who checked a section and when, and its state in words."""

    state: str = "待核"
    by: str = ""
    at: str = ""


def build_workbook(
    composed: Composed,
    *,
    headings: Mapping[str, str],
    checks: Mapping[str, Check],
    base_url: str = "",
) -> bytes:
    """The workbook.  ``headings`` and ``checks`` go by section code; ``base_url`` starts links."""
    import xlsxwriter  # noqa: PLC0415 - loaded with the first workbook

    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    formats = {
        "head": book.add_format({"bold": True, "border": 1, "bg_color": "#EEF1F5"}),
        "cell": book.add_format({"border": 1, "text_wrap": True, "valign": "top"}),
        "title": book.add_format({"bold": True, "font_size": 14}),
    }
    _figures(book, formats, composed, headings, checks, base_url)
    if composed.missing:
        _missing(book, formats, composed, headings)
    book.close()
    return out.getvalue()


def _figures(
    book: Any,
    formats: dict[str, Any],
    composed: Composed,
    headings: Mapping[str, str],
    checks: Mapping[str, Check],
    base_url: str,
) -> None:
    sheet = book.add_worksheet("核数表")
    sheet.write(0, 0, f"{composed.title} 核数表", formats["title"])
    sheet.write(1, 0, f"单位：{composed.org}  期间：{composed.frm} 至 {composed.to}")
    for column, (name, width) in enumerate(COLUMNS):
        sheet.set_column(column, column, width)
        sheet.write(3, column, name, formats["head"])
    for number, use in enumerate(composed.uses):
        check = checks.get(use.section, Check())
        values = _line(use, headings.get(use.section, ""), check)
        for column, value in enumerate(values):
            sheet.write(4 + number, column, value, formats["cell"])
        if base_url:
            sheet.write_url(
                4 + number, LINK_COLUMN, f"{base_url}{use.rows_url}", formats["cell"], "打开明细"
            )
    sheet.freeze_panes(4, 3)
    sheet.autofilter(3, 0, 3 + max(len(composed.uses), 1), len(COLUMNS) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(3)


def _line(use: Use, heading: str, check: Check) -> list[Any]:
    override = use.override
    return [
        int(use.id),
        heading,
        use.code,
        use.label,
        _definition(use.code),
        f"v{use.version} {use.definition}",
        use.printed,
        _number(use.value),
        _number(use.numerator),
        _number(use.denominator),
        _number(use.previous),
        use.frm or "",
        use.to,
        use.org,
        use.filters,
        f"{override['value']}：{override['reason']}（{override['by']}）" if override else "",
        use.as_of.replace("T", " ")[:16],
        use.rows_url,
        check.state,
        check.by,
        check.at,
    ]


def _definition(code: str) -> str:
    try:
        return catalogue.get(code).definition
    except UnknownIndicator:
        return ""


def _number(text: str | None) -> Any:
    return "" if text is None else float(Decimal(text))


def _missing(
    book: Any, formats: dict[str, Any], composed: Composed, headings: Mapping[str, str]
) -> None:
    sheet = book.add_worksheet("待填")
    for column, (name, width) in enumerate((("章节", 40), ("待填内容", 60), ("代码", 30))):
        sheet.set_column(column, column, width)
        sheet.write(0, column, name, formats["head"])
    for number, found in enumerate(composed.missing, start=1):
        values = (headings.get(found["section"], ""), found["label"], found["code"])
        for column, value in enumerate(values):
            sheet.write(number, column, value, formats["cell"])
