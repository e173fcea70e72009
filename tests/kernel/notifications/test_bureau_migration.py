"""Messages, kinds and endpoints of before find their bureau, and the way back joins them."""

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from hrss_portal.access.scope import acting_as_system
from hrss_portal.notifications.models import Endpoint, MessageKind, OutboxMessage
from tests.cast import County
from tests.factories.clients import client_system

step = import_module("hrss_portal.notifications.migrations.0003_fill_bureau")


@pytest.fixture
def before(county: County, other_county: County, stranger: Any) -> dict[str, Any]:
    """One kind and two endpoints without bureau, one used by a client of the other county."""
    with connection.cursor() as cursor:
        for table in ("messagekind", "endpoint", "outboxmessage"):
            cursor.execute(
                f"ALTER TABLE notifications_{table} ALTER COLUMN bureau_id DROP NOT NULL"
            )
        cursor.execute(
            "ALTER TABLE notifications_endpoint DROP CONSTRAINT notifications_endpoint_once"
        )
    with acting_as_system("test"):
        kind = MessageKind.objects.create(code="api.event", label="动态")
        rows = {
            name: Endpoint.objects.create(name=name, url="https://example.org/", secret="s")
            for name in ("省平台", "市平台")
        }
        client_system(stranger, stranger.unit, name="邻县", endpoint=rows["市平台"])
        for name, endpoint in rows.items():
            OutboxMessage.objects.create(kind=kind, channel="webhook", endpoint=endpoint, key=name)
        OutboxMessage.objects.create(kind=kind, channel="sms", key="短信")
    return {"ours": county.bureau.pk, "theirs": other_county.bureau.pk}


def test_rows_of_before_find_their_bureau_and_go_back(before: dict[str, Any]) -> None:
    step.fill(apps, None)
    found = dict(OutboxMessage.objects.values_list("key", "bureau"))
    first = min(before.values())
    assert found == {"省平台": first, "市平台": before["theirs"], "短信": first}
    assert dict(Endpoint.objects.values_list("name", "bureau")) == {
        "省平台": first,
        "市平台": before["theirs"],
    }
    for message in OutboxMessage.objects.select_related("kind"):
        assert message.kind.bureau_id == message.bureau_id
    assert MessageKind.objects.count() == len({*before.values()})
    with acting_as_system("test"):
        Endpoint.objects.update(name="省平台")
    step.join(apps, None)
    assert MessageKind.objects.count() == 1
    assert OutboxMessage.objects.filter(kind=MessageKind.objects.get()).count() == 3
    assert len(set(Endpoint.objects.values_list("name", flat=True))) == 2
