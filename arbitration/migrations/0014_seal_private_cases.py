"""Cases with a hearing planned in private are closed, also those planned before files were closed.

The hearings say it.  What somebody opened by hand stays open.  Each change is an Event, by which
the way back finds its own cases.
"""

from django.db import migrations
from django.utils import timezone

from hrss_portal.audit import context

OURS = {"migration": "arbitration.0014"}


def tell(apps, case, move, label, note):
    """The Event of the change, by the system, in the state in which the case is."""
    apps.get_model("casework", "Event")._base_manager.create(
        case_id=case.pk,
        kind="system",
        move=move,
        label=label,
        from_state=case.state,
        to_state=case.state,
        on=timezone.localdate(),
        data=OURS,
        note=note,
        is_live=case.is_live,
    )


def seal(apps, schema_editor):
    """Close the files of cases with a hearing in private."""
    cases = apps.get_model("casework", "Case")._base_manager
    events = apps.get_model("casework", "Event")._base_manager
    private = apps.get_model("arbitration", "Hearing")._base_manager.filter(
        is_public=False, voided_at__isnull=True
    )
    opened = events.filter(move="unseal_file").exclude(data=OURS).values("case")
    wanted = cases.filter(pk__in=private.values("dispute"), is_sealed=False)
    with context.actor(None, "系统", "migration"):
        for case in wanted.exclude(pk__in=opened).order_by("pk"):
            cases.filter(pk=case.pk).update(is_sealed=True)
            note = "本案排定过不公开开庭，系统升级时补记"
            tell(apps, case, "seal_file", "案卷转为不公开", note)


def open_again(apps, schema_editor):
    """Open what this migration closed, unless somebody closed it since."""
    cases = apps.get_model("casework", "Case")._base_manager
    events = apps.get_model("casework", "Event")._base_manager
    told = events.filter(move__in=("seal_file", "unseal_file"))
    with context.actor(None, "系统", "migration"):
        for case in cases.filter(
            pk__in=told.filter(data=OURS).values("case"), is_sealed=True
        ).order_by("pk"):
            if told.filter(case=case.pk).order_by("pk").last().data == OURS:
                cases.filter(pk=case.pk).update(is_sealed=False)
                tell(apps, case, "unseal_file", "解除案卷不公开", "撤回系统升级时的补记")


class Migration(migrations.Migration):
    dependencies = [
        ("arbitration", "0013_drop_terms_of_short_notices"),
        ("casework", "0014_ask_for_electronic_service"),
    ]

    operations = [migrations.RunPython(seal, open_again)]
