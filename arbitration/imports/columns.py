"""The columns of X10 仲裁案件台账, and the words that other ledgers use for their values."""

import re
from functools import partial
from typing import Any

from django import forms

from arbitration.imports import cells
from arbitration.models import Dispute
from arbitration.models.choices import CloseMode, DisputeSource, Finality, Handling, Procedure
from hrss_portal.areas import Column
from hrss_portal.documents.numbers import parse_number, same_number
from hrss_portal.parties.dictionaries import words_of
from hrss_portal.parties.fields import (
    ChoiceLabelField,
    DateField,
    MoneyField,
    TextCell,
    TownField,
    YesNoField,
)

SIDES = {"applicants": "applicant", "respondents": "respondent"}  # column → role
CAUSE_WORDS = {
    "工资": "劳动报酬",
    "追索劳动报酬": "劳动报酬",
    "劳动报酬（工资）": "劳动报酬",
    "拖欠工资": "劳动报酬",
    "确认劳动关系纠纷": "确认劳动关系",
    "二倍工资": "未签劳动合同二倍工资",
    "双倍工资": "未签劳动合同二倍工资",
    "未休年休假": "未休年休假工资",
    "经济补偿金": "经济补偿",
    "赔偿金": "赔偿金（违法解除）",
    "违法解除赔偿金": "赔偿金（违法解除）",
    "工伤": "工伤保险待遇",
    "工伤待遇": "工伤保险待遇",
    "社保": "社会保险",
    "福利": "福利、培训",
    "福利培训": "福利、培训",
}
MODE_WORDS = {
    "终局": "终局裁决",
    "非终局": "非终局裁决",
    "调解": "仲裁调解书",
    "调解书": "仲裁调解书",
    "调解结案": "仲裁调解书",
    "撤诉": "准许撤回",
    "撤回": "准许撤回",
    "撤回申请": "准许撤回",
    "按撤回处理": "视为撤回",
    "终止": "终止审理",
    "撤销": "撤销案件",
}
AWARD = "award_unsaid"
SUITS = {  # words of a cell → field and value
    "劳动者起诉": ("worker_went", "sued"),
    "用人单位起诉": ("employer_went", "sued"),
    "用人单位申请撤销": ("employer_went", "set_aside"),
}
NOBODY_SUED = frozenset({"未起诉", "无", "否", "均未起诉"})
HANDLING_WORDS = {
    "是": "全程线上",
    "线上": "全程线上",
    "网上": "全程线上",
    "全程网办": "全程线上",
    "否": "有线下环节",
    "线下": "有线下环节",
    "线上线下结合": "有线下环节",
}
SOURCE_WORDS = {
    "窗口": "窗口（来访）",
    "来访": "窗口（来访）",
    "现场": "窗口（来访）",
    "当面": "窗口（来访）",
    "线上": "网上",
    "网上申请": "网上",
    "网络": "网上",
    "邮件": "邮寄",
    "快递": "邮寄",
    "调解": "调解转入",
    "调解不成": "调解转入",
    "调解中心移送": "调解转入",
    "监察": "劳动监察转入",
    "劳动监察": "劳动监察转入",
    "监察移送": "劳动监察转入",
    "信访": "信访转入",
    "移送": "其他仲裁委移送",
}
PROCEDURE_WORDS = {
    "普通程序": "一般程序",
    "一般": "一般程序",
    "简易程序": "简易处理",
    "简易": "简易处理",
    "速裁": "农民工工资速裁",
    "速裁程序": "农民工工资速裁",
    "农民工速裁": "农民工工资速裁",
    "集体": "集体争议",
    "集体程序": "集体争议",
}
FINAL_WORDS = {"是": "终局", "否": "非终局"}


class CaseNumberField(TextCell):
    """A case number in any brackets, cleaned to 〔〕; zeros in front and 第 stay as printed."""

    def clean(self, value: Any) -> str:
        """The number as the portal writes it."""
        text = super().clean(value)
        if not text:
            return ""
        try:
            parsed = parse_number(text)
        except forms.ValidationError as error:
            raise forms.ValidationError(
                f"案号“{text}”看不懂，应写作 霍劳人仲案〔2023〕123号"
            ) from error
        return parsed.text

    def same(self, value: str) -> str:
        """The number as it is compared: 第, zeros and brackets make no other case."""
        return same_number(value)


class CloseModeField(ChoiceLabelField):
    """结案方式; a plain 裁决 is read together with 是否终局 by ``tidy``."""

    def code_of(self, word: str) -> str:
        """The code; ``AWARD`` for an award that does not say whether it is final."""
        return AWARD if word in {"裁决", "裁决书", "仲裁裁决"} else super().code_of(word)


class SuitsField(TextCell):
    """劳动者起诉；用人单位申请撤销: what each side did, 未起诉 for neither; empty says nothing."""

    def clean(self, value: Any) -> str:
        """The sides in the portal's order and words."""
        text = super().clean(value)
        if not text or text in NOBODY_SUED:
            return "未起诉" if text else ""
        told = {part.strip() for part in re.split("[；;、，,/]", text) if part.strip()}
        if unknown := told - set(SUITS):
            raise forms.ValidationError(
                f"“{'；'.join(sorted(unknown))}”看不懂，可填：{'、'.join(SUITS)}、未起诉；两方都有的用“；”隔开"
            )
        return "；".join(words for words in SUITS if words in told)


