"""Who works on what: assignment, and handing over the whole queue of a leaver."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.urls import NoReverseMatch, reverse

from hrss_portal.access import policy
from hrss_portal.access.accounts import OpenItems
from hrss_portal.access.models import User
from hrss_portal.casework import moves
from hrss_portal.casework.models import Case
from hrss_portal.casework.waiting import unfinished


def queue_of(user: User) -> QuerySet[Case]:
    """The unfinished cases that a user handles or assists, most urgent first.

    One with an award is among them until it is served, closed and filed (``waiting.unfinished``).
    """
    hands = Q(handler=user) | Q(deputy=user)
    return Case._base_manager.filter(hands, unfinished()).order_by("due_on", "pk")


@transaction.atomic
def hand_over(
    leaver: User, *, to: User, by: User, reason: str, only: Iterable[int] | None = None
) -> list[Case]:
    """Move every unfinished case of a leaver to a colleague, one Event each; returns the cases.

    ``only``: the keys of those to move, where one head hands over what belongs to the own office.
    Raises ``PermissionDenied`` unless ``by`` may assign each of them: all are moved or none.
    """
    queue = queue_of(leaver)
    if only is not None:
        queue = queue.filter(pk__in=only)
    cases = list(queue.select_for_update(of=("self",)))
    for case in cases:
        policy.require(by, f"{case.kind}.assign", case)
        changes = {
            name: to for name in ("handler", "deputy") if getattr(case, f"{name}_id") == leaver.pk
        }
        moves.amend(case, by=by, changes=changes, reason=reason, topic="assign", label="移交承办人")
    return cases


def open_items(user: User) -> list[OpenItems]:
    """What stands in the way of ending an account: the unfinished cases, by number only."""
    try:
        url = f"{reverse('desk:hand_over')}?leaver={user.pk}"
    except NoReverseMatch:  # an installation without the desk's pages
        url = ""
    return [OpenItems("在办件", queue_of(user).count(), url)]


def loaded(path: str) -> list[tuple[User, int]]:
    """Who below a unit has unfinished cases in hand, and how many; ended accounts first."""
    rows = Case._base_manager.filter(unfinished())
    counts: dict[Any, int] = {}
    for name in ("handler", "deputy"):
        for row in rows.exclude(**{name: None}).order_by().values(name).annotate(n=Count("pk")):
            counts[row[name]] = counts.get(row[name], 0) + row["n"]
    people = User.objects.filter(pk__in=counts, unit__path__startswith=path)
    people = people.select_related("unit").order_by("is_active", "staff_no")
    return [(user, counts[user.pk]) for user in people]


def workload(users: Iterable[User]) -> dict[int, int]:
    """Open cases per user, for the assignment page."""
    counts = {user.pk: 0 for user in users}
    rows = Case._base_manager.filter(
        handler__in=counts, closed_on__isnull=True, voided_at__isnull=True
    ).values_list("handler_id", flat=True)
    for pk in rows:
        counts[pk] += 1
    return counts
