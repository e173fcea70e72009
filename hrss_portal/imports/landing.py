"""Landing staged rows through the sheet's commit function, trying it out, and taking it back.

A trial is the real thing rolled back, so what the confirm page promises is what the receipt says.
Everything of one batch is one transaction; imports of one sheet wait for each other.
"""

import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import OperationalError, connection, transaction
from django.db.models import Count
from django.utils import timezone

from hrss_portal.access.models import Unit, User
from hrss_portal.areas import Sheet
from hrss_portal.imports.cleaning import Cleaner, CleanRow
from hrss_portal.imports.doors import ask
from hrss_portal.imports.models import UNDO_DAYS, Batch, StagedRow
from hrss_portal.imports.staging import LEVELS, TABLE, cells_of, dump, worse
from hrss_portal.jobs.models import Job
from hrss_portal.parties.crypto import keyring, place_of

CHUNK = 5000
LOCK_CLASS = 7301
LOCK_WAIT = "120s"
TRIES = 3
Result = TypeVar("Result")


class NotPossible(Exception):
    """A step that the batch's state does not allow; ``str()`` is a sentence for the screen."""

    def __init__(self, code: str, words: str) -> None:
        self.code = code
        super().__init__(words)


class _RolledBack(Exception):
    """Ends a trial."""


@dataclass(frozen=True)
class CommitContext:
    """What a sheet's functions may know: the batch, who lands it, for which unit, and whether
    everything will be rolled back."""

    batch: Batch
    user: User | None
    unit: Unit
    trial: bool = False
    source: str = "import"


def try_out(batch: Batch, *, by: User | None) -> Batch:
    """Predicts every row's action by landing and rolling back; sets the state 待确认.

    Rows that the landing itself refuses become wrong rows with its words.  Raises ``NotPossible``
    unless the batch is staged.
    """
    if batch.state not in {Batch.State.FIXING, Batch.State.READY}:
        raise NotPossible("state", f"本批次是“{batch.get_state_display()}”，不能预演。")
    with transaction.atomic():
        lock_sheet(batch.sheet_code)
        _forget_actions(batch)
        outcomes: list[dict[str, Any]] = []
        context = CommitContext(batch, by, batch.unit, trial=True)
        door = batch.sheet.call("match") or _door(batch.sheet)
        try:
            with transaction.atomic():
                for rows in _chunks(batch, outcomes):
                    outcomes += ask(door, rows, context)
                raise _RolledBack
        except _RolledBack:
            pass
        for start in range(0, len(outcomes), CHUNK):
            _write(batch, outcomes[start : start + CHUNK], keep_before=False)
        _refuse_rows(batch, outcomes)
        _count(batch)
        batch.state = Batch.State.READY
        batch.version += 1
        batch.tried_version = batch.version
        batch.save()
    return batch


def make_ready(batch: Batch) -> None:
    """Lets a staged batch land without having been tried out."""
    batch.state = Batch.State.READY
    batch.version += 1
    batch.save()


def land(batch: Batch, *, by: User, job: Job | None = None) -> Batch:
    """Lands the good rows in one transaction, three tries when the database reports a deadlock."""
    return _again(lambda: _land(batch.pk, by, job))


def _land(batch_id: int, by: User, job: Job | None) -> Batch:
    with transaction.atomic():
        batch = Batch.objects.select_for_update(of=("self",)).get(pk=batch_id)
        if batch.state in Batch.LANDED:
            return batch
        if batch.state not in {Batch.State.READY, Batch.State.RUNNING}:
            raise NotPossible("state", f"本批次是“{batch.get_state_display()}”，不能导入。")
        lock_sheet(batch.sheet_code)
        _forget_actions(batch)
        context = CommitContext(batch, by, batch.unit)
        done, total = 0, batch.read
        late: list[dict[str, Any]] = []
        for rows in _chunks(batch, late):
            outcomes = ask(_door(batch.sheet), rows, context)
            _write(batch, outcomes, keep_before=True)
            _refuse_rows(batch, outcomes)
            done += len(rows)
            if job is not None:
                job.progress(done, total, f"已处理 {done} 行，共 {total} 行")
        _write(batch, late, keep_before=False)
        _refuse_rows(batch, late)
        StagedRow.objects.filter(batch=batch, action="").update(action="rejected")
        _count(batch)
        batch.state = Batch.State.PARTIAL if batch.rejected else Batch.State.DONE
        batch.committed_at, batch.committed_by = timezone.now(), by
        batch.version += 1
        batch.save()
    return batch


