"""The day of service decides which clocks run, and for whom."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from arbitration.forms import DeliveryForm, NoticeForm, SendForm
from arbitration.jobs import daily
from arbitration.models import Dispute
from arbitration.workflows import notices
from arbitration.workflows.deliveries import deemed_day
from hrss_portal.access.models import User
from hrss_portal.casework import moves, papers
from hrss_portal.casework.models import Clock
from hrss_portal.casework.moves import MoveRefused, PartyIn
from hrss_portal.documents.papers import void_paper
from tests.cast import County
from tests.factories import arbitration as make
from tests.factories.access import DelegationFactory
from tests.factories.parties import EmployerFactory

pytestmark = pytest.mark.usefixtures("rules")
Acting = Callable[..., Any]


@pytest.fixture
def accepted(
    county: County,
    clerk: User,
    arbitration_head: User,
    arbitrator: User,
    acting: Acting,
    today: Any,
) -> Dispute:
    """A dispute that was accepted on 1 November 2023, with one arbitrator."""
    today.move_to("2023-11-01T09:00:00+08:00")
    acting(clerk)
    case = make.dispute(county, clerk, date(2023, 11, 1))
    proposal = {"summary": make.SUMMARY, "handler_opinion": "拟受理", "procedure": "ordinary"}
    moves.move(case, "propose", by=clerk, data=proposal)
    acting("test")
    member = make.staff(county)
    acting(arbitration_head)
    seats = [{"member": member, "role": "sole"}]
    decision = {"procedure": "ordinary", "handler": arbitrator, "deputy": clerk, "tribunal": seats}
    moves.move(case, "accept", by=arbitration_head, data=decision)
    return Dispute.objects.get(pk=case.pk)


def terms(case: Dispute) -> dict[str, Any]:
    """The due days of the case's clocks by term."""
    return {clock.term: clock.due_on for clock in Clock.objects.filter(case=case.pk)}


def state(case: Dispute, term: str) -> str:
    """How the last clock of a term stands."""
    return Clock.objects.filter(case=case.pk, term=term).latest("pk").state


def award(case: Dispute, by: User, **more: Any) -> None:
    """From the hearing to the award, through the door."""
    moves.move(case, "send", by=by, data={"deliveries": []})
    for code in ("served", "hear", "end_hearing"):
        moves.move(case, code, by=by)
    row = {"seq": 1, "awarded": Decimal("3000"), "is_final": True}
    given = {
        "outcome": "final_award",
        "finality": "final",
        "result": "支付工资。",
        "awarded": Decimal("3000"),
        "signer": by,
        "claims": [row],
    }
    moves.move(case, "award", by=by, data={**given, **more})


def test_sending_is_not_service_and_a_paper_left_counts_after_three_working_days(
    accepted: Dispute, arbitration_head: User, today: Any
) -> None:
    moves.move(accepted, "send", by=arbitration_head, data={"deliveries": []})
    assert state(accepted, "arb.send_copy") == "running"
    photo = SimpleUploadedFile("a.txt", "送达照片".encode(), content_type="text/plain")
    left = {"mode": "left", "refusal": "拒收", "witnesses": "王某，村干部", "proof": photo}
    make.served(accepted, arbitration_head, "申请书副本", roles=("respondent",), **left)
    delivery = accepted.deliveries.get()
    assert (delivery.deemed_on, delivery.proof is not None) == (date(2023, 11, 6), True)
    assert delivery.state_words == "2023-11-06 起视为送达"
    today.move_to("2023-11-06T09:00:00+08:00")
    assert delivery.state_words == "已送达"
    # Ten working days from the deemed day, not from the day the paper was left.
    assert terms(accepted)["arb.answer"] == date(2023, 11, 20)


def test_a_paper_left_without_a_photograph_is_refused(
    accepted: Dispute, arbitration_head: User
) -> None:
    given = {"mode": "left", "refusal": "拒收", "doc_name": "申请书副本", "address": "某路"}
    given["witnesses"] = "王某，村干部"
    party = accepted.parties.get(role="respondent")
    days = {"on": "2023-11-01", "sent_on": "2023-11-01", "party": party.pk}
    form = DeliveryForm({**given, **days}, case=accepted, user=arbitration_head)
    assert (form.is_valid(), list(form.errors)) == (False, ["proof"])


