"""Service of papers: their names, who has not received which, the day that counts as service."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from arbitration.models.choices import CloseMode
from hrss_portal.casework.models import CasePaper, Delivery
from hrss_portal.casework.models.records import Source
from hrss_portal.deadlines.compute import compute
from hrss_portal.deadlines.lookup import calendar_for, rule_for

COPY = frozenset({"申请书副本"})
HEARING = frozenset({"开庭通知书"})
AWARDS = frozenset({"裁决书", "终局裁决书", "非终局裁决书"})
#: Of separate awards each is served on its own (办案规则 Article 50); a plain 裁决书 is either.
EACH_AWARD = (frozenset({"裁决书", "终局裁决书"}), frozenset({"裁决书", "非终局裁决书"}))
#: What ends a case without a result, by its state; where it was told of plainly, "决定书".
ENDED_BY = {
    "withdrawn": "撤回仲裁申请决定书",
    "revoked": "撤销案件决定书",
    "terminated": "终止审理决定书",
}
REJECTION = "不予受理通知书"
JURISDICTION = "管辖告知书"
PLAIN_DECISION = "决定书"
DECISIONS = frozenset(ENDED_BY.values()) | {PLAIN_DECISION}
REVOCATION = frozenset({ENDED_BY["revoked"], PLAIN_DECISION})
#: Which part award a name means; both are made as one kind of paper.
IS_FINAL = {"先行裁决书（终局）": True, "先行裁决书（非终局）": False}
PART_AWARDS = frozenset(IS_FINAL)
#: By which name the decision that a move makes is served.
SERVED_AS = {
    "part_award": PART_AWARDS,
    "enforce_ahead": frozenset({"先予执行裁决书"}),
    "rectify": frozenset({"补正决定书"}),
}
SETTLEMENT = frozenset({"调解书"})
SEATED = frozenset({"组庭通知书"})
#: What tells the parties of a collective case everything at once (办案规则 Article 64).
AT_ONCE = (SEATED, frozenset({"举证通知书"}), HEARING)
RESPONSE = frozenset({"应诉通知书"})
PAPER_NAMES = (
    "受理通知书",
    "申请书副本",
    "应诉通知书",
    "举证通知书",
    "组庭通知书",
    "开庭通知书",
    "答辩书副本",
    "变更请求通知书",
    "裁决书",
    "终局裁决书",
    "非终局裁决书",
    "调解书",
    *ENDED_BY.values(),
    "先行裁决书（终局）",
    "先行裁决书（非终局）",
    "先予执行裁决书",
    "补正决定书",
    "部分撤回决定书",
    "回避决定书",
    "不予受理通知书",
    "延期审理通知书",
    "中止审理通知书",
    "恢复审理通知书",
    "管辖告知书",
    "补正告知书",
    "逾期告知书",
)
#: What goes out before a case is accepted (办案规则 Article 29, 调解仲裁法 Article 29).
EARLY_PAPERS = frozenset({"补正告知书", "逾期告知书"})
#: What the clocks ask for, by the name of the paper.
MEANINGS = {
    "申请书副本": "copy",
    "答辩书副本": "answer",
    "变更请求通知书": "claims",
    "开庭通知书": "hearing",
    "裁决书": "award",
    "终局裁决书": "award_final",
    "非终局裁决书": "award_open",
    "先行裁决书（终局）": "award_final",
    "先行裁决书（非终局）": "award_open",
    "调解书": "settlement",
    **dict.fromkeys(DECISIONS, "decision"),
}
#: The papers of this office behind a name; a copy of a party's own paper is not made here.
MADE_HERE = {
    "受理通知书": ("arb.acceptance",),
    "应诉通知书": ("arb.response",),
    "举证通知书": ("arb.evidence",),
    "组庭通知书": ("arb.tribunal",),
    "开庭通知书": ("arb.hearing",),
    "不予受理通知书": ("arb.rejection",),
    "延期审理通知书": ("arb.extension",),
    "中止审理通知书": ("arb.suspension",),
    "恢复审理通知书": ("arb.resumption",),
    "管辖告知书": ("arb.jurisdiction",),
    "补正告知书": ("arb.correction",),
    "逾期告知书": ("arb.overdue_acceptance", "arb.overdue_award"),
    "裁决书": ("arb.award", "arb.award_final"),
    "终局裁决书": ("arb.award_final",),
    "非终局裁决书": ("arb.award",),
    "调解书": ("arb.settlement",),
    "撤回仲裁申请决定书": ("arb.withdrawal",),
    "撤销案件决定书": ("arb.revocation",),
    "终止审理决定书": ("arb.termination",),
    PLAIN_DECISION: ("arb.withdrawal", "arb.revocation", "arb.termination"),
    "先行裁决书（终局）": ("arb.part_award",),
    "先行裁决书（非终局）": ("arb.part_award",),
    "先予执行裁决书": ("arb.enforce_ahead",),
    "补正决定书": ("arb.rectification",),
    "部分撤回决定书": ("arb.part_withdrawal",),
    "回避决定书": ("arb.recusal",),
}
NO_SIMPLE_SERVICE = AWARDS | PART_AWARDS | {"先予执行裁决书", "调解书"}
#: Not for a settlement: the parties sign for it (调解仲裁法 Article 42; 民诉法解释 Article 133).
NOT_SIGNED_FOR = frozenset({"left", "posted", "notice"})
#: What has gone out once it is on its way, or left there; all else is handed over.
LEAVES_THE_HOUSE = NOT_SIGNED_FOR | {"mail", "entrusted"}
DEEMED_RULES = {"left": "ARB-21", "posted": "ARB-21", "notice": "ARB-22"}


def unserved(
    case: Any,
    papers: Collection[str],
    roles: Collection[str],
    *,
    since: date | None = None,
    known: bool = False,
    by: date | None = None,
    planned: Any = None,
    besides: Collection[int] = (),
) -> list[str]:
    """Names of the parties in these roles whom none of the papers has reached by the day ``by``.

    The day is today unless an earlier one is named.  ``since`` leaves out what was sent before;
    ``known`` takes a day of service that is fixed but
    still to come (留置, 张贴) for reached, as the clocks do.  Of a large group its representatives
    answer for it (办案规则 Article 63).  ``planned``, the Event that set a hearing or made a
    decision, counts its own paper alone; ``besides`` are the keys of parties not asked about.
    """
    days = _days_of_service(case, papers, since, planned)
    today = timezone.localdate()
    until = date.max if known else min(by or today, today)
    return [
        row.name
        for row in addressees(case, roles, besides)
        if row.pk not in days or days[row.pk] > until
    ]


def served_by(
    case: Any,
    papers: Collection[str],
    roles: Collection[str],
    *,
    since: date | None = None,
    planned: Any = None,
    besides: Collection[int] = (),
) -> date | None:
    """The day on which the last party in these roles counts as served; None while one is not."""
    days = _days_of_service(case, papers, since, planned)
    found = [days.get(row.pk) for row in addressees(case, roles, besides)]
    if not found or None in found:
        return None
    return max(day for day in found if day is not None)


def first_sent(case: Any, doc_name: str, roles: Collection[str]) -> date | None:
    """The day on which a paper had gone out to every party in these roles for the first time.

    What came back and was sent again counts from its first way; None while one has not been sent.
    Days on the way are a matter of the post alone (民事诉讼法 Article 85): what is handed over has
    gone out when it is received.  Before this office made the paper out there was nothing to send.
    """
    made = _made_out_on(case, doc_name)
    sent: dict[int | None, date] = {}
    for row in case.deliveries.all():
        counts = row.doc_name == doc_name and row.state != Delivery.State.VOID
        counts = counts and not is_of_void_paper(case, row)
        day = row.sent_on if row.mode in LEAVES_THE_HOUSE else row.deemed_on
        if counts and day and row.sent_on >= made:
            sent[row.party_id] = min(sent.get(row.party_id, date.max), day)
    found = [sent.get(row.pk) for row in addressees(case, roles)]
    if not found or None in found:
        return None
    return max(day for day in found if day is not None)


def is_of_void_paper(case: Any, row: Any) -> bool:
    """Whether what was sent is a paper of this office that was voided since: it tells nobody.

    A row that names no paper is of one that was there when it was recorded.
    """
    kinds = MADE_HERE.get(row.doc_name, ())
    made = [one for one in case.papers.all() if one.paper_id and one.kind in kinds]
    void = [one for one in made if one.paper.voided_at]
    if not void or row.issued_paper_id:
        return row.issued_paper_id in {one.pk for one in void}
    could = [one for one in made if is_meant(one, row.doc_name) and _was_there(one.paper, row)]
    return bool(could) and all(one.paper.voided_at for one in could)


def _was_there(paper: Any, row: Any) -> bool:
    return bool(paper.issued_on <= row.sent_on and paper.issued_at <= row.recorded_at)


def _made_out_on(case: Any, doc_name: str) -> date:
    """The first day on which a paper of this name that counts was there; of what is not made here
    any day."""
    kinds = MADE_HERE.get(doc_name, ())
    rows = case.papers.filter(kind__in=kinds, state=CasePaper.State.ISSUED, paper__voided_at=None)
    days = [row.paper.issued_on for row in rows.select_related("paper")]
    elsewhere = not kinds or case.source == Source.SHEET
    return min(days, default=date.min if elsewhere else date.max)


def _days_of_service(
    case: Any, papers: Collection[str], since: date | None, planned: Any = None
) -> dict[int | None, date]:
    """The first day on which one of the papers reached each party, by the party's key."""
    days: dict[int | None, date] = {}
    void_until = _gone_back_at(case) if SETTLEMENT & set(papers) else None
    for row in case.deliveries.all():
        if row.state != Delivery.State.SERVED or row.doc_name not in papers or not row.deemed_on:
            continue
        if void_until and row.recorded_at <= void_until:
            continue
        if is_of_void_paper(case, row):
            continue
        if planned is not None and not _is_paper_of(planned, row):
            continue
        if since is None or row.sent_on >= since:
            days[row.party_id] = min(days.get(row.party_id, date.max), row.deemed_on)
    return days


