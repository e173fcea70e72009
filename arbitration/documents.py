"""Number series and papers of disputes and mediation cases.

Every paper of a case is filled from one set of values (``dispute_values``), so a bureau that
replaces a template finds the same tags in each.  Layout sources stand in ``papers/``.
"""

from typing import Any

from django.utils import timezone

from arbitration.models import Dispute, Hearing, MediationCase
from arbitration.models.choices import CloseMode, SuspendCause
from hrss_portal.casework.models import CasePaper, CaseParty, Clock
from hrss_portal.documents.kinds import NumberSeries, PaperKind

PARTY_TAGS = {
    "name": "姓名或名称",
    "sex": "性别",
    "birth": "出生日期",
    "id_number": "证件号码或信用代码",
    "address": "住址、住所",
    "phone": "电话",
    "legal_rep": "法定代表人（负责人）及职务",
}
TAGS = {
    "case_no": "案号",
    "intake_no": "收件号",
    "cause": "案由",
    "procedure": "程序",
    "received_on": "收到申请日期",
    "accepted_on": "受理日期",
    "award_due_on": "审理期限届满日",
    "answer_days": "答辩期（工作日）",
    "summary": "案情摘要",
    "facts": "事实与理由",
    "handler_opinion": "承办人意见",
    "to_correct[]": "需补正事项，一项一行",
    "reject_reason": "不予受理（移送、撤销、终止）理由",
    "result[]": "裁决或调解主文，一段一行",
    "awarded": "支持金额（元）",
    "outcome": "结案方式",
    "closed_on": "结案日期",
    "keep_until": "保存至",
    "file_pages": "卷宗页数",
    "suspend_cause": "中止事由",
    "note": "本步骤的说明",
    "event_on": "本步骤的日期",
    "ext_days": "延长天数",
    "ext_reason": "延长理由",
    "hearing_at": "开庭时间",
    "hearing_room": "开庭地点",
    "is_public": "是否公开审理",
    "clerk": "书记员",
    "handler": "承办人",
    "commission": "仲裁委员会全称",
    "court": "仲裁院全称",
    "claims[].seq": "请求序号",
    "claims[].text": "请求内容",
    "claims[].amount": "请求金额",
    "claims[].awarded": "支持金额",
    "claims[].finality": "终局或非终局",
    "evidence[].name": "证据名称",
    "evidence[].source": "证据来源",
    "evidence[].pages": "证据页数",
    "tribunal[].role": "仲裁庭身份",
    "tribunal[].name": "仲裁员姓名",
    "agents[].name": "代理人姓名",
    "agents[].kind": "代理人身份",
    "agents[].power": "代理权限",
    "agents[].side": "代理哪一方",
    "deliveries[].doc_name": "送达文书",
    "deliveries[].recipient": "受送达人",
    "deliveries[].mode": "送达方式",
    "deliveries[].address": "送达地址",
    "deliveries[].sent_on": "送出日期",
    "deliveries[].signed_on": "签收日期",
    "deliveries[].signed_by": "签收人",
    **{f"applicants[].{key}": f"申请人{label}" for key, label in PARTY_TAGS.items()},
    **{f"respondents[].{key}": f"被申请人{label}" for key, label in PARTY_TAGS.items()},
    **{f"thirds[].{key}": f"第三人{label}" for key, label in PARTY_TAGS.items()},
}
MEDIATION_TAGS = {
    "intake_no": "登记号",
    "cause": "争议类型",
    "channel": "来源",
    "received_on": "收到日期",
    "accepted_on": "受理日期",
    "organisation": "调解组织",
    "mediator": "调解员",
    "process": "调解经过",
    "refuse_reason": "不受理理由",
    "outcome": "结果",
    "agreed_on": "协议生效日期",
    "agreed_amount": "协议金额",
    "perform_by": "履行期限",
    "people": "涉及人数",
    "amount": "涉及金额",
    "event_on": "本步骤的日期",
    "note": "本步骤的说明",
    **{f"applicants[].{key}": f"申请人{label}" for key, label in PARTY_TAGS.items()},
    **{f"respondents[].{key}": f"被申请人{label}" for key, label in PARTY_TAGS.items()},
}