def take_back(batch: Batch, *, by: User) -> Batch:
    """Undoes a landed batch through the sheet's undo function; names the rows that stay."""
    return _again(lambda: _take_back(batch.pk, by))


def _take_back(batch_id: int, by: User) -> Batch:
    with transaction.atomic():
        batch = Batch.objects.select_for_update(of=("self",)).get(pk=batch_id)
        if batch.state not in Batch.LANDED:
            raise NotPossible("state", f"本批次是“{batch.get_state_display()}”，没有可撤销的内容。")
        door = batch.sheet.call("undo")
        if door is None:
            raise NotPossible("no_undo", "本表导入后不能整批撤销，请逐条更正。")
        if not batch.may_undo:
            raise NotPossible("late", f"导入已超过 {UNDO_DAYS} 天，不能整批撤销，请逐条更正。")
        lock_sheet(batch.sheet_code)
        context = CommitContext(batch, by, batch.unit)
        kept = []
        for answers in _landed(batch):
            for answer in door(answers, context=context):
                if not answer["undone"]:
                    kept.append({"row": answer["row"], "message": answer["message"]})
        batch.kept = sorted(kept, key=lambda item: item["row"])
        batch.state = Batch.State.UNDONE
        batch.undone_at, batch.undone_by = timezone.now(), by
        batch.version += 1
        batch.save()
    return batch


def lock_sheet(sheet_code: str) -> None:
    """One import of a sheet at a time, for the rest of the transaction; the next one waits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_WAIT])
        number = zlib.crc32(sheet_code.encode()) - 2**31
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_CLASS, number])


def _again(work: Callable[[], Result]) -> Result:
    """Runs a transaction again when the database gave it up as a deadlock's victim."""
    tries = 1 if connection.in_atomic_block else TRIES
    for left in range(tries - 1, -1, -1):
        try:
            return work()
        except OperationalError as error:
            if not left or "deadlock" not in str(error):
                raise
    raise AssertionError("unreachable")


def _door(sheet: Sheet) -> Callable[..., Any]:
    door = sheet.call("commit")
    if door is None:
        raise NotPossible("no_commit", "本表只能导出。")
    return door


def _chunks(batch: Batch, late: list[dict[str, Any]]) -> Iterator[list[CleanRow]]:
    """Rows that may land, cleaned anew: rules and code lists may have changed since staging.

    Rows that no longer clean are put into ``late`` as rejected.
    """
    cleaner, layout = Cleaner(batch.sheet, batch.place), batch.place
    good = StagedRow.objects.filter(batch=batch, skipped=False).exclude(level="wrong")
    rows: list[CleanRow] = []
    for staged in good.order_by("number").iterator(chunk_size=1000):
        cells = cells_of(json.loads(staged.content), layout)
        cleaned, messages = cleaner.clean(cells, {})
        wrong = [(item.column, item.message) for item in messages if item.level == "wrong"]
        if wrong:
            late.append({"row": staged.number, "action": "rejected", "messages": wrong})
            continue
        rows.append(CleanRow(staged.number, cleaned, cells))
        if len(rows) == CHUNK:
            yield rows
            rows = []
    if rows:
        yield rows


def _forget_actions(batch: Batch) -> None:
    """Takes predictions off, and what an earlier trial refused: it is asked anew."""
    staged = StagedRow.objects.filter(batch=batch)
    staged.exclude(action="").update(action="", target="")
    refused = list(staged.filter(messages__contains=[{"code": "landing"}]).defer("content"))
    for row in refused:
        row.messages = [item for item in row.messages if item["code"] != "landing"]
        row.causes = [cause for cause in row.causes if not cause.endswith("|landing")]
        row.level = max((item["level"] for item in row.messages), key=LEVELS.index, default="ok")
    StagedRow.objects.bulk_update(refused, ["messages", "causes", "level"], batch_size=1000)


