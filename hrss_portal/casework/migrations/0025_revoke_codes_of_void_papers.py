"""A code falls with the paper that printed it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('casework', '0024_log_counted_days'),
    ]

    operations = [
        migrations.AddField(
            model_name='progresscode',
            name='paper',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='casework.casepaper', verbose_name='印在哪份文书上'),
        ),
    ]
