"""Calling a sheet's commit function: one answer for every row, and no error of the database but in
words beside the row that it is about."""

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from django.db import DataError, IntegrityError, InternalError, transaction

from hrss_portal.access.constraints import broken_rule, constraint_of
from hrss_portal.areas import Sheet
from hrss_portal.imports.cleaning import CleanRow
from hrss_portal.imports.models import StagedRow

if TYPE_CHECKING:
    from hrss_portal.imports.landing import CommitContext

logger = logging.getLogger(__name__)
ACTIONS = frozenset(StagedRow.Action.values)
#: What a row can be to blame for: a broken constraint, a value that is too long, a trigger's veto.
OF_A_ROW = (IntegrityError, DataError, InternalError)
UNWORDED = "系统没有收下这一行，请核对各栏；核对无误的，把批次号和行号告诉系统管理员"
Answer = dict[str, Any]
Door = Callable[..., Any]


def ask(door: Door, rows: Sequence[CleanRow], context: "CommitContext") -> list[Answer]:
    """The answers of a sheet's function, exactly one for every row, or nothing lands.

    Where the database refuses the rows together, they land in halves, in their order, until the
    row that it refuses is alone; that one is rejected in words.
    """
    try:
        with transaction.atomic():
            return _asked(door, rows, context)
    except OF_A_ROW as error:
        if len(rows) > 1:
            middle = len(rows) // 2
            first = ask(door, rows[:middle], context)
            return first + ask(door, rows[middle:], context)
        return [_refused(rows[0], error, context.batch.sheet)]


def _asked(door: Door, rows: Sequence[CleanRow], context: "CommitContext") -> list[Answer]:
    """Raises ``ValueError`` for answers that are not one for every row."""
    told = [dict(answer) for answer in door(rows, context=context)]
    numbers = sorted(answer["row"] for answer in told)
    if numbers != [row.number for row in rows]:
        raise ValueError(f"{context.batch.sheet.code}: commit must answer once for every row")
    unknown = {answer["action"] for answer in told} - ACTIONS
    if unknown:
        raise ValueError(f"{context.batch.sheet.code}: commit answered {sorted(unknown)}")
    return told


def _refused(row: CleanRow, error: Exception, sheet: Sheet) -> Answer:
    """A row that only the database refuses, at the column that its rule is about."""
    name, rule = constraint_of(error)
    words = broken_rule(error)
    if not words:
        logger.error("%s: row %s broke %s", sheet.code, row.number, name or "no constraint")
    names = [column.name for column in sheet.columns]
    keys = [column.name for column in sheet.columns if column.key]
    about = [field for field in getattr(rule, "fields", ()) if field in names]
    column = next(iter([*about, *keys, *names]))
    return {
        "row": row.number,
        "action": "rejected",
        "pk": None,
        "messages": [(column, words or UNWORDED)],
    }
