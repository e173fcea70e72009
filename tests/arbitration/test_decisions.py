"""Decisions beside the award: the case and its clock go on as they were."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from arbitration.documents.values import dispute_values
from arbitration.forms import (
    AheadForm,
    AwardForm,
    ClaimsChangeForm,
    OverdueForm,
    PartAwardForm,
    RectificationForm,
    SettlementForm,
    TakeOverForm,
)
from arbitration.models import Dispute
from arbitration.workflows import conditions, effects, offers
from arbitration.workflows.deliveries import not_issued
from hrss_portal.access.models import User
from hrss_portal.casework import door, moves, papers
from hrss_portal.casework.models import Clock
from hrss_portal.casework.moves import MoveRefused
from tests.cast import County
from tests.factories import arbitration as make

pytestmark = pytest.mark.usefixtures("rules", "today")
Acting = Callable[..., Any]
PROPOSAL = {"summary": make.SUMMARY, "handler_opinion": "拟受理", "procedure": "ordinary"}
CLAIMS = [
    {"text": "支付拖欠的工资", "amount": Decimal("9000.00")},
    {"text": "支付经济补偿", "amount": Decimal("12000.00")},
]


@pytest.fixture
def accepted(
    county: County,
    clerk: User,
    arbitration_head: User,
    arbitrator: User,
    acting: Acting,
    today: Any,
) -> Dispute:
    """A dispute over two items, accepted on 1 November 2023, with its tribunal."""
    today.move_to("2023-11-01T09:00:00+08:00")
    acting("test")
    case = make.dispute(
        county, clerk, date(2023, 11, 1), amount=Decimal(21000), data={"claims": CLAIMS}
    )
    return accept(case, county, clerk, arbitration_head, arbitrator)


def accept(case: Dispute, county: County, clerk: User, head: User, arbitrator: User) -> Dispute:
    """The case proposed by the clerk and accepted by the head today."""
    moves.move(case, "propose", by=clerk, data=PROPOSAL)
    seats = [{"member": make.staff(county, user=arbitrator), "role": "sole"}]
    decision = {"procedure": "ordinary", "handler": arbitrator, "deputy": clerk, "tribunal": seats}
    moves.move(case, "accept", by=head, data=decision)
    return Dispute.objects.get(pk=case.pk)


@pytest.fixture
def deliberating(accepted: Dispute, clerk: User, arbitrator: User, today: Any) -> Dispute:
    """The same, heard on 20 November."""
    moves.move(accepted, "send", by=clerk, data={"deliveries": []})
    make.served(accepted, clerk, "申请书副本", roles=("respondent",))
    today.move_to("2023-11-20T09:00:00+08:00")
    for code in ("served", "hear", "end_hearing"):
        moves.move(accepted, code, by=arbitrator)
    return Dispute.objects.get(pk=accepted.pk)


def rows(*items: dict[str, str]) -> dict[str, str]:
    """The claims' rows of an award's form."""
    given = {"claims-TOTAL_FORMS": str(len(items)), "claims-INITIAL_FORMS": str(len(items))}
    for n, item in enumerate(items):
        given |= {f"claims-{n}-{name}": value for name, value in item.items()}
    return given


def part_form(case: Dispute, user: User, *items: dict[str, str]) -> PartAwardForm:
    """The form of a part award of today."""
    texts = {"result": "支付工资9000元。", "reasons": "欠条属实。", "signer": str(user.pk)}
    return PartAwardForm({"on": "2023-11-20", **texts, **rows(*items)}, case=case, user=user)


WAGES = {"seq": "1", "is_decided": "on", "awarded": "9000", "is_final": "1", "kind": "money"}
LATER = {"seq": "2"}


def part_award(case: Dispute, head: User) -> None:
    """The wages are decided, the compensation waits."""
    form = part_form(case, head, WAGES, LATER)
    assert form.is_valid(), (form.errors, [one.errors for one in form.rows["claims"].forms])
    moves.move(case, "part_award", by=head, data=form.move_data())


# --- 先行裁决 -------------------------------------------------------------------------------------


def test_a_part_is_decided_and_the_rest_goes_on_in_its_own_time(
    deliberating: Dispute, arbitration_head: User
) -> None:
    before = Clock.objects.get(case=deliberating.pk, term="arb.award")
    part_award(deliberating, arbitration_head)
    case = Dispute.objects.get(pk=deliberating.pk)
    assert (case.state, case.closed_on, case.outcome) == ("deliberating", None, "")
    clock = Clock.objects.get(case=case.pk, term="arb.award")
    assert (clock.state, clock.due_on) == ("running", before.due_on)
    decided, waiting = case.claims.order_by("seq")
    assert (decided.awarded, decided.is_final) == (Decimal(9000), True)
    assert (decided.part_awarded_on, waiting.part_awarded_on) == (date(2023, 11, 20), None)
    told = dispute_values(case.papers.get(kind="arb.part_award"))
    assert (told["is_final_part"], told["result"]) == (True, ["支付工资9000元。"])
    assert [row["text"] for row in told["claims"]] == ["支付拖欠的工资"]


@pytest.mark.parametrize(
    ("items", "words"),
    [
        (({"seq": "1"}, LATER), "勾选本次先行裁决的请求"),
        ((WAGES, {**WAGES, "seq": "2"}), "余下的请求全部裁决的"),
        (({**WAGES, "awarded": "9500"}, LATER), "多于请求的"),
    ],
)
def test_a_part_is_neither_nothing_nor_everything(
    deliberating: Dispute, arbitration_head: User, items: Any, words: str
) -> None:
    form = part_form(deliberating, arbitration_head, *items)
    assert not form.is_valid()
    assert words in str(form.errors)


def test_its_service_opens_the_way_to_the_court_and_is_needed_for_closing(
    deliberating: Dispute, arbitration_head: User, clerk: User
) -> None:
    part_award(deliberating, arbitration_head)
    goal = Clock.objects.get(case=deliberating.pk, term="arb.serve_decision")
    assert (goal.is_target, goal.due_on) == (True, date(2023, 11, 27))
    make.served(deliberating, clerk, "先行裁决书（终局）", roles=("applicant",))
    sues = Clock.objects.get(case=deliberating.pk, term="arb.worker_sues")
    assert sues.due_on == date(2023, 12, 5)
    award = {"outcome": "award", "finality": "not_final", "result": "驳回。", "awarded": "9000"}
    moves.move(deliberating, "award", by=arbitration_head, data=award)
    make.served(deliberating, clerk, "裁决书")
    with pytest.raises(MoveRefused, match="还没有送达"):
        moves.move(deliberating, "close", by=None, data={"follow_up": "sued"})
    make.served(deliberating, clerk, "先行裁决书（终局）", roles=("respondent",))
    goal.refresh_from_db()
    assert goal.state == "met"
    assert Clock.objects.get(case=deliberating.pk, term="arb.set_aside").state == "running"
    moves.move(deliberating, "close", by=None, data={"follow_up": "sued"})


def test_of_two_part_awards_each_is_served(
    deliberating: Dispute, arbitration_head: User, clerk: User
) -> None:
    third = {"text": "支付赔偿金", "amount": Decimal("1000.00"), "seq": 3}
    deliberating.claims.create(**third)
    open_part = {"seq": "2", "is_decided": "on", "awarded": "12000", "is_final": "0"}
    open_part |= {"kind": "money", "final_reason": "数额有争议"}
    for items in ((WAGES, LATER, {"seq": "3"}), (open_part, {"seq": "3"})):
        form = part_form(deliberating, arbitration_head, *items)
        assert form.is_valid(), (form.errors, [one.errors for one in form.rows["claims"].forms])
        moves.move(deliberating, "part_award", by=arbitration_head, data=form.move_data())
    final, other = deliberating.papers.filter(kind="arb.part_award").order_by("pk")
    papers.issue(final, by=arbitration_head)
    assert not not_issued(deliberating, "先行裁决书（终局）", date(2023, 11, 20))
    assert "还没有制发" in not_issued(deliberating, "先行裁决书（非终局）", date(2023, 11, 20))
    papers.issue(other, by=arbitration_head)
    make.served(deliberating, clerk, "先行裁决书（终局）")
    goals = Clock.objects.filter(case=deliberating.pk, term="arb.serve_decision").order_by("pk")
    assert [goal.state for goal in goals] == ["met", "running"]
    award = {"outcome": "award", "finality": "not_final", "result": "驳回。", "awarded": "21000"}
    moves.move(deliberating, "award", by=arbitration_head, data=award)
    make.served(deliberating, clerk, "裁决书")
    with pytest.raises(MoveRefused, match="还没有送达"):
        moves.move(deliberating, "close", by=None, data={"follow_up": "sued"})
    make.served(deliberating, clerk, "先行裁决书（非终局）")
    moves.move(deliberating, "close", by=None, data={"follow_up": "sued"})


def test_the_award_decides_what_is_left_and_counts_everything(
    deliberating: Dispute, arbitration_head: User
) -> None:
    part_award(deliberating, arbitration_head)
    item = {"seq": "2", "awarded": "8000", "is_final": "1", "kind": "money"}
    texts = {"result": "支付经济补偿8000元。", "reasons": "解除违法。"}
    given = {"on": "2023-11-20", **texts, "signer": str(arbitration_head.pk), **rows(item)}
    form = AwardForm(given, case=deliberating, user=arbitration_head)
    assert [one.initial["text"] for one in form.rows["claims"].forms] == ["支付经济补偿"]
    assert form.is_valid(), (form.errors, [one.errors for one in form.rows["claims"].forms])
    moves.move(deliberating, "award", by=arbitration_head, data=form.move_data())
    case = Dispute.objects.get(pk=deliberating.pk)
    assert (case.awarded, case.outcome) == (Decimal(17000), "final_award")
    told = dispute_values(case.papers.get(kind="arb.award_final"))
    assert told["part_awards"] == "其中第1项请求，本委已于2023年11月20日先行裁决。"


def settle_form(case: Dispute, user: User, awarded: str, note: str = "") -> SettlementForm:
    """The form of a settlement of today."""
    texts = {"result": "三日内付清。", "signer": str(user.pk), "note": note}
    return SettlementForm({"on": "2023-11-20", "awarded": awarded, **texts}, case=case, user=user)


def test_a_settlement_keeps_what_a_part_award_granted(
    deliberating: Dispute, arbitration_head: User, arbitrator: User
) -> None:
    part_award(deliberating, arbitration_head)
    form = settle_form(deliberating, arbitrator, "5000")
    assert form.is_valid(), form.errors
    moves.move(deliberating, "settle", by=arbitrator, data=form.move_data())
    case = Dispute.objects.get(pk=deliberating.pk)
    assert (case.awarded, case.outcome) == (Decimal(14000), "mediated")
    assert not list(conditions.was_awarded(case, {}))
    assert offers.was_awarded(case)
    with door.opened():
        effects.keep_until(case, {}, case.events.latest("pk"))
    assert case.keep_until is not None
    assert case.keep_until.year == 2033
    assert dispute_values(case.papers.get(kind="arb.settlement"))["keeping"] == "不少于十年"


def test_a_settlement_above_the_open_claims_says_why(
    deliberating: Dispute, arbitration_head: User, arbitrator: User
) -> None:
    assert settle_form(deliberating, arbitrator, "21000").is_valid()
    form = settle_form(deliberating, arbitrator, "21000.01")
    assert "多于请求的 21000.00 元" in str(form.errors["awarded"])
    assert settle_form(deliberating, arbitrator, "21000.01", "双方同意另付利息").is_valid()
    part_award(deliberating, arbitration_head)
    assert "多于请求的 12000.00 元" in str(
        settle_form(deliberating, arbitrator, "12001").errors["awarded"]
    )


def test_changed_claims_leave_what_was_decided(
    deliberating: Dispute, arbitration_head: User, arbitrator: User
) -> None:
    part_award(deliberating, arbitration_head)
    row = {"claims-0-text": "支付经济补偿", "claims-0-amount": "15000"}
    given = {"on": "2023-11-20", "claims-TOTAL_FORMS": "1", "claims-INITIAL_FORMS": "1", **row}
    form = ClaimsChangeForm(given, case=deliberating, user=arbitrator)
    assert form.is_valid(), form.errors
    moves.move(deliberating, "change_claims", by=arbitrator, data=form.move_data())
    case = Dispute.objects.get(pk=deliberating.pk)
    assert case.amount == Decimal(24000)
    assert list(case.claims.values_list("seq", "text", "amount", "awarded")) == [
        (1, "支付拖欠的工资", Decimal(9000), Decimal(9000)),
        (2, "支付经济补偿", Decimal(15000), None),
    ]


def test_new_claims_after_the_time_for_evidence_are_a_case_of_their_own(
    accepted: Dispute, arbitrator: User
) -> None:
    accepted.evidence_due_on = date(2023, 10, 31)
    row = {"claims-0-text": "支付经济补偿", "claims-0-amount": "15000"}
    given = {"on": "2023-11-01", "claims-TOTAL_FORMS": "1", "claims-INITIAL_FORMS": "1", **row}
    form = ClaimsChangeForm(given, case=accepted, user=arbitrator)
    assert "告知另行申请仲裁" in str(form.errors["on"])
    accepted.evidence_due_on = date(2023, 11, 1)
    assert ClaimsChangeForm(given, case=accepted, user=arbitrator).is_valid()


# --- 先予执行 -------------------------------------------------------------------------------------


def ahead(case: Dispute, head: User, **changed: str) -> AheadForm:
    """The form of an order to enforce ahead; a value "" leaves the field out."""
    given = {
        "on": "2023-11-01",
        "asked_on": "2023-11-01",
        "party": str(case.parties.get(role="applicant").pk),
        "ahead_kind": "pay",
        "is_clear": "on",
        "is_urgent": "on",
        "ahead_amount": "3000",
        "result": "先予支付工资3000元。",
        "reasons": "欠条载明数额，申请人无其他生活来源。",
        "court_name": "霍邱县人民法院",
        "signer": str(head.pk),
    }
    return AheadForm({**given, **changed}, case=case, user=head)


def test_enforcement_ahead_goes_to_the_court_and_the_case_goes_on(
    accepted: Dispute, arbitration_head: User
) -> None:
    form = ahead(accepted, arbitration_head)
    assert form.is_valid(), form.errors
    moves.move(accepted, "enforce_ahead", by=arbitration_head, data=form.move_data())
    case = Dispute.objects.get(pk=accepted.pk)
    assert (case.state, case.closed_on) == ("accepted", None)
    assert Clock.objects.get(case=case.pk, term="arb.award").state == "running"
    told = dispute_values(case.papers.get(kind="arb.enforcement_letter"))
    assert (told["court_name"], told["ahead_amount"]) == ("霍邱县人民法院", Decimal("3000.00"))
    assert (told["ahead_kind"], told["asked_on"]) == ("劳动报酬", date(2023, 11, 1))
    papers.issue(case.papers.get(kind="arb.enforce_ahead"), by=arbitration_head)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"is_clear": ""}, "权利义务关系不明确的"),
        ({"is_urgent": ""}, "不影响申请人生活的"),
        ({"ahead_amount": "21000.01"}, "不能多于请求金额"),
        ({"ahead_amount": "0"}, "填写先予执行的金额"),
        ({"ahead_kind": "other"}, "other"),
    ],
)
def test_enforcement_ahead_has_its_conditions(
    accepted: Dispute, arbitration_head: User, changed: dict[str, str], words: str
) -> None:
    form = ahead(accepted, arbitration_head, **changed)
    assert not form.is_valid()
    assert words in str(form.errors)


def test_an_employer_asks_for_no_enforcement_ahead(
    accepted: Dispute, arbitration_head: User
) -> None:
    firm = accepted.parties.get(role="respondent")
    form = ahead(accepted, arbitration_head, party=str(firm.pk))
    assert "由追索劳动报酬等的劳动者申请" in str(form.errors["party"])


# --- 补正 ----------------------------------------------------------------------------------------


def test_an_award_is_corrected_after_service_without_reopening(
    deliberating: Dispute, arbitration_head: User, arbitrator: User, clerk: User
) -> None:
    claims = [{"seq": 1, "awarded": Decimal(9000), "is_final": False}]
    award = {"outcome": "award", "finality": "not_final", "result": "付款。", "awarded": "9000"}
    moves.move(deliberating, "award", by=arbitration_head, data={**award, "claims": claims})
    issued = papers.issue(deliberating.papers.get(kind="arb.award"), by=arbitration_head)
    make.served(deliberating, clerk, "裁决书")
    given = {
        "on": "2023-11-20",
        "error_kind": "counting",
        "wrong": "支付工资9000元",
        "right": "支付工资8700元",
        "claim": str(deliberating.claims.get(seq=1).pk),
        "corrected": "8700",
    }
    form = RectificationForm(given, case=deliberating, user=arbitrator)
    assert form.is_valid(), form.errors
    with pytest.raises(PermissionDenied):
        moves.move(deliberating, "rectify", by=clerk, data=form.move_data())
    moves.move(deliberating, "rectify", by=arbitrator, data=form.move_data())
    case = Dispute.objects.get(pk=deliberating.pk)
    assert (case.state, case.closed_on) == ("awarded", date(2023, 11, 20))
    assert (case.awarded, case.claims.get(seq=1).awarded) == (Decimal(8700), Decimal(8700))
    told = dispute_values(case.papers.get(kind="arb.rectification"))
    assert issued.paper is not None
    assert (told["award_no"], told["error_kind"]) == (issued.paper.number, "计算错误")
    make.served(case, clerk, "补正决定书")
    assert Clock.objects.get(case=case.pk, term="arb.serve_decision").state == "met"
    assert Clock.objects.filter(case=case.pk, term="arb.sue").count() == 2


def test_only_an_award_is_corrected(accepted: Dispute, arbitrator: User, clerk: User) -> None:
    settled = {"outcome": "mediated", "result": "付清。", "awarded": "3000"}
    moves.move(accepted, "settle", by=arbitrator, data=settled)
    make.served(accepted, clerk, "调解书")
    moves.move(accepted, "close", by=None, data={"follow_up": "unknown"})
    with pytest.raises(MoveRefused, match="没有裁决书"):
        moves.move(accepted, "rectify", by=arbitrator, data={})


# --- 接受移送 -------------------------------------------------------------------------------------


def test_a_case_that_was_handed_over_counts_from_the_day_it_was_taken_over(
    county: County,
    clerk: User,
    arbitration_head: User,
    arbitrator: User,
    acting: Acting,
    today: Any,
) -> None:
    today.move_to("2023-11-01T09:00:00+08:00")
    acting("test")
    case = make.dispute(county, clerk, date(2023, 11, 1))
    given = {"on": "2023-11-01", "transferred_from": "示例县劳动人事争议仲裁委员会"}
    form = TakeOverForm(given, case=case, user=clerk)
    assert form.is_valid(), form.errors
    moves.move(case, "take_over", by=clerk, data=form.move_data(), on=date(2023, 11, 1))
    with pytest.raises(MoveRefused, match="已登记 2023-11-01 接受移送"):
        moves.move(case, "take_over", by=clerk, data=form.move_data())
    told = dispute_values(Dispute.objects.get(pk=case.pk).papers.get(kind="arb.take_over"))
    assert told["transferred_from"] == "示例县劳动人事争议仲裁委员会"
    today.move_to("2023-11-06T09:00:00+08:00")
    accept(case, county, clerk, arbitration_head, arbitrator)
    clock = Clock.objects.get(case=case.pk, term="arb.award")
    assert (clock.started_on, clock.due_on) == (date(2023, 11, 1), date(2023, 12, 18))
    sent = Clock.objects.get(case=case.pk, term="arb.send_copy")
    assert sent.started_on == date(2023, 11, 6)


# --- 逾期告知 -------------------------------------------------------------------------------------


def tell(case: Dispute, clerk: User) -> None:
    """The notice that a term ran out, through the form."""
    party = case.parties.get(role="applicant")
    form = OverdueForm({"on": "2023-12-20", "party": str(party.pk)}, case=case, user=clerk)
    assert form.is_valid(), form.errors
    moves.move(case, "tell_overdue", by=clerk, data=form.move_data())


def test_the_notice_of_an_award_that_did_not_come(
    accepted: Dispute, clerk: User, today: Any
) -> None:
    with pytest.raises(MoveRefused, match="审理期限没有届满"):
        moves.move(accepted, "tell_overdue", by=clerk)
    today.move_to("2023-12-20T09:00:00+08:00")
    with pytest.raises(MoveRefused, match="审理期限没有届满"):
        moves.move(accepted, "tell_overdue", by=clerk, on=date(2023, 12, 18))
    tell(accepted, clerk)
    told = dispute_values(accepted.papers.get(kind="arb.overdue_award"))
    assert told["award_due_on"] == date(2023, 12, 18)
    assert told["told_party"] == accepted.parties.get(role="applicant").name
    assert Dispute.objects.get(pk=accepted.pk).state == "accepted"


def test_the_notice_of_a_decision_on_acceptance_that_did_not_come(
    county: County, clerk: User, acting: Acting, today: Any
) -> None:
    acting("test")
    case = make.dispute(county, clerk, date(2023, 11, 16))
    with pytest.raises(MoveRefused, match="受理期限没有届满"):
        moves.move(case, "tell_overdue", by=clerk)
    today.move_to("2023-12-20T09:00:00+08:00")
    with pytest.raises(MoveRefused, match="受理期限没有届满"):
        moves.move(case, "tell_overdue", by=clerk, on=date(2023, 11, 23))
    tell(case, clerk)
    told = dispute_values(case.papers.get(kind="arb.overdue_acceptance"))
    assert told["accept_due_on"] == date(2023, 11, 23)


def test_a_third_person_is_told_and_the_timeline_says_whom_and_when(
    accepted: Dispute, clerk: User, today: Any
) -> None:
    third = accepted.parties.create(role="third", name="某劳务公司", address="霍邱县示例路")
    today.move_to("2023-12-20T09:00:00+08:00")
    given = {"on": "2023-12-19", "party": str(third.pk), "note": "书面申请"}
    form = OverdueForm(given, case=accepted, user=clerk)
    assert form.is_valid(), form.errors
    note = form.cleaned_data["note"]
    told = date(2023, 12, 19)
    moves.move(accepted, "tell_overdue", by=clerk, on=told, data=form.move_data(), note=note)
    paper = accepted.papers.get(kind="arb.overdue_award")
    assert dispute_values(paper)["told_party"] == "某劳务公司"
    event = accepted.events.get(move="tell_overdue")
    assert (event.on, event.note) == (told, "告知第三人某劳务公司：书面申请")
    make.served(accepted, clerk, "逾期告知书", roles=("third",))
    assert accepted.deliveries.get().party == third


def test_before_acceptance_only_the_applicant_is_told(
    county: County, clerk: User, acting: Acting
) -> None:
    acting("test")
    case = make.dispute(county, clerk, date(2023, 11, 16))
    firm = case.parties.get(role="respondent")
    form = OverdueForm({"on": "2023-11-16", "party": str(firm.pk)}, case=case, user=clerk)
    assert list(form.errors) == ["party"]


# --- the pages -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("part_award", "本次先行裁决"),
        ("enforce_ahead", "不先予执行将严重影响申请人的生活"),
        ("tell_overdue", "告知的当事人"),
    ],
)
def test_each_decision_has_its_page(
    deliberating: Dispute, arbitration_head: User, code: str, words: str
) -> None:
    browser = Client()
    browser.force_login(arbitration_head)
    page = browser.get(reverse("arbitration:dispute_move", args=[deliberating.pk, code]))
    assert page.status_code == 200
    assert words in page.content.decode()


def test_what_ended_has_its_pages_too(
    deliberating: Dispute, arbitration_head: User, arbitrator: User
) -> None:
    browser = Client()
    browser.force_login(arbitrator)
    settled = {"outcome": "mediated", "result": "付清。", "awarded": "3000"}
    moves.move(deliberating, "settle", by=arbitrator, data=settled)
    url = reverse("arbitration:dispute_move", args=[deliberating.pk, "retract_settlement"])
    assert "反悔的当事人" in browser.get(url).content.decode()
    moves.move(deliberating, "retract_settlement", by=arbitrator, note="用人单位反悔")
    award = {"outcome": "award", "finality": "not_final", "result": "付款。", "awarded": "9000"}
    moves.move(deliberating, "award", by=arbitration_head, data=award)
    url = reverse("arbitration:dispute_move", args=[deliberating.pk, "rectify"])
    assert "补正的情形" in browser.get(url).content.decode()
    clock = Clock.objects.get(case=deliberating.pk, term="arb.award")
    trace = browser.get(reverse("casework:clock", args=[clock.pk])).content.decode()
    assert "恢复计时" in trace
    assert "送达前反悔：用人单位反悔" in trace
    assert arbitrator.name in trace
