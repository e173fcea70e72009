"""X17 调解组织台账 and X18 仲裁机构人员名册: registers that arrive as a list once a year."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from arbitration.imports import cells
from arbitration.models import MediationOrganisation, StaffMember
from hrss_portal.areas import Column, Sheet
from hrss_portal.casework.register_ledgers import RegisterLedger
from hrss_portal.parties.fields import (
    ChoiceLabelField,
    DateField,
    PhonesField,
    TownField,
)


def _day(**options: Any) -> partial:
    return partial(DateField, **{"required": False, **options})


class BodyLedger(RegisterLedger):
    """调解组织: one of the same name is the same body."""

    model = MediationOrganisation
    filters = {"level": "level__in", "state": "state__in"}
    columns = (
        Column(
            name="name",
            heading="调解组织名称",
            field=cells.names(120, required=True),
            synonyms=("名称", "组织名称"),
            key=True,
            width=34,
            sample="霍邱示例有限公司劳动争议调解委员会",
        ),
        Column(
            name="level",
            heading="类型",
            field=partial(ChoiceLabelField, MediationOrganisation.Level.choices),
            synonyms=("层级", "级别"),
            sample="企业调委会",
        ),
        Column(
            name="town",
            heading="乡镇",
            field=partial(TownField, required=False),
            synonyms=("所属乡镇", "属地"),
            fill_down=True,
            sample="城关镇",
        ),
        Column(
            name="head",
            heading="负责人",
            field=cells.names(50),
            synonyms=("主任",),
            sample="王示例",
        ),
        Column(name="mediators", heading="调解员", field=cells.names(500), sample="王示例、李示例"),
        Column(
            name="phone",
            heading="联系电话",
            field=partial(PhonesField, required=False),
            synonyms=("电话",),
            sample="13856401234",
        ),
        Column(
            name="state",
            heading="状态",
            field=partial(ChoiceLabelField, MediationOrganisation.State.choices),
            sample="已建立",
        ),
        Column(
            name="founded_on",
            heading="建立日期",
            field=_day(past=True),
            synonyms=("建立时间", "成立时间", "成立日期"),
            sample="2022-06-01",
        ),
        Column(
            name="dissolved_on",
            heading="撤销日期",
            field=_day(past=True),
            synonyms=("撤销时间",),
        ),
    )

    def check(self, cleaned: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """Dates in order, and a dissolved body says when."""
        founded, dissolved = cleaned.get("founded_on"), cleaned.get("dissolved_on")
        if cleaned.get("state") == "founded" and not founded:
            yield "founded_on", "已建立的调解组织要填建立日期"
        if cleaned.get("state") == "dissolved" and not dissolved:
            yield "dissolved_on", "已撤销的调解组织要填撤销日期"
        if founded and dissolved and dissolved < founded:
            yield "dissolved_on", "撤销日期早于建立日期"


class StaffLedger(RegisterLedger):
    """仲裁机构人员: the same name, role and first day is the same member."""

    model = StaffMember
    filters = {"role": "role__in"}
    columns = (
        Column(
            name="name",
            heading="姓名",
            field=cells.names(50, required=True),
            key=True,
            sample="王示例",
        ),
        Column(
            name="role",
            heading="身份",
            field=partial(ChoiceLabelField, StaffMember.Role.choices),
            synonyms=("人员类别",),
            key=True,
            sample="专职仲裁员",
        ),
        Column(
            name="cert_no",
            heading="仲裁员证号",
            field=cells.text(40),
            synonyms=("证号", "证件编号"),
            sample="皖仲0001",
        ),
        Column(
            name="expires_on",
            heading="证件有效期至",
            field=_day(),
            synonyms=("有效期至", "有效期"),
            sample="2028-12-31",
        ),
        Column(name="from_body", heading="所在单位", field=cells.names(80), synonyms=("单位",)),
        Column(
            name="started_on",
            heading="任职日期",
            field=partial(DateField, past=True),
            synonyms=("聘任日期", "任职时间", "聘任时间"),
            key=True,
            sample="2020-01-01",
        ),
        Column(
            name="ended_on",
            heading="离任日期",
            field=_day(past=True),
            synonyms=("离任时间", "解聘日期"),
        ),
    )

    def check(self, cleaned: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """Dates in order, and an arbitrator has a certificate."""
        started, ended = cleaned.get("started_on"), cleaned.get("ended_on")
        if started and ended and ended < started:
            yield "ended_on", "离任日期早于任职日期"
        if cleaned.get("role") in {"full_time", "part_time"} and not cleaned.get("cert_no"):
            yield "cert_no", "仲裁员要填仲裁员证号"


bodies, staff = BodyLedger(), StaffLedger()
X17 = Sheet(
    code="X17",
    title="劳动争议调解组织台账",
    policy="arbitration.sheet.X17",
    ledger="arbitration.imports.registers.bodies",
    columns=bodies.columns,
)
X18 = Sheet(
    code="X18",
    title="仲裁机构人员名册",
    policy="arbitration.sheet.X18",
    ledger="arbitration.imports.registers.staff",
    columns=staff.columns,
)
