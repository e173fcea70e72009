"""Cases that ended undecided count what part awards granted; a ledger's employer sued over the
separate award that is not final, for the final one he may only ask to set aside."""

from decimal import Decimal

from django.db import migrations
from django.db.models import Sum

from hrss_portal.audit import context

UNDECIDED = ("withdrawn", "deemed_withdrawn", "revoked", "terminated", "transferred")


def mend(apps, schema_editor):
    """Amounts that are empty are filled; what a ledger told moves to the award it is about."""
    cases = apps.get_model("arbitration", "Dispute")._base_manager
    claims = apps.get_model("arbitration", "Claim")._base_manager
    decided = claims.filter(part_awarded_on__isnull=False, dispute__awarded__isnull=True)
    sums = decided.filter(dispute__outcome__in=UNDECIDED).values_list("dispute")
    told = cases.filter(source="sheet", outcome="split_award", employer_went="sued")
    told = told.filter(employer_result="")
    with context.actor(None, "系统", "migration"):
        for pk, amount in list(sums.annotate(sum=Sum("awarded")).order_by("dispute")):
            cases.filter(pk=pk).update(awarded=amount or Decimal(0))
        for pk in list(told.filter(employer_open_went="").values_list("pk", flat=True)):
            cases.filter(pk=pk).update(employer_went="", employer_open_went="sued")


def keep(apps, schema_editor):
    """Nothing to take back: the amounts and the suits are what was decided and told."""


class Migration(migrations.Migration):

    dependencies = [
        ('arbitration', '0027_moments_of_platforms'),
    ]

    operations = [
        migrations.RunPython(mend, keep),
    ]
