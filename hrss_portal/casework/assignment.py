"""Who works on what: assignment, and handing over the whole queue of a leaver."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q, QuerySet

from hrss_portal.access import policy
from hrss_portal.access.models import User
from hrss_portal.casework import moves
from hrss_portal.casework.models import Case


def queue_of(user: User) -> QuerySet[Case]:
    """The open cases that a user handles or assists, most urgent first."""
    return (
        Case._base_manager.filter(Q(handler=user) | Q(deputy=user))
        .filter(closed_on__isnull=True, voided_at__isnull=True)
        .order_by("due_on", "pk")
    )


@transaction.atomic
def hand_over(leaver: User, *, to: User, by: User, reason: str) -> list[Case]:
    """Move every open case of a leaver to a colleague, one Event each; returns the cases.

    Raises ``PermissionDenied`` unless ``by`` may assign each of them: all are moved or none.
    """
    cases = list(queue_of(leaver).select_for_update(of=("self",)))
    for case in cases:
        policy.require(by, f"{case.kind}.assign", case)
        changes = {
            name: to for name in ("handler", "deputy") if getattr(case, f"{name}_id") == leaver.pk
        }
        moves.amend(case, by=by, changes=changes, reason=reason, topic="assign", label="移交承办人")
    return cases


def workload(users: Iterable[User]) -> dict[int, int]:
    """Open cases per user, for the assignment page."""
    counts = {user.pk: 0 for user in users}
    rows = Case._base_manager.filter(
        handler__in=counts, closed_on__isnull=True, voided_at__isnull=True
    ).values_list("handler_id", flat=True)
    for pk in rows:
        counts[pk] += 1
    return counts
