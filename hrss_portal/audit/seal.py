"""Seals finished log rows into a chain of blocks, and proves the chain.

A block closes the rows of all transactions that ended before now: their ids are below the oldest
running one, so nothing can still be added.  Its seal is an HMAC, with a key that is not in the
database, over the seal before it and the digests of its rows.  Who edits, adds or removes a row
afterwards, whatever the rights in the database, cannot make the seal fit again.  Cutting off the
newest blocks is found by comparing with a head (number and seal) kept elsewhere.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from django.utils import timezone

from hrss_portal.audit.models import SealedBlock

LOCK = 0x5EA1  # advisory lock: one sealer at a time
CHUNK = 500


@dataclass(frozen=True)
class Bad:
    """What is wrong with which block."""

    block: int
    table: str
    why: str


@dataclass(frozen=True)
class Report:
    """What a verification found; ``bad`` is the first bad block or None."""

    blocks: int
    rows: int
    head: int
    head_seal: str
    unsealed: int
    bad: Bad | None


def sealed_models() -> list[type[models.Model]]:
    """Every concrete model that says ``sealed_rows = True``, in the order of table names."""
    found = [model for model in apps.get_models() if getattr(model, "sealed_rows", False)]
    return sorted(found, key=lambda model: model._meta.db_table)


@transaction.atomic
def seal_due() -> SealedBlock | None:
    """Closes one block over all finished rows that no block holds yet; None if there are none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute(
            "SELECT audit_epoch(), pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
        )
        epoch, xid_to = cursor.fetchone()
    last = SealedBlock.objects.order_by("number").last()
    xid_from = last.xid_to if last is not None and last.epoch == epoch else 0
    if xid_to <= xid_from:
        return None
    span = (epoch, xid_from, xid_to)
    contents = {
        model._meta.db_table: _contents(model._meta.db_table, _columns(model), span)
        for model in sealed_models()
    }
    if not any(part["rows"] for part in contents.values()):
        return None
    block = SealedBlock(
        number=last.number + 1 if last is not None else 1,
        epoch=epoch,
        xid_from=xid_from,
        xid_to=xid_to,
        contents=contents,
        previous=last.seal if last is not None else "",
        sealed_at=timezone.now(),
    )
    block.seal = seal_of(block)
    block.save(force_insert=True)
    return block


def run(job: Any) -> dict[str, int]:
    """The periodic job."""
    block = seal_due()
    return {} if block is None else {"block": block.number}