def dispute_values(paper: CasePaper) -> dict[str, Any]:
    """The values of a paper of a dispute, as plain text, dates and amounts."""
    case: Dispute = paper.case.specific  # type: ignore[assignment]
    data = paper.event.data if paper.event else {}
    hearing = case.hearings.filter(state=Hearing.State.PLANNED).order_by("-period").first()
    clock = Clock.objects.filter(case=case.pk, term="arb.award").order_by("-pk").first()
    root = case.unit.root
    return {
        **_parties(case),
        "case_no": case.number or "",
        "intake_no": case.intake_no,
        "cause": case.get_cause_display(),
        "procedure": case.get_procedure_display(),
        "received_on": case.opened_on,
        "accepted_on": case.accepted_on,
        "award_due_on": clock.due_on if clock else None,
        "answer_days": 10,
        "summary": case.summary,
        "facts": case.facts,
        "handler_opinion": case.handler_opinion,
        "to_correct": _lines(case.to_correct),
        "reject_reason": case.reject_reason,
        "result": _lines(case.result),
        "awarded": case.awarded,
        "outcome": dict(CloseMode.choices).get(case.outcome, ""),
        "closed_on": case.closed_on,
        "keep_until": case.keep_until,
        "file_pages": case.file_pages,
        "suspend_cause": dict(SuspendCause.choices).get(case.suspend_cause, ""),
        "note": paper.event.note if paper.event else "",
        "event_on": paper.called_on,
        "ext_days": data.get("days", ""),
        "ext_reason": data.get("reason", ""),
        "hearing_at": _moment(hearing),
        "hearing_room": hearing.room.name if hearing else "",
        "is_public": "公开" if hearing is None or hearing.is_public else "不公开",
        "clerk": case.deputy.name if case.deputy else "",
        "handler": case.handler.name if case.handler else "",
        "commission": f"{_place(root.name)}劳动人事争议仲裁委员会",
        "court": case.unit.name,
        **_rows(case),
    }


def _rows(case: Dispute) -> dict[str, Any]:
    """The tables of a paper: claims, evidence, tribunal, agents, deliveries."""
    return {
        "claims": [
            {
                "seq": claim.seq,
                "text": claim.text,
                "amount": claim.amount,
                "awarded": claim.awarded,
                "finality": {True: "终局", False: "非终局", None: ""}[claim.is_final],
            }
            for claim in case.claims.all()
        ],
        "evidence": [
            {"name": row.name, "source": row.source, "pages": row.pages or ""}
            for row in case.evidence.all()
        ],
        "tribunal": [
            {"role": seat.get_role_display(), "name": seat.member.name}
            for seat in case.tribunal.filter(left_on__isnull=True).select_related("member")
        ],
        "agents": [
            {
                "name": agent.name,
                "kind": agent.kind,
                "power": agent.get_power_display(),
                "side": "申请人" if agent.for_role == "applicant" else "被申请人",
            }
            for agent in case.agents.all()
        ],
        "deliveries": [
            {
                "doc_name": row.doc_name,
                "recipient": row.recipient,
                "mode": row.get_mode_display(),
                "address": row.address,
                "sent_on": row.sent_on,
                "signed_on": row.signed_on or row.deemed_on,
                "signed_by": row.signed_by,
            }
            for row in case.deliveries.order_by("sent_on", "pk")
        ],
    }


def mediation_values(paper: CasePaper) -> dict[str, Any]:
    """The values of a paper of a mediation case."""
    case: MediationCase = paper.case.specific  # type: ignore[assignment]
    parties = _parties(case)
    parties.pop("thirds")
    return {
        **parties,
        "intake_no": case.intake_no,
        "cause": case.get_cause_display(),
        "channel": dict(MediationCase.Source.choices).get(case.channel, ""),
        "received_on": case.opened_on,
        "accepted_on": case.accepted_on,
        "organisation": case.organisation.name,
        "mediator": case.handler.name if case.handler else "",
        "process": case.process,
        "refuse_reason": case.refuse_reason,
        "outcome": dict(MediationCase.Result.choices).get(case.outcome, ""),
        "agreed_on": case.agreed_on,
        "agreed_amount": case.agreed_amount,
        "perform_by": case.perform_by,
        "people": case.people,
        "amount": case.amount,
        "event_on": paper.called_on,
        "note": paper.event.note if paper.event else "",
    }


def _parties(case: Any) -> dict[str, list[dict[str, Any]]]:
    rows: dict[str, list[dict[str, Any]]] = {"applicants": [], "respondents": [], "thirds": []}
    names = {"applicant": "applicants", "respondent": "respondents", "third": "thirds"}
    parties = CaseParty.objects.filter(case=case.pk, left_on__isnull=True)
    for party in parties.select_related("person", "employer").order_by("role", "seq"):
        rows[names[party.role]].append(_party(party))
    return rows


