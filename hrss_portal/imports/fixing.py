"""Putting rows right in the browser: one cell, a whole group at once, leaving rows out.

Every change checks the batch's version, so two people cannot overwrite each other, and cleans the
whole row again.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from django import forms
from django.db import connection, transaction
from django.db.models import F, QuerySet

from hrss_portal.audit.logs import mask_identifiers
from hrss_portal.imports.cells import as_text, freeze
from hrss_portal.imports.cleaning import (
    OF_NAMES,
    Cleaner,
    Message,
    is_personal,
    masked,
    typed,
)
from hrss_portal.imports.landing import NotPossible
from hrss_portal.imports.models import Batch, StagedRow
from hrss_portal.imports.staging import cells_of, dump, duplicate, level_of, twin

GROUPS = 60
LISTED = 500  # entries of a drop-down
DERIVED = {"duplicate", "twin", "alike"}
PAUSES = "：；。，（"  # where the words of a message may be cut
NAMES = 2  # columns that name a row where the sheet declares none


class Stale(Exception):
    """Somebody else changed the batch in the meantime."""


@dataclass(frozen=True)
class Cause:
    """Rows with the same problem: the column, words of one example, how many, a fix if there is
    one text that can be replaced in all of them."""

    code: str
    column: str
    heading: str
    text: str
    message: str
    level: str
    count: int
    suggestion: str = ""
    is_absent: bool = False

    @property
    def can_replace(self) -> bool:
        """Whether one replacement can be applied to all rows of the group: they have one text, or
        the sender's table has no such column at all."""
        return bool(self.text) or self.is_absent


def claim(batch: Batch, version: int) -> Batch:
    """Locks the batch for a change and raises its version; the caller is in a transaction.

    Raises ``Stale`` when the page was older, ``NotPossible`` once rows are landing or landed.
    """
    changed = Batch.objects.filter(pk=batch.pk, version=version).update(version=F("version") + 1)
    if not changed:
        raise Stale
    fresh: Batch = Batch.objects.get(pk=batch.pk)
    if fresh.state not in {Batch.State.FIXING, Batch.State.READY}:
        raise NotPossible("state", f"本批次是“{fresh.get_state_display()}”，不能再改。")
    fresh.state = Batch.State.FIXING
    fresh.tried_version = None
    return fresh


def edit_cells(batch: Batch, number: int, texts: dict[str, str], *, version: int) -> StagedRow:
    """Replaces cells of one row by what a person typed, and checks the row anew."""
    with transaction.atomic():
        batch = claim(batch, version)
        cleaner = Cleaner(batch.sheet, batch.place)
        row = StagedRow.objects.select_for_update().get(batch=batch, number=number)
        known = {name: text for name, text in texts.items() if name in cleaner.columns}
        _open_columns(batch, cleaner, known)
        _apply(cleaner, row, known)
        _derive(batch, cleaner, [row])
        batch.save()
    return row


def replace_in_group(batch: Batch, cause: str, text: str, *, version: int) -> int:
    """Applies one replacement to every row of a group; how many rows were changed.

    ``cause`` is "column|code|text".  Raises ``Stale``, and ``NotPossible`` for a group without a
    common text.
    """
    column, _, rest = cause.partition("|")
    with transaction.atomic():
        batch = claim(batch, version)
        cleaner = Cleaner(batch.sheet, batch.place)
        if "|" not in rest and (column in cleaner.mapped or column not in cleaner.columns):
            raise NotPossible("group", "这一组的内容各不相同，请逐格修改。")
        _open_columns(batch, cleaner, [column])
        rows = list(
            StagedRow.objects.select_for_update().filter(batch=batch, causes__contains=[cause])
        )
        for row in rows:
            _apply(cleaner, row, {column: text})
        _derive(batch, cleaner, rows)
        batch.save()
    return len(rows)


def skip(batch: Batch, numbers: Iterable[int], *, out: bool, version: int) -> int:
    """Leaves rows out of the landing, or takes them back in; how many."""
    with transaction.atomic():
        batch = claim(batch, version)
        rows = StagedRow.objects.filter(batch=batch, number__in=list(numbers))
        changed: int = rows.update(skipped=out)
        batch.save()
    return changed