def _gone_back_at(case: Any) -> datetime | None:
    """When a party last went back on a settlement: what was sent until then is of a void paper."""
    gone = case.events.filter(move="retract_settlement").order_by("pk").last()
    return gone.at if gone else None


def _is_paper_of(planned: Any, row: Any) -> bool:
    """Whether a delivery is of the paper that the Event called for.

    One that names no paper counts when it was recorded after the Event and was sent once the paper
    of the Event was issued.
    """
    if row.issued_paper_id:
        return bool(row.issued_paper.event_id == planned.pk)
    issued = row.case.papers.filter(event=planned, state=CasePaper.State.ISSUED)
    ready = issued.filter(paper__issued_on__lte=row.sent_on).exists()
    return bool(row.recorded_at >= planned.at and ready)


def addressees(case: Any, roles: Collection[str], besides: Collection[int] = ()) -> list[Any]:
    """The parties in these roles to whom papers go: a large group's representatives for it.

    ``besides``: keys of parties who are left out, unless they represent others.
    """
    found: list[Any] = []
    for role in sorted(roles):
        side = [row for row in case.parties.all() if row.role == role and row.left_on is None]
        spoken_for = [row for row in side if row.is_representative]
        found += spoken_for or [row for row in side if row.pk not in besides]
    return found


