"""What the XML of a sheet says beside its values, read in steps without building a tree."""

import re
from collections.abc import Iterator
from typing import IO, Any

GAP = 1024 * 1024
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


def column_number(name: bytes) -> int:
    """``AB`` is 28."""
    number = 0
    for letter in name:
        number = number * 26 + letter - 64
    return number
