"""Nobody said of a typed case that every step was on line: it was only the field's default."""

from django.db import migrations, models

from hrss_portal.audit import context


def forget_what_nobody_said(apps, schema_editor):
    """Typed cases are unknown; what a ledger marked, and what is known to be off line, stays."""
    rows = apps.get_model("arbitration", "Dispute")._base_manager
    with context.actor(None, "系统", "migration"):
        rows.exclude(source="sheet").filter(handling="online").update(handling="")


def assume_it_again(apps, schema_editor):
    """As the default was: a typed case without a named step off line is on line."""
    rows = apps.get_model("arbitration", "Dispute")._base_manager
    with context.actor(None, "系统", "migration"):
        rows.exclude(source="sheet").filter(handling="").update(handling="online")


class Migration(migrations.Migration):

    dependencies = [
        ('arbitration', '0011_complete_application'),
    ]

    operations = [
        migrations.AlterField(
            model_name='dispute',
            name='handling',
            field=models.CharField(blank=True, choices=[('online', '全程线上'), ('offline', '有线下环节')], default='', help_text='有窗口、邮寄申请，线下送达、线下开庭的，自动记为有线下环节；全程线上在结案审批时选', max_length=10, verbose_name='办理方式'),
        ),
        migrations.RunPython(forget_what_nobody_said, assume_it_again),
    ]
