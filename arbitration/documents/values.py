"""What the papers of disputes are filled with: their tags and values."""

from typing import Any

from django.utils import timezone

from arbitration.documents.approvals import (
    APPROVAL_TAGS,
    approval_values,
    term_of_trial_ends,
)
from arbitration.documents.closing import CLOSING_TAGS, closing_values
from arbitration.documents.decisions import DECISION_TAGS, decision_values
from arbitration.documents.hearing import HEARING_TAGS, hearing_values
from arbitration.documents.intake import INTAKE_TAGS, intake_values
from arbitration.documents.results import result_items, was_decided
from arbitration.models import Claim, Dispute
from arbitration.models.choices import (
    WITHOUT_RESULT,
    CloseMode,
    FollowUp,
    SuspendCause,
)
from arbitration.workflows.groups import representatives
from arbitration.workflows.parts import part_suits
from arbitration.workflows.suits import result_words, went_words
from hrss_portal.casework.models import CasePaper, Clock, Delivery
from hrss_portal.casework.paper_values import (
    CASE_TAGS,
    case_values,
    lines,
    party_tags,
    party_values,
    place_name,
)
from hrss_portal.deadlines.lookup import rule_for

SIDES = {"applicant": "applicants", "respondent": "respondents", "third": "thirds"}
TAGS = {
    **CASE_TAGS,
    "cause": "案由",
    "procedure": "程序",
    "award_due_on": "审理期限届满日",
    "answer_days": "答辩期（工作日）",
    "answer_due_on": "答辩期届满日（最后一名被申请人）",
    "evidence_due_on": "举证期限届满日",
    "ext_susp": "延期、中止情况",
    "signer": "签发人",
    "served_on": "送达完成日期",
    "reasons[]": "查明的事实和裁决理由，一段一行",
    "defence[]": "被申请人答辩意见，一段一行",
    "is_deemed": "是否按撤回处理",
    "media": "公告媒介",
    "notice_to": "公告送达的受送达人",
    "notice_doc": "公告送达的文书",
    "summary": "案情摘要",
    "facts": "事实与理由",
    "handler_opinion": "承办人意见",
    "to_correct[]": "需补正事项，一项一行",
    "reject_reason": "不予受理（移送、撤销、终止）理由",
    "result[]": "裁决或调解主文，一段一行",
    "awarded": "支持金额（元）",
    "outcome": "结案方式",
    "finality": "是否终局",
    "follow_up": "是否起诉、申请撤销",
    "court_result": "法院结果",
    "handling": "办理方式",
    "remark": "备注",
    "keeping": "保存期限",
    "file_pages": "卷宗页数",
    "suspend_cause": "中止事由",
    "ext_days": "延长天数",
    "ext_reason": "延长理由",
    "clerk": "书记员",
    "commission": "仲裁委员会全称",
    "court": "仲裁院全称",
    "claims[].seq": "请求序号",
    "claims[].text": "请求内容",
    "claims[].amount": "请求金额",
    "claims[].awarded": "支持金额",
    "claims[].finality": "终局或非终局",
    "evidence[].name": "证据名称",
    "evidence[].source": "证据来源（没有填的为空）",
    "evidence[].by": "证据由哪一方提交",
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
    "deliveries[].deemed_on": "视为送达日期（没有人签收的）",
    "deliveries[].signed_by": "签收人",
    "deliveries[].mail_no": "邮单号",
    "deliveries[].refusal": "拒收、退回、张贴事由",
    "deliveries[].refusal_label": "是拒收、退回还是张贴事由",
    "deliveries[].returned_on": "退回日期",
    "deliveries[].witnesses": "见证人",
    "deliveries[].media": "公告媒介",
    "representatives": "申请人推举的代表人（没有的为空）",
    **INTAKE_TAGS,
    **APPROVAL_TAGS,
    **CLOSING_TAGS,
    **DECISION_TAGS,
    **HEARING_TAGS,
    **party_tags("applicants", "申请人"),
    **party_tags("respondents", "被申请人"),
    **party_tags("thirds", "第三人"),
}


