"""A lawful short notice of a hearing has no term of five working days: those that run are over.

Before the rule was told apart, planning a hearing started the term whatever the procedure.
"""

from datetime import date

from django.db import migrations
from django.utils import timezone

from hrss_portal.audit import context

WHY = "简易处理（速裁）或者双方书面同意提前开庭的，开庭通知不受5个工作日限制"


def lawful_short(apps):
    """The running clocks of notices that may be short, by 办案规则 59 or by agreement."""
    clocks = apps.get_model("casework", "Clock")._base_manager
    simple = apps.get_model("arbitration", "Dispute")._base_manager.filter(
        procedure__in=("simple", "fast")
    )
    running = clocks.filter(term="arb.hearing_notice", state="running")
    agreed = running.filter(started_by__data__agreed_early=True)
    return (running.filter(case__in=simple.values("pk")) | agreed).distinct()


def turn(apps, clocks, state, kind):
    """Write the state of the clocks with its step, and their cases' next statutory day anew."""
    clock_model = apps.get_model("casework", "Clock")
    steps = apps.get_model("casework", "ClockStep")._base_manager
    cases = set()
    for clock in clocks:
        clock_model._base_manager.filter(pk=clock.pk).update(state=state)
        steps.create(
            clock_id=clock.pk,
            kind=kind,
            on=timezone.localdate(),
            reason=WHY,
            old_due_on=clock.due_on,
            new_due_on=clock.due_on,
        )
        cases.add(clock.case_id)
    for case in sorted(cases):
        summarise(apps, case)


def summarise(apps, case):
    """What lists sort by: the bureau's next statutory day."""
    running = apps.get_model("casework", "Clock")._base_manager.filter(
        case=case, state="running", owner="bureau", is_target=False, due_on__isnull=False
    )
    first = min(running, key=lambda clock: (clock.due_on or date.max, clock.pk), default=None)
    apps.get_model("casework", "Case")._base_manager.filter(pk=case).update(
        due_on=first.due_on if first else None,
        due_term=first.term if first else "",
        due_provisional=bool(first and first.provisional),
        warn_on=first.soon_on if first else None,
    )


def drop(apps, schema_editor):
    """Cancel them."""
    with context.actor(None, "系统", "migration"):
        turn(apps, list(lawful_short(apps)), "cancelled", "cancel")


def run_again(apps, schema_editor):
    """Those that this migration cancelled and nothing touched since run on as they stood."""
    steps = apps.get_model("casework", "ClockStep")._base_manager
    told = set(steps.filter(kind="cancel", reason=WHY).values_list("clock", flat=True))
    cancelled = apps.get_model("casework", "Clock")._base_manager.filter(
        pk__in=told, state="cancelled"
    )
    last = {
        clock.pk: steps.filter(clock=clock.pk).order_by("at", "pk").last() for clock in cancelled
    }
    with context.actor(None, "系统", "migration"):
        ours = [clock for clock in cancelled if last[clock.pk].reason == WHY]
        turn(apps, ours, "running", "reopen")


class Migration(migrations.Migration):
    dependencies = [
        ("arbitration", "0012_handling_is_unknown"),
        ("casework", "0014_ask_for_electronic_service"),
    ]

    operations = [migrations.RunPython(drop, run_again)]
