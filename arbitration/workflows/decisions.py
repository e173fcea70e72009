"""Decisions beside the award, which leave the case where it is: it and its clock go on.

Part award (先行裁决), enforcement ahead of the award (先予执行), correction (补正), the notice that
a term ran out (逾期告知).
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from arbitration.models import Dispute
from arbitration.workflows import conditions, offers, parts
from arbitration.workflows.posts import BEFORE_ACCEPTANCE, HANDLER, HEAD, JUDGE, TRIAL
from arbitration.workflows.safeguards import over_on, trial_over_on
from hrss_portal.casework import papers
from hrss_portal.casework.models import Event
from hrss_portal.casework.workflow import Move

ACCEPTANCE_TERMS = ("arb.accept", "arb.accept_collective")


def acceptance_over_on(case: Any, on: date) -> date | None:
    """The last day for the decision on acceptance when it passed before ``on``; else None."""
    clock = case.clocks.filter(term__in=ACCEPTANCE_TERMS, state="running").first()
    return over_on(clock, on) if clock else None


def is_overdue(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """The notice says that a term ran out, so it has on its day (调解仲裁法 Articles 29, 43)."""
    on = data["on"]
    if case.accepted_on is None and acceptance_over_on(case, on) is None:
        yield "受理期限没有届满，不能出具逾期告知书"
    if case.accepted_on is not None and trial_over_on(case, on) is None:
        yield "审理期限没有届满，不能出具逾期告知书"


def call_overdue_paper(case: Dispute, data: Mapping[str, Any], event: Event) -> None:
    """Before acceptance the notice is about acceptance, after it about the award."""
    kind = "arb.overdue_award" if case.accepted_on else "arb.overdue_acceptance"
    papers.call(case, event, (kind,))


def decide_part(case: Dispute, data: Mapping[str, Any], event: Event) -> None:
    """The claims that this part award decides; the others wait for the award."""
    for row in data.get("claims", ()):
        case.claims.filter(seq=row["seq"]).update(
            awarded=row["awarded"],
            is_final=row["is_final"],
            kind=row.get("kind", ""),
            final_reason=row.get("final_reason", ""),
            part_awarded_on=event.on,
        )


def correct_amount(case: Dispute, data: Mapping[str, Any], event: Event) -> None:
    """What an item really grants, where the counting was wrong; the sum changes by as much.

    Only the amount is written: the form read its claim before the case was locked.  A case that
    is still tried has no sum yet, and in that of a settlement the claims are not all there is.
    """
    if data.get("claim") is None:
        return
    claims = case.claims.filter(pk=data["claim"].pk)
    was = claims.get().awarded or 0
    claims.update(awarded=data["corrected"])
    if case.awarded is not None:
        case.awarded += data["corrected"] - was
        case.save()


DECISION_MOVES = (
    Move(
        code="part_award",
        label="先行裁决",
        source=frozenset({"hearing", "deliberating"}),
        by=HEAD,
        form="arbitration.forms.PartAwardForm",
        live_only=conditions.MAY_DECIDE,
        effect=decide_part,
        redated=parts.redate_part,
        papers=("arb.part_award",),
        approval=True,
        outward=True,
        main=False,
        hint="一部分事实已经清楚的，就该部分先行裁决；其余请求继续审理，审限不变",
        basis="《劳动争议调解仲裁法》第四十三条；《劳动人事争议仲裁办案规则》第四十九条",
    ),
    Move(
        code="enforce_ahead",
        label="先予执行裁决",
        source=TRIAL,
        by=HEAD,
        form="arbitration.forms.AheadForm",
        live_only=conditions.MAY_DECIDE,
        papers=("arb.enforce_ahead", "arb.enforcement_letter"),
        approval=True,
        outward=True,
        main=False,
        hint="追索劳动报酬、工伤医疗费、经济补偿或者赔偿金，根据当事人的申请；移送人民法院执行，"
        "劳动者可以不提供担保",
        basis="《劳动争议调解仲裁法》第四十四条；《劳动人事争议仲裁办案规则》第五十一条",
    ),
    Move(
        code="rectify",
        label="裁决书、决定书补正",
        source=TRIAL
        | {"suspended", "awarded", "mediated", "withdrawn", "revoked", "terminated", "closed"},
        by=JUDGE,
        form="arbitration.forms.RectificationForm",
        live_only=(conditions.something_to_correct,),
        offered=offers.may_be_corrected,
        effect=correct_amount,
        papers=("arb.rectification",),
        outward=True,
        main=False,
        hint="一次补正一份；裁决书的文字、计算错误或者已经裁决但遗漏的事项，撤回、撤销、终止决定书的"
        "文字错误，不重新审理，案件状态不变，补正决定书送达当事人",
        basis="《劳动人事争议仲裁办案规则》第五十四条",
    ),
    Move(
        code="tell_overdue",
        label="出具逾期告知书",
        source=BEFORE_ACCEPTANCE - {"correcting"} | TRIAL,
        by=HANDLER,
        form="arbitration.forms.OverdueForm",
        live_only=(is_overdue,),
        offered=offers.term_is_over,
        effect=call_overdue_paper,
        main=False,
        hint="逾期未作出受理决定、未作出裁决的，当事人可以向人民法院起诉；没有起诉的继续办理",
        basis="《劳动争议调解仲裁法》第二十九条、第四十三条；《劳动人事争议仲裁办案规则》第四十八条",
    ),
)
