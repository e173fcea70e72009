"""Comma- and tab-separated text as a workbook of one sheet."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from hrss_portal.imports.reader_child.protocol import TEXT_LIMIT, StopReading
from hrss_portal.imports.reader_child.sheet_xml import Scan


class TextBook:
    """A CSV or tab-separated text file as a workbook of one sheet."""

    def __init__(self, content: bytes, limits: dict[str, int]) -> None:
        self.limits = limits
        self.text = decode(content)
        self.date1904 = False
        csv.field_size_limit(TEXT_LIMIT + 1)
        self.sheets = [{"index": 0, "name": "", "visible": True}]

    def scan(self, _index: int) -> "Scan":
        """Text has nothing hidden and no formulas."""
        return Scan()

    def merged(self, _index: int) -> list[list[int]]:
        """Text has no merged cells."""
        return []

    def rows(self, _index: int) -> Iterator[tuple[int, list[Any]]]:
        """Rows with their numbers as Excel would show them."""
        lines = csv.reader(io.StringIO(self.text, newline=""), delimiter=delimiter(self.text))
        try:
            for number, values in enumerate(lines, 1):
                if len(values) > self.limits["columns"]:
                    raise StopReading("columns", sheet="", count=len(values))
                yield number, [plain(value) for value in values]
        except csv.Error:
            raise StopReading("damaged") from None


def plain(value: str) -> str | None:
    """Text of a CSV field: ``="0012"`` (Excel's way to keep zeros) is its inside."""
    if value.startswith('="') and value.endswith('"') and len(value) > 2:
        return value[2:-1] or None
    return value or None


def decode(content: bytes) -> str:
    """Text by its mark, else strict UTF-8, else strict GB18030; never a replacement character."""
    marks = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
    names = [name for mark, name in marks if content.startswith(mark)] or ["utf-8", "gb18030"]
    for name in names:
        try:
            text = content.decode(name)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    raise StopReading("encoding")


def delimiter(text: str) -> str:
    """The separator of a text file: the one that splits its first lines most often."""
    start = text[:20000]
    return max((",", "\t", ";", "，", "|"), key=start.count)
