"""Of deliveries that were recorded before: the Event that wrote each.

A row is written in the transaction of its Event right after it, so the newest Event of the case at
that moment is the one.
"""

from typing import Any

from django.db import migrations

from hrss_portal.audit import context

NAME_THEM = """
UPDATE casework_delivery AS row
   SET recorded_in_id = (
       SELECT event.id
         FROM casework_event AS event
        WHERE event.case_id = row.case_id AND event.at <= row.recorded_at
        ORDER BY event.id DESC
        LIMIT 1)
 WHERE recorded_in_id IS NULL
"""


def name_them(apps: Any, schema_editor: Any) -> None:
    """Write the rows as the system: the change log asks who did it."""
    with context.actor(None, "系统", "migration"), schema_editor.connection.cursor() as cursor:
        cursor.execute(NAME_THEM)


class Migration(migrations.Migration):
    dependencies = [("casework", "0018_correct_entries")]

    operations = [migrations.RunPython(name_them, migrations.RunPython.noop)]
