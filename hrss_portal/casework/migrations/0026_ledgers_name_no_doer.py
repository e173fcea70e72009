"""What a ledger tells of the past was done by nobody here; who landed the ledger told it.

Events that were imported before 0023 name the importer as their doer.  An Event that is not live was
only ever written by a ledger, and the case names who landed it (``created_by``), so both are known.
An Event that another user's later sheet added stays as it is.
"""

from django.db import migrations

TRIGGER = "pgtrigger_append_only_396c8"
OF_LEDGERS = """
    FROM casework_case AS c
    WHERE c.id = e.case_id AND c.source = 'sheet' AND c.created_by_id IS NOT NULL
      AND NOT e.is_live AND e.kind IN ('open', 'move')
"""
FORWARD = f"""
    UPDATE casework_event AS e
    SET told_by = coalesce(nullif(e.by_name, ''), (
            SELECT u.name FROM access_user AS u WHERE u.id = e.by_id)),
        by_id = NULL, by_name = ''
    {OF_LEDGERS} AND e.by_id = c.created_by_id AND e.told_by = ''
"""  # noqa: S608 - no value in it
BACKWARD = f"""
    UPDATE casework_event AS e
    SET by_id = c.created_by_id, by_name = e.told_by, told_by = ''
    {OF_LEDGERS} AND e.by_id IS NULL AND e.told_by <> ''
      AND e.told_by = (SELECT u.name FROM access_user AS u WHERE u.id = c.created_by_id)
"""  # noqa: S608


def run(schema_editor, statement):
    """Change Events, which nobody else may; the trigger stands again afterwards."""
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    schema_editor.execute(f"ALTER TABLE casework_event DISABLE TRIGGER {TRIGGER}")
    schema_editor.execute(statement)
    schema_editor.execute(f"ALTER TABLE casework_event ENABLE TRIGGER {TRIGGER}")


def name_who_told(apps, schema_editor):
    """The importer told it and did none of it."""
    run(schema_editor, FORWARD)


def name_a_doer(apps, schema_editor):
    """As it was stored before: the importer as the doer."""
    run(schema_editor, BACKWARD)


class Migration(migrations.Migration):

    dependencies = [
        ('casework', '0025_revoke_codes_of_void_papers'),
        ('access', '0008_module_switches'),
    ]

    operations = [
        migrations.RunPython(name_who_told, name_a_doer),
    ]
