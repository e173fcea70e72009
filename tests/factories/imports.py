"""Workbooks for tests: clean, dirty and hostile, all built here, all people invented."""

import csv
import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

import xlsxwriter

from hrss_portal.parties.synthetic import resident_number


def workbook(
    rows: Sequence[Sequence[Any]],
    *,
    merged: Iterable[tuple[int, int, int, int, str]] = (),
    hidden_rows: Iterable[int] = (),
    hidden_columns: Iterable[int] = (),
    ghosts: int = 0,
    other_sheets: Sequence[str] = (),
    date1904: bool = False,
) -> bytes:
    """An xlsx with ``rows`` from A1 on; ``merged`` are (row, column, row, column, text) from 1."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "date_1904": date1904})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    border = book.add_format({"border": 1})
    for name in other_sheets:
        hidden = book.add_worksheet(name)
        hidden.hide()
    sheet = book.add_worksheet("台账")
    sheet.activate()
    sheet.set_first_sheet()
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            _write(sheet, number, column, value, day)
    for top, left, bottom, right, text in merged:
        sheet.merge_range(top - 1, left - 1, bottom - 1, right - 1, text)
    for number in range(len(rows), len(rows) + ghosts):
        sheet.write_blank(number, 0, None, border)
    for number in hidden_rows:
        sheet.set_row(number - 1, None, None, {"hidden": True})
    for column in hidden_columns:
        sheet.set_column(column - 1, column - 1, None, None, {"hidden": True})
    book.close()
    return stream.getvalue()


def _write(sheet: Any, number: int, column: int, value: Any, day: Any) -> None:
    if hasattr(value, "isoformat"):
        sheet.write_datetime(number, column, value, day)
    elif isinstance(value, str) and not value.startswith("="):
        sheet.write_string(number, column, value)
    elif value is not None:
        sheet.write(number, column, value)


def with_part(content: bytes, name: str, part: bytes, *, replace: bool = False) -> bytes:
    """A zipped workbook with one part more (or one part replaced)."""
    source = zipfile.ZipFile(io.BytesIO(content))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            if not (replace and entry.filename == name):
                target.writestr(entry, source.read(entry))
        target.writestr(name, part)
    return stream.getvalue()


def without_results(content: bytes) -> bytes:
    """The workbook as a program writes it that never calculates: formulas without results."""
    name = "xl/worksheets/sheet1.xml"
    sheet = zipfile.ZipFile(io.BytesIO(content)).read(name)
    return with_part(content, name, sheet.replace(b"</f><v>0</v>", b"</f>"), replace=True)


def lying_bomb(size: int = 400 * 1024 * 1024) -> bytes:
    """A part that inflates to ``size`` while the directory says that it is small."""
    content = workbook([["姓名"], ["甲"]])
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    step = b" " * (1024 * 1024)
    packed = b"".join([packer.compress(step) for _ in range(size // len(step))]) + packer.flush()
    name = b"xl/sharedStrings2.xml"
    claimed = 5000
    local = struct.pack(
        "<4s5H3I2H", b"PK\x03\x04", 20, 0, 8, 0, 33, 0, len(packed), claimed, len(name), 0
    )
    source = zipfile.ZipFile(io.BytesIO(content))
    end = content.rindex(b"PK\x05\x06")
    start = source.start_dir
    entry = struct.pack(
        "<4s6H3I5H2I",
        b"PK\x01\x02",
        20,
        20,
        0,
        8,
        0,
        33,
        0,
        len(packed),
        claimed,
        len(name),
        0,
        0,
        0,
        0,
        0,
        start,
    )
    directory = content[start:end] + entry + name
    count = len(source.infolist()) + 1
    before = content[:start] + local + name + packed
    tail = struct.pack(
        "<4s4H2IH", b"PK\x05\x06", 0, 0, count, count, len(directory), len(before), 0
    )
    return before + directory + tail


def honest_bomb(size: int = 400_000_000) -> bytes:
    """A sheet that inflates to 400 MB and says so in the directory."""
    content = workbook([["姓名"], ["甲"]])
    stream = io.BytesIO(content)
    with (
        zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as book,
        book.open("xl/worksheets/sheet9.xml", "w", force_zip64=True) as part,
    ):
        step = b" " * (8 * 1024 * 1024)
        for _ in range(size // len(step)):
            part.write(step)
    return stream.getvalue()


def text_table(
    rows: Sequence[Sequence[str]], *, encoding: str = "utf-8", tab: bool = False
) -> bytes:
    """A csv (or tab-separated) file in an encoding."""
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter="\t" if tab else ",").writerows(rows)
    return stream.getvalue().encode(encoding)


def ods_table(rows: Sequence[Sequence[str]]) -> bytes:
    """A minimal OpenDocument sheet of text cells."""
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    lines = "".join(
        f"<table:table-row>{''.join(cell.format(value) for value in row)}</table:table-row>"
        for row in rows
    )
    names = "".join(
        f' xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{prefix}:1.0"'
        for prefix in ("office", "table", "text")
    )
    content = (
        f"<office:document-content{names}><office:body><office:spreadsheet>"
        f'<table:table table:name="台账">{lines}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as book:
        book.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        book.writestr("content.xml", content)
        book.writestr("META-INF/manifest.xml", "<manifest/>")
    return stream.getvalue()


PEOPLE_HEADINGS = ["乡镇", "姓名", "身份证号码", "联系电话", "登记时间", "贷款金额（万元）", "备注"]


def made_up_people(count: int, *, first: int = 1) -> list[list[Any]]:
    """Rows of the test sheet in the order of ``PEOPLE_HEADINGS``, all of them right."""
    return [
        [
            "城关镇",
            f"测{'甲乙丙丁戊己庚辛壬癸'[n % 10]}{'子丑寅卯辰巳午未'[n // 10 % 8]}",
            resident_number("341522", date(2000, 1, 1) + timedelta(days=n // 900), n % 900 + 1),
            f"138{n:08d}",
            "2023-11-16",
            n,
            None,
        ]
        for n in range(first, first + count)
    ]


def people_book(rows: Sequence[Sequence[Any]], *, title: bool = True) -> bytes:
    """The test sheet as a workbook, with a title row unless told otherwise."""
    head: list[Sequence[Any]] = [["测试人员台账"]] if title else []
    return workbook([*head, PEOPLE_HEADINGS, *rows])
