"""The columns of X16 调解案件台账, and the words that other ledgers use for their values."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from arbitration.imports import cells
from arbitration.imports.columns import CAUSE_WORDS
from arbitration.models import MediationCase, MediationOrganisation
from arbitration.models.choices import MediationResult, MediationSource
from hrss_portal.areas import Column
from hrss_portal.parties.dictionaries import words_of
from hrss_portal.parties.fields import (
    ChoiceLabelField,
    CountField,
    DateField,
    ListedTextField,
    MoneyField,
    TownField,
)

SOURCE_WORDS = {
    "平台": "“互联网+调解”平台",
    "互联网+调解": "“互联网+调解”平台",
    "互联网+调解平台": "“互联网+调解”平台",
    "网上": "“互联网+调解”平台",
    "上门": "来访",
    "委派调解": "仲裁委派",
}
RESULT_WORDS = {
    "化解": "达成协议",
    "调解成功": "达成协议",
    "成功": "达成协议",
    "调解不成": "未达成",
    "失败": "未达成",
    "转仲裁处理": "转仲裁",
}
CONSENT_WORDS = {"是": "同意", "否": "不同意", "联系不上": "未联系上"}
PERFORMED_WORDS = {"履行完毕": "已履行", "部分": "部分履行", "否": "未履行"}
REVIEW_WORDS = {"无": "否", "仲裁审查确认": "仲裁审查", "法院确认": "司法确认"}


def _choice(choices: Any, words: Mapping[str, str]) -> partial:
    return partial(ChoiceLabelField, choices, synonyms=words, required=False)


def registered_bodies() -> Iterable[str]:
    """The names of the registered mediation organisations, as the register lists them."""
    bodies = MediationOrganisation.objects.filter(voided_at=None)
    return bodies.order_by("level", "name", "pk").values_list("name", flat=True)


COLUMNS = (
    Column(
        name="platform_no",
        heading="平台编号",
        field=cells.text(40),
        synonyms=("平台案件编号",),
        key=True,
        width=22,
        sample="",
    ),
    Column(
        name="channel",
        heading="来源",
        field=partial(ChoiceLabelField, MediationSource.choices, synonyms=SOURCE_WORDS),
        synonyms=("案件来源", "渠道"),
        sample="来访",
    ),
    Column(
        name="applicants",
        heading="申请人",
        field=cells.names(500, required=True),
        synonyms=("申请人姓名",),
        width=20,
        sample="张示例",
    ),
    Column(
        name="respondents",
        heading="被申请人",
        field=cells.names(500, required=True),
        synonyms=("被申请单位", "用人单位"),
        width=30,
        sample="霍邱示例有限公司",
    ),
    Column(
        name="cause",
        heading="争议类型",
        field=partial(
            ChoiceLabelField, partial(words_of, MediationCase, "cause"), synonyms=CAUSE_WORDS
        ),
        synonyms=("案由",),
        sample="劳动报酬",
    ),
    Column(
        name="people",
        heading="涉及人数",
        field=partial(CountField, low=1, required=False),
        synonyms=("人数",),
        width=10,
        sample="1",
    ),
    Column(
        name="amount",
        heading="涉及金额（元）",
        field=partial(MoneyField, required=False),
        synonyms=("涉及金额", "标的额"),
        sample="3000",
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
        name="organisation",
        heading="调解组织",
        field=partial(ListedTextField, registered_bodies, max_length=120),
        fill_down=True,
        width=26,
        sample="填登记簿里的全称",
        help="没有登记的，先在“调解组织”里登记",
    ),
    Column(name="mediator", heading="调解员", field=cells.names(50), sample="王示例"),
    Column(
        name="consent",
        heading="对方是否同意调解",
        field=_choice(MediationCase.Consent.choices, CONSENT_WORDS),
        synonyms=("是否同意调解",),
        sample="同意",
    ),
    Column(
        name="received_on",
        heading="收到日期",
        field=partial(DateField, past=True),
        synonyms=("收到时间", "登记日期", "申请日期"),
        sample="2023-05-08",
    ),
    Column(
        name="accepted_on",
        heading="受理日期",
        field=partial(DateField, past=True, required=False),
        synonyms=("受理时间",),
        sample="2023-05-09",
    ),
    Column(
        name="closed_on",
        heading="结束日期",
        field=partial(DateField, past=True, required=False),
        synonyms=("结束时间", "办结日期", "调解结束日期"),
        sample="2023-05-15",
    ),
    Column(
        name="result",
        heading="结果",
        field=partial(
            ChoiceLabelField, MediationResult.choices, synonyms=RESULT_WORDS, required=False
        ),
        synonyms=("调解结果", "处理结果"),
        sample="达成协议",
    ),
    Column(
        name="agreed_amount",
        heading="协议金额（元）",
        field=partial(MoneyField, required=False),
        synonyms=("协议金额",),
        sample="2800",
    ),
    Column(
        name="perform_by",
        heading="履行期限",
        field=partial(DateField, required=False),
        sample="2023-06-15",
    ),
    Column(
        name="performed",
        heading="履行情况",
        field=_choice(MediationCase.Performed.choices, PERFORMED_WORDS),
        synonyms=("是否履行",),
        sample="已履行",
    ),
    Column(
        name="review",
        heading="是否申请仲裁审查/司法确认",
        field=_choice(MediationCase.Review.choices, REVIEW_WORDS),
        synonyms=("仲裁审查/司法确认", "是否申请司法确认"),
        sample="否",
    ),
    Column(name="process", heading="调解经过", field=cells.text(2000), width=30),
    Column(name="remark", heading="备注", field=cells.text(500), synonyms=("说明",), width=24),
)
