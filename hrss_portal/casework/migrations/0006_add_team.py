"""Who works on a case beside its handler and deputy: it is theirs as well."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("casework", "0005_sort_cases_by_index")]

    operations = [
        migrations.AddField(
            model_name="case",
            name="team",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(),
                default=list,
                editable=False,
                size=None,
                verbose_name="合议、协同人员",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["team"], name="casework_case_team"
            ),
        ),
    ]
