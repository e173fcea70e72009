"""Cases that an import brought and that were taken back with it give their number back.

The reason of voiding keeps the number, as it does where a batch is taken back now.  Going back
changes nothing: a number may have been taken again.
"""

from typing import Any

from django.db import migrations

from hrss_portal.audit import context

TAKEN_BACK = "撤销导入批次 "  # how the reason of voiding has always begun
NUMBERS = (("number", "案号", {"number": None}),
           ("external_no", "外部编号", {"external_no": "", "external_system": ""}))  # fmt: skip


def give_back(apps: Any, schema_editor: Any) -> None:
    """Empty the numbers of cases voided with their import."""
    cases = apps.get_model("casework", "Case")._base_manager
    undone = cases.filter(
        source="sheet", voided_at__isnull=False, void_reason__startswith=TAKEN_BACK
    )
    with context.actor(None, "系统", "migration"):
        for name, label, empty in NUMBERS:
            for case in undone.exclude(**{f"{name}__isnull": True}).exclude(**{name: ""}):
                told = f"，{label} {getattr(case, name)} 退回，可以再次导入"
                values = {"void_reason": f"{case.void_reason}{told}"[:200], **empty}
                cases.filter(pk=case.pk).update(**values)


class Migration(migrations.Migration):
    dependencies = [("casework", "0026_ledgers_name_no_doer")]

    operations = [migrations.RunPython(give_back, migrations.RunPython.noop)]
