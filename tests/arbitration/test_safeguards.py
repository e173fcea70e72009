"""What an expert of labour arbitration could once do wrong here without being stopped."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from arbitration.documents.values import dispute_values
from arbitration.forms import (
    ClaimsChangeForm,
    DeliveryCorrection,
    DeliveryForm,
    HearingForm,
    MediationAcceptForm,
)
from arbitration.models import Dispute, Room
from arbitration.workflows.deliveries import HEARING, unserved
from hrss_portal.access.models import User
from hrss_portal.casework import door, moves, papers
from hrss_portal.casework.models import Clock
from hrss_portal.casework.moves import MoveRefused
from tests.cast import County
from tests.factories import arbitration as make

pytestmark = pytest.mark.usefixtures("rules", "today")
Acting = Callable[..., Any]
PROPOSAL = {"summary": make.SUMMARY, "handler_opinion": "拟受理", "procedure": "ordinary"}
CLAIMS = [{"text": "支付工资", "amount": Decimal("3127.00")}]
SETTLED = {"outcome": "mediated", "result": "付清工资。", "awarded": "3000"}
MORE = [*CLAIMS, {"text": "支付经济补偿", "amount": Decimal("6000.00")}]


@pytest.fixture
def accepted(
    county: County,
    clerk: User,
    arbitration_head: User,
    arbitrator: User,
    acting: Acting,
    today: Any,
) -> Dispute:
    """A dispute that was accepted on 1 November 2023, with one arbitrator who has an account."""
    today.move_to("2023-11-01T09:00:00+08:00")
    acting(clerk)
    case = make.dispute(county, clerk, date(2023, 11, 1))
    moves.move(case, "propose", by=clerk, data=PROPOSAL)
    acting("test")
    seats = [{"member": make.staff(county, user=arbitrator), "role": "sole"}]
    acting(arbitration_head)
    decision = {"procedure": "ordinary", "handler": arbitrator, "deputy": clerk, "tribunal": seats}
    moves.move(case, "accept", by=arbitration_head, data=decision)
    return Dispute.objects.get(pk=case.pk)


def trial_ends(case: Dispute) -> date | None:
    """The last day of the term of trial."""
    return Clock.objects.get(case=case.pk, term="arb.award").due_on


# --- one proposes, another approves --------------------------------------------------------------


def test_who_proposed_the_acceptance_does_not_approve_it(
    county: County, clerk: User, arbitration_head: User, arbitrator: User, acting: Acting
) -> None:
    acting(clerk)
    case = make.dispute(county, clerk, date(2023, 11, 1), deputy=arbitrator)
    moves.move(case, "propose", by=arbitration_head, data=PROPOSAL)
    decision = {"procedure": "ordinary", "handler": arbitrator, "deputy": clerk}
    with pytest.raises(PermissionDenied, match="另一人审批"):
        moves.move(case, "accept", by=arbitration_head, data=decision)
    case.refresh_from_db()
    assert "accept" not in {move.code for move in moves.available(case, arbitration_head)}
    moves.move(case, "send_back", by=arbitration_head)
    moves.move(case, "propose", by=arbitrator, data=PROPOSAL)
    with pytest.raises(MoveRefused, match="不能是同一人"):
        moves.move(case, "accept", by=arbitration_head, data={**decision, "deputy": arbitrator})
    assert moves.move(case, "accept", by=arbitration_head, data=decision).to_state == "accepted"


# --- standing aside ------------------------------------------------------------------------------


def test_who_is_challenged_takes_no_part_and_who_is_recused_leaves_the_case(
    accepted: Dispute, arbitration_head: User, arbitrator: User, clerk: User, director: User
) -> None:
    member = accepted.tribunal.get().member
    asked = {"member": member, "asked_by": "被申请人", "reason": "与申请人是亲属"}
    moves.move(accepted, "ask_recusal", by=clerk, data=asked)
    assert moves.available(accepted, arbitrator) == []
    for code, data in (
        ("send", {"deliveries": []}),
        ("withdraw", {"outcome": "withdrawn"}),
        ("change_claims", {"claims": MORE}),
    ):
        with pytest.raises(MoveRefused, match="决定前暂停参与本案"):
            moves.move(accepted, code, by=arbitrator, data=data)
    with pytest.raises(MoveRefused, match="决定前暂停参与本案"):
        moves.move(accepted, "settle", by=arbitration_head, data=SETTLED)
    with pytest.raises(MoveRefused, match="决定前暂停参与本案"):
        moves.amend(accepted, by=arbitrator, changes={"facts": "另写"}, reason="更正")
    with pytest.raises(ValidationError, match="决定前暂停参与本案"):
        papers.issue(accepted.papers.get(kind="arb.acceptance"), by=arbitrator)
    with pytest.raises(ValidationError, match="决定前暂停参与本案"):
        papers.ask(accepted, "arb.prehearing", by=arbitrator)
    moves.move(accepted, "send", by=clerk, data={"deliveries": []})
    decision = {"recusal": accepted.recusals.get(), "granted": True, "member": member}
    moves.move(accepted, "decide_recusal", by=director, data=decision)
    accepted.refresh_from_db()
    assert (accepted.handler, accepted.deputy, accepted.team) == (None, clerk, [])
    with pytest.raises(MoveRefused, match="已准许回避本案"):
        moves.assign(accepted, by=arbitration_head, handler=arbitrator)
    seats = [{"member": member, "role": "sole"}]
    with pytest.raises(MoveRefused, match="已准许回避本案"):
        moves.move(accepted, "seat", by=arbitration_head, data={"tribunal": seats})


def test_the_recused_clerk_is_no_longer_the_clerk_of_the_case(
    accepted: Dispute, county: County, clerk: User, director: User, acting: Acting
) -> None:
    acting("test")
    member = make.staff(county, role="officer", name="苏书", cert_no="", user=clerk)
    asked = {"member": member, "asked_by": "申请人", "reason": "与被申请人是亲属"}
    moves.move(accepted, "ask_recusal", by=None, data=asked)
    decision = {"recusal": accepted.recusals.get(), "granted": True, "member": member}
    moves.move(accepted, "decide_recusal", by=director, data=decision)
    accepted.refresh_from_db()
    assert accepted.deputy is None
    with pytest.raises((MoveRefused, PermissionDenied)):
        moves.move(accepted, "send", by=clerk, data={"deliveries": []})


def test_only_a_tribunal_settles_and_not_the_clerk(
    accepted: Dispute, clerk: User, arbitrator: User, acting: Acting
) -> None:
    with pytest.raises(PermissionDenied):
        moves.move(accepted, "settle", by=clerk, data=SETTLED)
    accepted.tribunal.update(left_on=date(2023, 11, 1))
    with pytest.raises(MoveRefused, match="还没有组成仲裁庭"):
        moves.move(accepted, "settle", by=arbitrator, data=SETTLED)


# --- the hearing ---------------------------------------------------------------------------------


def plan(
    case: Dispute, county: County, by: User, day: str, *, agreed: bool = False, **more: str
) -> Any:
    """A hearing at nine on that day, through the form; the form when it refuses."""
    room = Room.objects.filter(name="第一仲裁庭").first() or make.room(county)
    said = {"day": day, "start": "09:00", "minutes": "60", "room": str(room.pk)}
    said |= {"agreed_early": "on"} if agreed else {}
    given = {"on": str(timezone.localdate()), **said, **more}
    form = HearingForm(given, case=case, user=by)
    if form.is_valid():
        moves.move(case, "schedule", by=by, data=form.move_data())
    return form


@pytest.mark.parametrize(
    ("day", "start", "minutes", "unusual"),
    [
        ("2023-12-08", "08:30", "60", ""),
        ("2023-12-08", "16:30", "60", ""),
        ("2023-12-08", "16:31", "60", "16:31至17:31 不在办公时间（08:30至17:30）内"),
        ("2023-12-08", "07:30", "60", "07:30至08:30 不在办公时间"),
        ("2023-12-09", "09:00", "60", "2023-12-09 不是工作日"),
        ("2024-01-01", "09:00", "60", "2024-01-01 不是工作日"),
        ("2024-02-04", "09:00", "60", ""),  # a Sunday that is worked
        ("2023-12-08", "23:30", "60", "23:30至00:30 不在办公时间"),
    ],
)
def test_a_hearing_off_hours_says_why(
    accepted: Dispute,
    county: County,
    arbitration_head: User,
    day: str,
    start: str,
    minutes: str,
    unusual: str,
) -> None:
    make.served(accepted, arbitration_head, "申请书副本", roles=("respondent",))
    when = {"on": "2023-11-01", "day": day, "start": start, "minutes": minutes}
    given = {**when, "room": str(make.room(county).pk)}
    form = HearingForm(given, case=accepted, user=arbitration_head)
    said = str(form.errors.get("off_hours_because", ""))
    assert bool(said) is bool(unusual)
    assert unusual in said
    told = HearingForm(
        {**given, "off_hours_because": "证人只有这时能到"}, case=accepted, user=arbitration_head
    )
    assert told.is_valid(), told.errors
    moves.move(accepted, "schedule", by=arbitration_head, data=told.move_data())
    because = "证人只有这时能到" if unusual else ""
    assert accepted.hearings.get().off_hours_because == because


def test_a_hearing_leaves_time_for_the_notice_and_the_answer(
    accepted: Dispute, county: County, arbitration_head: User, acting: Acting, today: Any
) -> None:
    make.served(accepted, arbitration_head, "申请书副本", roles=("respondent",))
    moves.move(accepted, "send", by=arbitration_head, data={"deliveries": []})
    moves.move(accepted, "served", by=arbitration_head)
    early = plan(accepted, county, arbitration_head, "2023-11-02")
    assert "应在 2023-10-26 前送达" in str(early.errors["day"])
    assert "答辩期到 2023-11-15" in str(early.errors["day"])
    assert plan(accepted, county, arbitration_head, "2023-11-16").is_valid()
    first = {"hearing": accepted.hearings.get(), "attended": "双方到庭"}
    with pytest.raises(MoveRefused, match="还没有到开庭日期"):
        moves.move(accepted, "hear", by=arbitration_head, data=first)
    today.move_to("2023-11-16T09:00:00+08:00")
    with pytest.raises(MoveRefused, match="没有在开庭5个工作日前送达"):
        moves.move(accepted, "hear", by=arbitration_head, data=first)
    make.issued(accepted, "开庭通知书", arbitration_head, on=date(2023, 11, 9))
    make.served(accepted, arbitration_head, "开庭通知书", on=date(2023, 11, 10))
    with pytest.raises(MoveRefused, match="没有在开庭5个工作日前送达"):
        moves.move(accepted, "hear", by=arbitration_head, data=first)
    make.served(accepted, arbitration_head, "开庭通知书", on=date(2023, 11, 9))
    assert moves.move(accepted, "hear", by=arbitration_head, data=first).to_state == "hearing"


def test_both_sides_may_agree_in_writing_to_an_early_hearing(
    accepted: Dispute, county: County, arbitration_head: User, today: Any
) -> None:
    make.served(accepted, arbitration_head, "申请书副本", roles=("respondent",))
    moves.move(accepted, "send", by=arbitration_head, data={"deliveries": []})
    moves.move(accepted, "served", by=arbitration_head)
    assert plan(accepted, county, arbitration_head, "2023-11-02", agreed=True).is_valid()
    today.move_to("2023-11-02T09:00:00+08:00")
    first = {"hearing": accepted.hearings.get(), "attended": "双方到庭"}
    with pytest.raises(MoveRefused, match="先登记送达结果"):
        moves.move(accepted, "hear", by=arbitration_head, data=first)
    make.served(accepted, arbitration_head, "开庭通知书")
    assert moves.move(accepted, "hear", by=arbitration_head, data=first).to_state == "hearing"


def test_on_the_simple_track_the_respondent_alone_gives_up_his_time_to_answer(
    accepted: Dispute, county: County, arbitration_head: User, today: Any
) -> None:
    Dispute._base_manager.filter(pk=accepted.pk).update(procedure="simple")
    case = Dispute.objects.get(pk=accepted.pk)
    make.served(case, arbitration_head, "申请书副本", roles=("respondent",))
    moves.move(case, "send", by=arbitration_head, data={"deliveries": []})
    moves.move(case, "served", by=arbitration_head)
    early = plan(case, county, arbitration_head, "2023-11-02", agreed=True)
    assert "被申请人同意缩短或者取消的，勾选同意" in str(early.errors["day"])
    assert plan(case, county, arbitration_head, "2023-11-02", answer_waived="on").is_valid()
    make.served(case, arbitration_head, "开庭通知书")
    today.move_to("2023-11-02T09:00:00+08:00")
    first = {"hearing": case.hearings.get(), "attended": "双方到庭"}
    assert moves.move(case, "hear", by=arbitration_head, data=first).to_state == "hearing"


def test_the_notice_of_one_hearing_does_not_serve_for_another(
    accepted: Dispute, county: County, arbitration_head: User, today: Any
) -> None:
    make.served(accepted, arbitration_head, "申请书副本", roles=("respondent",))
    moves.move(accepted, "send", by=arbitration_head, data={"deliveries": []})
    moves.move(accepted, "served", by=arbitration_head)
    assert plan(accepted, county, arbitration_head, "2023-11-16").is_valid()
    make.served(accepted, arbitration_head, "开庭通知书")
    assert plan(accepted, county, arbitration_head, "2023-11-30").is_valid()
    second = accepted.hearings.order_by("period")[1]
    running = Clock.objects.filter(case=accepted.pk, term="arb.hearing_notice", state="running")
    assert running.get().started_on == date(2023, 11, 30)
    make.issued(accepted, "开庭通知书", arbitration_head)
    notices = accepted.papers.filter(kind="arb.hearing").order_by("pk")
    said = [dispute_values(row)["hearing_at"] for row in notices]
    assert said == ["2023年11月16日9时00分", "2023年11月30日9时00分"]
    given = {"on": "2023-11-01", "doc_name": "开庭通知书", "mode": "mail", "mail_no": "E1"}
    days = dict.fromkeys(("sent_on", "signed_on"), "2023-11-01")
    for party in accepted.parties.all():
        plain = {**given, **days, "party": party.pk, "address": "某路"}
        silent = DeliveryForm(plain, case=accepted, user=arbitration_head)
        assert list(silent.errors) == ["issued_paper"]
        ahead = [row.pk for row in accepted.papers.filter(kind="arb.hearing")]
        told = DeliveryForm(
            {**plain, "issued_paper": ahead[0]}, case=accepted, user=arbitration_head
        )
        assert "2023-11-16 09:00 开庭" in str(told["issued_paper"])
        assert told.is_valid(), told.errors
        moves.move(accepted, "record_delivery", by=arbitration_head, data=told.move_data())
    assert running.get().started_on == date(2023, 11, 30)
    today.move_to("2023-11-30T09:00:00+08:00")
    later = {"hearing": second, "attended": "双方到庭"}
    with pytest.raises(MoveRefused, match="没有在开庭5个工作日前送达"):
        moves.move(accepted, "hear", by=arbitration_head, data=later)
    deemed = {"outcome": "deemed_withdrawn", "attended": "申请人未到庭"}
    with pytest.raises(MoveRefused, match="没有按时送达开庭通知书"):
        moves.move(accepted, "withdraw", by=arbitration_head, data=deemed)
    accepted.deliveries.filter(issued_paper=ahead[0]).update(issued_paper=ahead[1])
    held = {"hearing": second, "attended": "双方到庭"}
    assert moves.move(accepted, "hear", by=arbitration_head, data=held).to_state == "hearing"


def test_a_notice_is_not_served_before_it_was_made_though_an_earlier_one_was(
    accepted: Dispute, county: County, arbitration_head: User, today: Any
) -> None:
    assert plan(accepted, county, arbitration_head, "2023-11-30").is_valid()
    make.issued(accepted, "开庭通知书", arbitration_head)
    assert plan(accepted, county, arbitration_head, "2023-12-07").is_valid()
    today.move_to("2023-11-06T09:00:00+08:00")
    make.issued(accepted, "开庭通知书", arbitration_head)
    late = accepted.papers.filter(kind="arb.hearing").latest("pk")
    party = accepted.parties.get(role="applicant")
    given = {"doc_name": "开庭通知书", "mode": "mail", "mail_no": "E1", "address": "某路"}
    days = dict.fromkeys(("on", "sent_on", "signed_on"), "2023-11-03")
    form = DeliveryForm(
        {**given, **days, "party": party.pk, "issued_paper": late.pk},
        case=accepted,
        user=arbitration_head,
    )
    assert "2023-11-06 制发" in str(form.errors["issued_paper"])
    sent = {"party": party, "recipient": party.name, "sent_on": date(2023, 11, 3), **given}
    accepted.deliveries.create(**sent, deemed_on=date(2023, 11, 3), state="served")
    case = Dispute.objects.get(pk=accepted.pk)
    assert unserved(case, HEARING, {"applicant"}, planned=late.event) == [party.name]
    second = {**sent, "sent_on": date(2023, 11, 6), "issued_paper": late}
    row = accepted.deliveries.create(**second)
    said = {**given, "how": "mend", "party": party.pk, "sent_on": "2023-11-03", "reason": "录错了"}
    mended = DeliveryCorrection(said, case=accepted, row=row, user=arbitration_head)
    assert "这一份是 2023-11-06 制发的" in str(mended.errors["sent_on"])


@pytest.mark.parametrize(("procedure", "agreed"), [("fast", False), ("ordinary", True)])
def test_a_lawful_short_notice_is_never_overdue(
    accepted: Dispute, county: County, arbitration_head: User, procedure: str, agreed: bool
) -> None:
    with door.opened():
        Dispute.objects.filter(pk=accepted.pk).update(procedure=procedure)
    case = Dispute.objects.get(pk=accepted.pk)
    form = plan(case, county, arbitration_head, "2023-11-02", agreed=agreed)
    assert form.is_valid(), form.errors
    assert not Clock.objects.filter(case=case.pk, term="arb.hearing_notice").exists()


def test_a_hearing_leaves_time_to_answer_a_copy_that_is_still_to_be_served(
    accepted: Dispute, county: County, arbitration_head: User
) -> None:
    early = plan(accepted, county, arbitration_head, "2023-11-15")
    assert "送达的，答辩期也到 2023-11-15" in str(early.errors["day"])
    assert plan(accepted, county, arbitration_head, "2023-11-16").is_valid()


def test_a_hearing_is_held_from_its_hour_on(
    accepted: Dispute, county: County, arbitration_head: User, today: Any
) -> None:
    make.served(accepted, arbitration_head, "申请书副本", roles=("respondent",))
    moves.move(accepted, "send", by=arbitration_head, data={"deliveries": []})
    moves.move(accepted, "served", by=arbitration_head)
    assert plan(accepted, county, arbitration_head, "2023-11-16").is_valid()
    make.served(accepted, arbitration_head, "开庭通知书")
    first = {"hearing": accepted.hearings.get(), "attended": "双方到庭"}
    today.move_to("2023-11-16T08:59:00+08:00")
    with pytest.raises(MoveRefused, match="还没有到开庭时间 2023-11-16 09:00"):
        moves.move(accepted, "hear", by=arbitration_head, data=first)
    today.move_to("2023-11-16T09:00:00+08:00")
    assert moves.move(accepted, "hear", by=arbitration_head, data=first).to_state == "hearing"


# --- the ends ------------------------------------------------------------------------------------


def test_a_case_is_terminated_only_when_a_court_took_it_after_the_term(
    accepted: Dispute, arbitration_head: User, today: Any
) -> None:
    gone = {"outcome": "terminated", "reject_reason": "申请人已起诉，法院已受理。"}
    gone["court_filed_on"] = date(2023, 11, 1)
    with pytest.raises(MoveRefused, match="审理期限没有届满"):
        moves.move(accepted, "terminate", by=arbitration_head, data=gone)
    today.move_to("2023-12-25T09:00:00+08:00")
    with pytest.raises(MoveRefused, match="应在审理期限届满（2023-12-18）之后"):
        moves.move(accepted, "terminate", by=arbitration_head, data=gone)
    gone["court_filed_on"] = date(2023, 12, 20)
    event = moves.move(accepted, "terminate", by=arbitration_head, data=gone)
    assert event.to_state == "terminated"


def test_what_is_missing_is_told_once(county: County, clerk: User, acting: Acting) -> None:
    acting(clerk)
    case = make.dispute(county, clerk, date(2023, 11, 15))
    moves.move(case, "ask_correction", by=clerk, data={"to_correct": "身份证复印件"})
    moves.move(case, "corrected", by=clerk)
    with pytest.raises(MoveRefused, match="一次性告知补正，不能再次告知"):
        moves.move(case, "ask_correction", by=clerk, data={"to_correct": "工资流水"})


# --- who does what -------------------------------------------------------------------------------


def test_a_rejected_application_is_filed_by_the_clerk(
    county: County, clerk: User, arbitrator: User, arbitration_head: User, acting: Acting
) -> None:
    acting(clerk)
    case = make.dispute(county, clerk, date(2023, 11, 1), deputy=arbitrator)
    moves.move(case, "propose", by=arbitrator, data=PROPOSAL)
    refusal = {"outcome": "rejected", "reject_reason": "不属于劳动争议。"}
    moves.move(case, "reject", by=arbitration_head, data=refusal)
    make.served(case, clerk, "不予受理通知书", roles=("applicant",))
    assert moves.move(case, "file_rejection", by=clerk).to_state == "closed"


def test_mediation_needs_the_other_sides_consent_and_the_head_names_the_mediator(
    county: County, mediator: User, arbitration_head: User, acting: Acting
) -> None:
    acting(mediator)
    case = make.mediation(county, mediator, date(2023, 11, 15))
    given = {"on": "2023-11-16", "consent": "unreached", "handler": mediator.pk}
    form = MediationAcceptForm(given, case=case, user=mediator)
    assert "还没有联系上对方" in str(form.errors["consent"])
    moves.move(case, "accept", by=mediator, data={"consent": "yes", "handler": mediator})
    named = {"handler": mediator, "organisation": case.organisation}
    with pytest.raises(PermissionDenied):
        moves.move(case, "mediate", by=mediator, data=named)
    acting(arbitration_head)
    assert moves.move(case, "mediate", by=arbitration_head, data=named).to_state == "mediating"


# --- the term of trial ---------------------------------------------------------------------------


def test_the_term_of_trial_begins_anew_only_for_what_really_came(
    accepted: Dispute, arbitration_head: User, today: Any
) -> None:
    today.move_to("2023-11-20T09:00:00+08:00")
    before = trial_ends(accepted)
    with pytest.raises(MoveRefused, match="没有待决定的反申请"):
        moves.move(accepted, "accept_counterclaim", by=arbitration_head, data={"is_merged": True})
    with pytest.raises(MoveRefused, match="请求没有增加或变更"):
        moves.move(accepted, "change_claims", by=arbitration_head, data={"claims": CLAIMS})
    asked = {"party": accepted.parties.get(role="respondent"), "claims_text": "返还工具"}
    moves.move(accepted, "counterclaim", by=arbitration_head, data=asked)
    moves.move(accepted, "accept_counterclaim", by=arbitration_head, data={"is_merged": False})
    assert trial_ends(accepted) == before
    moves.move(accepted, "change_claims", by=arbitration_head, data={"claims": MORE})
    assert trial_ends(accepted) == date(2024, 1, 4)


def test_a_term_of_trial_that_is_over_does_not_begin_anew(
    accepted: Dispute, arbitration_head: User, today: Any
) -> None:
    before = trial_ends(accepted)
    today.move_to("2024-01-29T09:00:00+08:00")
    form = ClaimsChangeForm(
        {
            "on": "2024-01-29",
            "claims-TOTAL_FORMS": "2",
            "claims-INITIAL_FORMS": "1",
            "claims-0-text": "支付工资",
            "claims-0-amount": "3127",
            "claims-1-text": "支付经济补偿",
            "claims-1-amount": "6000",
        },
        case=accepted,
        user=arbitration_head,
    )
    assert form.is_valid(), form.errors
    event = moves.move(accepted, "change_claims", by=arbitration_head, data=form.move_data())
    assert trial_ends(accepted) == before
    assert event.data["term_over_on"] == "2023-12-18"
