"""A ledger of mediations tells the day of receipt, never the hour: nine o'clock was made up.

An hour that somebody corrected on a page stays.
"""

from datetime import time

from django.db import migrations
from django.utils import timezone

from hrss_portal.audit import context

NINE, NO_HOUR = time(9), time(0)


def moved(apps, was, now):
    """Give receipts of ledgers another hour of the same local day."""
    rows = apps.get_model("arbitration", "MediationCase")._base_manager
    events = apps.get_model("casework", "Event")._base_manager
    mended = events.filter(kind="amend", data__has_key="received_at").values("case")
    found = rows.filter(source="sheet", received_at__time=was).exclude(pk__in=mended)
    with context.actor(None, "系统", "migration"):
        # Two columns alone: on the way back a later one of casework may be gone already.
        for pk, received_at in list(found.order_by("pk").values_list("pk", "received_at")):
            local = timezone.localtime(received_at)
            at = local.replace(hour=now.hour, minute=0, second=0, microsecond=0)
            rows.filter(pk=pk).update(received_at=at)


def forget(apps, schema_editor):
    """The hour that no ledger told."""
    moved(apps, NINE, NO_HOUR)


def make_up(apps, schema_editor):
    """As it was stored before."""
    moved(apps, NO_HOUR, NINE)


class Migration(migrations.Migration):

    dependencies = [
        ('arbitration', '0023_keep_agreed_terms'),
        ('casework', '0025_revoke_codes_of_void_papers'),
    ]

    operations = [
        migrations.RunPython(forget, make_up),
    ]
