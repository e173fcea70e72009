"""Announcements above every page."""

from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.utils import timezone

from hrss_portal.notifications.models import Announcement

if TYPE_CHECKING:
    from hrss_portal.access.models import User


def announcements_for(user: "User") -> QuerySet[Announcement]:
    """The announcements in force for a person's bureau, the important and newest first."""
    now = timezone.now()
    mine = Q(unit__isnull=True) | Q(unit__in=user.unit.ancestor_ids())
    rows = Announcement.objects.filter(mine, from_at__lte=now, until_at__gt=now)
    return rows.order_by("-level", "-from_at")
