"""Members of sitting tribunals see their cases: fills ``Case.team`` from the seats."""

from typing import Any

from django.db import migrations

from hrss_portal.audit import context


def share(apps: Any, schema_editor: Any) -> None:
    """One update for each dispute with a seated member who has an account."""
    seats = apps.get_model("arbitration", "TribunalMember").objects.filter(
        left_on__isnull=True, member__user__isnull=False
    )
    teams: dict[int, set[int]] = {}
    for case, user in seats.order_by().values_list("dispute", "member__user"):
        teams.setdefault(case, set()).add(user)
    cases = apps.get_model("casework", "Case").objects
    with context.actor(None, "系统", "migration"):
        for case, users in sorted(teams.items()):
            cases.filter(pk=case).update(team=sorted(users))


class Migration(migrations.Migration):
    dependencies = [
        ("arbitration", "0002_add_evidence_due_on"),
        ("casework", "0006_add_team"),
    ]

    operations = [migrations.RunPython(share, migrations.RunPython.noop)]
