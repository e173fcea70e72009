"""The registers of the court."""

from datetime import date
from typing import Any

from django import forms as fields
from django.db.models import Q
from django.utils import timezone

from arbitration import forms
from arbitration.models import (
    BudgetLine,
    Equipment,
    EquipmentCheck,
    JointNotice,
    MediationOrganisation,
    PlatformLook,
    Room,
    StaffMember,
)
from hrss_portal.desk.columns import Col, Filter
from hrss_portal.desk.lists import Quick
from hrss_portal.desk.registers import Register


def by_name(rows: Any, text: str) -> Any:
    """Rows whose name holds the text."""
    return rows.filter(name__icontains=text)


def in_post(rows: Any, on: date) -> Any:
    """Staff who have begun and not left on a day."""
    stays = Q(ended_on__isnull=True) | Q(ended_on__gt=on)
    return rows.filter(stays, started_on__lte=on)


def by_post(rows: Any, value: str) -> Any:
    """Staff who are in post today, or who are not."""
    here = in_post(rows, timezone.localdate())
    return here if value == "yes" else rows.exclude(pk__in=here.values("pk"))


class StaffRegister(Register):
    """仲裁机构人员."""

    model, record_form = StaffMember, forms.StaffMemberForm
    columns = (
        Col(name="name", label="姓名", sort="name", link=True),
        Col(name="role", label="身份", value=lambda row: row.get_role_display(), sort="role"),
        Col(name="cert_no", label="仲裁员证号", kind="code"),
        Col(name="expires_on", label="证件有效期至", kind="date", sort="expires_on"),
        Col(name="from_body", label="所在单位"),
        Col(name="started_on", label="任职", kind="date", sort="started_on"),
        Col(name="ended_on", label="离任", kind="date"),
        Col(name="uniform_issued_on", label="领取服装", kind="date", shown=False),
    )
    more_filters = (
        Filter(name="role", label="身份", choices=lambda: StaffMember.Role.choices),
        Filter(
            name="in_post",
            label="在任",
            choices=lambda: [("yes", "在任"), ("no", "不在任")],
            apply=by_post,
        ),
    )
    quick = (Quick(label="在任", query="in_post=yes"), Quick(label="全部", query=""))
    default_sort = "role"
    search = staticmethod(by_name)
    search_hint = "姓名"


class MediationBodies(Register):
    """调解组织."""

    model, record_form = MediationOrganisation, forms.MediationOrganisationForm
    columns = (
        Col(name="name", label="名称", sort="name", link=True),
        Col(name="level", label="类型", value=lambda row: row.get_level_display(), sort="level"),
        Col(name="state", label="状态", value=lambda row: row.get_state_display()),
        Col(name="town.name", label="乡镇"),
        Col(name="head", label="负责人"),
        Col(name="phone", label="电话", kind="phone"),
        Col(name="founded_on", label="建立日期", kind="date", sort="founded_on"),
        Col(name="dissolved_on", label="撤销日期", kind="date", shown=False),
    )
    more_filters = (
        Filter(name="level", label="类型", choices=lambda: MediationOrganisation.Level.choices),
        Filter(name="state", label="状态", choices=lambda: MediationOrganisation.State.choices),
    )
    default_sort = "level"
    search = staticmethod(by_name)
    search_hint = "名称"


class PlatformLooks(Register):
    """平台日查看."""

    model, record_form = PlatformLook, forms.PlatformLookForm
    columns = (
        Col(name="on", label="日期", kind="date", sort="on", link=True),
        Col(name="new_cases", label="新到", kind="number", unit="件"),
        Col(name="pending", label="未办结", kind="number", unit="件"),
        Col(name="created_by.name", label="查看人"),
        Col(name="looked_at", label="查看时间", kind="moment"),
        Col(name="note", label="情况"),
    )
    default_sort = "-on"


class RoomRegister(Register):
    """庭室."""

    model, record_form = Room, forms.RoomForm
    columns = (
        Col(name="name", label="庭室", sort="name", link=True),
        Col(name="seats", label="旁听席位", kind="number"),
        Col(name="is_active", label="在用"),
    )
    default_sort = "name"


class EquipmentRegister(Register):
    """装备."""

    model, record_form = Equipment, forms.EquipmentForm
    columns = (
        Col(name="name", label="名称", sort="name", link=True),
        Col(name="serial", label="编号", kind="code"),
        Col(name="count", label="数量", kind="number"),
        Col(name="keeper", label="保管人"),
        Col(name="state", label="状态", value=lambda row: row.get_state_display()),
        Col(name="acquired_on", label="购置日期", kind="date", sort="acquired_on"),
    )
    default_sort = "name"
    search = staticmethod(by_name)
    search_hint = "名称"


class ChecksOfEquipment(Register):
    """装备着装检查."""

    model, record_form = EquipmentCheck, forms.EquipmentCheckForm
    columns = (
        Col(name="on", label="检查日期", kind="date", sort="on", link=True),
        Col(name="found", label="检查情况"),
        Col(name="is_complete", label="齐全完好"),
        Col(name="created_by.name", label="检查人"),
    )
    default_sort = "-on"


def by_funding(rows: Any, value: str) -> Any:
    """Budget lines that are in the county's budget, or only proposed."""
    proposed = Q(state=BudgetLine.State.PROPOSED)
    return rows.filter(~proposed if value == "yes" else proposed)


class BudgetRegister(Register):
    """经费预算."""

    model, record_form = BudgetLine, forms.BudgetLineForm
    columns = (
        Col(name="item", label="项目", link=True),
        Col(name="year", label="年度", kind="code", sort="year"),
        Col(name="amount", label="预算", unit="元", kind="money", sort="amount"),
        Col(name="spent", label="支出", unit="元", kind="money"),
        Col(name="balance", label="结余", unit="元", kind="money"),
        Col(name="state", label="状态", value=lambda row: row.get_state_display()),
        Col(name="document", label="文件"),
    )
    more_filters = (
        Filter(
            name="year",
            label="年度",
            field=lambda: fields.IntegerField(min_value=2000, max_value=2099),
        ),
        Filter(
            name="funded",
            label="列入预算",
            choices=lambda: [("yes", "已列入"), ("no", "未列入")],
            apply=by_funding,
        ),
    )
    default_sort = "-year"


class NoticeRegister(Register):
    """会商通知."""

    model, record_form = JointNotice, forms.JointNoticeForm
    columns = (
        Col(name="title", label="标题", link=True),
        Col(name="number", label="文号", kind="code"),
        Col(name="state", label="状态", value=lambda row: row.get_state_display()),
        Col(name="drafted_on", label="起草", kind="date", sort="drafted_on"),
        Col(name="reply_by", label="反馈期限", kind="date"),
        Col(name="issued_on", label="印发", kind="date", sort="issued_on"),
    )
    default_sort = "-drafted_on"
