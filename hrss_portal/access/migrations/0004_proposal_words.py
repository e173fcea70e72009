"""What the second person reads leaves the data that the confirmation works on."""

from django.db import migrations, models

from hrss_portal.audit import context


def _lift(apps, schema_editor):
    proposals = apps.get_model("access", "Proposal")
    with context.actor(None, "系统", "command"):
        for row in proposals.objects.filter(payload__has_key="words"):
            row.words = row.payload.pop("words")
            row.save(update_fields=["words", "payload"])


def _lower(apps, schema_editor):
    proposals = apps.get_model("access", "Proposal")
    with context.actor(None, "系统", "command"):
        for row in proposals.objects.exclude(words=[]):
            row.payload["words"] = row.words
            row.save(update_fields=["payload"])


class Migration(migrations.Migration):
    dependencies = [("access", "0003_unit_areas")]

    operations = [
        migrations.AddField(
            model_name="proposal",
            name="words",
            field=models.JSONField(default=list, verbose_name="复核内容"),
        ),
        migrations.RunPython(_lift, _lower),
    ]
