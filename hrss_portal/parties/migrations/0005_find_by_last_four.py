"""The last four of a document number get a blind index of their own."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from hrss_portal.audit import context
from hrss_portal.parties.models.persons import tail_index

AT_ONCE = 1000


def _fill(apps, schema_editor):
    person = apps.get_model("parties", "Person")
    rows = person._base_manager.exclude(id_number_index=None).only("vault", "id_number")
    batch = []
    with context.actor(None, "系统", "command"):
        for row in rows.iterator(chunk_size=AT_ONCE):
            row.id_tail_index = tail_index(row.id_number)
            batch.append(row)
            if len(batch) == AT_ONCE:
                person._base_manager.bulk_update(batch, ["id_tail_index"])
                batch = []
        if batch:
            person._base_manager.bulk_update(batch, ["id_tail_index"])


class Migration(migrations.Migration):
    dependencies = [("parties", "0004_add_list_entry")]

    operations = [
        migrations.AddField(
            model_name="person",
            name="id_tail_index",
            field=models.CharField(blank=True, default="", editable=False, max_length=32),
        ),
        migrations.RunPython(_fill, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["id_tail_index"], name="parties_person_id_tail"),
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='person',
            name='change_log',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='person',
            trigger=pgtrigger.compiler.Trigger(name='change_log', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_record_change(TG_TABLE_NAME::text, TG_OP, 'id', to_jsonb(OLD), CASE WHEN TG_OP = 'UPDATE' THEN to_jsonb(NEW) END, ARRAY['grams', 'initials', 'name_key', 'reading', 'reading_joined', 'updated_at']::text[], ARRAY['bank_card', 'bank_card_index', 'disability', 'disability_grade', 'id_number', 'id_number_index', 'id_tail_index', 'other_phones', 'phone', 'phone_indexes']::text[]); RETURN NULL;", hash='7deeb48f14e9ce7da8ac4e38a05e8eae4b6adff9', operation='UPDATE OR DELETE', pgid='pgtrigger_change_log_e505d', table='parties_person', when='AFTER')),
        ),
    ]
