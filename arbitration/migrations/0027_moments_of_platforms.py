"""A due time that a platform gave counts by its hour: running clocks and their cases learn it."""

from django.db import migrations
from django.db.models import F, OuterRef, Subquery

from hrss_portal.audit import context

TERM = "med.platform_due"


def tell(apps, schema_editor):
    """Set the moment where the day of the clock is the platform's."""
    clocks = apps.get_model("casework", "Clock")._base_manager
    cases = apps.get_model("casework", "Case")._base_manager
    matters = apps.get_model("arbitration", "MediationCase")._base_manager
    given = matters.filter(pk=OuterRef("case_id")).values("platform_due_at")[:1]
    running = clocks.filter(term=TERM, state="running", given_on__isnull=False)
    with context.actor(None, "系统", "migration"):
        running.update(given_at=Subquery(given))
        running.update(due_at=F("given_at"))
        moment = clocks.filter(case=OuterRef("pk"), term=TERM, state="running").values("due_at")[:1]
        cases.filter(due_term=TERM, closed_on__isnull=True).update(due_at=Subquery(moment))


class Migration(migrations.Migration):
    """Takes back nothing: the columns go with the migration of casework."""

    dependencies = [
        ("arbitration", "0026_keep_suits_over_each_award"),
        ("casework", "0031_terms_that_end_at_a_moment"),
    ]

    operations = [migrations.RunPython(tell, migrations.RunPython.noop)]
