"""The life of a batch: upload, recognise, settle headings, stage, try, land, take back.

``dry_run``, ``commit`` and ``undo`` are the public face; the pages use the smaller steps.
"""

import hashlib
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from hrss_portal.access import policy
from hrss_portal.access.models import Unit, User
from hrss_portal.access.scope import acting_as, acting_as_system
from hrss_portal.areas import Sheet
from hrss_portal.imports import landing, staging
from hrss_portal.imports.cells import key
from hrss_portal.imports.cleaning import Cleaner
from hrss_portal.imports.headings import problem_words
from hrss_portal.imports.landing import NotPossible
from hrss_portal.imports.layout import Layout, find_layout, map_columns
from hrss_portal.imports.models import Batch, HeadingMemory
from hrss_portal.imports.precheck import kind_of
from hrss_portal.imports.reading import open_book
from hrss_portal.imports.refusals import FileRefused
from hrss_portal.imports.registry import sheet as sheet_of
from hrss_portal.jobs.models import Job

__all__ = ["NotPossible", "commit", "dry_run", "open_questions", "receive", "settle", "undo"]


def acting(by: User | None) -> AbstractContextManager[Any]:
    """The scope in which a batch of a user, or of the system, is worked on."""
    return acting_as(by, "import") if by else acting_as_system("import")


def allowed(by: User | None, sheet: Sheet) -> None:
    """Raises ``Refused`` unless the user may import this sheet."""
    if by is not None:
        policy.require(by, sheet.policy)


def reads_rows(user: User, batch: Batch) -> bool:
    """Whether a user may read the rows of a landed batch: whoever made it or carried it on, and
    who reads the records of the sender's whole unit."""
    if user.pk in {batch.created_by_id, batch.owner_id, batch.committed_by_id}:
        return True
    return policy.can_at(user, batch.sheet.reading or batch.sheet.policy, batch.unit)


def require_rows(user: User, batch: Batch, action: str) -> None:
    """Raises ``Refused`` for a user who may not read the rows of a landed batch."""
    if not reads_rows(user, batch):
        decision = policy.Decision(False, "out-of-scope", "这一批的记录不都在岗位的数据范围内")
        raise policy.Refused(action, decision, batch)


def dry_run(
    sheet_code: str,
    content: bytes,
    *,
    name: str,
    by: User | None,
    unit: Unit | None = None,
    trial: bool = True,
) -> Batch:
    """Reads and checks a whole file and predicts what landing it would do; writes no records.

    With ``trial`` False the prediction is left out, for a caller that lands at once.

    Raises ``UnknownSheet``, ``Refused``, ``FileRefused``, and ``NotPossible`` with the open
    questions when headings are ambiguous or required columns are missing.
    """
    with acting(by):
        batch = receive(sheet_of(sheet_code), content, name=name, by=by, unit=unit)
        questions = open_questions(batch)
        if questions:
            raise NotPossible("headings", "".join(questions))
        staging.stage(batch)
        if trial:
            landing.try_out(batch, by=by)
        else:
            landing.make_ready(batch)
    return batch


def commit(batch: Batch, *, by: User, job: Job | None = None) -> Batch:
    """Lands every good row in one transaction; wrong and skipped rows count as rejected.

    Raises ``NotPossible`` when the batch is not ready, ``Refused`` without the right.
    """
    allowed(by, batch.sheet)
    with acting(by):
        return landing.land(batch, by=by, job=job)


def undo(batch: Batch, *, by: User) -> Batch:
    """Takes a landed batch back within seven days; rows changed since stay and are named.

    Raises ``NotPossible`` with the reason, ``Refused`` without the right.
    """
    allowed(by, batch.sheet)
    require_rows(by, batch, "imports.batch.undo")
    with acting(by):
        return landing.take_back(batch, by=by)


def receive(
    sheet: Sheet,
    content: bytes,
    *,
    name: str,
    by: User | None,
    unit: Unit | None = None,
    upload_key: str = "",
) -> Batch:
    """Keeps a sender's file and finds its table; a file that is refused leaves nothing behind.

    The same ``upload_key`` again is the same batch.
    """
    with transaction.atomic():
        batch = upload(sheet, content, name=name, by=by, unit=unit, upload_key=upload_key)
        if batch.state == Batch.State.UPLOADED:
            recognise(batch)
    return batch


def upload(
    sheet: Sheet,
    content: bytes,
    *,
    name: str,
    by: User | None,
    unit: Unit | None = None,
    upload_key: str = "",
) -> Batch:
    """Keeps a sender's file, sealed.  The same ``upload_key`` again is the same batch.

    Raises ``FileRefused`` before anything is written, and ``Refused``.
    """
    allowed(by, sheet)
    kind_of(content, name)
    if upload_key:
        known = Batch.objects.filter(upload_key=upload_key).first()
        if known is not None:
            return known
    sender = unit or (by.unit if by else Unit.objects.roots().first())
    if sender is None:
        raise NotPossible("no_unit", "还没有建立单位。请先建立局和股室。")
    with transaction.atomic():
        batch = Batch.objects.create(
            sheet_code=sheet.code,
            file_name=name[-200:],
            file_size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            unit=sender,
            created_by=by,
            owner=by,
            upload_key=upload_key or None,
        )
        staging.keep_blob(batch, content)
    return batch


