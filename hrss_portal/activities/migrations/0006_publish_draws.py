"""Publishing a list is an act of its own, with its own moment.

Until here a list counted as published inside the house when it was entered, and its page without a
log-in could be switched on at any time.  A list that nobody has edited since was public from its
entry on; one edited before the draw was so at the latest with that edit; one edited after the draw
cannot prove when it became public and stays published inside the house.
"""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models
from django.db.models import Case, F, Q, Value, When

from hrss_portal.audit import context


def say_since_when(apps, schema_editor):
    """Give each list the moment since which it can be shown to have been published."""
    rows = apps.get_model("activities", "Draw")._base_manager.all()
    edited = Q(is_public=True, drawn_at__isnull=True, version__gt=1, voided_at__isnull=True)
    with context.actor(None, "系统", "migration"):
        rows.update(
            published_by=F("created_by"),
            published_at=Case(When(edited, then=F("updated_at")), default=F("created_at")),
            is_public=Case(
                When(Q(drawn_at__isnull=False, version__gt=2), then=Value(value=False)),
                default=F("is_public"),
            ),
        )
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0008_module_switches'),
        ('activities', '0005_keep_draws'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='draw',
            name='published_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='公布时间'),
        ),
        migrations.AddField(
            model_name='draw',
            name='published_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='公布人'),
        ),
        migrations.AlterField(
            model_name='draw',
            name='is_public',
            field=models.BooleanField(default=False, editable=False, verbose_name='在不用登录的页面公布'),
        ),
        migrations.RunPython(say_since_when, migrations.RunPython.noop),
        pgtrigger.migrations.AddTrigger(
            model_name='draw',
            trigger=pgtrigger.compiler.Trigger(name='published_once', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."published_at" IS NOT NULL AND (OLD."published_at" IS DISTINCT FROM (NEW."published_at") OR OLD."published_by_id" IS DISTINCT FROM (NEW."published_by_id") OR OLD."is_public" IS DISTINCT FROM (NEW."is_public")))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='c322803a3560db0676d846411895bbfa4c423c92', operation='UPDATE', pgid='pgtrigger_published_once_b198a', table='activities_draw', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='draw',
            constraint=models.CheckConstraint(condition=models.Q(('is_public', False), ('published_at__isnull', False), _connector='OR'), name='activities_draw_public_since'),
        ),
        migrations.AddConstraint(
            model_name='draw',
            constraint=models.CheckConstraint(condition=models.Q(('drawn_at__isnull', True), models.Q(('published_at__isnull', False), ('published_at__lte', models.F('drawn_at'))), _connector='OR'), name='activities_draw_published_first'),
        ),
    ]
