"""A batch that was sent for a matter knows the way back to its page."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('imports', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='batch',
            name='back_to',
            field=models.CharField(blank=True, editable=False, max_length=200, verbose_name='为哪一件'),
        ),
    ]
