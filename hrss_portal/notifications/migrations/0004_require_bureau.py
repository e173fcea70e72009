"""No message, kind or endpoint without its bureau; names and codes are unique within it."""

import django.db.models.deletion
from django.db import migrations, models


def bureau() -> models.ForeignKey:
    """The column as the models have it."""
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="access.unit",
        verbose_name="局",
    )


class Migration(migrations.Migration):
    dependencies = [("notifications", "0003_fill_bureau")]

    operations = [
        migrations.AlterField("messagekind", "bureau", bureau()),
        migrations.AlterField("endpoint", "bureau", bureau()),
        migrations.AlterField("outboxmessage", "bureau", bureau()),
        migrations.AddConstraint(
            "messagekind",
            models.UniqueConstraint(fields=["bureau", "code"], name="notifications_kind_once"),
        ),
        migrations.AddConstraint(
            "endpoint",
            models.UniqueConstraint(fields=["bureau", "name"], name="notifications_endpoint_once"),
        ),
    ]
