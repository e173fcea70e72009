"""Changes proposed for a region belong to the proposer's bureau; national ones to none."""

from typing import Any

from django.db import migrations

from hrss_portal.audit import context

LOCAL = ("deadlines.rule", "deadlines.parameter", "deadlines.closing")


def region_of(payload: dict[str, Any]) -> str:
    """The region that a proposed version or closing names."""
    return str(payload.get("region") or payload.get("values", {}).get("region") or "CN")


def settle(apps: Any, schema_editor: Any) -> None:
    """Names the bureau of each local proposal."""
    rows = apps.get_model("access", "Proposal").objects.filter(kind__in=LOCAL, unit=None)
    with context.actor(None, "系统", "migration"):
        for row in rows.select_related("proposed_by__unit").order_by("pk"):
            if region_of(row.payload) != "CN":
                row.unit_id = int(row.proposed_by.unit.path.split("/", 1)[0])
                row.save(update_fields=["unit"])


def forget(apps: Any, schema_editor: Any) -> None:
    """Back: these proposals are nobody's in particular."""
    with context.actor(None, "系统", "migration"):
        apps.get_model("access", "Proposal").objects.filter(kind__in=LOCAL).update(unit=None)


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0004_proposal_words"),
        ("deadlines", "0001_initial"),
    ]

    operations = [migrations.RunPython(settle, forget)]
