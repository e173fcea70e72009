"""A change of the day on which an Event counts stands in the change log."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('casework', '0023_events_told_by_a_ledger'),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name='event',
            trigger=pgtrigger.compiler.Trigger(name='change_log', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_record_change(TG_TABLE_NAME::text, TG_OP, 'id', to_jsonb(OLD), CASE WHEN TG_OP = 'UPDATE' THEN to_jsonb(NEW) END, ARRAY[]::text[], ARRAY['note', 'told_by']::text[]); RETURN NULL;", hash='7b3aa63699513ad26d1291db927a0a43648ea215', operation='UPDATE OR DELETE', pgid='pgtrigger_change_log_d855b', table='casework_event', when='AFTER')),
        ),
    ]
