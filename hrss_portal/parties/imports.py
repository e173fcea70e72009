"""The sheets of the master files: PERSONS (M02) and EMPLOYERS (M01)."""

from functools import partial
from typing import Any

from hrss_portal.areas import Column, Sheet
from hrss_portal.parties import choices, industries
from hrss_portal.parties.fields import (
    BankCardField,
    ChoiceLabelField,
    CountField,
    DateField,
    DocumentField,
    IdNumberField,
    LabelsField,
    MoneyField,
    NameField,
    OrganisationField,
    PhoneField,
    PhonesField,
    TextCell,
    TownField,
    UsccField,
    YesNoField,
)


def _text(length: int, *, required: bool = False) -> partial:
    return partial(TextCell, max_length=length, required=required)


def _choice(pairs: Any, **options: Any) -> partial:
    return partial(ChoiceLabelField, pairs, required=False, **options)


_GRADES = [(str(grade), f"{name}级") for grade, name in enumerate("一二三四", 1)]

PERSONS = Sheet(
    code="PERSONS",
    title="人员基本信息",
    policy="parties.sheet.PERSONS",
    commit="hrss_portal.parties.bulk.commit_persons",
    undo="hrss_portal.parties.bulk.undo_persons",
    check="hrss_portal.parties.rules.check_person",
    export="hrss_portal.parties.bulk.export_persons",
    row_of="hrss_portal.parties.bulk.person_cells",
    notes=(
        "身份证号一列设为文本格式。Excel 变成数字的号码不能还原，会退回。",
        "已有的人员按证件号更新：表里填了的覆盖，空白的不动。",
    ),
    columns=(
        Column(
            name="name",
            heading="姓名",
            field=NameField,
            synonyms=("人员姓名", "名字", "学员姓名", "求职者姓名", "职工姓名"),
            sample="张示例",
        ),
        Column(
            name="id_number",
            heading="身份证号",
            field=partial(IdNumberField, allow_old=True, required=False),
            synonyms=(
                "身份证号码",
                "身份证",
                "公民身份号码",
                "公民身份证号码",
                "社会保障号码",
                "居民身份证号",
            ),
            key=True,
            personal="P1",
            width=22,
            sample="341522200102034211",
        ),
        Column(
            name="id_kind",
            heading="其他证件类型",
            field=_choice(choices.IdKind.choices, synonyms=choices.ID_KIND_SYNONYMS),
            synonyms=("证件类型",),
        ),
        Column(
            name="other_id",
            heading="其他证件号码",
            field=partial(DocumentField, required=False),
            synonyms=("护照号码", "通行证号码"),
            personal="P1",
        ),
        Column(
            name="no_id_reason",
            heading="无证件号原因",
            field=_text(100),
        ),
        Column(
            name="sex", heading="性别", field=_choice(choices.Sex.choices), width=6, sample="男"
        ),
        Column(
            name="birth",
            heading="出生日期",
            field=partial(DateField, past=True, required=False),
            synonyms=("出生年月日", "生日"),
            sample="2001-02-03",
        ),
        Column(
            name="ethnic",
            heading="民族",
            field=_choice(choices.ETHNIC, synonyms=choices.ETHNIC_SYNONYMS),
            width=8,
            sample="汉族",
        ),
        Column(
            name="hukou_address",
            heading="户籍地址",
            field=_text(200),
            synonyms=("户口所在地", "户籍所在地"),
            width=30,
        ),
        Column(
            name="hukou_kind",
            heading="户籍性质",
            field=_choice(
                choices.HukouKind.choices,
                synonyms={"城镇": "非农业", "农村": "农业", "农业户口": "农业"},
            ),
            synonyms=("户口性质",),
        ),
        Column(
            name="town",
            heading="乡镇（园区）",
            field=TownField,
            synonyms=("乡镇", "所属乡镇", "常住地乡镇", "镇", "乡镇街道"),
            fill_down=True,
            sample="城关镇",
        ),
        Column(
            name="village",
            heading="村（社区）",
            field=_text(60),
            synonyms=("村", "社区", "村居", "行政村"),
            fill_down=True,
        ),
        Column(
            name="address",
            heading="常住地址",
            field=_text(200),
            synonyms=("家庭住址", "住址", "详细地址", "现住址"),
            width=30,
        ),
        Column(
            name="education",
            heading="文化程度",
            field=_choice(choices.Education.choices, synonyms=choices.EDUCATION_SYNONYMS),
            synonyms=("学历", "最高学历"),
        ),
        Column(
            name="school_major",
            heading="毕业院校及专业",
            field=_text(100),
            synonyms=("毕业院校", "毕业学校"),
            width=24,
        ),
        Column(
            name="graduated_on",
            heading="毕业时间",
            field=partial(DateField, required=False),
            synonyms=("毕业日期",),
        ),
        Column(
            name="politics",
            heading="政治面貌",
            field=_choice(choices.Politics.choices, synonyms=choices.POLITICS_SYNONYMS),
        ),
        Column(
            name="disability",
            heading="残疾类别",
            field=_choice(choices.Disability.choices),
            synonyms=("残疾情况",),
            personal="P5",
        ),
        Column(
            name="disability_grade",
            heading="残疾等级",
            field=_choice(_GRADES),
            personal="P5",
        ),
        Column(
            name="phone",
            heading="联系电话",
            field=PhonesField,
            synonyms=("手机号", "手机号码", "电话", "联系方式", "手机", "电话号码"),
            personal="P1",
            sample="13800000000",
        ),
        Column(
            name="bank_card",
            heading="银行卡号（社保卡）",
            field=partial(BankCardField, required=False),
            synonyms=("银行卡号", "银行账号", "社保卡账号", "卡号"),
            personal="P1",
            width=24,
        ),
        Column(name="bank_name", heading="开户银行", field=_text(60), synonyms=("开户行",)),
        Column(
            name="tags",
            heading="人员类别",
            field=partial(LabelsField, choices.PersonTag.choices, required=False),
            synonyms=("人员类型", "类别"),
            sample="失业登记、返乡农民工",
        ),
        Column(name="remark", heading="备注", field=_text(2000), width=24),
    ),
)

