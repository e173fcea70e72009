"""An upper system is in use from one day until another; days without a check are rows.

Of systems entered before, the day of entry is taken as the first: no check was owed here sooner.
Of those marked as no longer used, the day of the last change is taken as the end.
"""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from hrss_portal.audit import context


def local_day(moment):
    """The day of a moment in the bureau's time."""
    return django.utils.timezone.localtime(moment).date()


def date_use(apps, schema_editor):
    """Take the days of use from the entry and from the last change."""
    rows = apps.get_model("arbitration", "UpperSystem")._base_manager
    with context.actor(None, "系统", "migration"):
        for row in rows.order_by("pk"):
            first = local_day(row.created_at)
            last = None if row.is_active else max(first, local_day(row.updated_at))
            rows.filter(pk=row.pk).update(used_from=first, used_until=last)


def mark_use(apps, schema_editor):
    """Systems whose use has ended by today are no longer in use."""
    rows = apps.get_model("arbitration", "UpperSystem")._base_manager
    with context.actor(None, "系统", "migration"):
        rows.filter(used_until__lte=django.utils.timezone.localdate()).update(is_active=False)


class Migration(migrations.Migration):
    dependencies = [("arbitration", "0017_masks_words")]

    operations = [
        migrations.CreateModel(
            name="MissedCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("on", models.DateField(db_index=True, verbose_name="日期")),
                (
                    "system",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="missed",
                        to="arbitration.uppersystem",
                        verbose_name="上级系统",
                    ),
                ),
            ],
            options={
                "verbose_name": "没有登记检查的工作日",
                "verbose_name_plural": "没有登记检查的工作日",
                "ordering": ["-on", "system"],
            },
        ),
        migrations.AddConstraint(
            model_name="missedcheck",
            constraint=models.UniqueConstraint(
                fields=("system", "on"), name="arbitration_missed_check_once"
            ),
        ),
        migrations.AddField(
            model_name="uppersystem",
            name="used_from",
            field=models.DateField(
                default=django.utils.timezone.localdate, verbose_name="启用日期"
            ),
        ),
        migrations.AddField(
            model_name="uppersystem",
            name="used_until",
            field=models.DateField(
                blank=True,
                help_text="自这一天起不再要求每日检查",
                null=True,
                verbose_name="停用日期",
            ),
        ),
        migrations.RunPython(date_use, mark_use),
        migrations.RemoveField(model_name="uppersystem", name="is_active"),
        migrations.AddConstraint(
            model_name="uppersystem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("used_until__isnull", True),
                    ("used_until__gte", models.F("used_from")),
                    _connector="OR",
                ),
                name="arbitration_system_dates",
                violation_error_message="停用日期不能早于启用日期",
            ),
        ),
    ]
