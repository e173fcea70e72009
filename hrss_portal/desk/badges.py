"""The numbers on the frame: things to do, messages unread.  A badge equals the list behind it."""

from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Q, QuerySet

from hrss_portal.access import policy
from hrss_portal.access.models import User
from hrss_portal.casework.models import Case
from hrss_portal.casework.workflow import workflows
from hrss_portal.notifications import inbox

KEEP_SECONDS = 60


@dataclass(frozen=True)
class Counts:
    """What the badges show."""

    todo: int = 0
    unread: int = 0


def todo(user: User) -> QuerySet[Case]:
    """Open cases that wait for this user: handled or assisted, or to be approved by a post held."""
    mine = Q(handler=user.pk) | Q(deputy=user.pk)
    posts = policy.current_rights(user).posts
    for workflow in workflows():
        states = {
            state
            for move in workflow.moves
            if move.approval and not posts.isdisjoint(move.by)
            for state in move.source
        }
        if states:
            mine |= Q(kind=workflow.of, state__in=sorted(states))
    return Case.objects.filter(mine, closed_on__isnull=True, voided_at__isnull=True)


def counts(user: User, *, fresh: bool = False) -> Counts:
    """The numbers, at most a minute old; ``fresh`` counts now."""
    key = f"badges:{user.pk}"
    found: Counts | None = None if fresh else cache.get(key)
    if found is None:
        found = Counts(todo(user).count(), inbox.unread(user))
        cache.set(key, found, KEEP_SECONDS)
    return found


def forget(user_id: int) -> None:
    """Count anew at the next page; called after the user has done something."""
    cache.delete(f"badges:{user_id}")