def take_over(batch: Batch, user: Any, *, version: int) -> None:
    """Another person goes on with the batch (saved for tomorrow, or the first one is away)."""
    with transaction.atomic():
        batch = claim(batch, version)
        batch.owner = user
        batch.save()


def _open_columns(batch: Batch, cleaner: Cleaner, names: Iterable[str]) -> None:
    """Columns that the sender's table lacks become columns of the batch, empty until filled in."""
    absent = {name: "" for name in names if name not in cleaner.mapped}
    if absent:
        cleaner.layout.given |= absent
        cleaner.mapped |= set(absent)
        batch.layout = cleaner.layout.as_json()


def _apply(cleaner: Cleaner, row: StagedRow, texts: dict[str, str]) -> None:
    content = json.loads(row.content)
    content["edits"] |= {name: freeze(typed(text)) for name, text in texts.items()}
    for name in texts:
        content["filled"].pop(name, None)
    row.content = dump(content)
    cells = cells_of(content, cleaner.layout)
    merged = {
        name: told
        for name, told in content.get("merged", {}).items()
        if name not in content["edits"]
    }
    cleaned, messages = cleaner.clean(cells, {}, merged)
    _set_messages(cleaner, row, messages)
    row.old_index = row.key_index  # type: ignore[attr-defined]
    row.key_index = cleaner.index(cleaned)
    row.save(update_fields=["content", "messages", "causes", "level", "key_index"])


def _set_messages(cleaner: Cleaner, row: StagedRow, messages: list[Message]) -> None:
    cells = cells_of(json.loads(row.content), cleaner.layout)
    row.messages = [message.as_json() for message in messages]
    row.causes = [cleaner.cause(message, cells) for message in messages]
    row.level = level_of(messages)


def _derive(batch: Batch, cleaner: Cleaner, rows: list[StagedRow]) -> None:
    """Writes the duplicate messages of every key that these rows had or have now."""
    indexes = {row.key_index for row in rows} | {getattr(row, "old_index", "") for row in rows}
    for index in indexes - {""}:
        same = list(StagedRow.objects.filter(batch=batch, key_index=index).order_by("number"))
        for position, row in enumerate(same):
            messages = [Message(**item) for item in row.messages if item["code"] not in DERIVED]
            if position:
                cells = cells_of(json.loads(row.content), cleaner.layout)
                messages.append(duplicate(cleaner, cells, same[0].number, index))
            elif len(same) > 1:
                messages.append(twin(cleaner, [other.number for other in same[1:]], index))
            _set_messages(cleaner, row, messages)
            row.save(update_fields=["messages", "causes", "level"])


