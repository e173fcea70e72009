"""Evidence says which side or third person handed it in."""

from django.db import migrations, models


def name_side(apps, schema_editor):
    """What was marked as the respondent's is his; all other evidence was the applicant's."""
    rows = apps.get_model("arbitration", "Evidence")._base_manager
    rows.filter(by_respondent=True).update(side="respondent")


def mark_respondent(apps, schema_editor):
    """The mark knows two sides: a third person's evidence stands with the applicant's."""
    rows = apps.get_model("arbitration", "Evidence")._base_manager
    rows.filter(side="respondent").update(by_respondent=True)


class Migration(migrations.Migration):
    dependencies = [("arbitration", "0019_ask_for_the_track")]

    operations = [
        migrations.AddField(
            model_name="evidence",
            name="side",
            field=models.CharField(
                choices=[("applicant", "申请人"), ("respondent", "被申请人"), ("third", "第三人")],
                default="applicant",
                max_length=20,
                verbose_name="提交人",
            ),
        ),
        migrations.RunPython(name_side, mark_respondent),
        migrations.RemoveField(model_name="evidence", name="by_respondent"),
    ]
