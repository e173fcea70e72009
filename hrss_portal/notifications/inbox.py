"""Telling people things inside the portal."""

from collections.abc import Iterable
from typing import TYPE_CHECKING
from uuid import uuid4

from django.db.models import QuerySet
from django.utils import timezone

from hrss_portal.notifications.models import Notice

if TYPE_CHECKING:
    from hrss_portal.access.models import User


def notify(
    users: "Iterable[User]",
    *,
    title: str,
    url: str = "",
    body: str = "",
    kind: str = "",
    key: str = "",
) -> int:
    """Put a line into each person's inbox; how many were new.

    ``key`` makes it exactly-once per person ("case-17-overdue"); without one every call is a new
    line.  ``url``: a path of this portal (``ValueError`` for anything else).  Written in the
    caller's transaction; disabled accounts are skipped.
    """
    if url and (not url.startswith("/") or url.startswith(("//", "/\\"))):
        raise ValueError(f"a notice opens a page of this portal, not {url!r}")
    people = {user.pk for user in users if user.is_active}
    known = set()
    if key:
        told = Notice.objects.filter(user__in=people, key=key)
        known = set(told.values_list("user_id", flat=True))
    rows = [
        Notice(
            user_id=person,
            title=title[:200],
            url=url,
            body=body,
            kind=kind,
            key=key or uuid4().hex,
        )
        for person in sorted(people - known)
    ]
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def notices(user: "User") -> QuerySet[Notice]:
    """A person's inbox, newest first."""
    return Notice.objects.filter(user=user).order_by("-pk")


def unread_notices(user: "User") -> QuerySet[Notice]:
    """The lines not read yet."""
    return notices(user).filter(read_at__isnull=True)


def unread(user: "User") -> int:
    """The badge: the length of the unread list."""
    return unread_notices(user).count()


def mark_read(user: "User", pk: int | None = None) -> int:
    """Mark one line, or all, as read; how many changed."""
    rows = Notice.objects.filter(user=user, read_at__isnull=True)
    if pk is not None:
        rows = rows.filter(pk=pk)
    return rows.update(read_at=timezone.now())