@pytest.mark.parametrize(
    ("doc_name", "procedure"), [("裁决书", "simple"), ("组庭通知书", "ordinary")]
)
def test_simple_service_is_refused(
    accepted: Dispute, arbitration_head: User, doc_name: str, procedure: str
) -> None:
    accepted.procedure = procedure
    make.issued(accepted, doc_name, arbitration_head)
    party = accepted.parties.get(role="respondent")
    given = {"mode": "phone", "doc_name": doc_name, "address": "某路", "party": party.pk}
    days = dict.fromkeys(("on", "sent_on", "signed_on"), "2023-11-01")
    form = DeliveryForm({**given, **days}, case=accepted, user=arbitration_head)
    assert (form.is_valid(), list(form.errors)) == (False, ["mode"])


def test_a_final_award_gives_the_worker_and_the_employer_their_own_terms(
    accepted: Dispute, arbitration_head: User
) -> None:
    make.served(accepted, arbitration_head, "申请书副本", roles=("respondent",))
    assert state(accepted, "arb.send_copy") == "met"
    award(accepted, arbitration_head)
    answers = Clock.objects.filter(case=accepted.pk, term="arb.answer").count()
    make.served(accepted, arbitration_head, "裁决书", roles=("applicant",))
    assert state(accepted, "arb.serve_award") == "running"
    make.served(accepted, arbitration_head, "裁决书", roles=("respondent",))
    assert state(accepted, "arb.serve_award") == "met"
    found = terms(accepted)
    assert (found["arb.worker_sues"], found["arb.set_aside"]) == (
        date(2023, 11, 16),
        date(2023, 12, 1),
    )
    assert "arb.sue" not in found
    # An award that reaches the respondent asks for no answer.
    assert Clock.objects.filter(case=accepted.pk, term="arb.answer").count() == answers


def test_of_separate_awards_each_starts_its_own_terms(
    accepted: Dispute, arbitration_head: User
) -> None:
    make.served(accepted, arbitration_head, "申请书副本", roles=("respondent",))
    award(accepted, arbitration_head, outcome="split_award", finality="split")
    make.served(accepted, arbitration_head, "非终局裁决书", roles=("respondent",))
    assert ("arb.sue" in terms(accepted), "arb.set_aside" in terms(accepted)) == (True, False)
    make.served(accepted, arbitration_head, "终局裁决书", roles=("respondent",))
    assert "arb.set_aside" in terms(accepted)


def test_a_public_notice_needs_a_returned_paper_and_its_days_are_not_counted(
    accepted: Dispute, arbitration_head: User, acting: Acting, today: Any
) -> None:
    party = accepted.parties.get(role="respondent")
    notice = {"party": party, "doc_name": "申请书副本", "media": "县人民政府网站"}
    with pytest.raises(MoveRefused, match="没有退回的送达记录"):
        moves.move(accepted, "publish_notice", by=arbitration_head, data=notice)
    given = {"mode": "mail", "mail_no": "E1", "doc_name": "申请书副本", "address": "某路"}
    days = dict.fromkeys(("on", "sent_on", "returned_on"), "2023-11-01")
    form = DeliveryForm({**given, **days, "party": party.pk}, case=accepted, user=arbitration_head)
    assert form.is_valid(), form.errors
    moves.move(accepted, "record_delivery", by=arbitration_head, data=form.move_data())
    assert list(notices.no_other_way_is_left(accepted, {**notice, "on": date(2023, 10, 31)}))
    told = {"recipient": party.name, "mode": "direct", "address": "某路", "state": "served"}
    told |= {"party": party, "doc_name": "举证通知书"}
    day = date(2023, 11, 2)
    handed = accepted.deliveries.create(**told, sent_on=day, deemed_on=day)
    assert list(notices.no_other_way_is_left(accepted, {**notice, "on": day}))
    handed.delete()
    moves.move(accepted, "publish_notice", by=arbitration_head, data=notice)
    with pytest.raises(MoveRefused, match="公告期间"):
        moves.move(accepted, "suspend", by=None, data={"suspend_cause": "other"})
    assert state(accepted, "arb.award") == "paused"
    today.move_to("2023-12-04T09:00:00+08:00")
    acting("test")
    assert daily.end_notices() == {"ended": 1}
    served = accepted.deliveries.get(mode="notice")
    assert (served.state, served.deemed_on) == ("served", date(2023, 12, 1))
    clock = Clock.objects.get(case=accepted.pk, term="arb.award")
    # Sixteen December and thirty days; without the notice it would be Monday the eighteenth.
    assert (clock.state, clock.due_on) == ("running", date(2024, 1, 15))
    assert terms(accepted)["arb.answer"] == date(2023, 12, 15)


