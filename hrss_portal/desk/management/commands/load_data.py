"""``load_data``: the data that ships with the portal, of every app that has some."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from hrss_portal.access.scope import acting_as_system
from hrss_portal.areas import portal_apps
from hrss_portal.audit.commands import PortalCommand


class Command(PortalCommand):
    """Calls ``load_all()`` of each app that has a module ``loading``; safe to repeat.

    ``load_all`` returns, per table, an object with the counts ``created`` and ``changed``.
    """

    help = "载入随系统发布的数据：期限规则、工作日历、费率标准等（可重复执行）"

    def run(self, **options: Any) -> dict[str, dict[str, int]]:
        """``{"deadlines.rules": {"created", "changed"}, …}``"""
        counts = {}
        with acting_as_system("command"):
            for config in portal_apps():
                name = f"{config.name}.loading"
                if find_spec(name) is None:
                    continue
                for table, loaded in import_module(name).load_all().items():
                    counts[f"{config.label}.{table}"] = {
                        "created": loaded.created,
                        "changed": loaded.changed,
                    }
        return counts

    def table(self, data: dict[str, dict[str, int]]) -> str:
        """One line per table."""
        return "\n".join(
            f"{name}：新增 {count['created']} 行，更新 {count['changed']} 行"
            for name, count in data.items()
        )
