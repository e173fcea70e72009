"""The process that opens a stranger's workbook: limited, without Django, without secrets.

Run by ``reading.py`` as ``python -I reader_child.py``.  It reads one JSON line (what the file is,
and the limits), the bytes of the file, then commands, all on standard input; it answers in JSON
lines on standard output.  It opens no file and no socket.  Cells keep their kind::

    "text"   12   3.5   true   null (empty)
    {"d": "2023-11-16"}   {"t": "2023-11-16T09:30:00"}   {"h": "09:30:00"}
    {"e": "#REF!"} an error cell   {"f": 1} a formula that was never calculated

Commands: ``head N ROWS`` the first rows of sheet N, ``merged N`` its merged cells,
``rows N`` all rows, ``quit``.
"""

import csv
import datetime
import io
import json
import re
import resource
import sys
import zipfile
from collections.abc import Iterator, Sequence
from typing import IO, Any

import python_calamine
from defusedxml import ElementTree

GAP = 1024 * 1024
CHUNK = 512 * 1024
TEXT_LIMIT = 32767


class StopReading(Exception):
    """Reading cannot go on; the parent turns the code into a sentence."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.answer = {"error": code, "values": values}


def limit(limits: dict[str, int]) -> None:
    """Memory, processor time, and no file may be written."""
    memory = limits["memory"]
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits["seconds"], limits["seconds"]))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def answer(data: dict[str, Any]) -> None:
    """One JSON line to the parent."""
    sys.stdout.write(json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n")
    sys.stdout.flush()


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


class Scan:
    """What calamine does not tell about a sheet: hidden rows and columns, errors, ghosts."""

    def __init__(self) -> None:
        self.hidden_rows: set[int] = set()
        self.hidden_columns = 0
        self.special: dict[int, list[tuple[int, Any]]] = {}
        self.filled = 0
        self.ghost_rows = 0
        self.last = (0, 0)
        self.width = 0


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


def column_number(name: bytes) -> int:
    """``AB`` is 28."""
    number = 0
    for letter in name:
        number = number * 26 + letter - 64
    return number


ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
REFERENCE = re.compile(rb'\br="([A-Z]+)(\d+)"')
ROW_NUMBER = re.compile(rb'\br="(\d+)"')
HIDDEN = re.compile(rb'\bhidden="(?:1|true)"')
COLUMN = re.compile(rb"<(?:\w+:)?col\b([^>]*)/?>")
BOUND = re.compile(rb'\b(min|max)="(\d+)"')
CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
VALUE = re.compile(rb"<(?:\w+:)?v\b[^>]*>([^<]+)</")
HAS_VALUE = re.compile(rb"<(?:\w+:)?(?:v|is|t)\b[^>]*>[^<]|<(?:\w+:)?r>")
FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
TEXT_RESULT = re.compile(rb'\bt="str"')
ERROR = re.compile(rb'\bt="e"')


def scan_xml(stream: IO[bytes], scan: Scan, limit_rows: int) -> None:
    """Walks the XML of a sheet row by row, in steps, without building a tree."""
    text = stream.read(GAP)
    start = text.find(b"sheetData")
    while start < 0 and len(text) < 8 * GAP:
        more = stream.read(GAP)
        if not more:
            break
        text += more
        start = text.find(b"sheetData")
    for match in COLUMN.finditer(text[: max(start, 0)]):
        bounds = dict(BOUND.findall(match[1]))
        if HIDDEN.search(match[1]) and len(bounds) == 2:
            scan.hidden_columns += int(bounds[b"max"]) - int(bounds[b"min"]) + 1
    number = 0
    for attributes, body in row_pieces(stream, text):
        stated = ROW_NUMBER.search(attributes)
        number = int(stated[1]) if stated else number + 1
        scan_row(number, attributes, body, scan)
        if scan.filled > 2 * limit_rows:
            return


def row_pieces(stream: IO[bytes], text: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(attributes, body) of each row, reading on when a row is cut by the end of a step."""
    position = 0
    opening = ROW.search(text, position)
    while True:
        following = ROW.search(text, opening.end()) if opening else None
        if following is None:
            more = stream.read(GAP)
            if more:
                keep = opening.start() if opening else max(0, len(text) - 4096)
                text = text[keep:] + more
                opening = ROW.search(text)
                continue
        if opening is None:
            return
        body = text[opening.end() : following.start() if following else len(text)]
        yield opening[1], b"" if opening[1].endswith(b"/") else body
        if following is None:
            return
        opening = following


