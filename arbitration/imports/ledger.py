"""What the two ledgers share: names in one cell, comparing with what is stored, taking back."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from hrss_portal.casework import moves
from hrss_portal.casework.bulk import CaseRow, PastMove, add_past_moves, open_cases
from hrss_portal.casework.models import Case, CaseParty, Event
from hrss_portal.casework.models.records import Source
from hrss_portal.casework.moves import MoveRefused, PartyIn

Answer = dict[str, Any]
MORE = re.compile(r"等\s*(\d+)\s*[人名]?$")
PARTING = re.compile(r"[、,，;；/\n]+")


def split_names(text: str) -> tuple[list[str], int]:
    """The names of a cell and how many people it stands for: ``张三、李四等12人`` is ([…], 12)."""
    found = MORE.search(text)
    names = [name.strip() for name in PARTING.split(MORE.sub("", text)) if name.strip()]
    return names, max(int(found[1]) if found else 0, len(names))


def parties_of(cleaned: Mapping[str, Any]) -> list[PartyIn]:
    """Applicants and respondents as the ledger names them; a ledger without numbers makes no
    master records, because a name alone identifies nobody."""
    rows: list[PartyIn] = []
    for column, role in (("applicants", "applicant"), ("respondents", "respondent")):
        names, _ = split_names(cleaned[column])
        rows.extend(PartyIn(role=role, name=name[:120]) for name in names)
    return rows


def party_text(case: Case, role: str) -> str:
    """The cell back from the parties, as ``split_names`` reads it."""
    names = [party.name for party in case.parties.all() if party.role == role]
    text = "、".join(names)
    if role == "applicant" and case.people > len(names):
        text += f"等{case.people}人"
    return text


def export_queryset(cases: Any, filters: Mapping[str, list[str]]) -> QuerySet:
    """The cases of a filter, with what a row needs.  Raises ``ValueError`` for an unknown key."""
    allowed = {
        "state": "state__in",
        "cause": "cause__in",
        "outcome": "outcome__in",
        "channel": "channel__in",
        "year": "opened_on__year__in",
        "town": "town__name__in",
    }
    unknown = set(filters) - set(allowed)
    if unknown:
        raise ValueError(f"没有“{'、'.join(sorted(unknown))}”这个筛选项")
    return (
        cases.valid()
        .filter(**{allowed[key]: values for key, values in filters.items()})
        .select_related("town", "handler", "deputy")
        .prefetch_related(
            Prefetch("parties", CaseParty.objects.order_by("role", "seq")),
            Prefetch("events", Event.objects.order_by("on", "pk")),
        )
        .order_by("opened_on", "pk")
    )


def day_of(case: Case, move: str) -> Any:
    """The day of the last such move, from events already fetched."""
    days = [event.on for event in case.events.all() if event.move == move]
    return max(days, default=None)


class Landing:
    """Lands the rows of one ledger: new cases together, changed ones one by one."""

    def __init__(self, context: Any) -> None:
        self.context = context
        self.fresh: list[tuple[Any, CaseRow]] = []
        self.answers: dict[int, Answer] = {}

    def answer(self, row: Any, action: str, pk: int | None = None, **more: Any) -> None:
        """What became of a row."""
        self.answers[row.number] = {
            "row": row.number,
            "action": action,
            "pk": pk,
            "messages": [],
            **more,
        }

    def refuse(self, row: Any, column: str, words: Iterable[str]) -> None:
        """A row that stays out, and why."""
        self.answer(row, "rejected")
        self.answers[row.number]["messages"] = [(column, word) for word in words]

    def create(self, row: Any, case_row: CaseRow) -> None:
        """A case to open with the others."""
        self.fresh.append((row, case_row))

    def update(
        self, row: Any, case: Case, changes: Mapping[str, Any], later: Sequence[PastMove]
    ) -> None:
        """Bring a stored case up to the ledger, unless somebody works on it in the portal."""
        if not changes and not later:
            self.answer(row, "unchanged", case.pk)
            return
        if case.source != Source.SHEET or case.events.filter(is_live=True, kind="move").exists():
            self.refuse(
                row, "number", [f"{case.reference} 已在系统里办理，不能用表格改，请在案件页更正"]
            )
            return
        before = {name: _plain(getattr(case, name)) for name in changes}
        try:
            if changes:
                moves.amend(
                    case,
                    by=self.context.user,
                    changes=changes,
                    reason=f"导入批次 {self.context.batch.pk}",
                    topic="import",
                    label="导入更新",
                )
            problems = add_past_moves(case, later, by=self.context.user) if later else []
        except MoveRefused as error:
            problems = error.messages
        if problems:
            self.refuse(row, "number", problems)
            return
        self.answer(row, "updated", case.pk, before=before)

    def finish(self) -> list[Answer]:
        """Open the new cases and answer for every row, in row order."""
        rows = open_cases(
            [case_row for _, case_row in self.fresh], by=self.context.user, source=Source.SHEET
        )
        for (row, _), opened in zip(self.fresh, rows, strict=True):
            if opened.messages:
                self.refuse(row, "number", opened.messages)
            else:
                self.answer(row, "created", opened.case.pk)
        return [self.answers[number] for number in sorted(self.answers)]


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | bool | None) else str(value)


def undo(outcomes: Sequence[Answer], *, context: Any) -> list[Answer]:
    """Void the cases that a batch created; a case changed since then stays, and is named."""
    answers = []
    cases = Case._base_manager.in_bulk([int(one["pk"]) for one in outcomes if one.get("pk")])
    for one in outcomes:
        case = cases.get(int(one.get("pk") or 0))
        if one["action"] == "unchanged" or case is None:
            answers.append({"row": one["row"], "undone": True, "message": ""})
            continue
        answers.append(_take_back(one, case, context))
    return answers


def _take_back(one: Answer, case: Case, context: Any) -> Answer:
    if one["action"] == "updated":
        return {
            "row": one["row"],
            "undone": False,
            "message": f"{case.reference} 是已有案件，导入时更新过，请在案件页更正",
        }
    if case.version != 1 or case.is_void:
        return {
            "row": one["row"],
            "undone": False,
            "message": f"{case.reference} 导入后又改过，没有撤销",
        }
    moves.void(
        case.specific, by=context.user, reason=f"撤销导入批次 {context.batch.pk}", checked=True
    )
    return {"row": one["row"], "undone": True, "message": ""}


def this_year() -> int:
    """The running year in Shanghai."""
    return timezone.localdate().year
