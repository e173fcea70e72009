"""同一人、同一单位的在办件: what intake shows before the same matter is taken in twice."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from hrss_portal.access import policy as policies
from hrss_portal.access.models import Unit, User
from hrss_portal.access.scope import acting_as_system
from hrss_portal.casework.models import Case
from hrss_portal.casework.workflow import workflow_of
from hrss_portal.desk.links import case_url
from hrss_portal.desk.states import state_label
from hrss_portal.parties import matching

RECENT = timedelta(days=180)  # a local default: older matters are seldom the same application
MOST = 5


@dataclass(frozen=True)
class Twin:
    """An open case of the same two parties, as far as the asking user may know it."""

    number: str
    recorded_by: str
    opened_on: date
    state: str
    url: str
    ask: str


def open_cases_of(
    kind: str, user: User, unit: Unit, *, people: Collection[int], firms: Collection[str]
) -> list[Twin]:
    """The open cases of this kind in the bureau, received or recorded lately, newest first.

    Between one of the ``people`` (ids) and one of the ``firms`` (full names), on the two sides that
    the workflow names.
    Whoever may not open a case learns its number and whom to ask, without its address.
    """
    if not people or not firms:
        return []
    since = timezone.now() - RECENT
    lately = Q(opened_on__gte=timezone.localdate(since)) | Q(created_at__gte=since)
    who, about = workflow_of(kind).sides
    applied = Q(parties__role=who, parties__person__in=people)
    with acting_as_system("matching"):
        cases = Case._base_manager.filter(
            lately,
            applied,
            kind=kind,
            unit__path__startswith=unit.root.path,
            voided_at__isnull=True,
            closed_on__isnull=True,
        ).filter(
            Q(parties__employer__name__in=firms) | Q(parties__name__in=firms),
            parties__role=about,
        )
        rows = list(
            Case._base_manager.filter(pk__in=cases.values("pk"))
            .select_related("created_by", "unit")
            .order_by("-opened_on", "-pk")[:MOST]
        )
    return [_twin(row, user) for row in rows]


def twins_of(form: Any, kind: str) -> list[Twin]:
    """The same for a full intake form that has been found valid: anybody of one side with anybody
    of the other.

    Forms without rows of parties have none.
    """
    who, about = workflow_of(kind).sides
    sides: dict[str, list[Mapping[str, Any]]] = {who: [], about: []}
    for name, role in getattr(form, "party_rows", {}).items():
        sides.setdefault(role, []).extend(form.row_data(name))
    numbers = [row["id_number"] for row in sides[who] if row.get("id_number")]
    known = matching.match_people([{"id_number": number} for number in numbers])
    return open_cases_of(
        kind,
        form.user,
        form.unit,
        people=[person.pk for person in known if person],
        firms=[row["name"] for row in sides[about] if row.get("name")],
    )


def _twin(case: Case, user: User) -> Twin:
    opens = policies.can(user, f"{case.kind}.view", case)
    return Twin(
        number=case.reference,
        recorded_by=case.created_by.name if case.created_by else "系统",
        opened_on=case.opened_on,
        state=state_label(case),
        url=case_url(case) if opens else "",
        ask="" if opens else f"请联系{case.unit}",
    )