def begin_epoch() -> int:
    """Starts a new chain segment and returns its number.

    Call it once after a dump has been restored into another server, before anything is written:
    transaction ids begin anew there.  The chain goes on from the last seal.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('audit_epoch_seq')")
        return int(cursor.fetchone()[0])


def seal_of(block: SealedBlock) -> str:
    """The HMAC of a block over everything in it and the seal before it."""
    text = json.dumps(
        [
            block.number,
            block.epoch,
            block.xid_from,
            block.xid_to,
            block.previous,
            block.sealed_at.isoformat(),
            block.contents,
        ],
        sort_keys=True,
        ensure_ascii=False,
    )
    return hmac.new(settings.AUDIT_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


def _columns(model: type[models.Model]) -> list[str]:
    return sorted(str(field.column) for field in model._meta.concrete_fields)


def _digest_sql(table: str, columns: Sequence[str]) -> str:
    """SQL of the digest of one row ``t``: only the columns that the block was sealed over, so that
    a column added later does not break old seals."""
    current = [c for m in sealed_models() if m._meta.db_table == table for c in _columns(m)]
    added = ", ".join(f"'{name}'" for name in current if name not in columns)
    row = f"(to_jsonb(t) - ARRAY[{added}]::text[])" if added else "to_jsonb(t)"
    return f"sha256(convert_to({row}::text, 'UTF8'))"


def _contents(table: str, columns: Sequence[str], span: tuple[int, int, int]) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('TimeZone', 'UTC', true)")
        cursor.execute(
            f"SELECT count(*), coalesce(encode(sha256(string_agg({_digest_sql(table, columns)},"  # noqa: S608 - names of our own tables
            f" ''::bytea ORDER BY xid, id)), 'hex'), '') FROM {table} t"
            " WHERE epoch = %s AND xid >= %s AND xid < %s",
            span,
        )
        rows, digest = cursor.fetchone()
    return {"rows": rows, "digest": digest, "columns": list(columns)}


def verify(*, head: tuple[int, str] | None = None) -> Report:
    """Recomputes the whole chain and every row digest, and stops at the first bad block.

    ``head`` is a (number, seal) noted elsewhere: the chain must still contain it.
    """
    blocks = rows = 0
    previous: SealedBlock | None = None
    bad = _missing_head(head) if head else None
    for chunk in _chunks(SealedBlock.objects.order_by("number")) if bad is None else ():
        bad = _first_broken_link(chunk, previous) or _first_changed_row(chunk)
        if bad is not None:
            break
        blocks += len(chunk)
        rows += sum(part["rows"] for block in chunk for part in block.contents.values())
        previous = chunk[-1]
    last = SealedBlock.objects.order_by("number").last()
    return Report(
        blocks=blocks,
        rows=rows,
        head=last.number if last is not None else 0,
        head_seal=last.seal if last is not None else "",
        unsealed=sum(_unsealed(model, last) for model in sealed_models()),
        bad=bad,
    )


def _missing_head(head: tuple[int, str]) -> Bad | None:
    number, seal = head
    if SealedBlock.objects.filter(number=number, seal=seal).exists():
        return None
    return Bad(number, "audit_sealedblock", "与另存的块头不符：块被删除或重做")


def _chunks(blocks: Iterable[SealedBlock]) -> Iterator[list[SealedBlock]]:
    chunk: list[SealedBlock] = []
    for block in blocks.iterator(CHUNK) if isinstance(blocks, models.QuerySet) else blocks:
        chunk.append(block)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _first_broken_link(chunk: list[SealedBlock], previous: SealedBlock | None) -> Bad | None:
    for block in chunk:
        same_epoch = previous is not None and previous.epoch == block.epoch
        expected = (
            previous.number + 1 if previous is not None else 1,
            previous.seal if previous is not None else "",
            previous.xid_to if previous is not None and same_epoch else 0,
        )
        if (block.number, block.previous, block.xid_from) != expected:
            return Bad(block.number, "audit_sealedblock", "与前一块不连续")
        if not hmac.compare_digest(block.seal, seal_of(block)):
            return Bad(block.number, "audit_sealedblock", "封印与内容不符")
        previous = block
    return None


def _first_changed_row(chunk: list[SealedBlock]) -> Bad | None:
    found: list[Bad] = []
    tables = sorted({table for block in chunk for table in block.contents})
    for table in tables:
        holding = [block for block in chunk if table in block.contents]

        def sealed_over(block: SealedBlock, table: str = table) -> list[str]:
            return list(block.contents[table]["columns"])

        for columns, same in groupby(holding, key=sealed_over):
            found += _changed_rows(table, columns, list(same))
    return min(found, key=lambda bad: bad.block) if found else None


def _changed_rows(table: str, columns: list[str], blocks: list[SealedBlock]) -> list[Bad]:
    """Compares what the blocks say of one table with what the table holds now."""
    with transaction.atomic(), connection.cursor() as cursor:
        # One transaction: a pool gives each statement outside of one another connection.
        cursor.execute("SELECT set_config('TimeZone', 'UTC', true)")
        cursor.execute(
            f"SELECT b.number, count(t.id), coalesce(encode(sha256(string_agg("  # noqa: S608 - names of our own tables
            f"{_digest_sql(table, columns)}, ''::bytea ORDER BY t.xid, t.id)"
            " FILTER (WHERE t.id IS NOT NULL)), 'hex'), '')"
            f" FROM audit_sealedblock b LEFT JOIN {table} t"
            " ON t.epoch = b.epoch AND t.xid >= b.xid_from AND t.xid < b.xid_to"
            " WHERE b.number BETWEEN %s AND %s GROUP BY b.number",
            [blocks[0].number, blocks[-1].number],
        )
        now = {number: (rows, digest) for number, rows, digest in cursor.fetchall()}
    bad = []
    for block in blocks:
        part = block.contents[table]
        rows, digest = now[block.number]
        if rows != part["rows"]:
            bad.append(Bad(block.number, table, f"应有 {part['rows']} 条，现有 {rows} 条"))
        elif digest != part["digest"]:
            bad.append(Bad(block.number, table, "有记录被改过"))
    return bad


def _unsealed(model: type[models.Model], last: SealedBlock | None) -> int:
    rows = model._base_manager.all()
    if last is None:
        return rows.count()
    newer = models.Q(epoch__gt=last.epoch) | models.Q(epoch=last.epoch, xid__gte=last.xid_to)
    return rows.filter(newer).count()
