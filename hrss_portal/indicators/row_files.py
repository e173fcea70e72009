"""The rows behind a figure as a workbook, with the figure and its conditions on the first sheet."""

from collections.abc import Iterator
from datetime import date
from io import BytesIO
from typing import Any

from django.utils import timezone

from hrss_portal.audit.log import record_access
from hrss_portal.imports.xlsx import Table, Writer
from hrss_portal.indicators.figures import Figure
from hrss_portal.indicators.named_filters import words
from hrss_portal.indicators.row_names import named
from hrss_portal.indicators.rows import RowSet, amount_of, date_of

MOST_ROWS = 20_000  # more are narrowed by period or filter first
ABOUT = "导出说明"


class TooManyRows(ValueError):
    """More rows than one download holds."""


def rows_workbook(shown: Figure, found: RowSet, *, part_label: str, by: str, counted: int) -> bytes:
    """The workbook.  The access is logged before the first row is read.

    ``counted``: how many rows the figure has, those held back from the reader included.

    Raises ``TooManyRows``.
    """
    count = found.count()
    if count > MOST_ROWS:
        raise TooManyRows(f"明细 {count} 行，超过 {MOST_ROWS} 行，请缩短期间或加筛选后导出")
    record_access(
        "export",
        subject_type="indicators.figure",
        subject_id=shown.code,
        label=f"{shown.label}{part_label}明细 {words(shown.code, shown.filters) or '全部'}",
    )
    out = BytesIO()
    writer = Writer(out)
    writer.write(
        Table(
            name="明细",
            headings=["编号", "名称", "日期", "乡镇（园区）", "承办", "计入"],
            rows=_lines(found),
            kinds=["text", "text", "value", "text", "text", "value"],
            widths=[26, 44, 12, 16, 16, 14],
        )
    )
    writer.write(
        Table(
            name=ABOUT,
            headings=["项目", "内容"],
            rows=_about(shown, part_label, (count, counted), by),
            kinds=["text", "text"],
            widths=[14, 60],
        )
    )
    writer.close(first=ABOUT)
    return out.getvalue()


def _lines(found: RowSet) -> Iterator[list[Any]]:
    for leaf, row in found.slice(0, None):
        day, name = date_of(leaf, row), named(row)
        yield [
            name.number,
            name.name,
            date.fromisoformat(day) if day else None,
            name.town,
            name.handler,
            amount_of(row),
        ]


def _about(shown: Figure, part_label: str, counts: tuple[int, int], by: str) -> list[list[str]]:
    period, (count, counted) = shown.period, counts
    frm = period.frm.isoformat() if period.frm else "不限"
    return [
        ["指标", f"{shown.label}（{shown.code}）"],
        ["数值", shown.shown],
        ["部分", part_label],
        ["期间", f"{frm} 至 {period.to.isoformat()}"],
        ["范围", shown.org],
        ["筛选", words(shown.code, shown.filters) or "无"],
        ["行数", str(count) if count == counted else f"{count}（共 {counted} 条，其余不可见）"],
        ["导出", f"{by} {timezone.localtime():%Y-%m-%d %H:%M}"],
    ]