def scan_row(number: int, attributes: bytes, body: bytes, scan: Scan) -> None:
    """Counts one row, and keeps its error cells and uncalculated formulas."""
    if not HAS_VALUE.search(body) and not FORMULA.search(body):
        scan.ghost_rows += 1
        return
    scan.filled += 1
    if HIDDEN.search(attributes):
        scan.hidden_rows.add(number)
    at = body.rfind(b' r="')
    reference = REFERENCE.search(body, at) if at >= 0 else None
    width = column_number(reference[1]) if reference else 0
    scan.width = max(scan.width, width)
    if FORMULA.search(body) or ERROR.search(body):
        scan_cells(number, body, scan)
    if width > scan.last[1] and not ends_with_value(body, at):
        width = last_valued(body)
    scan.last = (number, max(scan.last[1], width))


def ends_with_value(body: bytes, at: int) -> bool:
    """Whether the last cell of a row has content, which is the common case."""
    return bool(HAS_VALUE.search(body, at))


def last_valued(body: bytes) -> int:
    """The last column with content in a row that ends in empty, formatted cells."""
    width = 0
    for match in CELL.finditer(body):
        reference = REFERENCE.search(match[1])
        if reference and match[2] and (HAS_VALUE.search(match[2]) or FORMULA.search(match[2])):
            width = column_number(reference[1])
    return width


def scan_cells(number: int, body: bytes, scan: Scan) -> None:
    """Error cells and formulas without a result, which calamine reads as empty."""
    column = 0
    for match in CELL.finditer(body):
        reference = REFERENCE.search(match[1])
        column = column_number(reference[1]) if reference else column + 1
        inside = match[2] or b""
        value = VALUE.search(inside)
        if ERROR.search(match[1]):
            words = value[1].decode("utf-8", "replace") if value else "#ERROR!"
            scan.special.setdefault(number, []).append((column, {"e": words}))
        elif FORMULA.search(inside) and not value and not TEXT_RESULT.search(match[1]):
            scan.special.setdefault(number, []).append((column, {"f": 1}))


def head(book: TextBook | Book, index: int, count: int) -> None:
    """The first rows of a sheet, its merged cells in them, and what is hidden or empty."""
    scan = book.scan(index)
    rows = []
    for number, cells in book.rows(index):
        if number > count:
            break
        rows.append([number, cells])
    answer(
        {
            "rows": rows,
            "merged": [area for area in book.merged(index) if area[0] <= count][:2000],
            "hidden_rows": len(scan.hidden_rows),
            "hidden_columns": scan.hidden_columns,
            "ghost_rows": scan.ghost_rows,
            "width": scan.width,
        }
    )


def send_rows(book: TextBook | Book, index: int) -> None:
    """All rows that have content, in lines of bounded size, then the counts."""
    scan = book.scan(index)
    hidden = scan.hidden_rows
    batch, size, filled, blank = [], 0, 0, 0
    for number, cells in book.rows(index):
        while cells and cells[-1] is None:
            cells.pop()
        if not any(not isinstance(v, str) or v.strip() for v in cells if v is not None):
            blank += 1
            continue
        filled += 1
        if filled > book.limits["rows"]:
            raise StopReading("rows", count=filled)
        batch.append([number, cells, 1] if number in hidden else [number, cells])
        size += sum(len(v) if v.__class__ is str else 12 for v in cells)
        if len(batch) == 500 or size > CHUNK:
            answer({"rows": batch})
            batch, size = [], 0
    answer({"rows": batch})
    answer({"end": filled, "blank": blank})


def serve(source: IO[bytes]) -> None:
    """Reads the order and the file, then answers commands until the parent has enough."""
    order = json.loads(source.readline())
    limit(order["limits"])
    content = source.read(order["size"])
    book: TextBook | Book
    if order["kind"] == "csv":
        book = TextBook(content, order["limits"])
    else:
        book = Book(content, order["kind"], order["limits"])
    if len(book.sheets) > order["limits"]["sheets"]:
        raise StopReading("sheets", count=len(book.sheets))
    answer({"sheets": book.sheets, "date1904": book.date1904})
    for line in source:
        words = line.split()
        if not words or words[0] == b"quit":
            return
        if words[0] == b"head":
            head(book, int(words[1]), int(words[2]))
        elif words[0] == b"merged":
            answer({"merged": book.merged(int(words[1]))[: order["limits"]["rows"]]})
        elif words[0] == b"rows":
            send_rows(book, int(words[1]))


def main() -> int:
    """Every way in which reading can end becomes one line and an exit code."""
    try:
        serve(sys.stdin.buffer)
    except StopReading as stop:
        answer(stop.answer)
        return 3
    except MemoryError:
        return 4
    except (python_calamine.CalamineError, zipfile.BadZipFile, ValueError, OSError, EOFError):
        answer({"error": "damaged", "values": {}})
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
