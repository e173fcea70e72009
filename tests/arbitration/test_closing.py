"""结案审批 (form A04): the handler puts the sheet forward, the head approves or sends it back."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from arbitration.documents.values import dispute_values
from arbitration.forms import ClosingApprovalForm, ClosingForm
from arbitration.forms.corrections import DeliveryCorrection
from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.casework import correcting, moves, papers
from hrss_portal.casework.models import CasePaper
from hrss_portal.casework.moves import MoveRefused
from hrss_portal.documents.papers import preview
from tests.cast import County
from tests.factories import arbitration as make

pytestmark = pytest.mark.usefixtures("rules")
OPINION = "双方已撤回争议，拟结案"
GIVEN = {"on": "2023-11-16", "follow_up": "none", "served_on": "2023-11-16", "note": OPINION}


@pytest.fixture
def ended(
    county: County, clerk: User, arbitrator: User, acting: Callable[..., Any], today: Any
) -> Dispute:
    """A dispute that was withdrawn before anybody decided on it."""
    acting("test")
    case = make.dispute(county, clerk, date(2023, 11, 1), handler=arbitrator)
    moves.move(case, "withdraw_early", by=clerk, data={"outcome": "withdrawn"})
    return Dispute.objects.get(pk=case.pk)


def put_forward(case: Dispute, by: User) -> None:
    """The handler's sheet, through the form as it is filled."""
    form = ClosingForm(GIVEN, case=case, user=by)
    assert form.is_valid(), form.errors
    clean = form.cleaned_data
    moves.move(case, "ask_close", by=by, on=clean["on"], data=form.move_data(), note=clean["note"])


def approve(case: Dispute, by: User, opinion: str) -> None:
    """The head's decision, through the form."""
    form = ClosingApprovalForm({"on": "2023-11-16", "note": opinion}, case=case, user=by)
    assert form.is_valid(), form.errors
    clean = form.cleaned_data
    moves.move(case, "close", by=by, on=clean["on"], data=form.move_data(), note=clean["note"])


def codes(case: Dispute, user: User) -> set[str]:
    """The moves offered to somebody."""
    return {one.code for one in moves.available(Dispute.objects.get(pk=case.pk), user)}


def sheet(case: Dispute) -> str:
    """The 结案审批表 as it would be printed."""
    paper = case.papers.get(kind="arb.closing")
    return str(preview("arb.closing", dispute_values(paper), unit=case.unit, on=paper.called_on))


def test_the_head_closes_only_what_the_handler_put_forward(
    ended: Dispute, arbitrator: User, arbitration_head: User
) -> None:
    assert "close" not in codes(ended, arbitration_head)
    with pytest.raises(MoveRefused, match="承办人还没有报结案审批"):
        moves.move(ended, "close", by=arbitration_head, data={"follow_up": "none"})
    assert "ask_close" in codes(ended, arbitrator)
    put_forward(ended, arbitrator)
    assert {"close", "return_draft"} <= codes(ended, arbitration_head)
    assert "close" not in codes(ended, arbitrator)
    form = ClosingApprovalForm(case=Dispute.objects.get(pk=ended.pk), user=arbitration_head)
    assert OPINION in form["asked"].value()
    assert "送达完成日：2023-11-16" in form["asked"].value()


