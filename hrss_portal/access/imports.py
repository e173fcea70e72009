"""The sheets of the organisation: UNITS (towns, villages, offices) and USERS (accounts)."""

from functools import partial

from django import forms
from django.utils.module_loading import import_string

from hrss_portal.areas import Column, Sheet


def _text(length: int, label: str, *, required: bool = False) -> partial[forms.CharField]:
    return partial(
        forms.CharField,
        max_length=length,
        required=required,
        error_messages={
            "required": f"填写{label}",
            "max_length": f"{label}太长，最多 {length} 个字",
        },
    )


def _own_number() -> forms.Field:
    """The field of the number of a member of staff; it stands above, so it is named as text."""
    made: forms.Field = import_string("hrss_portal.parties.staff_sheet.OwnNumberField")()
    return made


UNITS = Sheet(
    code="UNITS",
    title="单位",
    policy="access.sheet.UNITS",
    commit="hrss_portal.access.bulk.commit_units",
    undo="hrss_portal.access.bulk.undo_units",
    export="hrss_portal.access.bulk.export_units",
    row_of="hrss_portal.access.bulk.unit_cells",
    notes=(
        "上级单位写全称；上级在本表的，排在前面。",
        "同一上级下同名的更新，没有的新增。停用单位在“机构设置”页办理。",
    ),
    columns=(
        Column(
            name="name",
            heading="名称",
            field=_text(60, "名称", required=True),
            synonyms=("单位名称", "乡镇", "村（社区）", "村名"),
            key=True,
            width=28,
            sample="示例镇",
        ),
        Column(
            name="kind",
            heading="类别",
            field=_text(20, "类别", required=True),
            synonyms=("单位类别", "类型"),
            help="股室、乡镇、村、外部单位",
            sample="乡镇",
        ),
        Column(
            name="parent",
            heading="上级单位",
            field=_text(60, "上级单位"),
            synonyms=("所属乡镇", "上级"),
            key=True,
            width=28,
            help="空为本局；乡镇、股室填本局或不填，村填乡镇",
        ),
        Column(
            name="code",
            heading="代码",
            field=_text(20, "代码"),
            synonyms=("区划代码", "单位代码"),
            sample="341522199",
        ),
        Column(name="short_name", heading="简称", field=_text(20, "简称")),
        Column(
            name="synonyms",
            heading="别名",
            field=_text(200, "别名"),
            help="用顿号分开，导入时都认",
            width=24,
        ),
        Column(name="phone", heading="电话", field=_text(30, "电话"), synonyms=("联系电话",)),
        Column(
            name="led_by",
            heading="分管领导工号",
            field=_text(20, "分管领导工号"),
            synonyms=("分管领导",),
        ),
    ),
)

USERS = Sheet(
    code="USERS",
    title="用户",
    policy="access.sheet.USERS",
    commit="hrss_portal.parties.staff_sheet.commit",
    undo="hrss_portal.parties.staff_sheet.undo",
    export="hrss_portal.parties.staff_sheet.export",
    row_of="hrss_portal.parties.staff_sheet.row_of",
    check="hrss_portal.parties.staff_sheet.check",
    notes=(
        "工号已有的更新，没有的新增。新账号在“用户”页重置密码后才能登录。",
        "身份证号可以不填，加密保存，导出只有末四位；留空不改，要删除的在“用户”页办理。",
        "B 岗可以是本表里的另一行，互为 B 岗的一次导入。",
        "岗位只提出授权，已有账号改 B 岗只提出修改，另一人在“双人复核”页复核后生效。",
    ),
    columns=(
        Column(
            name="staff_no",
            heading="工号",
            field=_text(20, "工号", required=True),
            synonyms=("账号", "用户名", "登录名"),
            key=True,
            sample="1401",
        ),
        Column(
            name="name",
            heading="姓名",
            field=_text(50, "姓名", required=True),
            sample="张示例",
        ),
        Column(
            name="unit",
            heading="单位",
            field=_text(60, "单位", required=True),
            synonyms=("所在单位", "股室", "部门", "乡镇"),
            width=28,
            sample="就业股",
        ),
        Column(
            name="posts",
            heading="岗位",
            field=_text(100, "岗位"),
            synonyms=("职务", "岗位名称"),
            help="岗位名称，多个用顿号分开",
            width=24,
            sample="就业经办",
        ),
        Column(
            name="phone", heading="电话", field=_text(20, "电话"), synonyms=("手机", "联系电话")
        ),
        Column(
            name="deputy",
            heading="B岗工号",
            field=_text(20, "B岗工号"),
            synonyms=("B岗", "AB岗"),
        ),
        Column(
            name="id_number",
            heading="身份证号",
            field=_own_number,
            synonyms=("身份证号码", "身份证", "公民身份号码"),
            personal="P1",
            width=22,
            help="可以不填；只用于核对是不是本人的案件",
        ),
    ),
)

imports = (UNITS, USERS)
