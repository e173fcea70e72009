"""What the papers of mediation cases are filled with: their tags and values."""

from typing import Any

from arbitration.documents.results import items
from arbitration.models import MediationCase
from arbitration.models.choices import ReviewDenial, ReviewRefusal
from hrss_portal.casework.models import CasePaper, Clock
from hrss_portal.casework.paper_values import (
    CASE_TAGS,
    case_values,
    moment,
    party_tags,
    party_values,
    place_name,
)

MEDIATION_TAGS = {
    **CASE_TAGS,
    "intake_no": "登记号",
    "cause": "争议类型",
    "organisation": "调解组织",
    "mediator": "调解员",
    "process": "调解经过（内部记录，不印给当事人）",
    "agreed_terms[]": "协议内容，一项一行",
    "refuse_reason": "不受理理由",
    "received_at": "收到时间",
    "platform_no": "平台编号",
    "platform_due_at": "平台规定的到期时间",
    "consent": "对方是否同意调解",
    "performed": "履行情况",
    "review": "是否申请仲裁审查、司法确认",
    "remark": "备注",
    "agreed_on": "协议生效日期",
    "agreed_amount": "协议金额",
    "perform_by": "履行期限",
    "reviewer": "审查仲裁员",
    "review_due_on": "审查期限届满日",
    "review_ground": "不予受理、不予制作的情形",
    "commission": "仲裁委员会全称",
    **party_tags("applicants", "申请人"),
    **party_tags("respondents", "被申请人"),
}


def mediation_values(paper: CasePaper) -> dict[str, Any]:
    """The values of a paper of a mediation case."""
    case: MediationCase = paper.case.specific  # type: ignore[assignment]
    data = paper.event.data if paper.event else {}
    clock = Clock.objects.filter(case=case.pk, term="med.review").order_by("-pk").first()
    grounds = {**dict(ReviewRefusal.choices), **dict(ReviewDenial.choices)}
    return {
        **case_values(paper),
        **party_values(case, {"applicant": "applicants", "respondent": "respondents"}),
        "cause": case.get_cause_display(),
        "organisation": case.organisation.name,
        "mediator": case.handler.name if case.handler else "",
        "process": case.process,
        "agreed_terms": items(case.agreed_terms),
        "refuse_reason": case.refuse_reason,
        "received_at": moment(case.received),
        "platform_no": case.external_no,
        "platform_due_at": moment(case.platform_due_at) if case.platform_due_at else "",
        "consent": case.get_consent_display(),
        "performed": case.get_performed_display(),
        "review": case.get_review_display(),
        "remark": case.remark,
        "agreed_on": case.agreed_on,
        "agreed_amount": case.agreed_amount,
        "perform_by": case.perform_by,
        "reviewer": (data.get("reviewer") or {}).get("text", ""),
        "review_due_on": clock.due_on if clock else None,
        "review_ground": grounds.get(data.get("ground", ""), ""),
        "commission": f"{place_name(case.unit)}劳动人事争议仲裁委员会",
    }
