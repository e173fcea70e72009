"""Cases are found by their number and by everybody in them: the search grams of stored rows."""

from collections.abc import Iterator
from typing import Any

from django.db import migrations

from hrss_portal.audit import context
from hrss_portal.parties.names import grams

AT_ONCE = 500  # rows held in memory


def index_anew(apps: Any, schema_editor: Any) -> None:
    """Recompute the grams of every case; writes only rows whose grams differ."""
    cases = apps.get_model("casework", "Case")._base_manager
    parties = apps.get_model("casework", "CaseParty")._base_manager
    for keys in _batches(cases):
        names: dict[int, list[str]] = {}
        of_these = parties.filter(case__in=keys).order_by().values_list("case", "name")
        for case, name in of_these:
            names.setdefault(case, []).append(name)
        stale = []
        for row in cases.filter(pk__in=keys).order_by("pk"):
            text = [row.title, row.number or "", row.intake_no, row.external_no]
            right = sorted({one for part in [*text, *names.get(row.pk, ())] for one in grams(part)})
            if row.grams != right:
                row.grams = right
                stale.append(row)
        with context.actor(None, "系统", "migration"):
            cases.bulk_update(stale, ["grams"])


def _batches(cases: Any) -> Iterator[list[int]]:
    """The keys of all cases, some hundred at a time."""
    last = 0
    while keys := list(
        cases.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]
    ):
        yield keys
        last = keys[-1]


class Migration(migrations.Migration):
    dependencies = [
        ("casework", "0014_ask_for_electronic_service"),
        ("parties", "0006_name_way_of_entry"),
    ]

    operations = [migrations.RunPython(index_anew, migrations.RunPython.noop)]
