"""The parent's side of reading a workbook: starts the limited child and speaks with it.

    with open_book(content, "台账.xlsx") as book:
        for info in book.sheets:
            top = book.head(info.index)
        for row in book.rows(0):
            row.number, row.cells, row.hidden

Nothing of the file is ever parsed in this process.
"""

import json
import math
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from hrss_portal.imports.cells import Cell, revive
from hrss_portal.imports.precheck import kind_of
from hrss_portal.imports.refusals import FileRefused

CHILD = Path(__file__).with_name("reader_child")
SECONDS = 60
HEAD_ROWS = 40
MAX_ROWS = 200_000
OUTPUT_LIMIT = 1024 * 1024 * 1024
LIMITS = {
    "memory": 640 * 1024 * 1024,
    "seconds": SECONDS,
    "rows": MAX_ROWS,
    "columns": 300,
    "cells": 12_000_000,
    "sheets": 20,
}


@dataclass(frozen=True)
class SheetInfo:
    """One sheet of the sender's workbook."""

    index: int
    name: str
    visible: bool


@dataclass(frozen=True)
class RawRow:
    """One row as it stands in the file; ``number`` is the row number that Excel shows."""

    number: int
    cells: list[Cell]
    hidden: bool = False


@dataclass(frozen=True)
class Head:
    """The top of a sheet: its rows, merged areas (row, column, last row, last column), counts."""

    rows: list[RawRow]
    merged: list[tuple[int, int, int, int]]
    hidden_rows: int
    hidden_columns: int
    ghost_rows: int
    width: int


class Book:
    """An open workbook in the child.  Use ``open_book``."""

    def __init__(self, process: "subprocess.Popen[bytes]", kind: str) -> None:
        self._process = process
        self._read = 0
        self.kind = kind
        self.timed_out = False
        self.blank_rows = 0
        first = self._line()
        self.date1904 = bool(first["date1904"])
        self.sheets = [SheetInfo(**info) for info in first["sheets"]]

    def head(self, index: int, count: int = HEAD_ROWS) -> Head:
        """The first ``count`` rows of a sheet.  Raises ``FileRefused`` beyond the limits."""
        self._ask(f"head {index} {count}")
        data = self._line()
        rows = [_row(row) for row in data.pop("rows")]
        merged = [_area(area) for area in data.pop("merged")]
        return Head(rows=rows, merged=merged, **data)

    def merged(self, index: int) -> list[tuple[int, int, int, int]]:
        """All merged areas of a sheet (not known for csv, ods and xlsb)."""
        self._ask(f"merged {index}")
        return [_area(area) for area in self._line()["merged"]]

    def rows(self, index: int) -> Iterator[RawRow]:
        """Every row of a sheet that has content, in order; then ``blank_rows`` is known."""
        self._ask(f"rows {index}")
        while True:
            data = self._line()
            if "end" in data:
                self.blank_rows = data["blank"]
                return
            yield from map(_row, data["rows"])

    def _ask(self, command: str) -> None:
        stream = cast(IO[bytes], self._process.stdin)
        try:
            stream.write(f"{command}\n".encode())
            stream.flush()
        except BrokenPipeError:
            self._ended()

    def _line(self) -> dict[str, Any]:
        line = cast(IO[bytes], self._process.stdout).readline()
        self._read += len(line)
        if self._read > OUTPUT_LIMIT:
            raise FileRefused("memory")
        if not line.endswith(b"\n"):
            self._ended()
        data: dict[str, Any] = json.loads(line)
        if "error" in data:
            raise _refusal(data["error"], data["values"])
        return data

    def _ended(self) -> None:
        """The child is gone: time, processor limit, memory, or a crash on a damaged file."""
        code = self._process.wait(timeout=10)
        if self.timed_out or code in {-24, -9}:
            raise FileRefused("time", limit=SECONDS)
        raise FileRefused("memory" if code in {4, -6, -11} else "damaged")


def _row(data: list[Any]) -> RawRow:
    return RawRow(data[0], [revive(value) for value in data[1]], len(data) > 2)


def _area(data: list[int]) -> tuple[int, int, int, int]:
    return data[0], data[1], data[2], data[3]


def _refusal(code: str, values: dict[str, Any]) -> FileRefused:
    """The child's code with the figures that its sentence needs."""
    limits = {"sheets": LIMITS["sheets"], "columns": LIMITS["columns"], "rows": LIMITS["rows"]}
    if code in limits:
        values = {**values, "limit": limits[code]}
    if code == "rows":
        values["parts"] = math.ceil(values["count"] / LIMITS["rows"])
    return FileRefused(code, **values)


@contextmanager
def open_book(content: bytes, name: str) -> Iterator[Book]:
    """Checks a file and opens it in a limited child process.

    ``content`` is the whole file, ``name`` the sender's name of it.  Raises ``FileRefused`` with a
    sentence for the sender, at once or while rows are read.
    """
    kind = kind_of(content, name)
    process = subprocess.Popen(  # noqa: S603 -- our own interpreter and our own script
        [sys.executable, "-I", str(CHILD)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
        close_fds=True,
    )
    book: Book | None = None

    def stop() -> None:
        if book is not None:
            book.timed_out = True
        process.kill()

    clock = threading.Timer(SECONDS, stop)
    clock.start()
    try:
        _send(process, {"kind": kind, "size": len(content), "limits": LIMITS}, content)
        book = Book(process, kind)
        yield book
    finally:
        clock.cancel()
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            _close(stream)


def _send(process: "subprocess.Popen[bytes]", order: dict[str, Any], content: bytes) -> None:
    """The order and the file.  The child reads everything before it answers: no deadlock."""
    stream = cast(IO[bytes], process.stdin)
    try:
        stream.write(json.dumps(order).encode() + b"\n")
        stream.write(content)
        stream.flush()
    except BrokenPipeError:
        return  # the child's answer, or its exit code, says why


def _close(stream: IO[bytes] | None) -> None:
    try:
        if stream is not None:
            stream.close()
    except BrokenPipeError:
        return
