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
    ClaimsChangeForm,
    OverdueForm,
    RectificationForm,
    TakeOverForm,
)
from arbitration.forms.corrections import ClaimCorrection
from arbitration.models import Dispute
from arbitration.workflows.ahead import left_of
from hrss_portal.access.models import User
from hrss_portal.casework import correcting, moves, papers
from hrss_portal.casework.models import Clock
from hrss_portal.casework.moves import MoveRefused
from tests.cast import County
from tests.factories import arbitration as make
from tests.factories.deciding import accept, ahead, rows

pytestmark = pytest.mark.usefixtures("rules", "today")
Acting = Callable[..., Any]


# --- 先予执行 -------------------------------------------------------------------------------------


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
    more = ahead(case, arbitration_head, ("6000.01",))
    assert "还能先予执行的最多 6000.00 元" in str(more.row_errors())
    assert ahead(case, arbitration_head, ("6000",)).is_valid()
    case.claims.filter(seq=1).update(amount=None)
    without = ahead(case, arbitration_head, ("1",))
    assert "第1项请求没有金额，不能先予执行" in str(without.row_errors())


def test_an_order_over_two_claims_counts_once_on_each(
    accepted: Dispute, arbitration_head: User
) -> None:
    accepted.claims.filter(seq=2).update(text="支付加班工资")
    form = ahead(accepted, arbitration_head, ("8000", "7000"))
    assert form.is_valid(), (form.errors, form.row_errors())
    moves.move(accepted, "enforce_ahead", by=arbitration_head, data=form.move_data())
    assert ahead(accepted, arbitration_head, ("1000", "5000")).is_valid()
    assert not ahead(accepted, arbitration_head, ("1000.01",)).is_valid()
    assert not ahead(accepted, arbitration_head, ("", "5000.01")).is_valid()


def test_what_an_order_does_not_share_out_counts_whole(
    accepted: Dispute, arbitration_head: User
) -> None:
    both = list(accepted.claims.all())
    whole = {"ahead_amount": Decimal(8000), "claims": both}
    moves.move(accepted, "enforce_ahead", by=arbitration_head, data=whole)
    accepted.claims.filter(seq=1).update(text="支付2023年拖欠的工资")
    assert left_of(accepted, accepted.claims.all()) == {1: Decimal(1000), 2: Decimal(4000)}


def test_other_words_of_a_claim_leave_what_was_ordered_on_it(
    accepted: Dispute, arbitration_head: User, arbitrator: User
) -> None:
    form = ahead(accepted, arbitration_head, ("8000",))
    assert form.is_valid(), (form.errors, form.row_errors())
    moves.move(accepted, "enforce_ahead", by=arbitration_head, data=form.move_data())

    def change(*claims: dict[str, str]) -> dict[int, Decimal]:
        given = {"on": "2023-11-01", **rows(*claims)}
        form = ClaimsChangeForm(given, case=accepted, user=arbitrator)
        assert form.is_valid(), form.errors
        moves.move(accepted, "change_claims", by=arbitrator, data=form.move_data())
        return left_of(accepted, accepted.claims.order_by("seq"))

    given = {"how": "mend", "text": "支付劳动报酬", "amount": "9000", "reason": "错字"}
    slip = ClaimCorrection(given, case=accepted, row=accepted.claims.get(seq=1), user=arbitrator)
    assert slip.is_valid(), slip.errors
    correcting.correct(accepted, slip.act, by=arbitrator, reason="错字")
    assert left_of(accepted, accepted.claims.all())[1] == Decimal(1000)
    accepted.refresh_from_db()
    more, same = (
        {"text": "支付加班工资", "amount": "500"},
        {"text": "支付劳动报酬", "amount": "9000"},
    )
    assert change(more, same) == {1: Decimal(500), 2: Decimal(1000)}
    browser = Client()
    browser.force_login(arbitrator)
    page = browser.get(reverse("arbitration:dispute_move", args=[accepted.pk, "change_claims"]))
    assert 'name="claims-1-was" value="2"' in page.content.decode()
    reworded = {"text": "支付去年工资", "amount": "9500", "was": "2"}
    assert change(reworded) == {1: Decimal(1500)}
    retyped = {"text": "支付工资差额", "amount": "9500"}
    assert change(retyped) == {1: Decimal(1500)}  # nobody says which claim it was


@pytest.mark.parametrize(
    ("text", "kind", "note", "words"),
    [
        ("支付经济补偿", "pay", "确实是的", "不是劳动报酬"),
        ("支付经济补偿", "compensation", "", ""),
        ("支付欠款", "pay", "", ""),  # the cause of the case is pay
        ("支付欠款", "damages", "", "不是赔偿金"),
        ("补缴社会保险", "pay", "", "写明理由"),
        ("支付工资和经济补偿", "pay", "", "写明理由"),
        ("支付工资和经济补偿", "pay", "前三个月的工资", ""),
    ],
)
def test_what_is_ordered_ahead_is_what_was_claimed(
    accepted: Dispute, arbitration_head: User, text: str, kind: str, note: str, words: str
) -> None:
    accepted.claims.filter(seq=1).update(text=text)
    form = ahead(accepted, arbitration_head, ahead_kind=kind, note=note)
    assert form.is_valid() is not bool(words)
    assert words in str(form.row_errors())


@pytest.mark.parametrize(
    ("amounts", "changed", "words"),
    [
        (("3000",), {"is_clear": ""}, "权利义务关系不明确的"),
        (("3000",), {"is_urgent": ""}, "不影响申请人生活的"),
        (("9000.01",), {}, "还能先予执行的最多 9000.00 元"),
        ((), {}, "填写先予执行的金额"),
        (("-1",), {}, "金额"),
        (("3000",), {"ahead_kind": "other"}, "other"),
        (("3000",), {"on": "2023-10-31"}, "不能早于申请日期 2023-11-01"),
        (("3000",), {"on": "2023-10-31", "asked_on": "2023-10-31"}, "不能早于受理日期"),
    ],
)
def test_enforcement_ahead_has_its_conditions(
    accepted: Dispute,
    arbitration_head: User,
    amounts: tuple[str, ...],
    changed: dict[str, str],
    words: str,
) -> None:
    form = ahead(accepted, arbitration_head, amounts, **changed)
    assert not form.is_valid()
    assert words in f"{form.errors}{form.row_errors()}"


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
    moves.move(accepted, "ask_close", by=None, data={"follow_up": "unknown"})
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


def test_the_claims_of_an_award_are_neither_added_nor_crossed_out(
    deliberating: Dispute, arbitration_head: User
) -> None:
    browser = Client()
    browser.force_login(arbitration_head)
    for code in ("part_award", "award"):
        page = browser.get(reverse("arbitration:dispute_move", args=[deliberating.pk, code]))
        text = page.content.decode()
        assert "2. 支付经济补偿（请求 12000.00 元）" in text
        assert "增加一行" not in text
        assert "去掉这一行" not in text
        assert text.index("支付经济补偿") < text.index("裁决主文")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("part_award", "本次先行裁决"),
        ("part_award", "1. 支付拖欠的工资（请求 9000.00 元）"),
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
