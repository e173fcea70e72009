"""Small styled workbooks: the template of a sheet, and the rows of a batch that need fixing."""

import io
import json
from typing import Any

from django.db.models import Q

from hrss_portal.areas import Column, Sheet
from hrss_portal.imports.cells import Cell, Special, as_text, revive
from hrss_portal.imports.cleaning import Cleaner, build_field
from hrss_portal.imports.exporting import kind
from hrss_portal.imports.fixing import LISTED, has_more, options
from hrss_portal.imports.layout import Layout
from hrss_portal.imports.models import Batch, StagedRow
from hrss_portal.imports.staging import cells_of
from hrss_portal.parties.fields import DateField

FORM, GUIDE, LISTS = "填报表", "填表说明", "选项"
TEMPLATE_ROWS = 2000
CUT = f"下拉列表只列前 {LISTED} 项，没有列出的照登记的全称填写"
ERROR_HEADING = "错误说明"
SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def template(sheet: Sheet) -> bytes:
    """An empty workbook of a sheet: headings, sample row, drop-downs, notes, version.

    Required headings carry a star.  Columns of numbers such as ID cards are formatted as text,
    dates as dates.  The sample row is recognised and left out when it is sent back.
    """
    stream = io.BytesIO()
    book = _new_book(stream)
    book.set_custom_property("表号", sheet.code)
    book.set_custom_property("版本", sheet.version)
    book.set_properties({"title": sheet.title})
    form, guide, lists = (book.add_worksheet(name) for name in (FORM, GUIDE, LISTS))
    lists.hide()
    styles = _styles(book)
    last = max(1, len(sheet.columns) - 1)
    form.merge_range(0, 0, 0, last, sheet.title, styles["title"])
    form.freeze_panes(2, 0)
    for number, column in enumerate(sheet.columns):
        _template_column(form, lists, styles, number, column)
    _guide(guide, sheet, styles)
    form.activate()
    book.close()
    return stream.getvalue()


def _new_book(stream: io.BytesIO) -> Any:
    import xlsxwriter  # noqa: PLC0415 - loaded with the first workbook

    return xlsxwriter.Workbook(stream, {"in_memory": True, **SAFE})


def _letter(number: int) -> str:
    from xlsxwriter.utility import xl_col_to_name  # noqa: PLC0415 - loaded with the first workbook

    return str(xl_col_to_name(number, True))