def _party(party: CaseParty) -> dict[str, Any]:
    person, employer = party.person, party.employer
    return {
        "name": party.name,
        "sex": person.get_sex_display() if person else "",
        "birth": person.birth if person else None,
        "id_number": person.id_number if person else (employer.uscc or "" if employer else ""),
        "address": party.address,
        "phone": party.phone,
        "legal_rep": party.legal_rep,
    }


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _moment(hearing: Hearing | None) -> str:
    if hearing is None:
        return ""
    at = timezone.localtime(hearing.starts_at)
    return f"{at.year}年{at.month}月{at.day}日{at.hour}时{at.minute:02d}分"


def _place(name: str) -> str:
    """The county's name at the head of the bureau's: 霍邱县 of 霍邱县人力资源和社会保障局."""
    for mark in ("人力资源", "人社"):
        if mark in name:
            return name.split(mark, maxsplit=1)[0]
    return name


def _dispute_paper(code: str, label: str, series: str = "") -> PaperKind:
    return PaperKind(
        code=code,
        label=label,
        template=f"arbitration/papers/{code.removeprefix('arb.')}.txt",
        context="arbitration.documents.dispute_values",
        tags=TAGS,
        series=series,
        policy="arbitration.dispute.paper",
        title=label,
    )


def _mediation_paper(code: str, label: str) -> PaperKind:
    return PaperKind(
        code=code,
        label=label,
        template=f"arbitration/papers/{code.replace('med.', 'mediation_')}.txt",
        context="arbitration.documents.mediation_values",
        tags=MEDIATION_TAGS,
        policy="arbitration.mediationcase.paper",
        title=label,
    )


documents = [
    NumberSeries(code="arb.intake", label="仲裁收件号", prefix="{place}劳人仲收"),
    NumberSeries(code="arb.case", label="仲裁案号", prefix="{place}劳人仲案"),
    NumberSeries(code="arb.award", label="裁决书文号", prefix="{place}劳人仲裁字"),
    NumberSeries(code="arb.mediated", label="调解书文号", prefix="{place}劳人仲调字"),
    NumberSeries(code="arb.refused", label="不予受理文号", prefix="{place}劳人仲不字"),
    NumberSeries(code="arb.withdrawn", label="撤回决定文号", prefix="{place}劳人仲撤字"),
    NumberSeries(code="med.intake", label="调解登记号", prefix="{place}劳人调"),
    _dispute_paper("arb.receipt", "收件回执"),
    _dispute_paper("arb.correction", "补正告知书"),
    _dispute_paper("arb.mediation_advice", "调解建议书"),
    _dispute_paper("arb.jurisdiction", "管辖告知书"),
    _dispute_paper("arb.approval", "立案（组庭）审批表"),
    _dispute_paper("arb.acceptance", "受理通知书"),
    _dispute_paper("arb.rejection", "不予受理通知书", series="arb.refused"),
    _dispute_paper("arb.response", "应诉通知书"),
    _dispute_paper("arb.evidence", "举证通知书"),
    _dispute_paper("arb.tribunal", "组庭通知书"),
    _dispute_paper("arb.hearing", "开庭通知书"),
    _dispute_paper("arb.extension", "延期审理通知书"),
    _dispute_paper("arb.suspension", "中止审理通知书"),
    _dispute_paper("arb.resumption", "恢复审理通知书"),
    _dispute_paper("arb.settlement", "仲裁调解书", series="arb.mediated"),
    _dispute_paper("arb.award_final", "仲裁裁决书（终局）", series="arb.award"),
    _dispute_paper("arb.award", "仲裁裁决书（非终局）", series="arb.award"),
    _dispute_paper("arb.withdrawal", "准许撤回决定书", series="arb.withdrawn"),
    _dispute_paper("arb.revocation", "撤销案件决定书"),
    _dispute_paper("arb.termination", "终止审理决定书"),
    _dispute_paper("arb.closing", "结案审批表"),
    _dispute_paper("arb.delivery", "送达回证"),
    _dispute_paper("arb.cover", "案卷封面"),
    _dispute_paper("arb.prehearing", "庭前程序日期表"),
    _mediation_paper("med.acceptance", "调解受理登记表"),
    _mediation_paper("med.refusal", "不予受理告知书（调解）"),
    _mediation_paper("med.agreement", "调解协议书"),
    _mediation_paper("med.ended", "终止调解告知书"),
    _mediation_paper("med.review", "仲裁审查申请书"),
]