def causes(batch: Batch, *, level: str = "wrong") -> list[Cause]:
    """The problems of a batch, largest group first: what the page of step 3 lists."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT cause, count(*), min(row.number), max(row.number) "
            "FROM imports_stagedrow AS row, unnest(row.causes) AS cause "
            "WHERE row.batch_id = %s AND row.level = %s "
            "AND NOT row.skipped GROUP BY cause ORDER BY 2 DESC, 1 LIMIT %s",
            [batch.pk, level, GROUPS],
        )
        groups = cursor.fetchall()
    wanted = {number for *_, first, last in groups for number in (first, last)}
    examples = StagedRow.objects.filter(batch=batch, number__in=wanted)
    messages = {row.number: (row.causes, row.messages) for row in examples.defer("content")}
    cleaner = Cleaner(batch.sheet, batch.place)
    found = [
        _cause(cleaner, code, count, messages[first], messages[last])
        for code, count, first, last in groups
    ]
    return [cause for cause in found if cause.level == level or level != "wrong"]


def _cause(cleaner: Cleaner, code: str, count: int, example: Any, other: Any) -> Cause:
    codes, messages = example
    message = messages[codes.index(code)]
    words = message["message"], other[1][other[0].index(code)]["message"]
    column, _, rest = code.partition("|")
    text = rest.partition("|")[2]
    return Cause(
        code=code,
        column=column,
        heading=message["heading"],
        text=text,
        message=in_common(*words),
        level=message["level"],
        count=count,
        suggestion=nearest(cleaner.fields.get(column), text),
        is_absent=column in cleaner.columns and column not in cleaner.mapped,
    )


def in_common(one: str, other: str) -> str:
    """What a group of rows has in common: the words of its messages before the particulars."""
    if one == other:
        return one
    pairs = enumerate(zip(one, other, strict=False))
    shared = one[: next((at for at, (left, right) in pairs if left != right), len(one))]
    cut = max(shared.rfind(mark) for mark in PAUSES)
    return shared[:cut] if cut > 0 else f"各行不同，例如：{one}"


def nearest(field: forms.Field | None, text: str) -> str:
    """The choice that looks most like a text: shown as a suggestion, never applied by itself."""
    labels = options(field)
    if not text or not labels:
        return ""
    inside = [label for label in labels if text in label or label in text]
    if len(inside) == 1:
        return inside[0]
    close = get_close_matches(text, labels, n=1, cutoff=0.5)
    return close[0] if close else ""


def options(field: forms.Field | None) -> list[str]:
    """What may be written into a column with a closed list (at most ``LISTED``), as labels."""
    return _labels(field)[:LISTED]


def has_more(field: forms.Field | None) -> bool:
    """Whether a list is longer than what ``options`` gives."""
    return len(_labels(field)) > LISTED


def _labels(field: forms.Field | None) -> list[str]:
    labels: list[str] = []
    for value, label in getattr(field, "choices", None) or ():
        inner = label if isinstance(label, (list, tuple)) else [(value, label)]
        labels += [str(words) for code, words in inner if str(code) != ""]
        if len(labels) > LISTED:
            break
    return labels


def columns_of(batch: Batch, cleaner: Cleaner) -> list[Any]:
    """The columns of the page: those of the sender's table, and the absent ones that rows need."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT split_part(cause, '|', 1) FROM imports_stagedrow AS row, "
            "unnest(row.causes) AS cause WHERE row.batch_id = %s",
            [batch.pk],
        )
        asked = {name for (name,) in cursor.fetchall()}
    return [one for one in cleaner.columns.values() if one.name in cleaner.mapped | asked]


def naming(cleaner: Cleaner) -> list[Any]:
    """The columns by which people know a row: declared, else the keys, else the first ones."""
    columns = [one for one in cleaner.columns.values() if one.name in cleaner.mapped]
    chosen = cleaner.sheet.named_by or cleaner.keys
    return [one for one in columns if one.name in chosen] or columns[:NAMES]


def name_of(row: StagedRow, batch: Batch, cleaner: Cleaner) -> str:
    """What people call a row: number and parties, masked where they are personal."""
    cells = cells_of(json.loads(row.content), batch.place)
    words = [
        masked_text(cleaner.fields[one.name], one, as_text(cells.get(one.name)))
        for one in naming(cleaner)
    ]
    return " · ".join(word for word in words if word)


def table_rows(
    batch: Batch, rows: QuerySet[StagedRow] | list[StagedRow], cleaner: Cleaner
) -> list[dict[str, Any]]:
    """Rows for the page: cells as text (masked where personal and right), messages by column."""
    layout, columns = batch.place, columns_of(batch, cleaner)
    shown = []
    for row in rows:
        cells = cells_of(json.loads(row.content), layout)
        by_column: dict[str, list[dict[str, Any]]] = {}
        for item in row.messages:
            by_column.setdefault(item["column"], []).append(item)
        shown.append(
            {
                "row": row,
                "name": name_of(row, batch, cleaner),
                "cells": [
                    {
                        "column": column,
                        "text": as_text(cells.get(column.name)),
                        "messages": by_column.get(column.name, []),
                    }
                    for column in columns
                ],
                "other": by_column.get("", []),
            }
        )
    return shown


def masked_rows(batch: Batch, rows: list[StagedRow], cleaner: Cleaner) -> list[dict[str, Any]]:
    """Rows to be read: each cell's words masked where they are personal."""
    shown = table_rows(batch, rows, cleaner)
    for line in shown:
        for cell in line["cells"]:
            column = cell["column"]
            cell["shown"] = masked_text(cleaner.fields[column.name], column, cell["text"])
    return shown


def masked_text(field: forms.Field, column: Any, text: str) -> str:
    """A cell as the page shows it."""
    if is_personal(field, column):
        return masked(field, column, text)
    return mask_identifiers(text) if isinstance(field, OF_NAMES) else text