def test_each_opinion_stands_over_the_name_of_who_gave_it(
    ended: Dispute, arbitrator: User, arbitration_head: User
) -> None:
    put_forward(ended, arbitrator)
    asked = sheet(ended)
    assert asked.index(OPINION) < asked.index(f"承办人：{arbitrator.name}")
    approve(ended, arbitration_head, "同意结案归档")
    case = Dispute.objects.get(pk=ended.pk)
    assert (case.state, case.served_on, case.follow_up) == (
        "closed",
        date(2023, 11, 16),
        "unknown",
    )
    closed = case.events.get(move="close")
    assert (closed.data["follow_up"], closed.data["served_on"]) == ("unknown", "2023-11-16")
    text = sheet(case)
    words = [
        OPINION,
        f"承办人：{arbitrator.name}",
        "同意结案归档",
        f"审批人：{arbitration_head.name}",
    ]
    places = [text.index(one) for one in words]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("outcome", "asks"),
    [
        ("withdrawn", False),
        ("deemed_withdrawn", False),
        ("transferred", False),
        ("mediated", True),
        ("terminated", True),
    ],
)
def test_what_ended_without_a_result_is_not_asked_for_a_suit(
    ended: Dispute, arbitrator: User, outcome: str, asks: bool
) -> None:
    ended.outcome = outcome
    form = ClosingForm(GIVEN, case=ended, user=arbitrator)
    courts = {"follow_up", "party", "court_result", "perform_by"}
    assert courts & set(form.fields) == (courts if asks else set())
    assert form.is_valid(), form.errors
    assert form.move_data()["follow_up"] == ("none" if asks else "unknown")


def test_the_sheet_of_what_ended_without_a_result_says_nothing_of_a_suit(
    ended: Dispute, arbitrator: User, arbitration_head: User
) -> None:
    put_forward(ended, arbitrator)
    assert dispute_values(ended.papers.get(kind="arb.closing"))["follow_up"] == ""
    form = ClosingApprovalForm(case=Dispute.objects.get(pk=ended.pk), user=arbitration_head)
    assert "申请撤销" not in form["asked"].value()


def test_a_closing_sent_back_is_put_forward_again_on_one_sheet(
    ended: Dispute, arbitrator: User, arbitration_head: User
) -> None:
    put_forward(ended, arbitrator)
    with pytest.raises(MoveRefused, match="已报结案审批"):
        put_forward(ended, arbitrator)
    moves.move(ended, "return_draft", by=arbitration_head, data={"reason": "补充送达回证"})
    with pytest.raises(MoveRefused, match="还没有报结案审批"):
        moves.move(ended, "close", by=arbitration_head, data={"follow_up": "none"})
    put_forward(ended, arbitrator)
    assert ended.papers.filter(kind="arb.closing", state=CasePaper.State.WAITING).count() == 1
    approve(ended, arbitration_head, "同意")
    assert Dispute.objects.get(pk=ended.pk).state == "closed"


def test_a_sheet_made_for_the_approval_is_made_again_with_the_decision(
    ended: Dispute, arbitrator: User, arbitration_head: User
) -> None:
    assert "arb.closing" not in dict(papers.extra_kinds(ended, arbitration_head))
    put_forward(ended, arbitrator)
    papers.issue(ended.papers.get(kind="arb.closing"), by=arbitration_head)
    approve(ended, arbitration_head, "同意结案归档")
    again = ended.papers.get(kind="arb.closing", state=CasePaper.State.WAITING)
    told = dispute_values(again)
    assert (told["approver"], told["approved_on"]) == (arbitration_head.name, date(2023, 11, 16))


def test_the_sheet_of_a_rejection_names_who_proposed_and_who_approved_it(
    county: County,
    clerk: User,
    arbitrator: User,
    arbitration_head: User,
    acting: Callable[..., Any],
    today: Any,
) -> None:
    acting("test")
    case = make.dispute(county, clerk, date(2023, 11, 1), deputy=arbitrator)
    opinion = {"summary": make.SUMMARY, "handler_opinion": "拟不予受理", "procedure": "ordinary"}
    moves.move(case, "propose", by=arbitrator, data=opinion)
    reason = {"outcome": "rejected", "reject_reason": "不属于劳动争议。"}
    moves.move(case, "reject", by=arbitration_head, data=reason, note="不在受案范围")
    make.served(case, clerk, "不予受理通知书", roles=("applicant",))
    moves.move(case, "file_rejection", by=clerk)
    filed = Dispute.objects.get(pk=case.pk)
    assert filed.served_on == date(2023, 11, 16)
    text = sheet(filed)
    words = [
        "拟不予受理",
        f"承办人：{arbitrator.name}",
        "不予受理：不在受案范围",
        f"审批人：{arbitration_head.name}",
    ]
    places = [text.index(one) for one in words]
    assert places == sorted(places)
    assert clerk.name not in text