def award_papers(case: Any) -> tuple[frozenset[str], ...]:
    """The names of the papers of an award, each group of which reaches every party."""
    return EACH_AWARD if case.outcome == CloseMode.SPLIT_AWARD else (AWARDS,)


def decision_at_the_end(case: Any) -> tuple[str, set[str]]:
    """The paper that ended a case without a result, and the roles that it is addressed to.

    ("", nobody) where there is none: what is taken back before acceptance gets no decision.
    """
    everybody = {"applicant", "respondent", "third"} if case.accepted_on else {"applicant"}
    if case.state == "rejected":
        return REJECTION, {"applicant"}
    if case.state == "transferred":
        return JURISDICTION, everybody
    name = ENDED_BY.get(case.state, "") if case.accepted_on else ""
    return name, everybody if name else set()


def refusal_paper(case: Any) -> str:
    """The notice that tells an applicant of a refusal; "" where there was none."""
    return {CloseMode.REJECTED: REJECTION, CloseMode.TRANSFERRED: JURISDICTION}.get(
        case.outcome, ""
    )


def part_award_papers(is_final: bool | None) -> frozenset[str]:
    """The names under which a part award is served; either where nobody said whether it is final.

    Of two part awards, a final one and another, each is served on its own.
    """
    return frozenset(name for name, final in IS_FINAL.items() if is_final in {None, final})


