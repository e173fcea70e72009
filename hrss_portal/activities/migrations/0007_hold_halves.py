"""Two halves are opened together: what was entered first is held until the other is there.

A half that was opened by itself before counts as entered at that moment.
"""

import hrss_portal.parties.crypto
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.contrib.postgres.functions import RandomUUID
from django.db import migrations, models
from django.db.models import F

from hrss_portal.audit import context


def say_when_entered(apps, schema_editor):
    """Give each half that is open already the moment at which it was entered."""
    rows = apps.get_model("activities", "DrawHalf")._base_manager.filter(opened_at__isnull=False)
    with context.actor(None, "系统", "migration"):
        rows.update(entered_at=F("opened_at"))
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):

    dependencies = [
        ('activities', '0006_publish_draws'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='draw',
            name='published',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='drawhalf',
            name='change_log',
        ),
        migrations.AddField(
            model_name='draw',
            name='open_by',
            field=models.DateField(blank=True, null=True, verbose_name='两半打开的期限'),
        ),
        migrations.AddField(
            model_name='drawhalf',
            name='entered_at',
            field=models.DateTimeField(null=True, verbose_name='交来时间'),
        ),
        migrations.AddField(
            model_name='drawhalf',
            name='held',
            field=hrss_portal.parties.crypto.EncryptedTextField(verbose_name='交来还没有打开的内容'),
        ),
        migrations.AddField(
            model_name='drawhalf',
            name='vault',
            field=models.UUIDField(db_default=RandomUUID(), editable=False, unique=True),
        ),
        migrations.AlterField(
            model_name='drawhalf',
            name='vault',
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='draw',
            trigger=pgtrigger.compiler.Trigger(name='published', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."title" IS DISTINCT FROM (NEW."title") OR OLD."algorithm" IS DISTINCT FROM (NEW."algorithm") OR OLD."k" IS DISTINCT FROM (NEW."k") OR OLD."objects" IS DISTINCT FROM (NEW."objects") OR OLD."officers" IS DISTINCT FROM (NEW."officers") OR OLD."list_sha256" IS DISTINCT FROM (NEW."list_sha256") OR OLD."seed_kind" IS DISTINCT FROM (NEW."seed_kind") OR OLD."seed_source" IS DISTINCT FROM (NEW."seed_source") OR OLD."seed_on" IS DISTINCT FROM (NEW."seed_on") OR OLD."open_by" IS DISTINCT FROM (NEW."open_by") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='471131beee82ce9f338509a231ca648ab9cb84a4', operation='UPDATE', pgid='pgtrigger_published_ab9f6', table='activities_draw', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='drawhalf',
            trigger=pgtrigger.compiler.Trigger(name='change_log', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_record_change(TG_TABLE_NAME::text, TG_OP, 'id', to_jsonb(OLD), CASE WHEN TG_OP = 'UPDATE' THEN to_jsonb(NEW) END, ARRAY[]::text[], ARRAY['held']::text[]); RETURN NULL;", hash='699f829d031c77a81d9741b7f200520790e8ab10', operation='UPDATE OR DELETE', pgid='pgtrigger_change_log_2e4b1', table='activities_drawhalf', when='AFTER')),
        ),
        migrations.RunPython(say_when_entered, migrations.RunPython.noop),
    ]