def dispute_values(paper: CasePaper) -> dict[str, Any]:
    """The values of a paper of a dispute, as plain text, dates and amounts."""
    case: Dispute = paper.case.specific  # type: ignore[assignment]
    data = paper.event.data if paper.event else {}
    clock = Clock.objects.filter(case=case.pk, term="arb.award").order_by("-pk").first()
    answer = Clock.objects.filter(case=case.pk, term="arb.answer").order_by("-due_on").first()
    return {
        **case_values(paper),
        **party_values(case, SIDES),
        "cause": case.get_cause_display(),
        "procedure": case.get_procedure_display(),
        "award_due_on": term_of_trial_ends(paper, clock),
        "answer_days": _answer_days(paper, case, answer),
        "answer_due_on": answer.due_on if answer else None,
        "evidence_due_on": case.evidence_due_on,
        "ext_susp": _ext_susp(clock),
        "signer": case.signer.name if case.signer else "",
        "served_on": case.served_on,
        "reasons": lines(data.get("reasons") or case.summary),
        "defence": lines(data.get("defence") or ""),
        "is_deemed": case.outcome == CloseMode.DEEMED_WITHDRAWN,
        "media": data.get("media", ""),
        "notice_to": (data.get("party") or {}).get("text", ""),
        "notice_doc": data.get("doc_name", ""),
        "summary": case.summary,
        "facts": case.facts,
        "handler_opinion": case.handler_opinion,
        "to_correct": lines(case.to_correct),
        "reject_reason": case.reject_reason,
        "result": result_items(paper, case, data),
        "awarded": case.awarded,
        "finality": case.get_finality_display(),
        **_courts(case),
        "handling": case.get_handling_display() or "未知",
        "remark": case.remark,
        "keeping": "不少于十年" if was_decided(case) else "不少于五年",
        "file_pages": case.file_pages,
        "suspend_cause": dict(SuspendCause.choices).get(
            data.get("suspend_cause") or case.suspend_cause, ""
        ),
        "ext_days": data.get("days", ""),
        "ext_reason": data.get("reason", ""),
        **intake_values(case),
        **approval_values(paper, case),
        **closing_values(case),
        **decision_values(paper, case, data),
        **hearing_values(paper, case),
        **_office(case),
        **_rows(paper, case),
    }


def _answer_days(paper: CasePaper, case: Dispute, answer: Clock | None) -> int:
    """How many working days the rule of the day gives for the answer (调解仲裁法 Article 30)."""
    on = answer.started_on if answer else paper.called_on
    rule = rule_for("ARB-04", on or timezone.localdate(), case.unit.rules_region)
    return int(rule.length)


def _office(case: Dispute) -> dict[str, Any]:
    """Where and before whom: the people of the court, and who speaks for a group."""
    return {
        "representatives": representatives(case),
        "clerk": case.deputy.name if case.deputy else "",
        "commission": f"{place_name(case.unit)}劳动人事争议仲裁委员会",
        "court": case.unit.name,
    }


def _courts(case: Dispute) -> dict[str, str]:
    """Who went to a court over which award, part awards as well, and what the courts said."""
    went = filter(None, (_follow_up(case), *part_suits(case)))
    return {"follow_up": "；".join(went), "court_result": result_words(case)}


def _follow_up(case: Dispute) -> str:
    """Whether somebody sued; nothing where there is no result to sue over, unless it is known."""
    asked = case.outcome not in WITHOUT_RESULT or case.follow_up != FollowUp.UNKNOWN
    return went_words(case) or (case.get_follow_up_display() if asked else "")


def _claims(paper: CasePaper, case: Dispute) -> list[Claim]:
    """The claims of a paper; a part award holds only those that it decides."""
    rows = list(case.claims.all())
    if paper.kind == "arb.part_award" and paper.event:
        decided = {row["seq"] for row in paper.event.data.get("claims", ())}
        return [row for row in rows if row.seq in decided]
    return rows


def _ext_susp(clock: Clock | None) -> str:
    """Extension and pauses of the term of trial, in words."""
    if clock is None:
        return ""
    said = [f"延期{clock.extension}日"] if clock.extension else []
    said += [f"{start}至{end or '今'}不计入审限" for start, end in clock.pauses]
    return "；".join(said) or "无"


def _rows(paper: CasePaper, case: Dispute) -> dict[str, Any]:
    """The tables of a paper: claims, evidence, tribunal, agents, deliveries.

    A 送达回证 is made for one delivery; any other paper lists them all.
    """
    own = paper.deliveries.all() if paper.kind == "arb.delivery" else None
    deliveries = (own if own else case.deliveries.all()).exclude(state=Delivery.State.VOID)
    return {
        "claims": [
            {
                "seq": claim.seq,
                "text": claim.text,
                "amount": claim.amount,
                "awarded": claim.awarded,
                "finality": {True: "终局", False: "非终局", None: ""}[claim.is_final],
            }
            for claim in _claims(paper, case)
        ],
        "evidence": [
            {
                "name": row.name,
                "source": row.source,
                "pages": row.pages or "",
                "by": row.get_side_display(),
            }
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
                "side": agent.get_for_role_display(),
            }
            for agent in case.agents.all()
        ],
        "deliveries": [_delivery(row) for row in deliveries.order_by("sent_on", "pk")],
    }


def _delivery(row: Any) -> dict[str, Any]:
    """One line of a 送达回证; the day that counts as service stands apart from a signature."""
    return {
        "doc_name": row.doc_name,
        "recipient": row.recipient,
        "mode": row.get_mode_display(),
        "address": row.address,
        "sent_on": row.sent_on,
        "signed_on": row.signed_on,
        "deemed_on": None if row.signed_on else row.deemed_on,
        "signed_by": row.signed_by,
        "mail_no": row.mail_no,
        "refusal": row.refusal,
        "refusal_label": row.refusal_label,
        "returned_on": row.returned_on,
        "witnesses": row.witnesses,
        "media": row.media,
    }
