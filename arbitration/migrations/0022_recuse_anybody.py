"""Whoever keeps the record, interprets or appraises may be challenged, not arbitrators alone."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('arbitration', '0021_keep_each_sides_suit'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='recusal',
            name='change_log',
        ),
        migrations.AddField(
            model_name='recusal',
            name='name',
            field=models.CharField(blank=True, max_length=50, verbose_name='被申请回避的人员'),
        ),
        migrations.AddField(
            model_name='recusal',
            name='part',
            field=models.CharField(blank=True, choices=[('arbitrator', '仲裁员'), ('clerk', '书记员'), ('interpreter', '翻译人员'), ('appraiser', '鉴定人员'), ('inspector', '勘验人员')], max_length=12, verbose_name='身份'),
        ),
        migrations.AddField(
            model_name='recusal',
            name='user',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='recusal',
            name='member',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='arbitration.staffmember'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='recusal',
            trigger=pgtrigger.compiler.Trigger(name='change_log', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_record_change(TG_TABLE_NAME::text, TG_OP, 'id', to_jsonb(OLD), CASE WHEN TG_OP = 'UPDATE' THEN to_jsonb(NEW) END, ARRAY[]::text[], ARRAY['asked_by', 'name', 'reason']::text[]); RETURN NULL;", hash='5a314e28771a11bfc0e0aecb2ec5cca42c7170e6', operation='UPDATE OR DELETE', pgid='pgtrigger_change_log_3a321', table='arbitration_recusal', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='recusal',
            constraint=models.CheckConstraint(condition=models.Q(('member__isnull', False), ('user__isnull', False), models.Q(('name', ''), _negated=True), _connector='OR'), name='arbitration_recusal_of_somebody'),
        ),
    ]
