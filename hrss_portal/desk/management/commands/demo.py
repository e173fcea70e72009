"""``demo [--scale N]``: the demo county in an empty portal."""

from io import StringIO
from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.core.management.base import CommandParser

from hrss_portal.access.models import User
from hrss_portal.audit.arguments import whole
from hrss_portal.audit.commands import BadInput, PortalCommand
from hrss_portal.deadlines.models import LegalRule
from hrss_portal.desk import demo

LABELS = {"units": "机构", "users": "账号", "people": "人员"}


class Command(PortalCommand):
    """Makes the demo county, with the shipped rules; refuses where people already work."""

    help = "装载演示县（合成数据，只用于空库）"

    def arguments(self, parser: CommandParser) -> None:
        """How many times the small demo's persons and employers."""
        parser.add_argument("--scale", type=whole(), default=1, help="人员、单位数量的倍数")

    def run(self, **options: Any) -> dict[str, int]:
        """Build it; without legal rules no case can be opened."""
        if User.objects.exists():
            raise BadInput("not_empty", "库里已有账号，演示数据只能装进空库")
        if not LegalRule.objects.exists():
            call_command("load_data", stdout=StringIO())
        return demo.build(options["scale"])

    def table(self, data: Any) -> str:
        """What was made."""
        return "演示县：" + "，".join(f"{_label(name)} {count}" for name, count in data.items())


def _label(name: str) -> str:
    """The words of a part of the demo: a table of the master files, or an app."""
    return LABELS.get(name) or str(apps.get_app_config(name).verbose_name)