def _styles(book: Any) -> dict[str, Any]:
    head = {"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1}
    return {
        "title": book.add_format({"bold": True, "font_size": 16, "align": "center"}),
        "head": book.add_format({**head, "bg_color": "#E8EEF5"}),
        "must": book.add_format({**head, "bg_color": "#E8EEF5", "font_color": "#A4161A"}),
        "text": book.add_format({"num_format": "@"}),
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        "sample": book.add_format({"num_format": "@", "font_color": "#646B78", "italic": True}),
        "red": book.add_format({"num_format": "@", "bg_color": "#FAD4D4", "border": 1}),
        "red_date": book.add_format(
            {"num_format": "yyyy-mm-dd", "bg_color": "#FAD4D4", "border": 1}
        ),
        "words": book.add_format({"num_format": "@", "text_wrap": True, "font_color": "#A4161A"}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
    }


def _template_column(
    form: Any, lists: Any, styles: dict[str, Any], number: int, column: Column
) -> None:
    field = build_field(column)
    is_date = isinstance(field, DateField)
    style = styles["date"] if is_date else styles["text"] if kind(column) == "text" else None
    form.set_column(number, number, max(column.width, len(column.heading) * 2 + 2), style)
    star = "*" if field.required else ""
    form.write_string(1, number, column.heading + star, styles["must" if star else "head"])
    if column.sample:
        form.write_string(2, number, column.sample, styles["sample"])
    words = options(field)
    if words:
        lists.write_column(0, number, words)
        letter = _letter(number)
        rule = {"validate": "list", "source": f"={LISTS}!{letter}$1:{letter}${len(words)}"}
        rule["error_message"] = "请从下拉列表中选择"
        if has_more(field):
            rule |= {"error_type": "information", "error_message": CUT}
        form.data_validation(2, number, TEMPLATE_ROWS, number, rule)
    elif column.help:
        rule = {"validate": "any", "input_title": column.heading[:32]}
        rule["input_message"] = column.help[:255]
        form.data_validation(2, number, TEMPLATE_ROWS, number, rule)


def _guide(guide: Any, sheet: Sheet, styles: dict[str, Any]) -> None:
    guide.set_column(0, 0, 24)
    guide.set_column(1, 1, 10)
    guide.set_column(2, 2, 70)
    lines: list[tuple[str, str, str]] = [
        (f"{sheet.code} {sheet.title}", "", f"版本 {sheet.version}"),
        ("填表要求", "", "列名不要改动；带 * 的列必填；示例行可以保留，导入时不读。"),
        *(("", "", note) for note in sheet.notes),
        ("列", "必填", "说明"),
    ]
    for column in sheet.columns:
        field = build_field(column)
        words = "。".join(filter(None, (column.help, _list_words(field))))
        lines.append((column.heading, "是" if field.required else "", words))
    for number, line in enumerate(lines):
        for place, text in enumerate(line):
            guide.write_string(number, place, text, styles["wrap"])


def _list_words(field: Any) -> str:
    """How long a column's drop-down is, and that it is not all where it is cut."""
    count = len(options(field))
    if has_more(field):
        return CUT
    return f"从下拉列表选择，共 {count} 项" if count else ""


def error_workbook(batch: Batch) -> bytes:
    """The rows of a batch that did not or will not land, in the sender's own columns.

    The first column says what is wrong, wrong cells are red, codes are typed text.  A number that
    Excel has damaged is left empty: written as text it could pass for a real one.  Columns that
    the sender's table lacks and a person filled in here follow after the own ones.
    """
    layout = batch.place
    cleaner = Cleaner(batch.sheet, layout)
    stream = io.BytesIO()
    book = _new_book(stream)
    styles = _styles(book)
    page = book.add_worksheet((layout.sheet_name or "有错的行")[:28])
    headings = sorted(layout.headings.items())
    page.write_string(0, 0, ERROR_HEADING, styles["must"])
    page.set_column(0, 0, 44)
    for place, (number, words) in enumerate(headings, 1):
        page.write_string(0, place, words, styles["head"])
        name = layout.columns.get(number, ("", 0))[0]
        page.set_column(place, place, cleaner.columns[name].width if name else 14)
    for place, name in enumerate(layout.given, len(headings) + 1):
        page.write_string(0, place, cleaner.columns[name].heading, styles["head"])
        page.set_column(place, place, cleaner.columns[name].width)
    page.freeze_panes(1, 1)
    bad = Q(level="wrong") | Q(action="rejected") | Q(skipped=True)
    rows = StagedRow.objects.filter(bad, batch=batch).order_by("number")
    for line, row in enumerate(rows.iterator(chunk_size=500), 1):
        _error_row(page, styles, line, row, layout, headings)
    book.close()
    return stream.getvalue()


def _error_row(
    page: Any,
    styles: dict[str, Any],
    line: int,
    row: StagedRow,
    layout: Layout,
    headings: list[tuple[int, str]],
) -> None:
    content = json.loads(row.content)
    raw = [revive(cell) for cell in content["cells"]]
    changed = {**content["filled"], **content["edits"]}
    wrong = {item["column"]: item["code"] for item in row.messages if item["level"] == "wrong"}
    words = "；".join(
        f"{item['heading']}:{item['message']}" if item["heading"] else item["message"]
        for item in row.messages
    )
    page.write_string(line, 0, f"原第 {row.number} 行 {words or '已选择跳过'}", styles["words"])
    for place, (number, _) in enumerate(headings, 1):
        name = layout.columns.get(number, ("", 0))[0]
        cell = raw[number - 1] if number <= len(raw) else None
        if name in changed:
            cell = revive(changed[name])
        if wrong.get(name) in {"excel", "error_cell", "formula"}:
            cell = None
        _write_cell(page, styles, line, place, cell, is_wrong=name in wrong)
    filled_in = cells_of(content, layout)
    for place, name in enumerate(layout.given, len(headings) + 1):
        _write_cell(page, styles, line, place, filled_in[name], is_wrong=name in wrong)


def _write_cell(
    page: Any, styles: dict[str, Any], line: int, place: int, cell: Cell, *, is_wrong: bool
) -> None:
    """Dates and numbers keep their kind, everything else is text and never a formula."""
    red = styles["red"] if is_wrong else None
    if cell is None or isinstance(cell, Special):
        page.write_blank(line, place, None, red or styles["text"])
    elif isinstance(cell, (int, float)) and not isinstance(cell, bool) and abs(cell) < 10**11:
        page.write_number(line, place, cell, red)
    elif hasattr(cell, "year"):
        page.write_datetime(line, place, cell, styles["red_date" if is_wrong else "date"])
    else:
        page.write_string(line, place, as_text(cell), red or styles["text"])
