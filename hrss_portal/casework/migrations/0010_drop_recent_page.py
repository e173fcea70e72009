"""The strip of recent pages lives in the cache; its table was never written."""

from django.db import migrations


class Migration(migrations.Migration):
    """Reversible: going back makes the empty table again."""

    dependencies = [
        ("casework", "0009_log_clocks"),
    ]

    operations = [
        migrations.DeleteModel(name="RecentPage"),
    ]
