"""X16 调解案件台账: mediation of every channel."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from arbitration.imports import ledger
from arbitration.imports.columns import CAUSE_WORDS
from arbitration.models import MediationCase, MediationOrganisation
from arbitration.models.choices import MediationResult, MediationSource
from hrss_portal.areas import Column, Sheet
from hrss_portal.casework.bulk import CaseRow, PastMove
from hrss_portal.parties.dictionaries import words_of
from hrss_portal.parties.fields import (
    ChoiceLabelField,
    CountField,
    DateField,
    MoneyField,
    TextCell,
    TownField,
)

ENDS = {
    MediationResult.AGREED: "agree",
    MediationResult.FAILED: "fail",
    MediationResult.ENDED: "fail",
    MediationResult.TO_ARBITRATION: "fail",
    MediationResult.TO_INSPECTION: "fail",
    MediationResult.WITHDRAWN: "withdraw",
    MediationResult.REFUSED: "refuse",
}
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
COMPARED = ("cause", "opened_on", "people", "amount", "town", "remark", "process")


def commit(rows: Sequence[Any], *, context: Any) -> list[ledger.Answer]:
    """Land the rows: new cases with their past moves, changed ones updated."""
    landing = ledger.Landing(context)
    bodies = {body.name: body for body in MediationOrganisation.objects.filter(voided_at=None)}
    for row in rows:
        body = bodies.get(row.cleaned["organisation"])
        if body is None:
            landing.refuse(
                row,
                "organisation",
                [f"没有登记过调解组织“{row.cleaned['organisation']}”，先在调解组织里登记"],
            )
            continue
        case = _same(row.cleaned)
        later = past_moves(row.cleaned)
        if case is None:
            landing.create(row, _case_row(row.cleaned, body, later, context))
            continue
        known = {event.move for event in case.events.all()}
        landing.update(
            row, case, _changes(case, row.cleaned), [m for m in later if m.code not in known]
        )
    return landing.finish()


def _same(cleaned: Mapping[str, Any]) -> MediationCase | None:
    """By the platform's number; else by day, source, applicants and respondents."""
    found = MediationCase.objects.valid().prefetch_related("events", "parties").order_by("pk")
    if cleaned["platform_no"]:
        return found.filter(external_no=cleaned["platform_no"]).first()
    applicants, _ = ledger.split_names(cleaned["applicants"])
    respondents, _ = ledger.split_names(cleaned["respondents"])
    same_day = found.filter(opened_on=cleaned["received_on"], channel=cleaned["source"])
    for case in same_day.filter(parties__name=applicants[0]):
        names = [
            [party.name for party in case.parties.all() if party.role == role]
            for role in ("applicant", "respondent")
        ]
        if names == [applicants, respondents]:
            return case
    return None


def _values(cleaned: Mapping[str, Any]) -> dict[str, Any]:
    people = ledger.split_names(cleaned["applicants"])[1]
    return {
        "cause": cleaned["cause"],
        "opened_on": cleaned["received_on"],
        "people": max(cleaned["people"] or 0, people),
        "amount": cleaned["amount"],
        "town": cleaned["town"],
        "process": cleaned["process"],
        "remark": cleaned["remark"],
    }


def _changes(case: MediationCase, cleaned: Mapping[str, Any]) -> dict[str, Any]:
    values = _values(cleaned)
    return {
        name: values[name]
        for name in COMPARED
        if values[name] not in (None, "") and getattr(case, name) != values[name]
    }


def _case_row(
    cleaned: Mapping[str, Any],
    body: MediationOrganisation,
    later: list[PastMove],
    context: Any,
) -> CaseRow:
    received = timezone.datetime.combine(cleaned["received_on"], timezone.datetime.min.time())
    case = MediationCase(
        unit=context.unit,
        channel=cleaned["source"],
        organisation=body,
        external_no=cleaned["platform_no"],
        external_system="互联网+调解" if cleaned["platform_no"] else "",
        received_at=timezone.make_aware(received.replace(hour=9)),
        **_values(cleaned),
    )
    return CaseRow(case=case, parties=ledger.parties_of(cleaned), moves=later)


