"""The clocks of disputes and mediation cases: which rule, from which move, met by which.

Lengths, articles and counting stand in the dated rules (docs: 期限规则); here a rule code is bound
to moves.  Terms whose rule is a policy or a local default are marked ``target``: they are shown
beside the statutory clock and never make a case overdue.
"""

from typing import Any

from arbitration.models.choices import Finality, MediationSource
from hrss_portal.deadlines.terms import Term

DISPUTE = "arbitration.dispute"
MEDIATION = "arbitration.mediationcase"
OVER = frozenset(
    {"award", "settle", "withdraw", "revoke", "terminate", "transfer", "reject", "withdraw_early"}
)
RESTARTS = frozenset({"add_party", "change_claims", "accept_counterclaim"})


def is_single(case: Any, event: Any) -> bool:
    """Fewer than ten workers."""
    return not case.is_collective


def is_collective(case: Any, event: Any) -> bool:
    """Ten or more workers with one claim."""
    return bool(case.is_collective)


def is_fast(case: Any, event: Any) -> bool:
    """On the fast track for migrant workers' pay."""
    return bool(case.is_fast)


def served_on_respondent(case: Any, event: Any) -> bool:
    """The copy of the application reached a respondent."""
    return event.data.get("served_role") == "respondent" and bool(event.data.get("served_on"))


def served_award(case: Any, event: Any) -> bool:
    """The award reached a party; the delivery form says so."""
    return event.data.get("served_paper") == "award" and bool(event.data.get("served_on"))


def served_split_or_plain(case: Any, event: Any) -> bool:
    """An award that is not final reached a party."""
    return served_award(case, event) and case.finality != Finality.FINAL


def served_final_on_worker(case: Any, event: Any) -> bool:
    """A final award reached the worker's side."""
    return (
        served_award(case, event)
        and case.finality in {Finality.FINAL, Finality.SPLIT}
        and event.data.get("served_role") == "applicant"
    )


def served_final_on_employer(case: Any, event: Any) -> bool:
    """A final award reached the employer's side."""
    return (
        served_award(case, event)
        and case.finality in {Finality.FINAL, Finality.SPLIT}
        and event.data.get("served_role") == "respondent"
    )


def is_awarded(case: Any, event: Any) -> bool:
    """Closed by an award."""
    return str(case.outcome).endswith("award")


def is_not_awarded(case: Any, event: Any) -> bool:
    """Closed otherwise than by an award."""
    return not is_awarded(case, event)


def on_platform(case: Any, event: Any) -> bool:
    """Came through the internet-mediation platform, which gave no due time of its own."""
    return case.channel == MediationSource.PLATFORM and case.platform_due_at is None


def on_any_platform(case: Any, event: Any) -> bool:
    """Came through the internet-mediation platform."""
    return bool(case.channel == MediationSource.PLATFORM)


def off_platform(case: Any, event: Any) -> bool:
    """Any other channel."""
    return not on_any_platform(case, event)


def is_enterprise(case: Any, event: Any) -> bool:
    """Brought to a committee inside an enterprise."""
    return bool(case.channel == MediationSource.ENTERPRISE)


def answer_came(case: Any, event: Any, clock: Any) -> bool:
    """The answer of the respondent whose service started this clock (one respondent: any)."""
    asked = clock.started_by.data.get("party") if clock.started_by else None
    given = event.data.get("party")
    return not asked or not given or asked == given


