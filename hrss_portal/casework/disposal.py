"""Destroying one file: what it said goes, that it was there stays.

The row of the case keeps number, dates, state and outcome, so that figures of past years still
count it.  Names, addresses, free texts, values of papers and the stored bytes go.  The digest in
the tombstone is over everything that stood there: a copy that turns up can be recognised.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pgtrigger
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.utils import timezone

from hrss_portal.access.models import Proposal
from hrss_portal.audit.triggers import words_of
from hrss_portal.casework import door
from hrss_portal.casework.models import (
    Attachment,
    Case,
    CaseParty,
    Delivery,
    Event,
    Informant,
    ProgressCode,
    Tombstone,
)
from hrss_portal.casework.workflow import workflow_of
from hrss_portal.documents.models import File, Paper
from hrss_portal.parties.crypto import EncryptedTextField

GONE = "（已销毁）"


def destroy(case: Case, *, proposal: Proposal, article: str) -> Tombstone:
    """Destroy the contents of one file and leave its tombstone.  Runs in the caller's transaction.

    The change log of the blanked rows is left out, else it would keep what is being destroyed;
    the tombstone, its proposal and its two signatures are the record.
    """
    whole = workflow_of(case).model._base_manager.get(pk=case.pk)
    papers = Paper._base_manager.filter(case_paper__case=case.pk)
    files = File.objects.filter(pk__in=_file_ids(case))
    digest, counts = _digest(whole, files)
    tables: list[type[models.Model]] = [
        type(whole),
        Case,
        *{type(row) for row in _rows(whole)},
        File,
        Paper,
    ]
    with door.opened(), pgtrigger.ignore(*_triggers(tables)):
        for row in _rows(whole):
            _blank(row)
        Event._base_manager.filter(case=case.pk).update(data={}, note="")
        papers.update(context_text="")
        ProgressCode._base_manager.filter(case=case.pk).delete()
        _blank(whole, title=GONE, grams=[])
        for file in files:
            transaction.on_commit(partial(file.content.storage.delete, str(file.content.name)))
        files.update(name=GONE, expires_on=timezone.localdate() - timedelta(days=1))
    return Tombstone.objects.create(
        case_id=case.pk, digest=digest, contents=counts, article=article, proposal=proposal
    )


def tables_of(kind: type[Case]) -> Iterator[tuple[type[models.Model], str]]:
    """The tables whose rows belong to a file of a kind, and the field that names the case:
    parties, informants, materials, deliveries, and whatever the area hangs on it.

    A row that may stand without the case (its tie may be empty) belongs to a register of its own,
    such as the decision of a meeting that led to a task: it stays, and figures go on counting it.
    """
    yield from ((CaseParty, "case"), (Informant, "case"))
    yield from ((Attachment, "case"), (Delivery, "case"))
    for relation in kind._meta.related_objects:
        model: Any = relation.related_model
        of_case = relation.model is kind and kind is not Case
        hangs = of_case and not relation.many_to_many and not relation.field.null
        if hangs and not issubclass(model, Case):
            yield model, relation.field.name


def _rows(case: Any) -> Iterator[Any]:
    """The rows that belong to the file."""
    for model, name in tables_of(type(case)):
        yield from model._base_manager.filter(**{name: case.pk})


def _file_ids(case: Case) -> set[int]:
    kept = Attachment._base_manager.filter(case=case.pk).values_list("file", flat=True)
    papers = Paper._base_manager.filter(case_paper__case=case.pk).values_list("file", flat=True)
    proofs = Delivery._base_manager.filter(case=case.pk).values_list("proof", flat=True)
    return {pk for pk in (*kept, *papers, *proofs) if pk is not None}


def _digest(case: Any, files: Any) -> tuple[str, dict[str, int]]:
    """The SHA-256 over all that stands in the file, and how much that is."""
    rows = [case, *_rows(case), *Event._base_manager.filter(case=case.pk).order_by("pk")]
    told = [[row._meta.label, *_values(row)] for row in rows]
    told += [["file", file.sha256, file.size] for file in files.order_by("pk")]
    text = json.dumps(told, ensure_ascii=False, cls=DjangoJSONEncoder, default=str)
    counts = {"记录": len(rows), "文件": len(files)}
    return hashlib.sha256(text.encode()).hexdigest(), counts


def _values(row: Any) -> list[str]:
    return [str(getattr(row, field.attname)) for field in row._meta.concrete_fields]


def _blank(row: Any, **more: Any) -> None:
    """Empty the free texts of one row and cut its ties to persons and employers."""
    for model in (type(row), *type(row)._meta.get_parent_list()):
        fields = [field for field in model._meta.local_concrete_fields if not field.primary_key]
        changes = {field.name: _emptied(field) for field in fields if _says_something(field)}
        mine = {field.name for field in fields}
        changes |= {name: value for name, value in more.items() if name in mine}
        if changes:
            model._base_manager.filter(pk=row.pk).update(**changes)


def _says_something(field: Any) -> bool:
    if field.is_relation:
        return field.null and field.related_model._meta.app_label == "parties"
    return isinstance(field, EncryptedTextField) or field.name in words_of(field.model)


def _emptied(field: Any) -> Any:
    if field.null:
        return None
    return "" if field.blank or isinstance(field, EncryptedTextField) else GONE[: field.max_length]


def _triggers(tables: list[type[models.Model]]) -> list[str]:
    """The change log and the guards of these tables, and of the events."""
    all_tables: set[type[models.Model]] = {*tables, Event}
    return [
        f"{model._meta.label}:{trigger.name}"
        for model in sorted(all_tables, key=lambda one: one._meta.label)
        for trigger in getattr(model._meta, "triggers", [])
        if trigger.name in {"change_log", "append_only", "frozen_values"}
    ]
