"""``demo_logins``: the passwords of the demo accounts."""

from typing import Any

from hrss_portal.access.setup import read_demo_logins
from hrss_portal.audit.commands import BadInput, PortalCommand


class Command(PortalCommand):
    """Prints the log-ins that the demo made; nothing if there is no demo."""

    help = "显示演示账号和密码"

    def run(self, **options: Any) -> list[dict[str, Any]]:
        """Reads the file that only its owner may read."""
        try:
            return read_demo_logins()
        except PermissionError as error:
            raise BadInput("file_open_to_others", str(error)) from None

    def table(self, data: Any) -> str:
        """One line per account."""
        lines = [
            f"{row['staff_no']:<8}{row['password']:<18}{row['name']}  "
            f"{row['unit']}  {'、'.join(row['posts'])}"
            for row in data
        ]
        return "\n".join(lines)