def test_a_recusal_keeps_the_hearing_waiting_until_the_director_decides(
    accepted: Dispute, arbitration_head: User, director: User, acting: Acting
) -> None:
    make.served(accepted, arbitration_head, "申请书副本", roles=("respondent",))
    moves.move(accepted, "send", by=arbitration_head, data={"deliveries": []})
    moves.move(accepted, "served", by=arbitration_head)
    member = accepted.tribunal.get().member
    asked = {"member": member, "asked_by": "被申请人", "reason": "与申请人是亲属"}
    moves.move(accepted, "ask_recusal", by=arbitration_head, data=asked)
    with pytest.raises(MoveRefused, match="决定前暂停参与"):
        moves.move(accepted, "hear", by=arbitration_head)
    decision = {"recusal": accepted.recusals.get(), "granted": False, "member": member}
    with pytest.raises(PermissionDenied):
        moves.move(accepted, "decide_recusal", by=arbitration_head, data=decision)
    acting(director)
    moves.move(accepted, "decide_recusal", by=director, data=decision)
    assert state(accepted, "arb.recusal") == "met"
    acting(arbitration_head)
    assert moves.move(accepted, "hear", by=arbitration_head).to_state == "hearing"


def test_who_was_not_told_of_the_hearing_cannot_be_deemed_to_withdraw(
    accepted: Dispute, county: County, clerk: User, arbitration_head: User, today: Any
) -> None:
    gone = {"outcome": "deemed_withdrawn"}
    with pytest.raises(MoveRefused, match="还没有到开庭的日期"):
        moves.move(accepted, "withdraw", by=arbitration_head, data=gone, note="未到庭")
    start = datetime.fromisoformat("2023-11-16T09:00+08:00")
    hearing = {"room": make.room(county), "starts_at": start, "hearing_on": start.date()}
    hearing["ends_at"] = start + timedelta(hours=1)
    moves.move(accepted, "schedule", by=arbitration_head, data=hearing)
    today.move_to("2023-11-16T10:00:00+08:00")
    with pytest.raises(MoveRefused, match="没有按时送达开庭通知书"):
        moves.move(accepted, "withdraw", by=arbitration_head, data=gone, note="未到庭")
    told = {"roles": ("applicant",), "on": date(2023, 11, 3)}
    make.served(accepted, arbitration_head, "开庭通知书", **told)
    with pytest.raises(MoveRefused, match="到庭情况"):
        moves.move(accepted, "withdraw", by=arbitration_head, data=gone, note="未到庭")
    gone["attended"] = "申请人无正当理由未到庭，被申请人到庭"
    moves.move(accepted, "withdraw", by=arbitration_head, data=gone, note="未到庭")
    again = Dispute(
        unit=accepted.unit, apply_mode="written", cause=accepted.cause, people=1, amount=1
    )
    parties = [
        PartyIn(role=row.role, name=row.name, person=row.person, employer=row.employer)
        for row in accepted.parties.all()
    ]
    with pytest.raises(MoveRefused, match="按视为撤回处理"):
        moves.open_case(again, by=clerk, parties=parties)


def test_an_extension_comes_before_the_term_is_over_and_once(
    accepted: Dispute, director: User, acting: Acting, today: Any
) -> None:
    acting(director)
    today.move_to("2023-12-19T09:00:00+08:00")
    long = {"days": 15, "reason": "案情复杂"}
    with pytest.raises(MoveRefused, match="届满后不能再延长"):
        moves.move(accepted, "extend", by=director, data=long)
    with pytest.raises(MoveRefused, match="届满后不能再延长"):
        moves.move(accepted, "extend", by=director, data=long, on=date(2023, 12, 1))
    today.move_to("2023-12-01T09:00:00+08:00")
    moves.move(accepted, "extend", by=director, data=long)
    with pytest.raises(MoveRefused, match="已经延长过一次"):
        moves.move(accepted, "extend", by=director, data=long)


