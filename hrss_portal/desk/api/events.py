"""What happened to cases since a cursor: each event once, in order, some seconds late.

An event's number is taken before its transaction commits, so a reader that only asked for higher
numbers would miss one that commits late.  Events are therefore handed out up to the *settled*
moment: some seconds before the oldest transaction that is writing now began, else before now.
"""

from datetime import datetime
from typing import ClassVar

from django.db import connection
from rest_framework.request import Request
from rest_framework.response import Response

from hrss_portal.casework.models import Event
from hrss_portal.desk.api import paging, shapes
from hrss_portal.desk.api.base import ApiView, Call, answer
from hrss_portal.desk.api.errors import ApiError

MARGIN = "5 seconds"
SETTLED = """
    SELECT least(clock_timestamp(), min(xact_start)) - %s::interval
      FROM pg_stat_activity
     WHERE datname = current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()
"""


def settled() -> datetime:
    """Every event written before this moment is committed, or never will be."""
    with connection.cursor() as cursor:
        cursor.execute(SETTLED, [MARGIN])
        moment: datetime = cursor.fetchone()[0]
    return moment


class EventListView(ApiView):
    """The events of the kinds that the client exchanges, of cases that its account sees."""

    calls: ClassVar[dict[str, Call]] = {
        "GET": Call(
            summary="读取办理动态",
            action="events",
            query=("limit", "cursor", "kind"),
            data="Event",
            many=True,
        )
    }

    def get(self, request: Request) -> Response:
        """One page.  ``next`` is always there: ask again with it, at once while pages are full."""
        asked = self.asked()
        kinds = self.client.kinds
        if kind := asked.get("kind"):
            if kind not in kinds:
                words = {"kind": ["没有开通这项业务"]}
                raise ApiError(400, "bad_parameter", "参数有误", "", words)
            kinds = [kind]
        rows = Event.objects.filter(case__kind__in=kinds, at__lt=settled()).select_related("case")
        size, cursor = paging.size_of(asked), asked.get("cursor", "")
        found, more = paging.page(rows, cursor, size)
        last = more or (paging.cursor_of(found[-1].pk) if found else cursor)
        return answer([shapes.event_of(event) for event in found], next=last, more=bool(more))
