"""The term to file for the archive runs from the closing (ARB-32: 结案之日), not from the award.

Of a case whose closing is not approved yet a clock that an older rule started with the decision is
over; the closing starts one of its own.
"""

from django.db import migrations
from django.utils import timezone

from hrss_portal.audit import context

WHY = "立卷归档的期限自结案审批（不予受理登记结案）之日起算"


def turn(apps, clocks, state, kind):
    """Write the state of the clocks with its step; a target moves no day of its case."""
    rows = apps.get_model("casework", "Clock")._base_manager
    steps = apps.get_model("casework", "ClockStep")._base_manager
    with context.actor(None, "系统", "migration"):
        for clock in clocks:
            rows.filter(pk=clock.pk).update(state=state)
            steps.create(
                clock_id=clock.pk,
                kind=kind,
                on=timezone.localdate(),
                reason=WHY,
                old_due_on=clock.due_on,
                new_due_on=clock.due_on,
            )


def drop(apps, schema_editor):
    """Cancel those that run although nothing is closed."""
    rows = apps.get_model("casework", "Clock")._base_manager
    running = rows.filter(term="arb.archive", state="running")
    early = running.exclude(started_by__move__in=("close", "file_rejection"))
    turn(apps, list(early.exclude(case__state__in=("closed", "archived"))), "cancelled", "cancel")


def run_again(apps, schema_editor):
    """Those that this migration cancelled and nothing touched since run on as they stood."""
    steps = apps.get_model("casework", "ClockStep")._base_manager
    told = set(steps.filter(kind="cancel", reason=WHY).values_list("clock", flat=True))
    rows = apps.get_model("casework", "Clock")._base_manager
    cancelled = rows.filter(pk__in=told, state="cancelled").order_by("pk")
    last = {row.pk: steps.filter(clock=row.pk).order_by("at", "pk").last() for row in cancelled}
    turn(apps, [row for row in cancelled if last[row.pk].reason == WHY], "running", "reopen")


class Migration(migrations.Migration):
    dependencies = [
        ("arbitration", "0024_forget_hours_of_ledgers"),
        ("casework", "0028_sort_both_ways_by_index"),
    ]

    operations = [migrations.RunPython(drop, run_again)]