def _write(batch: Batch, outcomes: list[dict[str, Any]], *, keep_before: bool) -> None:
    """Action, record and (sealed) what was before, onto the staged rows, in one statement."""
    if not outcomes:
        return
    vaults = _vaults(batch, outcomes) if keep_before else {}
    sealed = [_sealed(answer, vaults.get(answer["row"])) for answer in outcomes]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE imports_stagedrow AS row "
            "SET action = v.action, target = v.target, outcome = v.outcome "
            "FROM unnest(%s::int[], %s::text[], %s::text[], %s::bytea[]) "
            "AS v(number, action, target, outcome) "
            "WHERE row.batch_id = %s AND row.number = v.number",
            [
                [answer["row"] for answer in outcomes],
                [answer["action"] for answer in outcomes],
                [str(answer.get("pk") or "") for answer in outcomes],
                sealed,
                batch.pk,
            ],
        )


def _vaults(batch: Batch, outcomes: list[dict[str, Any]]) -> dict[int, Any]:
    numbers = [answer["row"] for answer in outcomes if answer.get("before") is not None]
    rows = StagedRow.objects.filter(batch=batch, number__in=numbers)
    return dict(rows.values_list("number", "vault"))


def _sealed(answer: dict[str, Any], vault: Any) -> bytes | None:
    if vault is None:
        return None
    text = json.dumps(answer["before"], cls=DjangoJSONEncoder, ensure_ascii=False)
    return keyring().seal(text, place_of(TABLE, "outcome", vault))


def _refuse_rows(batch: Batch, answers: list[dict[str, Any]]) -> None:
    """Rows that the landing refused become wrong rows that can be fixed like any other; what is
    only told of a row that lands stands beside it."""
    by_number = {answer["row"]: answer for answer in answers if answer.get("messages")}
    if not by_number:
        return
    cleaner = Cleaner(batch.sheet, batch.place)
    rows = list(StagedRow.objects.filter(batch=batch, number__in=by_number).defer("content"))
    for row in rows:
        answer = by_number[row.number]
        level = "wrong" if answer["action"] == "rejected" else "look"
        for column, words in answer["messages"]:
            message = cleaner.message(column, "landing", words, level, None)
            row.messages.append(message.as_json())
            row.causes.append(f"{column}|landing")
        row.level = worse(row.level, level)
    StagedRow.objects.bulk_update(rows, ["messages", "causes", "level"], batch_size=1000)


def _count(batch: Batch) -> None:
    """The accounting of the batch from its rows; rows without an action do not land."""
    counts = dict(
        StagedRow.objects.filter(batch=batch)
        .order_by()
        .values_list("action")
        .annotate(number=Count("pk"))
    )
    batch.read = sum(counts.values())
    batch.created = counts.get("created", 0)
    batch.updated = counts.get("updated", 0)
    batch.unchanged = counts.get("unchanged", 0)
    batch.rejected = counts.get("rejected", 0) + counts.get("", 0)


def _landed(batch: Batch) -> Iterator[list[dict[str, Any]]]:
    """What was landed, last row first, as the undo function takes it."""
    rows = StagedRow.objects.filter(batch=batch, action__in=["created", "updated"])
    answers: list[dict[str, Any]] = []
    for row in rows.defer("content").order_by("-number").iterator(chunk_size=1000):
        before = json.loads(row.outcome) if row.outcome else None
        answer = {"row": row.number, "action": row.action, "pk": row.target, "before": before}
        answers.append(answer)
        if len(answers) == CHUNK:
            yield answers
            answers = []
    if answers:
        yield answers


def summary(batch: Batch) -> str:
    """The receipt as one line."""
    return dump(batch.figures())
