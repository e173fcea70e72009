"""X10 仲裁案件台账: a year's disputes with their outcome."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from django import forms
from django.db.models import QuerySet

from arbitration.imports import ledger
from arbitration.models import Dispute
from arbitration.models.choices import Cause, CloseMode, Finality, Procedure
from hrss_portal.areas import Column, Sheet
from hrss_portal.casework.bulk import CaseRow, PastMove
from hrss_portal.documents.numbers import parse_number
from hrss_portal.parties.fields import (
    ChoiceLabelField,
    DateField,
    MoneyField,
    TextCell,
    TownField,
    YesNoField,
)

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
FINAL_WORDS = {"是": "终局", "否": "非终局"}
ENDS = {
    CloseMode.FINAL_AWARD: "award",
    CloseMode.AWARD: "award",
    CloseMode.SPLIT_AWARD: "award",
    CloseMode.MEDIATED: "settle",
    CloseMode.WITHDRAWN: "withdraw",
    CloseMode.DEEMED_WITHDRAWN: "withdraw",
    CloseMode.REJECTED: "reject",
    CloseMode.REVOKED: "revoke",
    CloseMode.TERMINATED: "terminate",
    CloseMode.TRANSFERRED: "transfer",
}
FINALITY = {
    CloseMode.FINAL_AWARD: Finality.FINAL,
    CloseMode.AWARD: Finality.NOT_FINAL,
    CloseMode.SPLIT_AWARD: Finality.SPLIT,
}
BEFORE_ACCEPTANCE = {CloseMode.REJECTED, CloseMode.TRANSFERRED}
COMPARED = (
    "cause",
    "opened_on",
    "amount",
    "people",
    "is_migrant_wage",
    "arbitrators_as_recorded",
    "clerk_as_recorded",
    "remark",
    "town",
)


class CaseNumberField(TextCell):
    """A case number in any brackets; cleaned to 〔〕 without leading zeros."""

    def clean(self, value: Any) -> str:
        """The number as the portal writes it."""
        text = super().clean(value)
        if not text:
            return ""
        try:
            parsed = parse_number(text)
        except ValueError as error:
            raise forms.ValidationError(
                f"案号“{text}”看不懂，应写作 霍劳人仲案〔2023〕123号"
            ) from error
        return parsed.text


def commit(rows: Sequence[Any], *, context: Any) -> list[ledger.Answer]:
    """Land the rows: new disputes with their past moves, changed ones updated."""
    landing = ledger.Landing(context)
    numbers = [row.cleaned["number"] for row in rows if row.cleaned["number"]]
    stored = {case.number: case for case in _stored(context).filter(number__in=numbers)}
    for row in rows:
        case = stored.get(row.cleaned["number"]) or _same_without_number(row.cleaned, context)
        later = past_moves(row.cleaned)
        if case is None:
            landing.create(row, _case_row(row.cleaned, later, context))
            continue
        known = {event.move for event in case.events.all()}
        landing.update(
            row, case, _changes(case, row.cleaned), [m for m in later if m.code not in known]
        )
    return landing.finish()


def _stored(context: Any) -> QuerySet:
    return Dispute.objects.valid().prefetch_related("events", "parties")


def _same_without_number(cleaned: Mapping[str, Any], context: Any) -> Dispute | None:
    """A row without a number is the same case when day, applicants and respondents agree."""
    if cleaned["number"]:
        return None
    applicants, _ = ledger.split_names(cleaned["applicants"])
    respondents, _ = ledger.split_names(cleaned["respondents"])
    found = _stored(context).filter(opened_on=cleaned["received_on"], cause=cleaned["cause"])
    for case in found.filter(parties__name=applicants[0]).order_by("pk"):
        names = [
            [party.name for party in case.parties.all() if party.role == role]
            for role in ("applicant", "respondent")
        ]
        if names == [applicants, respondents]:
            return case
    return None


def _values(cleaned: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "cause": cleaned["cause"],
        "opened_on": cleaned["received_on"],
        "amount": cleaned["amount"],
        "people": ledger.split_names(cleaned["applicants"])[1],
        "is_migrant_wage": bool(cleaned["is_migrant"]),
        "arbitrators_as_recorded": cleaned["arbitrators"],
        "clerk_as_recorded": cleaned["clerk"],
        "remark": cleaned["remark"],
        "town": cleaned.get("town"),
    }


def _changes(case: Dispute, cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """What the ledger says differently; an empty cell changes nothing."""
    values = _values(cleaned)
    return {
        name: values[name]
        for name in COMPARED
        if values[name] not in (None, "") and getattr(case, name) != values[name]
    }


def _case_row(cleaned: Mapping[str, Any], later: list[PastMove], context: Any) -> CaseRow:
    case = Dispute(
        unit=context.unit,
        number=cleaned["number"] or None,
        apply_mode="written",
        procedure="",
        **_values(cleaned),
    )
    return CaseRow(case=case, parties=ledger.parties_of(cleaned), moves=later)


def past_moves(cleaned: Mapping[str, Any]) -> list[PastMove]:
    """The moves that a row tells, in order; nothing between them is made up."""
    found = []
    mode = cleaned["close_mode"]
    if cleaned["filed_on"] and mode not in BEFORE_ACCEPTANCE:
        found.append(
            PastMove(code="accept", on=cleaned["filed_on"], data={"procedure": _procedure(cleaned)})
        )
        if cleaned["hearing_on"]:
            found.append(PastMove(code="hear", on=cleaned["hearing_on"]))
    if mode and cleaned["closed_on"]:
        data = {"outcome": mode, "awarded": cleaned["awarded"], "finality": FINALITY.get(mode, "")}
        found.append(PastMove(code=ENDS[mode], on=cleaned["closed_on"], data=data))
        found.append(PastMove(code="close", on=cleaned["closed_on"]))
    return found


def _procedure(cleaned: Mapping[str, Any]) -> str:
    """A ledger has no column for it: ten people make a collective dispute, else the ordinary."""
    _, people = ledger.split_names(cleaned["applicants"])
    return Procedure.COLLECTIVE if people >= 10 else Procedure.ORDINARY


def check(cleaned: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """Dates in order; a closed case says when and how; an award says whether it is final."""
    received, filed = cleaned.get("received_on"), cleaned.get("filed_on")
    heard, closed = cleaned.get("hearing_on"), cleaned.get("closed_on")
    mode = cleaned.get("close_mode")
    if received and filed and filed < received:
        yield "filed_on", "立案日期早于收案日期"
    if heard and (filed or received) and heard < (filed or received):
        yield "hearing_on", "开庭日期早于立案日期"
    if closed and max(day for day in (received, filed, heard, closed) if day) > closed:
        yield "closed_on", "结案日期早于前面的日期"
    if closed and not mode:
        yield "close_mode", "有结案日期，没有结案方式"
    if mode and not closed:
        yield "closed_on", "有结案方式，没有结案日期"
    if mode and mode not in BEFORE_ACCEPTANCE and not filed:
        yield "filed_on", "已结案的案件要有立案日期"


class CloseModeField(ChoiceLabelField):
    """结案方式; a plain 裁决 is read together with 是否终局 by ``tidy``."""

    def code_of(self, word: str) -> str:
        """The code; ``AWARD`` for an award that does not say whether it is final."""
        return AWARD if word in {"裁决", "裁决书", "仲裁裁决"} else super().code_of(word)


def tidy(cleaned: dict[str, Any]) -> Iterable[tuple[str, str]]:
    """Settle an award by the column 是否终局, then check the row."""
    if cleaned.get("close_mode") == AWARD:
        final = cleaned.get("finality")
        modes = {value: key for key, value in FINALITY.items()}
        if final:
            cleaned["close_mode"] = modes[final]
        else:
            cleaned["close_mode"] = None
            yield "finality", "裁决结案的要填是否终局：终局、非终局或分别制作"
            return
    yield from check(cleaned)


def export(filters: Mapping[str, list[str]]) -> QuerySet:
    """The disputes of a filter that the user may see."""
    return ledger.export_queryset(Dispute.objects.select_related("unit"), filters)


def row_of(case: Dispute) -> Mapping[str, Any]:
    """The cells of one dispute."""
    seats = [seat.member.name for seat in case.tribunal.select_related("member")]
    return {
        "number": case.number or "",
        "applicants": ledger.party_text(case, "applicant"),
        "respondents": ledger.party_text(case, "respondent"),
        "cause": case.get_cause_display(),
        "received_on": case.opened_on,
        "filed_on": case.accepted_on,
        "hearing_on": ledger.day_of(case, "hear"),
        "closed_on": case.closed_on,
        "close_mode": dict(CloseMode.choices).get(case.outcome, ""),
        "amount": case.amount,
        "awarded": case.awarded,
        "arbitrators": case.arbitrators_as_recorded or "、".join(seats),
        "clerk": case.clerk_as_recorded or (case.deputy.name if case.deputy else ""),
        "finality": case.get_finality_display(),
        "is_migrant": "是" if case.is_migrant_wage else "否",
        "town": case.town.name if case.town else "",
        "remark": case.remark,
    }


def _text(length: int, **options: Any) -> partial:
    return partial(TextCell, max_length=length, **{"required": False, **options})


X10 = Sheet(
    code="X10",
    title="仲裁案件台账",
    policy="arbitration.sheet.X10",
    commit="arbitration.imports.disputes.commit",
    check="arbitration.imports.disputes.tidy",
    export="arbitration.imports.disputes.export",
    row_of="arbitration.imports.disputes.row_of",
    undo="arbitration.imports.ledger.undo",
    notes=(
        "案号写作 霍劳人仲案〔2023〕123号，各种括号都认得。",
        "已办结的案件带着过去的日期进来，不发文书、不提醒。",
        "同一案号再次导入：没有变化的不动，变化的更新；已在系统里办理的案件不能用表格改。",
    ),
    columns=(
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
            field=_text(500, required=True),
            synonyms=("申请人姓名", "申请方"),
            width=20,
            sample="张示例、李示例",
        ),
        Column(
            name="respondents",
            heading="被申请人",
            field=_text(500, required=True),
            synonyms=("被申请人名称", "被申请单位", "被诉单位"),
            width=30,
            sample="霍邱示例有限公司",
        ),
        Column(
            name="cause",
            heading="案由",
            field=partial(ChoiceLabelField, Cause.choices, synonyms=CAUSE_WORDS),
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
            field=_text(100),
            synonyms=("独任仲裁员", "首席仲裁员", "承办仲裁员", "承办人"),
            sample="王示例",
        ),
        Column(name="clerk", heading="书记员", field=_text(50), sample="赵示例"),
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
        Column(name="remark", heading="备注", field=_text(500), synonyms=("说明",), width=24),
    ),
)