def test_a_term_that_began_anew_may_be_extended_again(
    accepted: Dispute, director: User, county: County, acting: Acting, today: Any
) -> None:
    today.move_to("2023-12-01T09:00:00+08:00")
    acting(director)
    long = {"days": 15, "reason": "案情复杂"}
    moves.move(accepted, "extend", by=director, data=long)
    acting("test")
    firm = EmployerFactory(unit=accepted.unit)
    joined = PartyIn(role="third", name=firm.name, employer=firm, address="某路")
    moves.move(accepted, "add_party", by=None, data={"party": joined})
    assert terms(accepted)["arb.award"] == date(2024, 1, 15)
    acting(director)
    moves.move(accepted, "extend", by=director, data=long)
    assert terms(accepted)["arb.award"] == date(2024, 1, 30)


def test_a_suspension_is_approved_by_the_director_or_whom_he_delegated(
    accepted: Dispute, arbitration_head: User, director: User
) -> None:
    why = {"suspend_cause": "other"}
    with pytest.raises(PermissionDenied):
        moves.move(accepted, "suspend", by=arbitration_head, data=why)
    day = timezone.localdate()
    given = {"giver": director, "taker": arbitration_head, "area": "arbitration"}
    DelegationFactory(**given, moves=["suspend"], from_on=day, to_on=day)
    event = moves.move(accepted, "suspend", by=arbitration_head, data=why)
    assert (event.by, event.on_behalf_of) == (arbitration_head, director)


def test_the_same_head_may_not_revoke_a_case_that_he_handles(
    accepted: Dispute, arbitration_head: User
) -> None:
    moves.assign(accepted, by=arbitration_head, handler=arbitration_head)
    with pytest.raises(PermissionDenied, match="另一人审批"):
        moves.move(accepted, "revoke", by=arbitration_head, data={"outcome": "revoked"})


def test_a_suspension_lifted_on_its_first_day_leaves_the_term_of_trial_as_it_was(
    accepted: Dispute, arbitration_head: User
) -> None:
    before = Clock.objects.get(case=accepted.pk, term="arb.award").due_on
    moves.move(accepted, "suspend", by=None, data={"suspend_cause": "other"})
    moves.move(accepted, "resume", by=arbitration_head)
    clock = Clock.objects.get(case=accepted.pk, term="arb.award")
    assert (clock.state, clock.due_on) == ("running", before)
    assert before is not None


# --- what a receipt of service holds (form A03) --------------------------------------------------


def receipt(case: Dispute, by: User, **given: str) -> DeliveryForm:
    """The form as posted for the respondent, all on 1 November 2023."""
    party = case.parties.get(role="respondent")
    plain = {"doc_name": "申请书副本", "mode": "direct", "address": "某路", "party": party.pk}
    days = dict.fromkeys(("on", "sent_on", "signed_on"), "2023-11-01")
    return DeliveryForm({**plain, **days, **given}, case=case, user=by)


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({}, ["proof", "signed_by"]),
        ({"signed_by": "李某，收发室"}, ["proof"]),
        ({"signed_by": "李某，收发室", "proof_missing": "回证原件随卷，未扫描"}, []),
        ({"mode": "left", "signed_on": ""}, ["proof", "refusal", "witnesses"]),
        ({"mode": "posted", "signed_on": ""}, ["ground", "proof", "refusal"]),
        (
            {"mode": "posted", "signed_on": "", "ground": "refused", "refusal": "法人拒收"},
            ["proof"],
        ),
        (
            {"mode": "posted", "signed_on": "", "ground": "stopped", "refusal": "厂房已空"},
            ["ground", "proof"],
        ),
        ({"mode": "mail"}, ["mail_no"]),
        ({"mode": "mail", "mail_no": "E1"}, []),
        ({"mode": "mail", "signed_on": "", "returned_on": "2023-11-01"}, ["mail_no"]),
        ({"mode": "posted", "signed_on": "", "returned_on": "2023-11-01"}, ["mode"]),
        ({"mode": "electronic", "signed_on": ""}, ["mode", "signed_on"]),
    ],
)
def test_each_way_of_service_asks_what_proves_it(
    accepted: Dispute, arbitration_head: User, given: dict[str, str], wrong: list[str]
) -> None:
    form = receipt(accepted, arbitration_head, **given)
    assert sorted(form.errors) == wrong