EMPLOYERS = Sheet(
    code="EMPLOYERS",
    title="单位基本信息",
    policy="parties.sheet.EMPLOYERS",
    commit="hrss_portal.parties.bulk.commit_employers",
    undo="hrss_portal.parties.bulk.undo_employers",
    check="hrss_portal.parties.rules.check_employer",
    export="hrss_portal.parties.bulk.export_employers",
    row_of="hrss_portal.parties.bulk.employer_cells",
    notes=(
        "已有的单位按统一社会信用代码更新；没有代码的按单位名称。空白的不动。",
        "营业收入、资产总额的单位是万元。",
    ),
    columns=(
        Column(
            name="name",
            heading="单位名称",
            field=OrganisationField,
            synonyms=("企业名称", "公司名称", "用人单位", "用人单位名称", "单位", "名称"),
            width=30,
            sample="霍邱县示例食品有限公司",
        ),
        Column(
            name="uscc",
            heading="统一社会信用代码",
            field=partial(UsccField, required=False),
            synonyms=("信用代码", "社会信用代码", "统一信用代码", "纳税人识别号", "税号"),
            key=True,
            width=22,
            sample="91341522MA2N7K3H9G",
        ),
        Column(name="no_uscc_reason", heading="无信用代码原因", field=_text(100)),
        Column(
            name="old_register_no",
            heading="旧注册号",
            field=_text(20),
            synonyms=("注册号", "组织机构代码"),
        ),
        Column(
            name="kind",
            heading="单位类型",
            field=partial(
                ChoiceLabelField,
                choices.EmployerKind.choices,
                synonyms=choices.EMPLOYER_KIND_SYNONYMS,
            ),
            synonyms=("企业类型", "单位性质"),
            sample="企业",
        ),
        Column(
            name="ownership",
            heading="所有制",
            field=_choice(
                choices.Ownership.choices,
                synonyms={
                    "私营": "民营",
                    "国有企业": "国有",
                    "民营企业": "民营",
                    "外资": "外商投资",
                },
            ),
            synonyms=("经济类型", "企业性质"),
        ),
        Column(
            name="legal_rep",
            heading="法定代表人",
            field=partial(NameField, label="法定代表人"),
            synonyms=("法人", "法人代表", "法定代表人（负责人）", "负责人", "经营者"),
            sample="李示例",
        ),
        Column(
            name="legal_rep_id",
            heading="法定代表人证件号",
            field=partial(IdNumberField, required=False, label="法定代表人证件号"),
            synonyms=("法人身份证号", "法定代表人身份证号"),
            personal="P1",
            width=22,
        ),
        Column(
            name="reg_address",
            heading="注册地址",
            field=_text(200, required=True),
            synonyms=("单位地址", "地址", "住所"),
            width=30,
            sample="霍邱县城关镇示例路 1 号",
        ),
        Column(
            name="work_address",
            heading="经营（用工）地址",
            field=_text(200),
            synonyms=("经营地址", "用工地址", "办公地址"),
            width=30,
        ),
        Column(
            name="town",
            heading="乡镇（园区）",
            field=TownField,
            synonyms=("乡镇", "所属乡镇", "所在乡镇", "园区", "乡镇园区"),
            fill_down=True,
            sample="城关镇",
        ),
        Column(
            name="industry",
            heading="行业大类",
            field=partial(ChoiceLabelField, industries.choices, synonyms=industries.synonyms()),
            synonyms=("行业", "所属行业", "行业代码", "国民经济行业"),
            sample="13 农副食品加工业",
        ),
        Column(
            name="industry_group",
            heading="行业中类、小类",
            field=_text(4),
            synonyms=("行业小类", "行业小类代码"),
        ),
        Column(
            name="headcount",
            heading="从业人员数",
            field=partial(CountField, required=False),
            synonyms=("职工人数", "员工人数", "用工人数", "从业人数"),
        ),
        Column(
            name="revenue",
            heading="上年营业收入（万元）",
            field=partial(MoneyField, "万元", required=False, digits=16),
            synonyms=("营业收入（万元）", "上年营业收入"),
        ),
        Column(
            name="assets",
            heading="资产总额（万元）",
            field=partial(MoneyField, "万元", required=False, digits=16),
            synonyms=("资产总额", "总资产（万元）"),
        ),
        Column(
            name="is_four_up",
            heading="是否四上企业",
            field=partial(YesNoField, required=False),
            synonyms=("四上企业", "是否规上"),
        ),
        Column(name="four_up", heading="四上类别", field=_choice(choices.FourUp.choices)),
        Column(
            name="is_short_staffed",
            heading="是否重点缺工企业",
            field=partial(YesNoField, required=False),
            synonyms=("重点缺工企业", "缺工企业"),
        ),
        Column(name="si_no", heading="社保单位编号", field=_text(30), synonyms=("单位编号",)),
        Column(
            name="contact",
            heading="联系人",
            field=partial(NameField, label="联系人"),
            sample="王示例",
        ),
        Column(
            name="contact_phone",
            heading="联系电话",
            field=PhoneField,
            synonyms=("联系方式", "电话", "联系人电话", "手机号"),
            personal="P1",
            sample="0564-6000000",
        ),
        Column(
            name="founded_on",
            heading="成立日期",
            field=partial(DateField, past=True, required=False),
            synonyms=("成立时间", "注册日期"),
        ),
        Column(
            name="op_status",
            heading="经营状态",
            field=_choice(choices.OpStatus.choices, synonyms=choices.OP_STATUS_SYNONYMS),
            sample="存续",
        ),
        Column(
            name="credit_grade",
            heading="守法诚信等级",
            field=_choice(choices.CreditGrade.choices, synonyms={"A级": "A 级", "B级": "B 级"}),
            synonyms=("诚信等级", "劳动保障守法诚信等级"),
        ),
        Column(name="remark", heading="备注", field=_text(2000), width=24),
    ),
)

imports = [PERSONS, EMPLOYERS]
