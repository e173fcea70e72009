"""From a file to staged rows: reading, cleaning, duplicates inside the file, COPY."""

import base64
import io
import json
import uuid
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection, transaction

from hrss_portal.imports.cells import Cell, freeze, revive
from hrss_portal.imports.cleaning import ALIKE, Cleaner, Message, typed
from hrss_portal.imports.layout import DataRow, Layout, Rows
from hrss_portal.imports.models import Batch, StagedRow, Upload
from hrss_portal.imports.reading import MAX_ROWS, Book, open_book
from hrss_portal.imports.refusals import FileRefused
from hrss_portal.jobs.models import Job
from hrss_portal.parties.crypto import keyring, place_of

TABLE = StagedRow._meta.db_table
COLUMNS = (
    "batch_id,number,level,messages,causes,key_index,skipped,hidden,action,target,vault,content"
)
STEP = 2000
LEVELS = ("ok", "look", "wrong")


def blob_of(batch: Batch) -> bytes:
    """The sender's file.  Raises ``FileRefused`` once it has been deleted."""
    upload = Upload.objects.filter(batch=batch).first()
    if upload is None:
        raise FileRefused("gone")
    return base64.b64decode(upload.content)


def keep_blob(batch: Batch, content: bytes) -> None:
    """Seals the sender's file beside the batch."""
    Upload.objects.create(batch=batch, content=base64.b64encode(content).decode())


def stage(batch: Batch, *, job: Job | None = None) -> None:
    """Reads, cleans and stages every row of a recognised batch; all messages of all rows.

    Replaces what was staged before.  Sets the counters and the state 待修正.  Raises
    ``FileRefused``, and ``ValueError`` when headings are still open or required ones are missing.
    """
    layout = batch.place
    cleaner = Cleaner(batch.sheet, layout)
    if layout.problems or cleaner.missing_required():
        raise ValueError("headings are not settled")
    content = blob_of(batch)
    with transaction.atomic(), open_book(content, batch.file_name) as book:
        StagedRow.objects.filter(batch=batch).delete()
        walker = Rows(batch.sheet, layout)
        stager = _Stager(batch, cleaner, job)
        stager.write(walker.walk(_rows(book, layout), book.merged(layout.sheet_index)))
        stager.point_at_twins()
        layout.counts["blank_rows"] = book.blank_rows
        batch.layout = layout.as_json()
        batch.left_out = walker.left_out[:500]
        batch.hidden = walker.hidden
        batch.read = stager.count
        batch.state = Batch.State.FIXING
        batch.tried_version = None
        batch.note = ""
        batch.version += 1
        batch.save()


def _rows(book: Book, layout: Layout) -> Iterator[Any]:
    return book.rows(layout.sheet_index)


class _Stager:
    """Turns data rows into lines of COPY, and remembers keys to find the same row twice."""

    def __init__(self, batch: Batch, cleaner: Cleaner, job: Job | None) -> None:
        self.batch = batch
        self.cleaner = cleaner
        self.job = job
        self.given = given_cells(cleaner.layout)
        self.count = 0
        self.first: dict[str, int] = {}
        self.twins: dict[int, list[int]] = {}
        self.index_of: dict[int, str] = {}  # of the first rows that others repeat

    def write(self, rows: Iterable[DataRow]) -> None:
        buffer = io.StringIO()
        with connection.cursor() as cursor:
            for row in rows:
                row.cells |= self.given
                buffer.write(self._line(row))
                self.count += 1
                if self.count > MAX_ROWS:
                    raise FileRefused("rows", count=self.count, limit=MAX_ROWS, parts=2)
                if self.count % STEP == 0:
                    self._flush(cursor, buffer)
            self._flush(cursor, buffer)

    def _flush(self, cursor: Any, buffer: io.StringIO) -> None:
        buffer.seek(0)
        cursor.copy_expert(f"COPY {TABLE} ({COLUMNS}) FROM STDIN", buffer)
        buffer.seek(0)
        buffer.truncate()
        if self.job is not None:
            self.job.progress(self.count, None, f"已读 {self.count} 行")

    def _line(self, row: DataRow) -> str:
        cleaned, messages = self.cleaner.clean(row.cells, row.filled, row.merged)
        index = self.cleaner.index(cleaned)
        if index:
            self._twin(index, row, messages)
        vault = uuid.uuid4()
        content = {"cells": [freeze(cell) for cell in row.everything], "edits": {}} | {
            "filled": {name: freeze(row.cells[name]) for name in row.carried},
            "merged": row.merged,
        }
        sealed = keyring().seal(dump(content), place_of(TABLE, "content", vault))
        words = _escape(dump([message.as_json() for message in messages]))
        causes = _escape(_array([self.cleaner.cause(message, row.cells) for message in messages]))
        return (
            f"{self.batch.pk}\t{row.number}\t{level_of(messages)}\t{words}\t{causes}\t{index}"
            f"\tf\t{'t' if row.hidden else 'f'}\t\t\t{vault}\t\\\\x{sealed.hex()}\n"
        )

    def _twin(self, index: str, row: DataRow, messages: list[Message]) -> None:
        """The same key again: the later row is wrong, or, where there is no key and all else that
        tells it agrees, worth a look; the first is told afterwards."""
        first = self.first.setdefault(index, row.number)
        if first != row.number:
            self.twins.setdefault(first, []).append(row.number)
            self.index_of[first] = index
            messages.append(duplicate(self.cleaner, row.cells, first, index))

    def point_at_twins(self) -> None:
        """Tells the first row of each group which later rows repeat it."""
        rows = StagedRow.objects.filter(batch=self.batch, number__in=self.twins).defer("content")
        changed = []
        for row in rows:
            message = twin(self.cleaner, self.twins[row.number], self.index_of[row.number])
            row.messages.append(message.as_json())
            row.causes.append(f"{message.column}|{message.code}")
            row.level = worse(row.level, "look")
            changed.append(row)
        StagedRow.objects.bulk_update(changed, ["messages", "causes", "level"], batch_size=1000)


