"""The order, the commands and their answers."""

import json
import sys
import zipfile
from typing import IO

import python_calamine

from hrss_portal.imports.reader_child.protocol import StopReading, answer, limit
from hrss_portal.imports.reader_child.text_book import TextBook
from hrss_portal.imports.reader_child.workbook import Book

CHUNK = 512 * 1024


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