def test_a_stopped_business_of_ten_workers_is_a_ground_to_post_a_paper(
    accepted: Dispute, arbitration_head: User
) -> None:
    accepted.people = 10
    given = {"mode": "posted", "signed_on": "", "ground": "stopped", "refusal": "厂房已空"}
    form = receipt(accepted, arbitration_head, **given)
    assert list(form.errors) == ["proof"]
    assert form.move_data()["refusal"] == "企业停业等原因无法送达，劳动者一方在十人以上：厂房已空"
    worker = str(accepted.parties.get(role="applicant").pk)
    form = receipt(accepted, arbitration_head, **given, party=worker)
    assert "受送达人不是单位" in str(form.errors["ground"])


def test_who_signed_and_why_there_is_no_scan_stand_in_the_register(
    accepted: Dispute, arbitration_head: User, acting: Acting
) -> None:
    form = receipt(accepted, arbitration_head, signed_by="李某，收发室", proof_missing="原件随卷")
    assert form.is_valid(), form.errors
    moves.move(accepted, "record_delivery", by=arbitration_head, data=form.move_data())
    row = accepted.deliveries.get()
    assert (row.signed_by, row.proof_missing) == ("李某，收发室", "原件随卷")
    page = make.page_of(accepted, arbitration_head)
    assert "没有扫描件：原件随卷" in page


def test_a_paper_is_served_only_after_it_was_issued(
    accepted: Dispute, arbitration_head: User, today: Any
) -> None:
    signed = {"doc_name": "应诉通知书", "signed_by": "李某", "proof_missing": "原件随卷"}
    waiting = receipt(accepted, arbitration_head, **signed)
    assert "应诉通知书还没有制发" in str(waiting.errors["doc_name"])
    today.move_to("2023-11-02T09:00:00+08:00")
    make.issued(accepted, "应诉通知书", arbitration_head)
    early = receipt(accepted, arbitration_head, **signed)
    assert "2023-11-02 制发" in str(early.errors["doc_name"])
    late = dict.fromkeys(("on", "sent_on", "signed_on"), "2023-11-02")
    assert receipt(accepted, arbitration_head, **signed, **late).is_valid()
    # A copy of the applicant's own paper is not made here.
    assert receipt(accepted, arbitration_head, **{**signed, "doc_name": "申请书副本"}).is_valid()


def test_a_paper_is_not_signed_before_it_was_sent_nor_sent_before_the_case_was_accepted(
    accepted: Dispute, arbitration_head: User, today: Any
) -> None:
    party = accepted.parties.get(role="respondent")
    today.move_to("2023-11-03T09:00:00+08:00")
    mail = {"doc_name": "申请书副本", "mode": "mail", "mail_no": "E1", "address": "某路"}
    sent = {"deliveries": [{"party": party, "recipient": party.name, **mail}]}
    moves.move(accepted, "send", by=arbitration_head, data=sent)
    row = {"delivery": str(accepted.deliveries.get().pk), "mode": "", "doc_name": "", "address": ""}
    early = receipt(accepted, arbitration_head, **row, sent_on="", signed_on="2023-11-02")
    assert "签收日期不能早于送出日期（2023-11-03）" in str(early.errors["signed_on"])
    moved = receipt(accepted, arbitration_head, **row, sent_on="2023-11-02")
    assert "2023-11-03 登记发出" in str(moved.errors["sent_on"])
    good = dict.fromkeys(("on", "signed_on"), "2023-11-03")
    assert receipt(accepted, arbitration_head, **{**row, **good, "sent_on": ""}).is_valid()
    signed = {"signed_by": "李某", "proof_missing": "原件随卷"}
    accepted.opened_on = date(2023, 10, 30)
    before = dict.fromkeys(("sent_on", "signed_on"), "2023-10-31")
    form = receipt(accepted, arbitration_head, **signed, **before)
    assert "本案 2023-11-01 受理" in str(form.errors["sent_on"])
    before = dict.fromkeys(("sent_on", "signed_on"), "2023-10-29")
    form = receipt(accepted, arbitration_head, **signed, **before)
    assert "收到申请是 2023-10-30" in str(form.errors["sent_on"])


