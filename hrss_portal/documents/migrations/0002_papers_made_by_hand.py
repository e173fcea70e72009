"""Papers that were made and signed outside the portal are kept by their scan, with the reason."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0001_initial'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='paper',
            name='frozen',
        ),
        migrations.AddField(
            model_name='paper',
            name='outside_because',
            field=models.CharField(blank=True, max_length=200, verbose_name='没有在系统里制发的原因'),
        ),
        migrations.AlterField(
            model_name='paper',
            name='template_sha256',
            field=models.CharField(blank=True, max_length=64, verbose_name='模板 SHA-256'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='paper',
            trigger=pgtrigger.compiler.Trigger(name='frozen', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."title" IS DISTINCT FROM (NEW."title") OR OLD."series" IS DISTINCT FROM (NEW."series") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."year" IS DISTINCT FROM (NEW."year") OR OLD."n" IS DISTINCT FROM (NEW."n") OR OLD."unit_id" IS DISTINCT FROM (NEW."unit_id") OR OLD."file_id" IS DISTINCT FROM (NEW."file_id") OR OLD."sha256" IS DISTINCT FROM (NEW."sha256") OR OLD."template_sha256" IS DISTINCT FROM (NEW."template_sha256") OR OLD."outside_because" IS DISTINCT FROM (NEW."outside_because") OR OLD."issued_on" IS DISTINCT FROM (NEW."issued_on") OR OLD."issued_by_id" IS DISTINCT FROM (NEW."issued_by_id"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='e347a283c2f4908d099d7022700773e56f75161c', operation='UPDATE', pgid='pgtrigger_frozen_76fd9', table='documents_paper', when='BEFORE')),
        ),
    ]
