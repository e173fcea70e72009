"""Cases as other systems read them.  Identifiers are masked as on the pages."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.utils import timezone

from hrss_portal.access import policy
from hrss_portal.access.models import User
from hrss_portal.casework import own_days
from hrss_portal.casework.models import Case, Clock, Event
from hrss_portal.casework.moves import available
from hrss_portal.casework.secrecy import materials_seen
from hrss_portal.casework.workflow import workflow_of
from hrss_portal.desk.api.resources import CaseResource
from hrss_portal.desk.states import state_label
from hrss_portal.parties import reveals
from hrss_portal.parties.identifiers import mask_phone

Reveal = Callable[[Any, str], str]


def plain(value: Any) -> Any:
    """A value as JSON has it: days ISO, moments with their zone, amounts as text."""
    match value:
        case None | bool() | int() | str():
            return value
        case Decimal():
            return str(value)
        case datetime():
            return timezone.localtime(value).isoformat(timespec="seconds")
        case date():
            return value.isoformat()
        case Model():
            return {"id": value.pk, "text": str(value)}
    return str(value)


def summary(case: Case) -> dict[str, Any]:
    """What a list tells of a case."""
    workflow = workflow_of(case)
    state = workflow.state(case.state)
    return receipt(case) | {
        "title": case.title,
        "phase": "void" if case.is_void else state.phase,
        "channel": case.channel,
        "opened_on": plain(case.opened_on),
        "accepted_on": plain(case.accepted_on),
        "closed_on": plain(case.closed_on),
        "outcome": case.outcome,
        "amount": plain(case.amount),
        "people": case.people,
        "unit": case.unit.name,
        "town": case.town.name if case.town else None,
        "handler": case.handler.name if case.handler else None,
        "due_on": plain(case.due_on),
        "due_provisional": case.due_provisional,
        "is_paused": case.is_paused,
        "own_day": own_day_of(case),
        "updated_at": plain(case.updated_at),
        "url": case.get_absolute_url(),
    }


def receipt(case: Case) -> dict[str, Any]:
    """What a sender that may not read learns of its case: which one it is and where it stands."""
    return {
        "id": case.pk,
        "kind": case.kind,
        "external_system": case.external_system,
        "external_no": case.external_no,
        "number": case.number,
        "intake_no": case.intake_no,
        "state": case.state,
        "state_label": state_label(case),
        "version": case.version,
    }


def own_day_of(case: Any) -> dict[str, Any] | None:
    """The earliest day that is no statutory one, as lists show it: a target of the bureau that has
    come, or a minimum period, whose day has come when it is over; None where there is none."""
    own_days.tell([case])
    told = case.own_day
    if told is None:
        return None
    waits = own_days.is_waiting(told, timezone.localdate())
    return {name: told[name] for name in ("term", "label", "due_on", "is_minimum")} | {
        "has_come": not waits
    }


def detail(
    case: Any, resource: CaseResource, user: User, *, reveal: Reveal | None = None
) -> dict[str, Any]:
    """Everything that the account may read of a case, without what its roles hide."""
    hidden = policy.hidden_fields(user, case)
    found = summary(case)
    found["fields"] = {
        name: plain(getattr(case, name)) for name in resource.fields if name not in hidden
    }
    found["parties"] = [
        party_of(row, reveal)
        for row in case.parties.select_related("person", "employer").order_by("role", "seq", "pk")
    ]
    found["clocks"] = [clock_of(row) for row in _clocks(case)]
    found["attachments"] = [attachment_of(row) for row in _materials(case, user)]
    offered = {move.code for move in resource.moves}
    found["moves"] = [
        {"code": move.code, "label": move.label}
        for move in available(case, user)
        if move.code in offered
    ]
    return found


def _clocks(case: Case) -> Any:
    return Clock.objects.filter(case=case.pk).select_related("rule").order_by("started_on", "pk")


def _materials(case: Any, user: User) -> Any:
    rows = case.attachments.filter(removed_at__isnull=True).select_related("file")
    return materials_seen(user, case, rows.order_by("part", "seq", "pk"))


def party_of(row: Any, reveal: Reveal | None = None) -> dict[str, Any]:
    """A party; numbers masked unless ``reveal`` opens them, with the reason in the log."""
    person, employer = row.person, row.employer
    found: dict[str, Any] = {
        "role": row.role,
        "seq": row.seq,
        "kind": "person" if person else "employer",
        "name": row.name,
        "phone": mask_phone(row.phone) if row.phone else "",
        "address": row.address,
        "legal_rep": row.legal_rep,
        "is_representative": row.is_representative,
        "left_on": plain(row.left_on),
    }
    if person:
        found["id_number"] = person.masked_id
        if reveal:
            found["id_number"] = reveal(person, "id_number")
            found["phone"] = reveal(person, "phone") or row.phone
    elif employer:
        found["uscc"] = employer.uscc
    return found


def opened_for(user: User, case: Case, reason: str, note: str) -> Reveal:
    """A reveal with a reason: class P1, the limits and the log are those of the pages."""

    def reveal(party: Any, field: str) -> str:
        return reveals.reveal(party, field, by=user, reason=reason, note=note, case_id=case.pk)

    return reveal


def clock_of(clock: Clock) -> dict[str, Any]:
    """A statutory day of a case; a target of the bureau is marked as such, never as statutory.

    A minimum period is marked as well: its ``due_on`` is the last day on which to wait.
    """
    return {
        "term": clock.term,
        "label": clock.label,
        "is_target": clock.is_target,
        "is_minimum": clock.rule.is_minimum,
        "started_on": plain(clock.started_on),
        "due_on": plain(clock.due_on),
        "due_at": plain(clock.due_at),
        "provisional": clock.provisional,
        "state": clock.state,
        "met_on": plain(clock.met_on),
    }


def attachment_of(row: Any) -> dict[str, Any]:
    """A material: what it is, never its content."""
    return {
        "id": row.pk,
        "kind": row.kind,
        "part": row.part,
        "name": row.file.name,
        "size": row.file.size,
        "sha256": row.file.sha256,
        "added_at": plain(row.added_at),
    }


def event_of(event: Event) -> dict[str, Any]:
    """That something happened to a case: enough to fetch the case, no personal data."""
    case = event.case
    return {
        "id": event.pk,
        "type": event.kind,
        "move": event.move,
        "label": event.label,
        "from_state": event.from_state,
        "to_state": event.to_state,
        "on": plain(event.on),
        "at": plain(event.at),
        "case": {
            "id": case.pk,
            "kind": case.kind,
            "external_system": case.external_system,
            "external_no": case.external_no,
            "number": case.number,
            "intake_no": case.intake_no,
        },
    }
