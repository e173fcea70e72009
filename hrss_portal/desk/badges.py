"""The numbers on the frame: things to do, messages unread.  A badge equals the list behind it."""

from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db.models import Count, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from hrss_portal.access.models import User
from hrss_portal.casework import waiting
from hrss_portal.casework.models import Case
from hrss_portal.notifications import inbox

KEEP_SECONDS = 60


@dataclass(frozen=True)
class Counts:
    """What the badges show."""

    todo: int = 0
    unread: int = 0


def todo(user: User) -> QuerySet[Case]:
    """The cases that wait for this user (``casework.waiting``) and that the user may see."""
    return Case.objects.filter(waiting.waits_for(user))


def counts(user: User, *, fresh: bool = False) -> Counts:
    """The numbers, at most a minute old; ``fresh`` counts now."""
    key = f"badges:{user.pk}"
    found: Counts | None = None if fresh else cache.get(key)
    if found is None:
        found = _count(user)
        cache.set(key, found, KEEP_SECONDS)
    return found


def _count(user: User) -> Counts:
    return Counts(*lengths(user, todo(user), inbox.unread_notices(user)))


def lengths(user: User, *lists: QuerySet[Any]) -> tuple[int, ...]:
    """How many rows each of the lists has, in one query: a workbench shows many small numbers."""
    found: tuple[int, ...] = (
        User.objects.filter(pk=user.pk).values_list(*(_length(rows) for rows in lists)).get()
    )
    return found


def _length(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.order_by().values(one=Value(1)).annotate(length=Count("pk")).values("length")
    return Coalesce(Subquery(counted), 0)


def forget(user_id: int) -> None:
    """Count anew at the next page; called after the user has done something."""
    cache.delete(f"badges:{user_id}")
