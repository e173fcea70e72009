"""``manage.py``: Django's command line, with Chinese words for what stops it before a command."""

import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import ManagementUtility, get_commands
from django.core.management.base import BaseCommand

from hrss_portal.audit.commands import BadInput, fail


class Utility(ManagementUtility):
    """Refuses an unknown command as every command refuses bad input: exit 2."""

    def fetch_command(self, subcommand: str) -> BaseCommand:
        """The command of this name."""
        if subcommand not in get_commands():
            _ = settings.INSTALLED_APPS  # settings that cannot be read hide our commands
            told = BadInput(
                "unknown_command", f"没有这个命令：{subcommand}", "manage help 列出全部命令"
            )
            fail(told, as_json="--json" in self.argv, to=sys.stderr)
        return super().fetch_command(subcommand)


def execute(argv: list[str]) -> None:
    """Runs the command that the arguments name; settings that cannot be used are told in words."""
    try:
        Utility(argv).execute()
    except ImproperlyConfigured as error:
        told = BadInput("bad_setting", f"设置不对：{error}", "docs/settings.md 列出全部设置")
        fail(told, as_json="--json" in argv, to=sys.stderr)
