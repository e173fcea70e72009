"""One kind of correction: what a ledger corrected becomes an Event like that of a page.

Until here the Event that took the place of an earlier one named it (``corrects``).  Now the Event
of the correction lists what it voids and adds, and each Event bears the day on which it counts.
"""

import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models
from django.db.models import F


def carry_over(apps, schema_editor):
    """Turn what ledgers corrected into corrections, then give each Event its day."""
    Event = apps.get_model("casework", "Event")
    Event.objects.update(counts_on=F("on"))
    told = Event.objects.filter(kind="amend", move="import", corrects=None).order_by("pk")
    for row in told.iterator():
        later = told.filter(case=row.case_id, pk__gt=row.pk).values_list("pk", flat=True).first()
        ends = {"pk__lt": later} if later else {}
        fresh = Event.objects.filter(
            case=row.case_id, corrects__isnull=False, pk__gt=row.pk, **ends
        )
        items = []
        for one in fresh.order_by("pk"):
            items.append({"id": one.corrects_id, "on": None, "data": {}, "is_void": True})
            if one.kind == "move":
                items.append({"id": one.pk, "after": one.corrects_id})
        row.data = {
            "what": "（台账导入）",
            "values": row.data,
            "fields": list(row.data),
            "events": items,
            "sheet": "import",
        }
        row.move = "correct"
        row.save(update_fields=["move", "data"])
    for row in Event.objects.filter(move="correct").order_by("pk").iterator():
        if "sheet" not in row.data:
            row.data = {"fields": [], "sheet": "", **row.data}
            row.save(update_fields=["data"])
        for item in row.data["events"]:
            if item.get("is_void"):
                Event.objects.filter(pk=item["id"]).update(counts_on=None)
            elif item.get("on"):
                Event.objects.filter(pk=item["id"], counts_on__isnull=False).update(
                    counts_on=item["on"]
                )
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def name_the_corrected(apps, schema_editor):
    """Let what took the place of a void Event name it again; else the correction itself does."""
    Event = apps.get_model("casework", "Event")
    for row in Event.objects.filter(move="correct").exclude(data__sheet="").order_by("pk"):
        after = {item["after"]: item["id"] for item in row.data["events"] if "after" in item}
        for item in row.data["events"]:
            if item.get("is_void"):
                instead = Event.objects.filter(pk=after.get(item["id"], row.pk), corrects=None)
                instead.update(corrects=item["id"])
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):

    dependencies = [
        ('casework', '0020_masks_words'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='event',
            name='append_only',
        ),
        migrations.RemoveIndex(
            model_name='event',
            name='casework_event_move',
        ),
        migrations.AddField(
            model_name='event',
            name='counts_on',
            field=models.DateField(editable=False, null=True, verbose_name='计入日期'),
        ),
        migrations.RunPython(carry_over, name_the_corrected),
        migrations.RemoveField(
            model_name='event',
            name='corrects',
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(fields=['move', 'counts_on'], name='casework_event_move'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='event',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."at" IS DISTINCT FROM (NEW."at") OR OLD."by_id" IS DISTINCT FROM (NEW."by_id") OR OLD."by_name" IS DISTINCT FROM (NEW."by_name") OR OLD."case_id" IS DISTINCT FROM (NEW."case_id") OR OLD."data" IS DISTINCT FROM (NEW."data") OR OLD."from_state" IS DISTINCT FROM (NEW."from_state") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_live" IS DISTINCT FROM (NEW."is_live") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."label" IS DISTINCT FROM (NEW."label") OR OLD."move" IS DISTINCT FROM (NEW."move") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."on" IS DISTINCT FROM (NEW."on") OR OLD."on_behalf_of_id" IS DISTINCT FROM (NEW."on_behalf_of_id") OR OLD."to_state" IS DISTINCT FROM (NEW."to_state"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='5bb5e3e12d1ba454910759ee5866485b17038f8f', operation='UPDATE', pgid='pgtrigger_append_only_396c8', table='casework_event', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='event',
            trigger=pgtrigger.compiler.Trigger(name='kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='96287a09da641eec673c8c17e7bf72287d815c60', operation='DELETE', pgid='pgtrigger_kept_0b8ff', table='casework_event', when='BEFORE')),
        ),
    ]
