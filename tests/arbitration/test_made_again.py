"""A paper that is void, or was dropped, is made again under a new number, and the case goes on."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from arbitration.forms import DeliveryForm
from arbitration.models import Dispute
from arbitration.workflows import conditions
from arbitration.workflows.completing import service_completed_on
from arbitration.workflows.one_paper import told_apart
from hrss_portal.access.models import User
from hrss_portal.access.policy import Refused
from hrss_portal.casework import moves, papers
from hrss_portal.casework.models import Clock
from hrss_portal.casework.moves import MoveRefused
from hrss_portal.documents.papers import void_paper
from tests.arbitration.test_postponement import filled, planned
from tests.arbitration.test_told_in_time import REASON, proposed
from tests.factories import arbitration as make

__all__ = ["planned", "proposed"]  # the fixtures
pytestmark = pytest.mark.usefixtures("rules", "today")
AWARD = {"outcome": "award", "finality": "not_final", "result": "支付工资9000元。"}


def fresh(case: Dispute) -> Dispute:
    return Dispute.objects.get(pk=case.pk)


@pytest.fixture
def awarded(deliberating: Dispute, arbitration_head: User) -> Dispute:
    """Decided on 20 November 2023 by an award that is not final; its paper is issued."""
    claims = [{"seq": 1, "awarded": Decimal(9000), "is_final": False}]
    data = {**AWARD, "awarded": Decimal(9000), "claims": claims}
    moves.move(deliberating, "award", by=arbitration_head, data=data)
    make.issued(deliberating, "非终局裁决书", arbitration_head)
    return fresh(deliberating)


def test_a_voided_award_is_made_again_under_a_new_number_and_the_case_goes_on(
    awarded: Dispute, clerk: User, arbitration_head: User, today: Any
) -> None:
    first = awarded.papers.get(kind="arb.award")
    with pytest.raises(ValidationError, match="没有作废"):
        papers.call_again(first, by=clerk)
    void_paper(first.paper, by=clerk, reason="姓名写错")
    browser = Client()
    browser.force_login(clerk)
    page = reverse("arbitration:dispute_paper", args=[awarded.pk, first.pk])
    assert f'href="{page}">重新制发' in make.page_of(awarded, clerk)
    asked = browser.get(page).content.decode()
    assert f"{first.paper.number} 已作废：姓名写错" in asked
    sent = browser.post(page, {"do": "again", "_key": "again-1"}, follow=True).content.decode()
    assert "已重新列入待制发" in sent
    second = awarded.papers.get(kind="arb.award", state="waiting")
    assert (second.event_id, second.label) == (first.event_id, first.label)
    with pytest.raises(ValidationError, match="已经重新列入待制发"):
        papers.call_again(first, by=clerk)
    assert "重新制发" not in make.page_of(awarded, clerk)
    today.move_to("2023-11-22T09:00:00+08:00")
    papers.issue(second, by=clerk)
    second.refresh_from_db()
    assert second.paper.n == first.paper.n + 1
    make.served(awarded, clerk, "非终局裁决书")
    assert service_completed_on(fresh(awarded)) == date(2023, 11, 22)
    days = set(
        Clock.objects.filter(case=awarded.pk, term="arb.sue").values_list("due_on", flat=True)
    )
    assert days == {date(2023, 12, 7)}
    today.move_to("2023-12-08T09:00:00+08:00")
    moves.move(fresh(awarded), "ask_close", by=clerk, data={"follow_up": "none"})
    moves.move(fresh(awarded), "close", by=arbitration_head, data={"follow_up": "none"})
    assert fresh(awarded).state == "closed"


def test_what_was_served_before_it_was_voided_counts_for_nothing(
    awarded: Dispute, clerk: User, today: Any
) -> None:
    make.served(awarded, clerk, "非终局裁决书")
    terms = Clock.objects.filter(case=awarded.pk, term="arb.sue").order_by("pk")
    assert [one.state for one in terms] == ["running", "running"]
    void_paper(awarded.papers.get(kind="arb.award").paper, by=clerk, reason="姓名写错")
    (words,) = conditions.result_is_served(fresh(awarded), {})
    assert words.startswith("还没有送达：")
    assert "文书已作废，不算送达" in make.page_of(awarded, clerk)
    today.move_to("2023-11-20T15:00:00+08:00")
    again = papers.call_again(awarded.papers.get(kind="arb.award"), by=clerk)
    papers.issue(again, by=clerk)
    assert list(conditions.result_is_served(fresh(awarded), {}))
    today.move_to("2023-11-27T09:00:00+08:00")
    make.served(fresh(awarded), clerk, "非终局裁决书")
    assert not list(conditions.result_is_served(fresh(awarded), {}))
    found = [(one.state, str(one.due_on)) for one in terms.all()]
    assert found == [("cancelled", "2023-12-05")] * 2 + [("running", "2023-12-12")] * 2


def test_a_voided_refusal_is_made_again_and_its_term_counts_from_the_new_notice(
    proposed: Dispute, clerk: User, arbitration_head: User, today: Any
) -> None:
    today.move_to("2023-11-07T09:00:00+08:00")
    said = {"outcome": "rejected", "reject_reason": REASON}
    moves.move(proposed, "reject", by=arbitration_head, data=said)
    make.issued(proposed, "不予受理通知书", clerk)
    first = proposed.papers.get(kind="arb.rejection")
    void_paper(first.paper, by=clerk, reason="写错")
    papers.issue(papers.call_again(first, by=clerk), by=clerk)
    today.move_to("2023-11-08T09:00:00+08:00")
    make.served(fresh(proposed), clerk, "不予受理通知书", roles=("applicant",))
    clock = Clock.objects.get(case=proposed.pk, term="arb.accept")
    assert (clock.state, clock.met_on) == ("met", date(2023, 11, 8))
    assert moves.move(fresh(proposed), "file_rejection", by=clerk).to_state == "closed"


def test_what_was_said_not_to_be_needed_is_made_after_all(awarded: Dispute, clerk: User) -> None:
    waiting = papers.ask(awarded, "arb.cover", by=clerk)
    papers.drop(waiting, by=clerk, reason="点错")
    page = reverse("arbitration:dispute_paper", args=[awarded.pk, waiting.pk])
    browser = Client()
    browser.force_login(clerk)
    assert "已注明不需要：点错" in browser.get(page).content.decode()
    assert papers.call_again(waiting, by=clerk).state == "waiting"


def test_a_settlement_that_was_gone_back_on_is_not_made_again(
    deliberating: Dispute, arbitrator: User, clerk: User
) -> None:
    data = {"outcome": "mediated", "result": "支付工资。", "awarded": Decimal(9000)}
    moves.move(deliberating, "settle", by=arbitrator, data=data)
    make.issued(deliberating, "调解书", clerk)
    party = deliberating.parties.get(role="applicant")
    moves.move(
        fresh(deliberating), "retract_settlement", by=clerk, data={"party": party}, note="悔"
    )
    void = deliberating.papers.get(kind="arb.settlement")
    with pytest.raises(ValidationError, match="已经反悔"):
        papers.call_again(void, by=clerk)
    assert "重新制发" not in make.page_of(deliberating, clerk)


def test_only_who_makes_the_papers_of_the_case_makes_one_again(
    awarded: Dispute, clerk: User, town_officer: User
) -> None:
    first = awarded.papers.get(kind="arb.award")
    void_paper(first.paper, by=clerk, reason="写错")
    with pytest.raises(Refused):
        papers.call_again(first, by=town_officer)


def test_a_voided_paper_that_is_on_its_way_is_not_told_as_served(
    awarded: Dispute, clerk: User, today: Any
) -> None:
    party = awarded.parties.get(role="applicant")
    row = {"party": party, "recipient": party.name, "doc_name": "非终局裁决书"}
    sent = awarded.deliveries.create(
        **row, mode="mail", mail_no="E1", address="某路", sent_on=date(2023, 11, 20)
    )
    first = awarded.papers.get(kind="arb.award")
    void_paper(first.paper, by=clerk, reason="写错")
    today.move_to("2023-11-20T15:00:00+08:00")
    papers.issue(papers.call_again(first, by=clerk), by=clerk)
    told = {"on": "2023-11-20", "delivery": str(sent.pk), "signed_on": "2023-11-20"}
    form = DeliveryForm(told, case=fresh(awarded), user=clerk)
    assert "发出的这一份非终局裁决书已经作废" in str(form.errors["delivery"])
    back = {"on": "2023-11-20", "delivery": str(sent.pk), "returned_on": "2023-11-20"}
    assert DeliveryForm(back, case=fresh(awarded), user=clerk).is_valid()


def test_a_notice_of_a_hearing_is_made_again_while_the_hearing_stands(
    planned: Dispute, clerk: User, arbitration_head: User
) -> None:
    make.issued(planned, "开庭通知书", clerk)
    first = planned.papers.get(kind="arb.hearing")
    void_paper(first.paper, by=clerk, reason="写错")
    again = papers.call_again(first, by=clerk)
    papers.issue(again, by=clerk)
    assert not told_apart(fresh(planned))
    form = filled(fresh(planned), arbitration_head)
    assert form.is_valid(), form.errors
    moves.move(planned, "postpone", by=arbitration_head, data=form.move_data())
    with pytest.raises(ValidationError, match="改期或者取消"):
        papers.call_again(again, by=clerk)


def test_a_closing_waits_for_the_paper_of_an_amount(
    awarded: Dispute, clerk: User, arbitrator: User, arbitration_head: User, today: Any
) -> None:
    make.served(awarded, clerk, "非终局裁决书")
    given = {"error_kind": "counting", "wrong": "9000元", "right": "8000元"}
    given |= {"claim": awarded.claims.get(seq=1), "corrected": Decimal(8000)}
    moves.move(fresh(awarded), "rectify", by=arbitrator, data=given)
    make.issued(awarded, "补正决定书", clerk)
    first = awarded.papers.get(kind="arb.rectification")
    void_paper(first.paper, by=clerk, reason="写错")
    today.move_to("2023-12-08T09:00:00+08:00")
    with pytest.raises(MoveRefused, match="补正决定书已经作废，所定的金额却还在案件里"):
        moves.move(fresh(awarded), "ask_close", by=clerk, data={"follow_up": "none"})
    papers.issue(papers.call_again(first, by=clerk), by=clerk)
    moves.move(fresh(awarded), "ask_close", by=clerk, data={"follow_up": "none"})
    second = awarded.papers.filter(kind="arb.rectification").latest("pk")
    void_paper(second.paper, by=clerk, reason="又写错")
    with pytest.raises(MoveRefused, match="所定的金额却还在案件里"):
        moves.move(fresh(awarded), "close", by=arbitration_head, data={"follow_up": "none"})