def recognise(batch: Batch) -> Layout:
    """Finds the table and assigns headings, with what people of this unit decided before.

    Sets the state 已识别.  Raises ``FileRefused``.
    """
    sheet = batch.sheet
    with open_book(staging.blob_of(batch), batch.file_name) as book:
        visible = [info for info in book.sheets if info.visible]
        if not visible:
            raise FileRefused("no_sheet")
        heads = [(info.index, info.name, book.head(info.index)) for info in visible]
        layout = find_layout(sheet, heads)
        layout.counts["hidden_sheets"] = len(book.sheets) - len(visible)
        layout.date1904 = book.date1904
    layout = recalled(layout, sheet, HeadingMemory.recall(batch.unit, sheet.code))
    batch.layout = layout.as_json()
    batch.state = Batch.State.RECOGNISED
    batch.version += 1
    batch.save()
    return layout


def recalled(layout: Layout, sheet: Sheet, memory: dict[str, str]) -> Layout:
    """A layout with open headings settled as this unit settled them before."""
    open_columns = set(layout.unknown) | set(_asked(layout))
    taken = {name for name, _ in layout.columns.values()}
    known = {column.name for column in sheet.columns}
    decided = {
        number: memory[key(layout.headings[number])]
        for number in sorted(open_columns)
        if key(layout.headings[number]) in memory
    }
    wanted = {number: name for number, name in decided.items() if name in known - taken}
    if not decided or len(set(wanted.values())) != len(wanted):
        return layout
    settled = map_columns(
        layout, sheet, {n: name for n, (name, _) in layout.columns.items()} | wanted, way=8
    )
    settled.problems += [
        problem
        for problem in layout.problems
        if problem["kind"] != "unit" and _still_open(problem, decided, wanted)
    ]
    return settled


def _asked(layout: Layout) -> Iterator[int]:
    for problem in layout.problems:
        if problem["kind"] == "columns":
            yield int(problem["column"])
        elif problem["kind"] == "headings":
            yield from problem["columns"]


def _still_open(problem: dict[str, Any], decided: dict[int, str], wanted: dict[int, str]) -> bool:
    if problem["kind"] == "columns":
        return problem["column"] not in decided
    return problem["name"] not in wanted.values()


def settle(batch: Batch, chosen: dict[int, str], given: dict[str, str] | None = None) -> Layout:
    """Assigns columns as a person says, and remembers it for the unit; "" leaves a column out.

    ``given`` are values for columns that no heading names, the same for every row; those of
    columns that have been assigned meanwhile are dropped.

    Raises ``NotPossible`` when one of our columns is chosen twice.
    """
    sheet, before = batch.sheet, batch.place
    try:
        layout = map_columns(before, sheet, chosen)
    except ValueError:
        raise NotPossible("twice", "同一列只能对应一次，请检查下面的选择。") from None
    layout.given = {n: text for n, text in (given or {}).items() if n in layout.missing and text}
    automatic = {n: name for n, (name, way) in before.columns.items() if way < 8}
    learned = {
        key(layout.headings[number]): name
        for number, name in chosen.items()
        if automatic.get(number, "") != name or number in set(_asked(before))
    }
    with transaction.atomic():
        HeadingMemory.remember(batch.unit, sheet.code, learned)
        batch.layout = layout.as_json()
        batch.state = Batch.State.RECOGNISED
        batch.version += 1
        batch.save()
    return layout


def open_questions(batch: Batch) -> list[str]:
    """What must be answered before rows can be read, as sentences; empty when all is settled."""
    sheet, layout = batch.sheet, batch.place
    questions = [problem_words(problem, sheet) for problem in layout.problems]
    missing = Cleaner(sheet, layout).missing_required()
    asked = {problem.get("name") for problem in layout.problems}
    words = "、".join(f"“{column.heading}”" for column in missing if column.name not in asked)
    if words:
        questions.append(
            f"表里没有必填的列{words}。请指定对应的列，或在“表里没有的列”里写一个各行都用的内容。"
        )
    return questions


def same_before(batch: Batch) -> Batch | None:
    """An earlier landed batch of the very same file, if there is one (and it may be seen)."""
    landed = Batch.objects.filter(
        sheet_code=batch.sheet_code, sha256=batch.sha256, state__in=Batch.LANDED
    )
    return landed.exclude(pk=batch.pk).order_by("-committed_at").first()


def forget_old() -> dict[str, int]:
    """Deletes what need not be kept: files after a day, staged rows after the undo window.

    Unfinished batches untouched for 30 days lose their rows and end.  For the daily job.
    """
    return staging.forget(
        blobs_before=timezone.now() - timedelta(hours=24),
        rows_before=timezone.now() - timedelta(days=8),
        idle_before=timezone.now() - timedelta(days=30),
    )
