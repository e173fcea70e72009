"""Rounds of returns: a table that the county asks of its towns, one task for each."""

import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0008_module_switches'),
        ('activities', '0008_freeze_draws'),
        ('casework', '0028_sort_both_ways_by_index'),
        ('imports', '0002_lead_back_to_a_matter'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='task',
            name='batches',
            field=models.ManyToManyField(blank=True, editable=False, related_name='tasks', to='imports.batch', verbose_name='报送的表格'),
        ),
        migrations.AddField(
            model_name='task',
            name='counts',
            field=models.JSONField(blank=True, default=dict, editable=False, verbose_name='报送的行数'),
        ),
        migrations.AlterField(
            model_name='task',
            name='task_kind',
            field=models.CharField(choices=[('slip', '交办单'), ('supervised', '督办事项'), ('list_problem', '三清单·问题'), ('list_measure', '三清单·整改'), ('list_advice', '三清单·建议'), ('meeting', '会议任务'), ('ledger', '问题台账'), ('fill', '填报')], max_length=12, verbose_name='类别'),
        ),
        migrations.CreateModel(
            name='Round',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(choices=[('hand', '录入'), ('sheet', '导入'), ('api', '接口'), ('demo', '演示')], default='hand', max_length=10, verbose_name='录入方式')),
                ('expires_on', models.DateField(blank=True, null=True, verbose_name='有效期至')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='录入时间')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='修改时间')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='版本')),
                ('voided_at', models.DateTimeField(editable=False, null=True, verbose_name='作废时间')),
                ('void_reason', models.CharField(blank=True, editable=False, max_length=200, verbose_name='作废理由')),
                ('title', models.CharField(max_length=100, verbose_name='名称')),
                ('sheet_code', models.CharField(max_length=20, verbose_name='表')),
                ('from_on', models.DateField(verbose_name='所属期起')),
                ('to_on', models.DateField(verbose_name='所属期止')),
                ('due_given', models.DateField(help_text='这一天以前报，含当天', verbose_name='报送期限')),
                ('content', models.TextField(blank=True, verbose_name='要求')),
                ('created_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='录入人')),
                ('town', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.unit', verbose_name='乡镇（园区）')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.unit', verbose_name='承办单位')),
                ('updated_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='修改人')),
                ('voided_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='作废人')),
            ],
            options={
                'verbose_name': '填报任务',
                'verbose_name_plural': '乡镇填报',
                'ordering': ['-pk'],
            },
        ),
        migrations.AddField(
            model_name='task',
            name='round',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to='activities.round', verbose_name='填报任务'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('round__isnull', False), ('task_kind', 'fill')), models.Q(models.Q(('task_kind', 'fill'), _negated=True), ('round__isnull', True)), _connector='OR'), name='activities_task_fill', violation_error_message='填报由“乡镇填报”下达，类别不能改成填报，也不能从填报改成别的'),
        ),
        migrations.AddConstraint(
            model_name='round',
            constraint=models.CheckConstraint(condition=models.Q(('to_on__gte', models.F('from_on'))), name='activities_round_span', violation_error_message='所属期止不能早于所属期起'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='round',
            trigger=pgtrigger.compiler.Trigger(name='change_log', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_record_change(TG_TABLE_NAME::text, TG_OP, 'id', to_jsonb(OLD), CASE WHEN TG_OP = 'UPDATE' THEN to_jsonb(NEW) END, ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='986ea9b7db0568131d09bd0f05727e49818d7dd1', operation='UPDATE OR DELETE', pgid='pgtrigger_change_log_13ae7', table='activities_round', when='AFTER')),
        ),
    ]
