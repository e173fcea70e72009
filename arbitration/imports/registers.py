"""X17 调解组织台账 and X18 仲裁机构人员名册: registers that arrive as a list once a year."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from django.db.models import QuerySet

from arbitration.models import MediationOrganisation, StaffMember
from hrss_portal.areas import Column, Sheet
from hrss_portal.casework.models.records import Source
from hrss_portal.parties.fields import (
    ChoiceLabelField,
    DateField,
    PhonesField,
    TextCell,
    TownField,
)

Answer = dict[str, Any]
BODY_KEY, STAFF_KEY = ("name",), ("name", "role", "started_on")


def commit_bodies(rows: Sequence[Any], *, context: Any) -> list[Answer]:
    """Land mediation bodies; the name is the key."""
    return _commit(MediationOrganisation, BODY_KEY, rows, context)


def commit_staff(rows: Sequence[Any], *, context: Any) -> list[Answer]:
    """Land members of the court; name, role and first day are the key."""
    return _commit(StaffMember, STAFF_KEY, rows, context)


def _commit(model: Any, key: Sequence[str], rows: Sequence[Any], context: Any) -> list[Answer]:
    stored = {
        tuple(getattr(record, name) for name in key): record
        for record in model.objects.filter(voided_at__isnull=True)
    }
    answers = []
    for row in rows:
        values = row.cleaned
        record = stored.get(tuple(values[name] for name in key))
        if record is None:
            record = model(
                unit=context.unit, source=Source.SHEET, created_by=context.user, **values
            )
            action, before = "created", None
        else:
            given = {name: value for name, value in values.items() if value not in (None, "")}
            before = {
                name: _plain(getattr(record, name))
                for name, value in given.items()
                if getattr(record, name) != value
            }
            action = "updated" if before else "unchanged"
            for name in before:
                setattr(record, name, values[name])
        if action != "unchanged":
            record.updated_by = context.user
            record.version += action == "updated"
            record.save()
            stored[tuple(values[name] for name in key)] = record
        answers.append(
            {
                "row": row.number,
                "action": action,
                "pk": record.pk,
                "messages": [],
                "before": before or {},
            }
        )
    return answers


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | None) else str(value)


def check_body(cleaned: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """Dates in order, and a dissolved body says when."""
    founded, dissolved = cleaned.get("founded_on"), cleaned.get("dissolved_on")
    if cleaned.get("state") == "founded" and not founded:
        yield "founded_on", "已建立的调解组织要填建立日期"
    if cleaned.get("state") == "dissolved" and not dissolved:
        yield "dissolved_on", "已撤销的调解组织要填撤销日期"
    if founded and dissolved and dissolved < founded:
        yield "dissolved_on", "撤销日期早于建立日期"


def check_staff(cleaned: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """Dates in order, and an arbitrator has a certificate."""
    started, ended = cleaned.get("started_on"), cleaned.get("ended_on")
    if started and ended and ended < started:
        yield "ended_on", "离任日期早于任职日期"
    if cleaned.get("role") in {"full_time", "part_time"} and not cleaned.get("cert_no"):
        yield "cert_no", "仲裁员要填仲裁员证号"


def export_bodies(filters: Mapping[str, list[str]]) -> QuerySet:
    """The mediation bodies of a filter."""
    return _export(MediationOrganisation, filters, {"level", "state"})


def export_staff(filters: Mapping[str, list[str]]) -> QuerySet:
    """The members of the court of a filter."""
    return _export(StaffMember, filters, {"role"})


def _export(model: Any, filters: Mapping[str, list[str]], allowed: set[str]) -> QuerySet:
    if unknown := set(filters) - allowed:
        raise ValueError(f"没有“{'、'.join(sorted(unknown))}”这个筛选项")
    narrowed = {f"{key}__in": values for key, values in filters.items()}
    return model.objects.filter(voided_at__isnull=True, **narrowed).order_by("pk")


def body_cells(body: MediationOrganisation) -> Mapping[str, Any]:
    """The cells of one mediation body."""
    return {
        "name": body.name,
        "level": body.get_level_display(),
        "town": body.town.name if body.town else "",
        "head": body.head,
        "mediators": body.mediators,
        "phone": body.phone,
        "state": body.get_state_display(),
        "founded_on": body.founded_on,
        "dissolved_on": body.dissolved_on,
    }


def staff_cells(member: StaffMember) -> Mapping[str, Any]:
    """The cells of one member of the court."""
    return {
        "name": member.name,
        "role": member.get_role_display(),
        "cert_no": member.cert_no,
        "expires_on": member.expires_on,
        "from_body": member.from_body,
        "started_on": member.started_on,
        "ended_on": member.ended_on,
    }


def _text(length: int, **options: Any) -> partial:
    return partial(TextCell, max_length=length, **{"required": False, **options})


def _day(**options: Any) -> partial:
    return partial(DateField, **{"required": False, **options})


X17 = Sheet(
    code="X17",
    title="劳动争议调解组织台账",
    policy="arbitration.sheet.X17",
    commit="arbitration.imports.registers.commit_bodies",
    check="arbitration.imports.registers.check_body",
    export="arbitration.imports.registers.export_bodies",
    row_of="arbitration.imports.registers.body_cells",
    columns=(
        Column(
            name="name",
            heading="调解组织名称",
            field=_text(120, required=True),
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
            field=_text(50),
            synonyms=("主任",),
            sample="王示例",
        ),
        Column(name="mediators", heading="调解员", field=_text(500), sample="王示例、李示例"),
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
    ),
)
X18 = Sheet(
    code="X18",
    title="仲裁机构人员名册",
    policy="arbitration.sheet.X18",
    commit="arbitration.imports.registers.commit_staff",
    check="arbitration.imports.registers.check_staff",
    export="arbitration.imports.registers.export_staff",
    row_of="arbitration.imports.registers.staff_cells",
    columns=(
        Column(
            name="name",
            heading="姓名",
            field=_text(50, required=True),
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
            field=_text(40),
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
        Column(name="from_body", heading="所在单位", field=_text(80), synonyms=("单位",)),
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
    ),
)
