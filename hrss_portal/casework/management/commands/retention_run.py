"""``retention_run``: the files over their time.  A dry run: nothing is destroyed here."""

from typing import Any

from hrss_portal.access.models import Unit
from hrss_portal.access.scope import acting_as_system
from hrss_portal.audit.commands import PortalCommand
from hrss_portal.casework import retention


class Command(PortalCommand):
    """Lists, per bureau, the archived files whose keeping period has ended."""

    help = "列出已过保管期限的案卷（只列出；销毁在“档案”页提交，由第二人复核）"

    def run(self, **options: Any) -> list[dict[str, Any]]:
        """``[{"bureau", "number", "kind", "archived_on", "kept_until"}]``"""
        with acting_as_system("command"):
            return [
                {
                    "bureau": root.name,
                    "number": case.reference,
                    "kind": case.kind,
                    "archived_on": case.archived_on,
                    "kept_until": until,
                }
                for root in Unit.objects.filter(parent=None).order_by("pk")
                for case, until in retention.over(root)
            ]

    def table(self, data: list[dict[str, Any]]) -> str:
        """One line a file."""
        if not data:
            return "没有已过保管期限的案卷"
        return "\n".join(
            f"{row['bureau']}  {row['number']}"
            f"  归档 {row['archived_on']}  保存至 {row['kept_until']}"
            for row in data
        )
