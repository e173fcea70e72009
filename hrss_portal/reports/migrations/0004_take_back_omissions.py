"""Nothing forward; on the way back sections that are 本期不编入 go back to 待填.

0003 taken back drops who left a section out and why, and what stays must satisfy the rules of
before: without this an omitted section is neither blank nor checked.
"""

from typing import Any

from django.db import migrations

from hrss_portal.audit import context


def reopen(apps: Any, schema_editor: Any) -> None:
    """Back: every omitted section is blank again, without reason."""
    sections = apps.get_model("reports", "Section").objects.filter(state="omitted")
    with context.actor(None, "系统", "migration"):
        sections.update(state="blank", omitted_by=None, omitted_at=None, omitted_reason="")


class Migration(migrations.Migration):
    dependencies = [("reports", "0003_add_section_omission")]

    operations = [migrations.RunPython(migrations.RunPython.noop, reopen)]