def not_issued(case: Any, doc_name: str, on: date, *, even_void: bool = False) -> str:
    """Why a paper cannot have been sent or served on that day; "" where it can.

    A paper of this office is sent once it was issued; one that was only sent may have been voided
    since (``even_void``).  What a ledger brought here was issued elsewhere, so a paper that nobody
    called for here is taken as it is told.
    """
    kinds = MADE_HERE.get(doc_name)
    if not kinds:
        return ""
    rows = case.papers.select_related("paper", "event")
    made = [row for row in rows if row.kind in kinds and is_meant(row, doc_name)]
    if not made and case.source == Source.SHEET:
        return ""
    issued = [row.paper for row in made if row.state == CasePaper.State.ISSUED]
    days = [paper.issued_on for paper in issued if even_void or paper.voided_at is None]
    if issued and not days:
        return f"{doc_name}已经作废，重新制发后再登记送达"
    if not days:
        return f"{doc_name}还没有制发，先在“文书”里制发（系统外制发的登记扫描件），再送达"
    if min(days) > on:
        return f"{doc_name}是 {min(days):%Y-%m-%d} 制发的，送出、送达不能早于这一天"
    return ""


def is_meant(row: CasePaper, doc_name: str) -> bool:
    """Whether a part award is the final, or the other, one that the name says."""
    said = row.event.data.get("is_final") if row.event else None
    return said is None or IS_FINAL.get(doc_name, said) == said


def is_over(over: str, clock: Any) -> bool:
    """Whether a clock that service started is about the award that somebody sued over.

    ``over``: "final" or "open" of separate awards, "" where there is one.  A part award has its
    own registration.
    """
    told = clock.started_by.data if clock.started_by else {}
    if told.get("served_name") in PART_AWARDS:
        return False
    kind = {"award_final": "final", "award_open": "open"}.get(told.get("served_paper", ""), over)
    return not over or kind == over


def side_of(party: Any) -> str:
    """ "worker" or "employer": a person is the worker unless one applied against him; of whom the
    name alone is known is the employer unless one applied.  A third person who is no employer
    never has the employer's way to the court (Article 49)."""
    if party.employer_id:
        return "employer"
    if party.role in {"applicant", "third"}:
        return "worker"
    known = {"person__isnull": False} if party.person_id else {"employer__isnull": True}
    others = party.case.parties.filter(role="applicant", **known)
    return "employer" if others.exists() else "worker"


def told(party: Any, doc_name: str, on: date | None) -> dict[str, Any]:
    """What a delivery tells the clocks: to whom, on which side, with what, and when."""
    return {
        "party": party,
        "served_role": party.role if party else "",
        "served_side": side_of(party) if party else "",
        "served_paper": MEANINGS.get(doc_name, ""),
        "served_name": doc_name,
        "served_on": on,
    }


def deemed_day(mode: str, sent_on: date, signed_on: date | None, region: str) -> date | None:
    """The day that counts as service; None while nothing proves it.

    留置, 张贴: three working days after; 公告: thirty days after (rules ARB-21, ARB-22); nobody
    signs for these, so a signed day never shortens them.
    """
    code = DEEMED_RULES.get(mode)
    if code is None:
        return signed_on
    rule = rule_for(code, sent_on, region)
    return compute(rule, sent_on, calendar=calendar_for(region), trace=False).due_on


def over_on(delivery: Delivery) -> date | None:
    """The day on which a public notice has run out."""
    unit = delivery.case.unit
    region = unit.rules_region
    return deemed_day(delivery.mode, delivery.sent_on, None, region)


def notice_data(delivery: Delivery) -> dict[str, Any]:
    """What the end of a public notice tells the clocks."""
    return told(delivery.party, delivery.doc_name, over_on(delivery))
