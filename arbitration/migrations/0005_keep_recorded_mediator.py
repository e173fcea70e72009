"""The mediator that an old ledger names, who has no account here."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('arbitration', '0004_keep_lists'),
    ]

    operations = [
        migrations.AddField(
            model_name='mediationcase',
            name='mediator_as_recorded',
            field=models.CharField(blank=True, max_length=50, verbose_name='台账所记调解员'),
        ),
    ]
