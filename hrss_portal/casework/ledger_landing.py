"""How the rows of a ledger land: new cases together, those told otherwise one by one; and how a
batch is taken back."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError

from hrss_portal.areas import Sheet
from hrss_portal.casework import corrected, moves
from hrss_portal.casework.bulk import CaseRow, PastMove, open_cases
from hrss_portal.casework.correcting import correct
from hrss_portal.casework.models import Case, CasePaper, Event
from hrss_portal.casework.models.events import EventKind
from hrss_portal.casework.models.records import Source
from hrss_portal.casework.moves import lock
from hrss_portal.casework.retelling import Telling

Answer = dict[str, Any]
#: A field of a case by name, or of a move (its code) the day (``on``) or a value of its form.
Fact = str | tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Update:
    """What a row changes in a stored case: fields, the past moves before and after, the cells as
    they were (for taking it back); or (column, words) of what keeps it from being changed."""

    values: Mapping[str, Any] = field(default_factory=dict)
    old: Sequence[PastMove] = ()
    new: Sequence[PastMove] = ()
    cells: Mapping[str, Any] = field(default_factory=dict)
    refused: Sequence[tuple[str, str]] = ()


class Landing:
    """The answers of one commit, and the new cases that it opens together.

    What keeps a whole case out is said at ``column``, by which the row knows its case.
    """

    def __init__(self, context: Any, sheet: Sheet, column: str) -> None:
        self.context, self.sheet, self.column = context, sheet, column
        self.fresh: list[tuple[Any, CaseRow]] = []
        self.answers: dict[int, Answer] = {}
        self.updated: set[int] = set()

    def answer(self, row: Any, action: str, pk: int | None = None, **more: Any) -> None:
        """What became of a row."""
        plain = {"row": row.number, "action": action, "pk": pk, "messages": []}
        self.answers[row.number] = {**plain, **more}

    def refuse(self, row: Any, problems: Iterable[tuple[str, str]]) -> None:
        """A row that stays out, and why."""
        self.answer(row, "rejected", messages=list(problems))

    def refuse_case(self, row: Any, words: Iterable[str]) -> None:
        """A row whose case the rules refuse."""
        self.refuse(row, [(self.column, word) for word in words])

    def create(self, row: Any, case_row: CaseRow) -> None:
        """A case to open with the others."""
        self.fresh.append((row, case_row))

    def update(self, row: Any, case: Case, told: Update) -> None:
        """Bring a stored case, locked and read since, to what the row tells, or say why not.

        Raises ``StaleVersion`` for a case that was read before somebody changed it.
        """
        if told.refused:
            self.refuse(row, told.refused)
            return
        before = {
            "version": case.version + 1,
            "from": case.version,
            "cells": dict(told.cells),
            "fields": {name: _plain(case, name) for name in told.values},
        }
        by, sheet = self.context.user, self.sheet
        telling = Telling(
            values=told.values,
            old=told.old,
            new=told.new,
            by=by,
            sheet=sheet.code,
            what=f"（{sheet.title}）",
        )
        reason = f"导入批次 {self.context.batch.pk}"
        try:
            done = correct(
                case, telling.act, by=by, reason=reason, version=case.version, checked=True
            )
        except ValidationError as error:
            self.refuse_case(row, error.messages)
            return
        self.updated.add(case.pk)
        self.answer(row, "updated", case.pk, before={**before, "event": done.event.pk})

    def finish(self) -> list[Answer]:
        """Open the new cases and answer for every row, in row order."""
        rows = [case_row for _, case_row in self.fresh]
        done = open_cases(rows, by=self.context.user, source=Source.SHEET)
        for (row, _), opened in zip(self.fresh, done, strict=True):
            if opened.messages:
                self.refuse_case(row, opened.messages)
            else:
                notes = [(self.column, words) for words in opened.notes]
                self.answer(row, "created", opened.case.pk, messages=notes)
        return [self.answers[number] for number in sorted(self.answers)]


def is_worked_on(case: Case) -> bool:
    """Whether somebody handles a case in the portal, so that no sheet may change it; from Events
    already fetched."""
    return (
        case.source != Source.SHEET
        or case.archived_on is not None
        or any(event.kind == EventKind.MOVE and event.is_live for event in case.events.all())
    )


def put_right(case: Case) -> set[Fact]:
    """What people put right in the portal, so that no sheet tells it otherwise: fields, days and
    values of moves; from Events already fetched."""
    facts: set[Fact] = set()
    for event in case.events.all():
        if event.kind == EventKind.AMEND and event.move == "amend":
            facts |= set(event.data)
        elif event.move == corrected.TOPIC and not event.data.get("sheet"):
            facts |= set(event.data["fields"])
            codes = {one.pk: one.move for one in case.events.all()}
            for item in event.data["events"]:
                told = {*item["data"], *(["on"] if item["on"] else [])}
                facts |= {(codes[item["id"]], name) for name in told}
    return facts


def facts_of(past: Sequence[PastMove]) -> set[tuple[Fact, Any]]:
    """What past moves tell: day and values of each, by move."""
    return {
        ((one.code, name), value)
        for one in past
        for name, value in ({**one.data, "on": one.on}).items()
    }


class TakingBack:
    """Undoes the rows of one batch, last row first.

    ``row_of`` gives the cells of a case, ``past_of`` the past moves that such cells tell, ``whole``
    the cases with all that these read.  ``unnumbered`` are the fields of an outside number, the
    number itself first, as they stand in a case without one.
    """

    def __init__(
        self,
        context: Any,
        sheet: Sheet,
        row_of: Callable[[Any], Mapping[str, Any]],
        past_of: Callable[[Mapping[str, Any]], list[PastMove]],
        whole: Any,
        unnumbered: Mapping[str, Any],
    ) -> None:
        self.context, self.sheet, self.unnumbered = context, sheet, unnumbered
        self.row_of, self.past_of, self.whole = row_of, past_of, whole
        self.versions: dict[int, int] = {}  # of cases of which a later row was taken back already

    def take_back(self, one: Answer, case: Case | None) -> Answer:
        """Void what was created, restore what was updated; what changed since then stays."""
        message = ""
        if one["action"] != "unchanged" and case is not None:
            before = one.get("before") or {"version": 1}
            case = self._locked(case)
            expected = self.versions.get(case.pk, case.version)
            if expected != before["version"] or case.is_void:
                message = f"{case.reference} 导入后又改过{_since(case, before)}，没有撤销"
            elif one["action"] == "created" and (added := _added_to(case)):
                message = f"{case.reference} 导入后又加了{added}，没有撤销"
            elif one["action"] == "created":
                self._void(case)
            else:
                message = self._restore(case, before)
        return {"row": one["row"], "undone": not message, "message": message}

    def _locked(self, case: Case) -> Case:
        """The case, locked until the batch is taken back, and read again where it changed since
        (a later row of the batch was taken back, or somebody worked on it)."""
        if lock(case, None).version == case.version:
            return case
        found: Case = self.whole.get(pk=case.pk)
        return found

    @property
    def _reason(self) -> str:
        return f"撤销导入批次 {self.context.batch.pk}"

    def _void(self, case: Case) -> None:
        """Void a case that the batch brought; its number goes back, so that the ledger can be
        imported again, and the reason keeps it."""
        field: Any = case._meta.get_field(next(iter(self.unnumbered)))
        reason, gives_back = self._reason, {}
        if number := getattr(case, field.attname):
            reason = f"{reason}，{field.verbose_name} {number} 退回，可以再次导入"
            gives_back = dict(self.unnumbered)
        moves.void(case, by=self.context.user, reason=reason, checked=True, **gives_back)

    def _restore(self, case: Case, before: Mapping[str, Any]) -> str:
        telling = Telling(
            values={name: _stored(case, name, value) for name, value in before["fields"].items()},
            old=self.past_of(self.row_of(case)),
            new=self.past_of(before["cells"]),
            by=self.context.user,
            sheet=self.sheet.code,
            what=f"（撤销导入{self.sheet.title}）",
        )
        try:
            correct(
                case,
                telling.act,
                by=self.context.user,
                reason=self._reason,
                version=case.version,
                checked=True,
            )
        except ValidationError as error:
            return f"{case.reference} 没有撤销：{'；'.join(error.messages)}"
        self.versions[case.pk] = before["from"]
        return ""


def _added_to(case: Case) -> str:
    """What people put into the file of an imported case, which changes no field of it."""
    papers = case.papers.exclude(state=CasePaper.State.DROPPED)
    found: tuple[tuple[str, Any], ...] = (
        ("材料", case.attachments.filter(removed_at=None)),
        ("文书", papers),
        ("举报人", case.informants.all()),
    )
    return "、".join(word for word, rows in found if rows.exists())


def _later(case: Case, known: int) -> list[Event]:
    """What people did after the Event with this key, in order; from Events already fetched."""
    return [
        event
        for event in sorted(case.events.all(), key=lambda one: one.pk)
        if event.pk > known and (event.is_live or event.kind == EventKind.AMEND)
    ]


def doers_since(case: Case, known: int) -> str:
    """The names of those who changed a case after the Event with this key."""
    return "、".join(dict.fromkeys(one.by_name or "系统" for one in _later(case, known)))


def _since(case: Case, before: Mapping[str, Any]) -> str:
    """What was done after the import, in the words of its Events, and by whom."""
    known = before.get("event", 0)
    labels = "、".join(dict.fromkeys(event.label for event in _later(case, known)))
    return f"（{labels}）：{doers_since(case, known)}" if labels else ""


def _plain(case: Case, name: str) -> Any:
    """A field as JSON keeps it; a row of another table by its key."""
    field: Any = case._meta.get_field(name)
    value = getattr(case, field.attname)
    return value if isinstance(value, str | int | bool | None) else str(value)


def _stored(case: Case, name: str, value: Any) -> Any:
    """A field out of what ``_plain`` made of it."""
    field: Any = case._meta.get_field(name)
    if field.is_relation:
        return field.related_model._base_manager.filter(pk=value).first()
    return field.to_python(value)
