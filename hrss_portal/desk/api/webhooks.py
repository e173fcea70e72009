"""Tells subscribed systems that something happened to a case, through the outbox.

The message is written in the transaction of the change and leaves after it, signed, retried, to
an address that an administrator registered.  It carries no personal data: who wants to know more
reads the case with its token.
"""

import json

from hrss_portal.access import policy
from hrss_portal.casework.models import Case, Event
from hrss_portal.desk.api.shapes import event_of
from hrss_portal.desk.models import ClientSystem
from hrss_portal.notifications.outbox import send

KIND = "api.event"


def tell(case: Case, event: Event) -> None:
    """One message per system that subscribed to the kind and whose account sees the case."""
    rows = ClientSystem.objects.filter(
        told_kinds__contains=[case.kind], endpoint__is_active=True, revoked_at=None
    )
    for client in rows.select_related("user", "endpoint").order_by("pk"):
        if client.closed_because or client.endpoint is None:
            continue
        if policy.can(client.user, f"{case.kind}.view", case):
            text = json.dumps(event_of(event), ensure_ascii=False)
            key = f"api:{client.pk}:{event.pk}"
            send("webhook", client.endpoint, text, key=key, kind=KIND, label="办件动态推送")