def test_who_put_it_forward_does_not_approve_it(ended: Dispute, arbitration_head: User) -> None:
    put_forward(ended, arbitration_head)
    assert "close" not in codes(ended, arbitration_head)
    with pytest.raises(PermissionDenied, match="另一人审批"):
        approve(ended, arbitration_head, "同意")


def test_a_request_without_the_sheet_is_sent_back(ended: Dispute, arbitration_head: User) -> None:
    moves.move(ended, "ask_close", by=None)
    with pytest.raises(MoveRefused, match="退回承办人重新报"):
        moves.move(ended, "close", by=arbitration_head, data={"follow_up": "none"})
    assert "return_draft" in codes(ended, arbitration_head)


def test_the_page_of_the_head_asks_for_the_opinion_alone(
    ended: Dispute, arbitrator: User, arbitration_head: User, client: Any
) -> None:
    put_forward(ended, arbitrator)
    client.force_login(arbitration_head)
    page = client.get(reverse("arbitration:dispute_move", args=[ended.pk, "close"]))
    body = page.content.decode()
    assert OPINION in body
    assert 'name="note"' in body
    assert 'name="handling"' not in body


@pytest.fixture
def put_up(deliberating: Dispute, arbitration_head: User, clerk: User, today: Any) -> Dispute:
    """An award of 20 November 2023 that both sides got that day; the closing waits for the head."""
    claims = [{"seq": 1, "awarded": Decimal(9000), "is_final": False}]
    data = {"outcome": "award", "finality": "not_final", "awarded": Decimal(9000)}
    moves.move(deliberating, "award", by=arbitration_head, data={**data, "claims": claims})
    make.served(deliberating, clerk, "非终局裁决书")
    today.move_to("2023-12-08T09:00:00+08:00")
    case = Dispute.objects.get(pk=deliberating.pk)
    given = {"follow_up": "none", "served_on": "2023-11-20", "note": OPINION}
    form = ClosingForm({"on": "2023-12-08", **given}, case=case, user=clerk)
    assert form.is_valid(), form.errors
    moves.move(case, "ask_close", by=clerk, data=form.move_data(), note=OPINION)
    return Dispute.objects.get(pk=case.pk)


def test_what_was_corrected_after_the_request_is_put_forward_anew(
    put_up: Dispute, arbitration_head: User, arbitrator: User, clerk: User
) -> None:
    given = {"error_kind": "counting", "wrong": "9000元", "right": "8000元"}
    given |= {"claim": put_up.claims.get(seq=1), "corrected": Decimal(8000)}
    moves.move(put_up, "rectify", by=arbitrator, data=given)
    with pytest.raises(MoveRefused, match="报结案审批以后又作了补正，退回承办人重新报"):
        moves.move(put_up, "close", by=arbitration_head, data={"follow_up": "none"})
    case = Dispute.objects.get(pk=put_up.pk)
    moves.move(case, "return_draft", by=arbitration_head, data={"reason": "金额已补正"})
    moves.move(case, "ask_close", by=clerk, data={"follow_up": "none"})
    assert moves.move(case, "close", by=arbitration_head, data={"follow_up": "none"})


def test_the_day_of_service_is_asked_again_when_the_closing_is_approved(
    put_up: Dispute, arbitration_head: User, arbitrator: User
) -> None:
    row = put_up.deliveries.filter(doc_name="非终局裁决书").first()
    right = {name: getattr(row, name) for name in DeliveryCorrection.columns}
    right |= {"how": "mend", "party": row.party_id, "signed_on": "2023-11-21", "reason": "录错"}
    typed = {name: value for name, value in right.items() if value is not None}
    form = DeliveryCorrection(typed, case=put_up, row=row, user=arbitrator)
    assert form.is_valid(), form.errors
    correcting.correct(put_up, form.act, by=arbitrator, reason="录错")
    with pytest.raises(MoveRefused, match="报请的送达完成日 2023-11-20 现在不对：登记的送达") as no:
        approve(put_up, arbitration_head, "同意")
    assert "退回承办人重新报" in str(no.value)
