"""``upgrade_check [REF]``: upgrades a copy and compares."""

from typing import Any

from django.core.management.base import CommandParser

from hrss_portal.audit.commands import BadInput, PortalCommand
from hrss_portal.desk.backups import rehearsal


class Command(PortalCommand):
    """Rehearses the upgrade from the last release, or of a copy of this database."""

    help = "升级检查：在副本上执行迁移并核对，不动现有数据"
    requires_migrations_checks = False

    def arguments(self, parser: CommandParser) -> None:
        """From where."""
        parser.add_argument("tag", nargs="?", default="", help="从哪个发布版本升级；默认最近一个")
        parser.add_argument("--from", dest="ref", default="", help="同上，写标签、分支或提交")
        parser.add_argument("--current", action="store_true", help="用当前数据库的副本演练")

    def run(self, **options: Any) -> dict[str, Any]:
        """Holds the rehearsal."""
        refs = {ref for ref in (options["tag"], options["ref"]) if ref}
        if len(refs) + options["current"] > 1:
            raise BadInput("bad_parameter", "起点只能写一个：版本、--from 或 --current")
        return rehearsal.upgrade_check("".join(refs), current=options["current"])

    def table(self, data: Any) -> str:
        """What was tried and how long it took."""
        new = "、".join(data["new_migrations"]) or "无"
        back = "、".join(data["reversed"]) or "无"
        return (
            f"升级检查通过（起点：{data['from']}）：{data['rows']} 行无一丢失，"
            f"迁移 {data['migrate_seconds']} 秒\n新迁移：{new}\n回退并重做：{back}"
            + (f"\n{data['hint']}" if data["hint"] else "")
        )
