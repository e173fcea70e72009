"""Each bureau has its own outbox, kinds of messages and endpoints: adds the column."""

import django.db.models.deletion
from django.db import migrations, models


def bureau() -> models.ForeignKey:
    """The column, empty until the next migration has filled it."""
    return models.ForeignKey(
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="access.unit",
        verbose_name="局",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0004_proposal_words"),
        ("notifications", "0001_initial"),
    ]

    operations = [
        migrations.AlterField("messagekind", "code", models.CharField("代码", max_length=40)),
        migrations.AlterField("endpoint", "name", models.CharField("名称", max_length=60)),
        migrations.AddField("messagekind", "bureau", bureau()),
        migrations.AddField("endpoint", "bureau", bureau()),
        migrations.AddField("outboxmessage", "bureau", bureau()),
    ]
