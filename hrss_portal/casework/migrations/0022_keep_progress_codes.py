"""The codes with which whoever brought a matter asks how far it is; kept as hashes."""

import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('casework', '0021_count_events_as_corrected'),
    ]

    operations = [
        migrations.CreateModel(
            name='ProgressCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(editable=False, max_length=64, unique=True, verbose_name='查询码摘要')),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='生成时间')),
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='progress_code', to='casework.case')),
            ],
            options={
                'verbose_name': '办件查询码',
                'verbose_name_plural': '办件查询码',
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='progresscode',
            trigger=pgtrigger.compiler.Trigger(name='change_log', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_record_change(TG_TABLE_NAME::text, TG_OP, 'id', to_jsonb(OLD), CASE WHEN TG_OP = 'UPDATE' THEN to_jsonb(NEW) END, ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='93f24a67d6d35f0d184be7d9062a8050fe94e2c9', operation='UPDATE OR DELETE', pgid='pgtrigger_change_log_f5b30', table='casework_progresscode', when='AFTER')),
        ),
    ]
