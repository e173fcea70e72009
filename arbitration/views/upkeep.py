"""The upper systems, their daily checks, the days without one, and who has still to look today."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from arbitration import forms
from arbitration.models import MissedCheck, PlatformLook, SystemCheck, UpperSystem
from arbitration.models.upkeep import court_calendar, unchecked
from hrss_portal.access.models import User
from hrss_portal.access.policy import can
from hrss_portal.areas import Duty
from hrss_portal.desk.columns import Col, DateRange, Filter
from hrss_portal.desk.links import url_of
from hrss_portal.desk.lists import ListPage, Quick
from hrss_portal.desk.registers import Register


def systems() -> list[tuple[str, str]]:
    """The upper systems that the user sees, for a filter; those no longer used as well."""
    rows = UpperSystem.objects.filter(voided_at__isnull=True).order_by("name", "pk")
    return [(str(pk), name) for pk, name in rows.values_list("pk", "name")]


SYSTEM = Filter(name="system", label="系统", choices=systems, lookup="system_id")


class UpperSystems(Register):
    """上级系统."""

    model, record_form = UpperSystem, forms.UpperSystemForm
    columns = (
        Col(name="name", label="系统名称", sort="name", link=True),
        Col(name="level", label="建设层级"),
        Col(name="keeper.name", label="专管员"),
        Col(name="used_from", label="启用日期", kind="date", sort="used_from"),
        Col(name="used_until", label="停用日期", kind="date"),
    )
    related = ("town", "keeper")
    default_sort = "name"


class SystemChecks(Register):
    """系统检查."""

    model, record_form = SystemCheck, forms.SystemCheckForm
    columns = (
        Col(name="on", label="检查日期", kind="date", sort="on", link=True),
        Col(name="system.name", label="系统"),
        Col(name="result", label="结果", value=lambda row: row.get_result_display()),
        Col(name="data_quality", label="数据质量"),
        Col(name="created_by.name", label="检查人"),
        Col(name="is_late", label="登记", value=lambda row: "补登" if row.is_late else "当日"),
        Col(name="created_at", label="登记时间", kind="moment", shown=False),
        Col(name="note", label="情况"),
    )
    more_filters = (
        SYSTEM,
        Filter(name="result", label="结果", choices=lambda: SystemCheck.Result.choices),
        DateRange(name="on", label="检查日期"),
    )
    related = ("town", "system", "created_by")
    default_sort = "-on"

    def actions(self) -> list[dict[str, str]]:
        """The common ones, and the list of days without a check."""
        url = reverse("arbitration:missedcheck_list")
        missed = {"label": "没有登记的", "url": url, "icon": "calendar-x", "kind": ""}
        return [*super().actions(), missed]


class MissedChecks(ListPage):
    """没有登记检查的工作日: each opens the form that registers the check of that day late."""

    policy = "arbitration.register.view"
    model = MissedCheck
    title, noun = "没有登记检查的工作日", "没有登记检查的工作日"
    about = (
        "上级系统在用期间每个工作日登记一次检查。"
        "这里列到昨天；补登后不再列出，检查登记里写明是补登。"
    )
    columns = (
        Col(name="on", label="日期", kind="date", sort="on", link=True),
        Col(name="system.name", label="系统"),
        Col(name="system.level", label="建设层级"),
        Col(name="system.keeper.name", label="专管员"),
    )
    filters = (SYSTEM, DateRange(name="on", label="日期"))
    quick = (Quick(label="全部", query=""),)
    default_sort = "-on"
    related = ("system", "system__keeper")

    @property
    def none_yet(self) -> str:
        """The words where every working day has its check."""
        return "没有漏登的检查"

    def row_url(self, row: Any) -> str:
        """The form for that day's check, for whoever may register one."""
        if not can(self.user, "arbitration.register.add"):
            return ""
        asked = urlencode({"system": row.system_id, "on": row.on.isoformat()})
        return f"{reverse('arbitration:systemcheck_add')}?{asked}"


def look_duties(user: User) -> Iterable[Duty]:
    """The bureau's look at the platform of this working day."""
    today = timezone.localdate()
    if not can(user, "arbitration.mediationcase.add"):
        return
    if not court_calendar(user.unit).is_working(today):
        return
    done = PlatformLook._base_manager.filter(on=today, voided_at__isnull=True)
    if not done.filter(unit__path__startswith=user.unit.root_path).exists():
        url = url_of("arbitration:platformlook_add")
        yield Duty(label="“互联网+调解”平台：今天还没有登记查看", url=url)


def check_duties(user: User) -> Iterable[Duty]:
    """The systems that the user keeps: the check of this working day, and how many days were missed
    before; these are named until they are registered."""
    if not can(user, "arbitration.register.add"):
        return
    today = timezone.localdate()
    works = court_calendar(user.unit).is_working(today)
    for system in unchecked(today).filter(keeper=user) if works else ():
        url = f"{url_of('arbitration:systemcheck_add')}?system={system.pk}"
        yield Duty(label=f"{system.name}：今天还没有登记检查", url=url)
    missed = MissedCheck.objects.filter(system__keeper=user).order_by("system__name", "system")
    for pk, name, days in missed.values_list("system", "system__name").annotate(Count("pk")):
        url = f"{url_of('arbitration:missedcheck_list')}?system={pk}"
        yield Duty(label=f"{name}：有 {days} 个工作日没有登记检查", url=url)