@pytest.mark.parametrize("mode", ["left", "posted", "notice"])
def test_a_settlement_is_signed_for_by_the_parties(
    accepted: Dispute, arbitration_head: User, mode: str
) -> None:
    make.issued(accepted, "调解书", arbitration_head)
    words = "调解书由当事人签收，拒收的按送达前反悔办理"
    if mode == "notice":
        party = accepted.parties.get(role="respondent")
        given = {"on": "2023-11-01", "party": party.pk, "doc_name": "调解书", "media": "县网站"}
        form: Any = NoticeForm(given, case=accepted, user=arbitration_head)
        assert words in str(form.errors["doc_name"])
        return
    given = {"mode": mode, "doc_name": "调解书", "signed_on": ""}
    form = receipt(accepted, arbitration_head, **given)
    assert words in str(form.errors["mode"])


@pytest.mark.parametrize("mode", ["left", "posted"])
def test_what_nobody_signs_for_counts_by_the_rule_of_days(
    accepted: Dispute, arbitration_head: User, mode: str
) -> None:
    form = receipt(accepted, arbitration_head, mode=mode, refusal="拒收", witnesses="王某")
    assert "没有签收日期" in str(form.errors["signed_on"])
    day = date(2023, 11, 1)
    assert deemed_day(mode, day, day, accepted.unit.region) == date(2023, 11, 6)


def test_what_goes_out_on_acceptance_is_filled_in(
    accepted: Dispute, arbitration_head: User
) -> None:
    form = SendForm(case=accepted, user=arbitration_head)
    rows = [row.initial for row in form.rows["deliveries"].forms]
    sides = {party.pk: party.role for party in accepted.parties.all()}
    found: dict[str, list[str]] = {"respondent": [], "applicant": []}
    for row in rows:
        found[sides[row["party"]]].append(row["doc_name"])
    assert found == {
        "respondent": ["申请书副本", "应诉通知书", "举证通知书", "组庭通知书"],
        "applicant": ["受理通知书", "举证通知书", "组庭通知书"],
    }
    accepted.tribunal.update(left_on=date(2023, 11, 1))
    again = SendForm(case=Dispute.objects.get(pk=accepted.pk), user=arbitration_head)
    assert "组庭通知书" not in {row.initial["doc_name"] for row in again.rows["deliveries"].forms}


def test_separate_awards_are_served_when_each_of_them_reached_every_party(
    accepted: Dispute, arbitration_head: User, today: Any
) -> None:
    make.served(accepted, arbitration_head, "申请书副本", roles=("respondent",))
    award(accepted, arbitration_head, outcome="split_award", finality="split")
    make.served(accepted, arbitration_head, "终局裁决书")
    assert state(accepted, "arb.serve_award") == "running"
    today.move_to("2023-12-20T09:00:00+08:00")
    decided = Dispute.objects.get(pk=accepted.pk)
    with pytest.raises(MoveRefused, match="还没有送达"):
        moves.move(decided, "ask_close", by=None, data={"follow_up": "none"})
    make.served(decided, arbitration_head, "非终局裁决书", roles=("applicant",))
    assert state(accepted, "arb.serve_award") == "running"
    today.move_to("2023-12-21T09:00:00+08:00")
    make.served(decided, arbitration_head, "非终局裁决书", roles=("respondent",))
    clock = Clock.objects.get(case=accepted.pk, term="arb.serve_award")
    assert (clock.state, clock.met_on) == ("met", date(2023, 12, 21))


def test_a_void_paper_is_not_served(accepted: Dispute, arbitration_head: User) -> None:
    signed = {"doc_name": "应诉通知书", "signed_by": "李某", "proof_missing": "原件随卷"}
    make.issued(accepted, "应诉通知书", arbitration_head)
    assert receipt(accepted, arbitration_head, **signed).is_valid()
    first = accepted.papers.get(kind="arb.response")
    void_paper(first.paper, by=arbitration_head, reason="被申请人名称写错")
    refused = receipt(accepted, arbitration_head, **signed)
    assert "应诉通知书已经作废" in str(refused.errors["doc_name"])
    papers.call(accepted, accepted.events.latest("pk"), ("arb.response",))
    make.issued(accepted, "应诉通知书", arbitration_head)
    assert receipt(accepted, arbitration_head, **signed).is_valid()