def duplicate(cleaner: Cleaner, cells: dict[str, Cell], first: int, index: str) -> Message:
    """The message of a row that repeats an earlier one, or (without a key) may repeat it."""
    name = cleaner.keys[0]
    if index.startswith(ALIKE):
        return cleaner.message(name, "alike", f"与第 {first} 行{_alike(cleaner)}", "look", None)
    heading = "、".join(cleaner.columns[key].heading for key in cleaner.keys)
    words = f"与第 {first} 行重复（{heading}相同）"
    return cleaner.message(name, "duplicate", words, "wrong", cells.get(name))


def _alike(cleaner: Cleaner) -> str:
    heading = cleaner.columns[cleaner.keys[0]].heading
    return (
        f"都没有{heading}，能认出是哪一件的各栏都相同，可能是同一件；是同一件的，只留一行，"
        f"不是的，填上{heading}或者照样导入"
    )


def twin(cleaner: Cleaner, numbers: list[int], index: str) -> Message:
    """The message of the first of several rows with one key."""
    shown = "、".join(str(number) for number in numbers[:5])
    more = f"等 {len(numbers)} 行" if len(numbers) > 5 else " 行"
    code, words = ("alike", _alike(cleaner)) if index.startswith(ALIKE) else ("twin", "重复")
    return cleaner.message(cleaner.keys[0], code, f"第 {shown}{more}与本行{words}", "look", None)


def level_of(messages: Iterable[Message]) -> str:
    """The level of a row: that of its worst message."""
    return max((message.level for message in messages), key=LEVELS.index, default="ok")


def worse(one: str, other: str) -> str:
    """The worse of two levels."""
    return max(one, other, key=LEVELS.index)


def cells_of(content: dict[str, Any], layout: Layout) -> dict[str, Cell]:
    """Cells by our column name as they count now: edits over filled over the sender's cells."""
    raw = [revive(cell) for cell in content["cells"]]
    cells = given_cells(layout) | {
        name: raw[number - 1] if number <= len(raw) else None
        for number, (name, _) in layout.columns.items()
    }
    for source in ("filled", "edits"):
        cells |= {name: revive(cell) for name, cell in content[source].items()}
    return cells


def given_cells(layout: Layout) -> dict[str, Cell]:
    """What a person gave for the columns that the sender's table lacks: the same for every row."""
    return {name: typed(text) for name, text in layout.given.items()}


def dump(data: Any) -> str:
    """Compact JSON."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _array(words: list[str]) -> str:
    """A text array literal."""
    quoted = ('"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"' for word in words)
    return "{" + ",".join(quoted) + "}"


def _escape(text: str) -> str:
    """A field of COPY's text format."""
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def forget(*, blobs_before: Any, rows_before: Any, idle_before: Any) -> dict[str, int]:
    """Deletes uploaded files, the rows of landed or undone batches, and idle batches' rows."""
    blobs, _ = Upload.objects.filter(created_at__lt=blobs_before).delete()
    ended = Batch.objects.filter(state__in=[*Batch.LANDED, Batch.State.UNDONE])
    idle = Batch.objects.filter(state__in=Batch.OPEN, updated_at__lt=idle_before)
    old = ended.filter(updated_at__lt=rows_before)
    rows, _ = StagedRow.objects.filter(batch__in=old).delete()
    rows += StagedRow.objects.filter(batch__in=idle).delete()[0]
    closed = idle.update(state=Batch.State.UNDONE, note="30 天没有办理，已自动结束")
    return {"files": blobs, "rows": rows, "batches": closed}


def discard(batch: Batch) -> None:
    """Ends an unfinished batch: its rows and its file go, the batch says so."""
    StagedRow.objects.filter(batch=batch).delete()
    Upload.objects.filter(batch=batch).delete()
    batch.state, batch.note = Batch.State.UNDONE, "没有导入，已放弃"
    batch.version += 1
    batch.save()
