"""Whose the messages, kinds and endpoints of before are.

An endpoint is the bureau's whose client system calls back to it, else the first bureau's (that of
the installation); a message is its endpoint's; every bureau gets its own row of each kind.
"""

from typing import Any

from django.db import migrations

from hrss_portal.audit import context


def fill(apps: Any, schema_editor: Any) -> None:
    """Gives every row its bureau; nothing to do in a database without units."""
    roots = list(apps.get_model("access", "Unit").objects.filter(parent=None).order_by("pk"))
    if not roots:
        return
    endpoints = apps.get_model("notifications", "Endpoint").objects
    messages = apps.get_model("notifications", "OutboxMessage").objects
    clients = apps.get_model("desk", "ClientSystem").objects.filter(endpoint__isnull=False)
    found = clients.order_by("-pk").values_list("endpoint", "unit__path")
    of = {endpoint: int(path.split("/", 1)[0]) for endpoint, path in found}
    with context.actor(None, "系统", "migration"):
        for endpoint in endpoints.order_by("pk"):
            endpoint.bureau_id = of.get(endpoint.pk, roots[0].pk)
            endpoint.save(update_fields=["bureau"])
            messages.filter(endpoint=endpoint.pk).update(bureau=endpoint.bureau_id)
        messages.filter(bureau=None).update(bureau=roots[0].pk)
        kinds = apps.get_model("notifications", "MessageKind").objects
        for kind in list(kinds.order_by("pk")):
            for root in roots[1:]:
                made = kinds.create(
                    bureau=root, code=kind.code, label=kind.label, guarantee=kind.guarantee
                )
                messages.filter(kind=kind.pk, bureau=root.pk).update(kind=made.pk)
            kind.bureau = roots[0]
            kind.save(update_fields=["bureau"])


def join(apps: Any, schema_editor: Any) -> None:
    """Back: one row of each kind for all, the oldest; equal names of endpoints get a number."""
    messages = apps.get_model("notifications", "OutboxMessage").objects
    kinds = apps.get_model("notifications", "MessageKind").objects
    kept: dict[str, int] = {}
    named: set[str] = set()
    with context.actor(None, "系统", "migration"):
        for kind in list(kinds.order_by("pk")):
            stays = kept.setdefault(kind.code, kind.pk)
            if stays != kind.pk:
                messages.filter(kind=kind.pk).update(kind=stays)
                kind.delete()
        for endpoint in apps.get_model("notifications", "Endpoint").objects.order_by("pk"):
            if endpoint.name in named:
                endpoint.name = f"{endpoint.name[:50]} {endpoint.pk}"
                endpoint.save(update_fields=["name"])
            named.add(endpoint.name)


class Migration(migrations.Migration):
    dependencies = [
        ("desk", "0002_add_client_systems"),
        ("notifications", "0002_add_bureau"),
    ]

    operations = [migrations.RunPython(fill, join)]