COLUMNS = (
    Column(
        name="number",
        heading="案号",
        field=partial(CaseNumberField, max_length=60, required=False),
        synonyms=("案件编号", "仲裁案号", "案件号"),
        key=True,
        width=26,
        sample="霍劳人仲案〔2023〕123号",
    ),
    Column(
        name="applicants",
        heading="申请人",
        field=cells.names(500, required=True),
        synonyms=("申请人姓名", "申请方"),
        width=20,
        sample="张示例、李示例",
    ),
    Column(
        name="respondents",
        heading="被申请人",
        field=cells.names(500, required=True),
        synonyms=("被申请人名称", "被申请单位", "被诉单位"),
        width=30,
        sample="霍邱示例有限公司",
    ),
    Column(
        name="cause",
        heading="案由",
        field=partial(ChoiceLabelField, partial(words_of, Dispute, "cause"), synonyms=CAUSE_WORDS),
        synonyms=("争议类型", "案件类型"),
        sample="劳动报酬",
    ),
    Column(
        name="received_on",
        heading="收案日期",
        field=partial(DateField, past=True),
        synonyms=("收案时间", "收到申请日期", "申请日期", "收件日期"),
        sample="2023-03-01",
    ),
    Column(
        name="filed_on",
        heading="立案日期",
        field=partial(DateField, past=True, required=False),
        synonyms=("立案时间", "受理日期", "受理时间"),
        sample="2023-03-06",
    ),
    Column(
        name="hearing_on",
        heading="开庭日期",
        field=partial(DateField, past=True, required=False),
        synonyms=("开庭时间",),
        sample="2023-04-03",
    ),
    Column(
        name="closed_on",
        heading="结案日期",
        field=partial(DateField, past=True, required=False),
        synonyms=("结案时间", "办结日期", "办结时间"),
        sample="2023-04-12",
    ),
    Column(
        name="close_mode",
        heading="结案方式",
        field=partial(CloseModeField, CloseMode.choices, synonyms=MODE_WORDS, required=False),
        synonyms=("处理结果", "结案类型"),
        sample="终局裁决",
    ),
    Column(
        name="amount",
        heading="标的额（元）",
        field=partial(MoneyField, required=False),
        synonyms=("标的额", "涉案金额", "涉及金额", "标的金额"),
        sample="12508.00",
    ),
    Column(
        name="awarded",
        heading="裁决金额（元）",
        field=partial(MoneyField, required=False),
        synonyms=("裁决金额", "结案金额", "支持金额", "调解金额"),
        sample="10000.00",
    ),
    Column(
        name="arbitrators",
        heading="仲裁员",
        field=cells.names(100),
        synonyms=("独任仲裁员", "首席仲裁员", "承办仲裁员", "承办人"),
        sample="王示例",
    ),
    Column(name="clerk", heading="书记员", field=cells.names(50), sample="赵示例"),
    Column(
        name="finality",
        heading="是否终局",
        field=partial(ChoiceLabelField, Finality.choices, synonyms=FINAL_WORDS, required=False),
        synonyms=("终局", "终局裁决"),
        sample="终局",
    ),
    Column(
        name="is_migrant",
        heading="是否农民工",
        field=partial(YesNoField, required=False),
        synonyms=("农民工", "是否农民工工资"),
        sample="是",
    ),
    Column(
        name="town",
        heading="乡镇",
        field=partial(TownField, required=False),
        synonyms=("所属乡镇", "合同履行地", "属地"),
        sample="城关镇",
    ),
    Column(
        name="channel",
        heading="来源渠道",
        field=partial(
            ChoiceLabelField, DisputeSource.choices, synonyms=SOURCE_WORDS, required=False
        ),
        synonyms=("来源", "渠道", "案件来源", "收案渠道"),
        sample="窗口（来访）",
    ),
    Column(
        name="procedure",
        heading="办理程序",
        field=partial(
            ChoiceLabelField, Procedure.choices, synonyms=PROCEDURE_WORDS, required=False
        ),
        synonyms=("程序", "审理程序", "适用程序"),
        sample="一般程序",
    ),
    Column(
        name="handling",
        heading="办理方式",
        field=partial(ChoiceLabelField, Handling.choices, synonyms=HANDLING_WORDS, required=False),
        synonyms=("是否全程线上", "全程线上", "线上办理"),
        sample="全程线上",
    ),
    Column(
        name="offline_step",
        heading="线下环节",
        field=cells.text(100),
        synonyms=("线下办理的环节",),
        sample="",
    ),
    Column(
        name="suits",
        heading="起诉、申请撤销",
        field=partial(SuitsField, max_length=40, required=False),
        synonyms=("是否起诉", "起诉情况", "是否起诉/申请撤销", "诉讼情况"),
        width=26,
        sample="劳动者起诉；用人单位申请撤销",
    ),
    Column(name="remark", heading="备注", field=cells.text(500), synonyms=("说明",), width=24),
)
