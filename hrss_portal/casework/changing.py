"""What the verbs change: a case in memory, its title, its party rows, the Event that tells of it.

Only ``moves``, ``bulk``, ``correcting`` and ``retelling`` call these, inside the door.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from hrss_portal.access.models import User
from hrss_portal.casework import plain
from hrss_portal.casework.models import Case, CaseParty, Event
from hrss_portal.casework.workflow import BACK, Move, Workflow
from hrss_portal.documents.numbers import next_number
from hrss_portal.parties.names import grams, tidy_name


@dataclass(frozen=True, kw_only=True)
class PartyIn:
    """A party as a form or a sheet gives it; exactly one of person and employer."""

    role: str
    name: str
    person: Any = None
    employer: Any = None
    phone: str = ""
    address: str = ""
    legal_rep: str = ""
    is_representative: bool = False


def apply_move(
    case: Case,
    workflow: Workflow,
    step: Move,
    *,
    on: date,
    data: Mapping[str, Any],
    taken_back: Event | None = None,
) -> None:
    """Change the case in memory as a move does: fields, state, dates, number.

    ``taken_back``: the Event that the move takes back, where it takes one back; ``BACK`` then leads
    to the state which that one left.
    """
    for name in step.sets:
        if name in data:
            setattr(case, name, data[name])
    left = taken_back.from_state if taken_back else case.back_to
    target = (left or workflow.initial) if step.to == BACK else step.to
    if step.remembers:
        case.back_to = case.state
    if target is not None and target != case.state:
        case.state = target
        case.state_on = on
    if step.accepts:
        case.accepted_on = on
    if step.closes:
        case.closed_on = on
    if step.reopens:
        case.closed_on = None
    if step.archives:
        case.archived_on = on
    if step.numbers and not case.number:
        case.number = next_number(step.numbers, unit_root=case.unit.root, year=on.year).text


def describe(case: Case, workflow: Workflow, parties: Sequence[PartyIn] | None) -> bool:
    """Set what lists and search read: the title and the search grams.  Whether they changed.

    ``parties`` None: those that are stored (one query).
    """
    before = case.title, case.grams
    names = (
        [party.name for party in parties]
        if parties is not None
        else list(CaseParty._base_manager.filter(case=case.pk).values_list("name", flat=True))
    )
    if workflow.title:
        case.title = workflow.title(case)[:200]
    elif names:
        case.title = "、".join(names)[:200]
    text = [case.title, case.number or "", case.intake_no, case.external_no, *names]
    case.grams = sorted({gram for part in text for gram in grams(part)})
    return before != (case.title, case.grams)


def party_rows(case: Case, parties: Sequence[PartyIn]) -> list[CaseParty]:
    """Unsaved party rows, numbered within their role."""
    seen: dict[str, int] = {}
    rows = []
    for party in parties:
        seen[party.role] = seen.get(party.role, 0) + 1
        rows.append(
            CaseParty(
                case_id=case.pk,
                role=party.role,
                seq=seen[party.role],
                person=party.person,
                employer=party.employer,
                name=tidy_name(party.name) if party.employer is None else party.name,
                phone=party.phone,
                address=party.address,
                legal_rep=party.legal_rep,
                is_representative=party.is_representative,
            )
        )
    return rows


def write_event(
    case: Case,
    *,
    kind: str,
    move: str,
    label: str,
    by: User | None,
    on: date,
    data: Mapping[str, Any],
    from_state: str = "",
    to_state: str = "",
    note: str = "",
    on_behalf_of_id: int | None = None,
) -> Event:
    """Write the Event of a change; runs inside the door."""
    return Event.objects.create(
        case_id=case.pk,
        kind=kind,
        move=move,
        label=label,
        from_state=from_state,
        to_state=to_state,
        on=on,
        by=by,
        by_name=by.name if by else "",
        on_behalf_of_id=on_behalf_of_id,
        data=plain.of(data),
        note=note,
        is_live=case.is_live,
        counts_on=on,
    )
