"""``first_admin``: the first administrator of an empty portal, or the only one let in again."""

from typing import Any

from django.core.management.base import CommandParser

from hrss_portal.access.models import Unit
from hrss_portal.access.scope import acting_as_system
from hrss_portal.access.setup import (
    administrators,
    first_administrator,
    has_administrator,
    known_regions,
    load_offices,
    load_units,
    reopen_administrator,
)
from hrss_portal.audit.commands import BadInput, PortalCommand

HOME = "341522"
FIRST = "ADMIN"


class Command(PortalCommand):
    """Makes the bureau (if there is none) and an administrator; prints the password once."""

    help = "在空库里建立单位和第一位系统管理员，密码只显示一次"

    def arguments(self, parser: CommandParser) -> None:
        """Who, and of which bureau."""
        parser.add_argument("--staff-no", default="", help=f"工号，不填为 {FIRST}")
        parser.add_argument("--name", default="系统管理员", help="姓名")
        parser.add_argument("--region", default="", help="行政区划代码（6 位），不填为 341522")
        parser.add_argument("--bureau", default="", help="单位全称；内置区划可不填")
        parser.add_argument(
            "--again", action="store_true", help="唯一的系统管理员忘了密码：重置密码、停用动态口令"
        )

    def run(self, **options: Any) -> dict[str, Any]:
        """Refuses when there is an administrator already; with ``--again`` unless there is one."""
        with acting_as_system("command"):
            if options["again"]:
                return self._again(options["region"], options["staff_no"].strip().upper())
            if has_administrator():
                raise BadInput(
                    "administrator_exists",
                    "已有系统管理员，不能再用本命令",
                    "请现有管理员在“用户”页建立账号、重置密码；"
                    "唯一的系统管理员自己忘了密码的，加 --again",
                )
            root = self._bureau(options["region"] or HOME, options["bureau"])
            staff_no = options["staff_no"].strip().upper() or FIRST
            user, password = first_administrator(staff_no, options["name"], root)
        return {
            "staff_no": user.staff_no,
            "name": user.name,
            "unit": root.name,
            "password": password,
        }

    def _again(self, region: str, staff_no: str) -> dict[str, Any]:
        """Lets the only administrator of a bureau in again.  Where there are two, one helps the
        other; of several bureaus in one database ``--region`` names the one that is meant."""
        root = Unit.objects.roots().filter(region=region).order_by("pk").first() if region else None
        if region and root is None:
            raise BadInput("unknown_bureau", f"没有区划代码为 {region} 的单位", "核对 --region")
        found = list(administrators(root).select_related("unit"))
        if not found:
            raise BadInput("no_administrator", "还没有系统管理员", "不加 --again 再执行一次")
        if len(found) > 1:
            names = "、".join(f"{user.name}（{user.staff_no}）" for user in found)
            raise BadInput(
                "administrator_exists",
                f"系统管理员不止一位：{names}",
                "请另一位管理员在“用户”页重置密码、停用动态口令；"
                "不是同一个局的，加 --region 区划代码",
            )
        (user,) = found
        if staff_no and staff_no != user.staff_no:
            raise BadInput(
                "unknown_account",
                f"工号 {staff_no} 不是系统管理员，系统管理员是 {user.name}（{user.staff_no}）",
                "核对 --staff-no，或者不写",
            )
        password = reopen_administrator(user)
        return {
            "staff_no": user.staff_no,
            "name": user.name,
            "unit": user.unit.name,
            "password": password,
        }

    def _bureau(self, region: str, name: str) -> Unit:
        root = Unit.objects.roots().filter(region=region).order_by("pk").first()
        if root is not None:
            return root
        if region in known_regions() and not name:
            return load_units(region)
        if not name or len(region) != 6 or not region.isdigit():
            raise BadInput(
                "bureau_needed",
                "填写 --bureau 单位全称和 --region 六位区划代码",
                "例：--bureau 某县人社局",
            )
        root = Unit.objects.create(kind=Unit.Kind.BUREAU, name=name, region=region, code=region)
        load_offices(root)
        return root

    def table(self, data: Any) -> str:
        """What to note down."""
        return (
            f"{data['unit']}\n工号 {data['staff_no']}（{data['name']}）\n"
            f"临时密码 {data['password']}（只显示这一次，登录后须修改）"
        )