def past_moves(cleaned: Mapping[str, Any]) -> list[PastMove]:
    """The moves that a row tells, in order."""
    found = []
    result, closed = cleaned["result"], cleaned["closed_on"]
    if cleaned["accepted_on"] and result != MediationResult.REFUSED:
        found.append(PastMove(code="accept", on=cleaned["accepted_on"], data={"consent": "yes"}))
    if result and closed:
        data: dict[str, Any] = {"outcome": result}
        if result == MediationResult.AGREED:
            data |= {
                "agreed_amount": cleaned["agreed_amount"],
                "agreed_on": closed,
                "perform_by": cleaned["perform_by"],
            }
        found.append(PastMove(code=ENDS[result], on=closed, data=data))
    return found


def check(cleaned: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """Dates in order; a result has its day; a platform case has its number."""
    received, accepted = cleaned.get("received_on"), cleaned.get("accepted_on")
    closed, result = cleaned.get("closed_on"), cleaned.get("result")
    if received and accepted and accepted < received:
        yield "accepted_on", "受理日期早于收到日期"
    if closed and (accepted or received) and closed < (accepted or received):
        yield "closed_on", "结束日期早于受理日期"
    if result and not closed:
        yield "closed_on", "有结果，没有结束日期"
    if closed and not result:
        yield "result", "有结束日期，没有结果"
    needs_acceptance = {
        MediationResult.AGREED,
        MediationResult.FAILED,
        MediationResult.ENDED,
        MediationResult.TO_ARBITRATION,
        MediationResult.TO_INSPECTION,
    }
    if result in needs_acceptance and not accepted:
        yield "accepted_on", "已有调解结果的要填受理日期"
    if cleaned.get("source") == MediationSource.PLATFORM and not cleaned.get("platform_no"):
        yield "platform_no", "来源是平台的，填写平台编号"


def export(filters: Mapping[str, list[str]]) -> QuerySet:
    """The mediation cases of a filter that the user may see."""
    return ledger.export_queryset(MediationCase.objects.select_related("organisation"), filters)


def row_of(case: MediationCase) -> Mapping[str, Any]:
    """The cells of one mediation case."""
    return {
        "platform_no": case.external_no,
        "source": dict(MediationSource.choices).get(case.channel, ""),
        "applicants": ledger.party_text(case, "applicant"),
        "respondents": ledger.party_text(case, "respondent"),
        "cause": case.get_cause_display(),
        "people": case.people,
        "amount": case.amount,
        "town": case.town.name if case.town else "",
        "organisation": case.organisation.name,
        "received_on": case.opened_on,
        "accepted_on": case.accepted_on,
        "closed_on": case.closed_on,
        "result": dict(MediationResult.choices).get(case.outcome, ""),
        "agreed_amount": case.agreed_amount,
        "perform_by": case.perform_by,
        "process": case.process,
        "remark": case.remark,
    }


def _text(length: int, **options: Any) -> partial:
    return partial(TextCell, max_length=length, **{"required": False, **options})


X16 = Sheet(
    code="X16",
    title="调解案件台账",
    policy="arbitration.sheet.X16",
    commit="arbitration.imports.mediations.commit",
    check="arbitration.imports.mediations.check",
    export="arbitration.imports.mediations.export",
    row_of="arbitration.imports.mediations.row_of",
    undo="arbitration.imports.ledger.undo",
    columns=(
        Column(
            name="platform_no",
            heading="平台编号",
            field=_text(40),
            synonyms=("平台案件编号",),
            key=True,
            width=22,
            sample="",
        ),
        Column(
            name="source",
            heading="来源",
            field=partial(ChoiceLabelField, MediationSource.choices, synonyms=SOURCE_WORDS),
            synonyms=("案件来源", "渠道"),
            sample="来访",
        ),
        Column(
            name="applicants",
            heading="申请人",
            field=_text(500, required=True),
            synonyms=("申请人姓名",),
            width=20,
            sample="张示例",
        ),
        Column(
            name="respondents",
            heading="被申请人",
            field=_text(500, required=True),
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
            field=_text(120, required=True),
            fill_down=True,
            width=26,
            sample="县劳动人事争议调解中心",
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
        Column(name="process", heading="调解经过", field=_text(2000), width=30),
        Column(name="remark", heading="备注", field=_text(500), synonyms=("说明",), width=24),
    ),
)
