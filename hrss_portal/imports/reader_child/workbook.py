"""Workbooks of Excel and its kin, read by calamine."""

import datetime
import io
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

import python_calamine
from defusedxml import ElementTree

from hrss_portal.imports.reader_child.protocol import TEXT_LIMIT, StopReading
from hrss_portal.imports.reader_child.sheet_xml import Scan, scan_xml


def cell(value: Any) -> Any:
    """A calamine value as JSON; whole floats become integers, empty text becomes null."""
    if value.__class__ is str:
        return value[:TEXT_LIMIT] or None
    if value.__class__ is float:
        return int(value) if value.is_integer() and abs(value) < 1e22 else value
    if isinstance(value, datetime.datetime):
        return {"t": value.isoformat()}
    if isinstance(value, datetime.date):
        return {"d": value.isoformat()}
    if isinstance(value, (datetime.time, datetime.timedelta)):
        return {"h": str(value)}
    return value


class Book:
    """A workbook read by calamine, with what the XML of an xlsx says besides."""

    def __init__(self, content: bytes, kind: str, limits: dict[str, int]) -> None:
        self.limits = limits
        self.content = content
        self.kind = kind
        try:
            self.book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        except python_calamine.PasswordError:
            raise StopReading("encrypted") from None
        except Exception as error:
            raise StopReading("encrypted" if "assword" in str(error) else "damaged") from None
        self.sheets = []
        for index, sheet in enumerate(self.book.sheets_metadata):
            if str(sheet.typ).endswith("WorkSheet"):
                visible = str(sheet.visible).endswith(".Visible")
                self.sheets.append({"index": index, "name": sheet.name, "visible": visible})
        self.date1904 = False
        self.parts: dict[str, str] = {}
        if kind == "xlsx":
            self._read_parts()
        self._loaded: tuple[int, Any] = (-1, None)
        self._scans: dict[int, Scan] = {}

    def _read_parts(self) -> None:
        """The part of each sheet, and whether the dates count from 1904."""
        try:
            with zipfile.ZipFile(io.BytesIO(self.content)) as package:
                links = ElementTree.fromstring(package.read("xl/_rels/workbook.xml.rels"))
                book = ElementTree.fromstring(package.read("xl/workbook.xml"))
        except (KeyError, ElementTree.ParseError, zipfile.BadZipFile):
            return
        targets = {link.get("Id"): link.get("Target", "") for link in links}
        for element in book.iter():
            name = element.tag.rpartition("}")[2]
            if name == "workbookPr":
                self.date1904 = element.get("date1904") in {"1", "true"}
            elif name == "sheet":
                link = next((v for k, v in element.items() if k.endswith("}id")), "")
                target = targets.get(link, "")
                path = target[1:] if target.startswith("/") else f"xl/{target}"
                self.parts[element.get("name")] = path

    def sheet(self, index: int) -> Any:
        """The calamine sheet; the last one stays loaded."""
        if self._loaded[0] != index:
            try:
                self._loaded = (index, self.book.get_sheet_by_index(index))
            except python_calamine.CalamineError:
                raise StopReading("damaged") from None
        return self._loaded[1]

    def name(self, index: int) -> str:
        """What the sheet is called."""
        return self.book.sheet_names[index]

    def scan(self, index: int) -> Scan:
        """Looks over the XML of an xlsx sheet before calamine builds its table."""
        if index not in self._scans:
            scan = Scan()
            part = self.parts.get(self.name(index))
            if part:
                self._scan(part, scan)
            self._check(scan, index)
            self._scans[index] = scan
        return self._scans[index]

    def _scan(self, part: str, scan: Scan) -> None:
        with zipfile.ZipFile(io.BytesIO(self.content)) as package:
            try:
                with package.open(part) as stream:
                    scan_xml(stream, scan, self.limits["rows"])
            except KeyError:
                return

    def _check(self, scan: Scan, index: int) -> None:
        rows, columns = scan.last
        values = {"sheet": self.name(index)}
        if scan.filled > self.limits["rows"]:
            raise StopReading("rows", count=scan.filled, **values)
        if columns > self.limits["columns"]:
            raise StopReading("columns", count=columns, **values)
        if rows * columns > self.limits["cells"]:
            raise StopReading("area", cell=f"{letters(columns)}{rows}", **values)

    def merged(self, index: int) -> list[list[int]]:
        """Merged ranges as [row, column, last row, last column], counted from 1."""
        ranges = self.sheet(index).merged_cell_ranges or []
        return [[a + 1, b + 1, c + 1, d + 1] for (a, b), (c, d) in ranges]

    def rows(self, index: int) -> Iterator[tuple[int, list[Any]]]:
        """Rows with their Excel numbers; special cells are put where calamine left gaps."""
        special = self.scan(index).special
        sheet = self.sheet(index)
        indent = [None] * (sheet.start[1] if sheet.start else 0)  # rows start at 1, columns do not
        if sheet.end and sheet.end[1] >= self.limits["columns"]:
            raise StopReading("columns", sheet=self.name(index), count=sheet.end[1] + 1)
        number = 0
        for number, values in enumerate(sheet.iter_rows(), 1):
            cells = indent + [cell(value) for value in values]
            yield number, with_special(cells, special.get(number, ()))
        for later in sorted(place for place in special if place > number):
            yield later, with_special([], special[later])


def with_special(cells: list[Any], special: Sequence[tuple[int, Any]]) -> list[Any]:
    """A row with its error cells and uncalculated formulas put in."""
    for column, value in special:
        cells += [None] * (column - len(cells))
        cells[column - 1] = value
    return cells


def letters(column: int) -> str:
    """A column number as Excel shows it (28 is AB)."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text