deadlines = [
    Term(
        code="arb.accept",
        label="受理或不予受理决定",
        rule="ARB-01",
        of=DISPUTE,
        starts=frozenset({"open"}),
        restarted_by=frozenset({"corrected"}),
        paused_by=frozenset({"ask_correction", "to_mediation"}),
        resumed_by=frozenset({"mediation_over"}),
        met_by=frozenset({"accept", "reject", "transfer", "withdraw_early"}),
        applies=is_single,
    ),
    Term(
        code="arb.accept_collective",
        label="集体争议受理决定",
        rule="ARB-16",
        of=DISPUTE,
        starts=frozenset({"open"}),
        restarted_by=frozenset({"corrected"}),
        paused_by=frozenset({"ask_correction", "to_mediation"}),
        resumed_by=frozenset({"mediation_over"}),
        met_by=frozenset({"accept", "reject", "transfer", "withdraw_early"}),
        applies=is_collective,
    ),
    Term(
        code="arb.correction",
        label="一次性告知补正材料",
        rule="ARB-02",
        of=DISPUTE,
        starts=frozenset({"open"}),
        met_by=frozenset({"ask_correction"}),
        cancelled_by=frozenset({"propose", "to_mediation", "transfer", "withdraw_early"}),
    ),
    Term(
        code="arb.send_copy",
        label="送达仲裁申请书副本",
        rule="ARB-03",
        of=DISPUTE,
        starts=frozenset({"accept"}),
        met_by=frozenset({"send"}),
        cancelled_by=OVER,
    ),
    Term(
        code="arb.answer",
        label="被申请人提交答辩书",
        rule="ARB-04",
        of=DISPUTE,
        starts=frozenset({"record_delivery"}),
        dated_by="served_on",
        met_by=frozenset({"answer"}),
        cancelled_by=OVER,
        applies=served_on_respondent,
        matches=answer_came,
        owner="party",
        repeats=True,
    ),
    Term(
        code="arb.forward_answer",
        label="送达答辩书副本",
        rule="ARB-05",
        of=DISPUTE,
        starts=frozenset({"answer"}),
        met_by=frozenset({"forward_answer"}),
        cancelled_by=OVER,
        repeats=True,
    ),
    Term(
        code="arb.tribunal",
        label="组成仲裁庭并书面通知",
        rule="ARB-06",
        of=DISPUTE,
        starts=frozenset({"accept"}),
        met_by=frozenset({"seat"}),
        cancelled_by=OVER,
        applies=lambda case, event: is_single(case, event) and not event.data.get("tribunal"),
    ),
    Term(
        code="arb.collective_notice",
        label="一次性通知组庭、答辩期、举证期和开庭",
        rule="ARB-17",
        of=DISPUTE,
        starts=frozenset({"accept"}),
        met_by=frozenset({"send"}),
        cancelled_by=OVER,
        applies=is_collective,
    ),
    Term(
        code="arb.hearing_notice",
        label="开庭通知送达",
        rule="ARB-07",
        of=DISPUTE,
        starts=frozenset({"schedule", "postpone"}),
        dated_by="hearing_on",
        met_by=frozenset({"record_delivery"}),
        cancelled_by=OVER | {"hear"},
        matches=lambda case, event, clock: event.data.get("served_paper") == "hearing",
        applies=lambda case, event: bool(event.data.get("hearing_on")),
    ),
    Term(
        code="arb.ask_postponement",
        label="当事人请求延期开庭",
        rule="ARB-08",
        of=DISPUTE,
        starts=frozenset({"schedule", "postpone"}),
        dated_by="hearing_on",
        met_by=frozenset({"postpone"}),
        cancelled_by=OVER | {"hear"},
        applies=lambda case, event: bool(event.data.get("hearing_on")),
        owner="party",
    ),
    Term(
        code="arb.recusal",
        label="回避申请决定",
        rule="ARB-09",
        of=DISPUTE,
        starts=frozenset({"ask_recusal"}),
        met_by=frozenset({"decide_recusal"}),
        cancelled_by=OVER,
        repeats=True,
    ),
    Term(
        code="arb.jurisdiction",
        label="被申请人提出管辖异议",
        rule="ARB-10",
        of=DISPUTE,
        starts=frozenset({"record_delivery"}),
        dated_by="served_on",
        cancelled_by=OVER | {"answer", "hear"},
        applies=served_on_respondent,
        owner="party",
    ),
    Term(
        code="arb.counterclaim",
        label="被申请人提出反申请",
        rule="ARB-11",
        of=DISPUTE,
        starts=frozenset({"record_delivery"}),
        dated_by="served_on",
        met_by=frozenset({"counterclaim"}),
        cancelled_by=OVER | {"hear"},
        applies=served_on_respondent,
        owner="party",
    ),
    Term(
        code="arb.accept_counterclaim",
        label="反申请是否受理并通知",
        rule="ARB-12",
        of=DISPUTE,
        starts=frozenset({"counterclaim"}),
        met_by=frozenset({"accept_counterclaim", "refuse_counterclaim"}),
        cancelled_by=OVER,
        repeats=True,
    ),
    Term(
        code="arb.revocation_notice",
        label="撤销案件决定书通知当事人",
        rule="ARB-13",
        of=DISPUTE,
        starts=frozenset({"revoke"}),
        met_by=frozenset({"record_delivery", "close"}),
    ),
    Term(
        code="arb.award",
        label="审理期限（结案）",
        rule="ARB-14",
        of=DISPUTE,
        starts=frozenset({"accept"}),
        restarted_by=RESTARTS,
        paused_by=frozenset({"suspend", "publish_notice"}),
        resumed_by=frozenset({"resume", "notice_over"}),
        extended_by=frozenset({"extend"}),
        met_by=OVER,
    ),
    Term(
        code="arb.fast_award",
        label="速裁结案目标",
        rule="ARB-15",
        of=DISPUTE,
        starts=frozenset({"accept"}),
        restarted_by=RESTARTS,
        paused_by=frozenset({"suspend", "publish_notice"}),
        resumed_by=frozenset({"resume", "notice_over"}),
        met_by=OVER,
        applies=is_fast,
        target=True,
    ),
    Term(
        code="arb.delegated_mediation",
        label="委托调解期限",
        rule="ARB-18",
        of=DISPUTE,
        starts=frozenset({"delegate_mediation"}),
        met_by=frozenset({"end_delegated_mediation"}),
        cancelled_by=OVER,
    ),
    Term(
        code="arb.serve_award",
        label="送达裁决书",
        rule="ARB-23",
        of=DISPUTE,
        starts=frozenset({"award"}),
        met_by=frozenset({"record_delivery", "close"}),
        matches=lambda case, event, clock: event.move == "close" or served_award(case, event),
        target=True,
    ),
    Term(
        code="arb.sue",
        label="当事人不服裁决起诉",
        rule="ARB-24",
        of=DISPUTE,
        starts=frozenset({"record_delivery"}),
        dated_by="served_on",
        met_by=frozenset({"follow_up"}),
        applies=served_split_or_plain,
        owner="party",
        repeats=True,
    ),
    Term(
        code="arb.worker_sues",
        label="劳动者不服终局裁决起诉",
        rule="ARB-25",
        of=DISPUTE,
        starts=frozenset({"record_delivery"}),
        dated_by="served_on",
        met_by=frozenset({"follow_up"}),
        applies=served_final_on_worker,
        owner="party",
        repeats=True,
    ),
    Term(
        code="arb.set_aside",
        label="用人单位申请撤销终局裁决",
        rule="ARB-26",
        of=DISPUTE,
        starts=frozenset({"record_delivery"}),
        dated_by="served_on",
        met_by=frozenset({"follow_up"}),
        applies=served_final_on_employer,
        owner="party",
        repeats=True,
    ),
    Term(
        code="arb.limitation",
        label="申请仲裁时效",
        rule="ARB-28",
        of=DISPUTE,
        starts=frozenset({"open"}),
        dated_by="dispute_on",
        cancelled_by=frozenset({"propose"}) | OVER,
        applies=lambda case, event: case.dispute_on is not None,
        owner="party",
    ),
    Term(
        code="arb.enforcement",
        label="申请强制执行",
        rule="ARB-29",
        of=DISPUTE,
        starts=frozenset({"record_delivery"}),
        dated_by="served_on",
        applies=served_award,
        owner="party",
    ),
    Term(
        code="arb.archive",
        label="立卷归档",
        rule="ARB-32",
        of=DISPUTE,
        starts=OVER,
        met_by=frozenset({"archive"}),
        target=True,
    ),
    Term(
        code="arb.keep_award",
        label="裁决案卷保存",
        rule="ARB-30",
        of=DISPUTE,
        starts=frozenset({"archive"}),
        applies=is_awarded,
        owner="watch",
    ),
    Term(
        code="arb.keep_other",
        label="其他案卷保存",
        rule="ARB-31",
        of=DISPUTE,
        starts=frozenset({"archive"}),
        applies=is_not_awarded,
        owner="watch",
    ),
    Term(
        code="med.accept_committee",
        label="企业调委会受理调解申请",
        rule="MED-02",
        of=MEDIATION,
        starts=frozenset({"open"}),
        met_by=frozenset({"accept", "refuse", "withdraw"}),
        applies=is_enterprise,
    ),
    Term(
        code="med.end",
        label="调解结束",
        rule="MED-03",
        of=MEDIATION,
        starts=frozenset({"accept"}),
        extended_by=frozenset({"prolong"}),
        met_by=frozenset({"agree", "fail", "withdraw"}),
        applies=off_platform,
    ),
    Term(
        code="med.may_arbitrate",
        label="可以申请仲裁",
        rule="MED-04",
        of=MEDIATION,
        starts=frozenset({"open"}),
        met_by=frozenset({"agree"}),
        cancelled_by=frozenset({"fail", "refuse", "withdraw"}),
        owner="party",
    ),
    Term(
        code="med.same_day",
        label="日查看、日办结（签收）",
        rule="MED-05",
        of=MEDIATION,
        starts=frozenset({"open"}),
        dated_by="received_at",
        met_by=frozenset({"accept", "refuse", "mediate", "note", "agree", "fail", "withdraw"}),
        applies=on_any_platform,
        target=True,
    ),
    Term(
        code="med.platform_accept",
        label="平台案件受理",
        rule="MED-06",
        of=MEDIATION,
        starts=frozenset({"open"}),
        met_by=frozenset({"accept", "refuse", "withdraw"}),
        applies=on_platform,
    ),
    Term(
        code="med.platform_end",
        label="平台案件调解结束",
        rule="MED-07",
        of=MEDIATION,
        starts=frozenset({"accept"}),
        extended_by=frozenset({"prolong"}),
        met_by=frozenset({"agree", "fail", "withdraw"}),
        applies=on_platform,
    ),
    Term(
        code="med.arbitral_review",
        label="双方共同申请仲裁审查",
        rule="ARB-19",
        of=MEDIATION,
        starts=frozenset({"agree"}),
        dated_by="agreed_on",
        met_by=frozenset({"review"}),
        cancelled_by=frozenset({"perform"}),
        owner="party",
    ),
    Term(
        code="med.court_confirmation",
        label="双方共同申请司法确认",
        rule="MED-08",
        of=MEDIATION,
        starts=frozenset({"agree"}),
        dated_by="agreed_on",
        met_by=frozenset({"review"}),
        cancelled_by=frozenset({"perform"}),
        owner="party",
    ),
]
