"""仲裁审查: one application, one decision on taking it, one clock, one result (办案规则 74–79)."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from arbitration.documents.mediation import mediation_values
from arbitration.forms import (
    ReviewAcceptForm,
    ReviewExtensionForm,
    ReviewForm,
    ReviewRefusalForm,
    ReviewServiceForm,
)
from arbitration.models import MediationCase
from hrss_portal.access.models import User
from hrss_portal.casework import moves, papers
from hrss_portal.casework.models import Clock
from hrss_portal.casework.moves import MoveRefused
from hrss_portal.casework.waiting import waits_for
from tests.cast import County
from tests.factories import arbitration as make

pytestmark = pytest.mark.usefixtures("rules", "today")
Acting = Callable[..., Any]
AGREED = {
    "outcome": "agreed",
    "agreed_terms": "乙方付3000元。",
    "agreed_amount": "3000",
    "agreed_on": date(2023, 11, 16),
    "perform_by": date(2023, 12, 16),
}


@pytest.fixture
def agreed(county: County, mediator: User, acting: Acting) -> MediationCase:
    """An agreement of 16 November 2023."""
    acting("test")
    case = make.mediation(county, mediator, date(2023, 11, 16))
    accepted = {"consent": "yes", "handler": mediator}
    moves.move(case, "accept", by=mediator, data=accepted)
    moves.move(case, "agree", by=mediator, data=AGREED)
    return MediationCase.objects.get(pk=case.pk)


@pytest.fixture
def asked(agreed: MediationCase, mediator: User) -> MediationCase:
    """Both sides ask for the review on the same day."""
    moves.move(agreed, "review", by=mediator, data={"review": "arbitration"})
    return MediationCase.objects.get(pk=agreed.pk)


def clock(case: MediationCase, term: str) -> Clock:
    """The only clock of a term."""
    return Clock.objects.get(case=case.pk, term=term)


def offered(case: MediationCase, user: User) -> set[str]:
    """The codes of the moves that the user may make now."""
    case.refresh_from_db()
    return {move.code for move in moves.available(case, user)}


def test_one_side_alone_asks_in_vain(agreed: MediationCase, mediator: User) -> None:
    form = ReviewForm({"on": "2023-11-16"}, case=agreed, user=mediator)
    assert not form.is_valid()
    assert "只有一方申请的" in str(form.errors["is_joint"])


def test_nothing_ends_before_it_was_taken(asked: MediationCase, arbitration_head: User) -> None:
    may = offered(asked, arbitration_head)
    assert {"accept_review", "refuse_review", "withdraw_review"} <= may
    assert may.isdisjoint({"confirm_review", "deny_review", "extend_review"})
    for code in ("confirm_review", "deny_review"):
        with pytest.raises(MoveRefused, match="不能"):
            moves.move(asked, code, by=arbitration_head)


def test_the_clock_runs_from_acceptance_and_one_result_ends_it(
    asked: MediationCase, county: County, arbitration_head: User, director: User, today: Any
) -> None:
    member = make.staff(county)
    form = ReviewAcceptForm(
        {"on": "2023-11-16", "reviewer": str(member.pk)}, case=asked, user=arbitration_head
    )
    assert form.is_valid(), form.errors
    moves.move(asked, "accept_review", by=arbitration_head, data=form.move_data())
    running = clock(asked, "med.review")
    assert (running.state, running.due_on) == ("running", date(2023, 11, 23))
    told = mediation_values(asked.papers.get(kind="med.review_acceptance"))
    assert (told["reviewer"], told["review_due_on"]) == (str(member), date(2023, 11, 23))
    more = {"days": 5, "reason": "需要核对工资支付记录"}
    with pytest.raises(PermissionDenied):
        moves.move(asked, "extend_review", by=arbitration_head, data=more)
    moves.move(asked, "extend_review", by=director, data=more)
    assert clock(asked, "med.review").due_on == date(2023, 11, 30)
    with pytest.raises(MoveRefused, match="已经延长过一次"):
        moves.move(asked, "extend_review", by=director, data=more)
    today.move_to("2023-11-20T09:00:00+08:00")
    moves.move(asked, "confirm_review", by=arbitration_head)
    ended = clock(asked, "med.review")
    assert (ended.state, ended.met_on) == ("met", date(2023, 11, 20))
    assert MediationCase.objects.get(pk=asked.pk).state == "confirmed"
    with pytest.raises(MoveRefused, match="不能不予制作调解书"):
        moves.move(asked, "deny_review", by=arbitration_head)


def test_a_refused_application_leaves_the_agreement_and_the_way_to_the_court(
    asked: MediationCase, mediator: User, arbitration_head: User
) -> None:
    assert clock(asked, "med.court_confirmation").state == "cancelled"
    given = {"on": "2023-11-16", "ground": "not_ours", "note": "用人单位所在地、履行地均在外县"}
    form = ReviewRefusalForm(given, case=asked, user=arbitration_head)
    assert form.is_valid(), form.errors
    moves.move(asked, "refuse_review", by=arbitration_head, data=form.move_data())
    assert MediationCase.objects.get(pk=asked.pk).state == "agreed"
    court = clock(asked, "med.court_confirmation")
    assert (court.state, court.due_on) == ("running", date(2023, 12, 18))
    assert not Clock.objects.filter(case=asked.pk, term="med.review").exists()
    told = mediation_values(asked.papers.get(kind="med.review_refusal"))
    assert told["review_ground"] == "不属于本仲裁委员会管辖的"
    with pytest.raises(MoveRefused, match="不能再次申请"):
        moves.move(asked, "review", by=mediator, data={"review": "arbitration"})


def test_whether_there_was_an_employment_is_not_reviewed(
    county: County, mediator: User, arbitration_head: User, acting: Acting
) -> None:
    acting("test")
    case = make.mediation(county, mediator, date(2023, 11, 16), cause="relation")
    moves.move(case, "accept", by=mediator, data={"consent": "yes", "handler": mediator})
    moves.move(case, "agree", by=mediator, data=AGREED)
    moves.move(case, "review", by=mediator, data={"review": "arbitration"})
    with pytest.raises(MoveRefused, match="确认劳动关系的调解协议不予受理"):
        moves.move(case, "accept_review", by=arbitration_head, data={"reviewer": None})


def test_no_paper_is_made_of_an_unlawful_agreement_and_the_parties_are_guided(
    asked: MediationCase, mediator: User, arbitration_head: User
) -> None:
    moves.move(asked, "accept_review", by=arbitration_head, data={"reviewer": None})
    moves.move(asked, "deny_review", by=arbitration_head, data={"ground": "unlawful"})
    assert clock(asked, "med.review").state == "met"
    assert list(asked.papers.filter(kind="med.confirmation")) == []
    assert asked.papers.filter(kind="med.not_confirmed").count() == 1
    moves.move(asked, "guide", by=mediator, data={"next_step": "申请仲裁"})
    assert MediationCase.objects.get(pk=asked.pk).state == "guided"


def test_who_withdraws_before_service_stops_the_review_and_its_paper(
    asked: MediationCase, arbitration_head: User
) -> None:
    moves.move(asked, "accept_review", by=arbitration_head, data={"reviewer": None})
    moves.move(asked, "confirm_review", by=arbitration_head)
    made = papers.issue(asked.papers.get(kind="med.confirmation"), by=arbitration_head)
    moves.move(asked, "withdraw_review", by=arbitration_head, data={"review": "no"})
    case = MediationCase.objects.get(pk=asked.pk)
    assert (case.state, case.review) == ("agreed", "no")
    assert made.paper is not None
    made.paper.refresh_from_db()
    assert made.paper.void_reason == "当事人撤回仲裁审查申请，调解书不再送达"
    assert clock(asked, "med.court_confirmation").state == "running"


def test_the_day_they_asked_counts_not_the_day_it_was_entered(
    agreed: MediationCase, mediator: User, today: Any
) -> None:
    due = clock(agreed, "med.arbitral_review").due_on
    assert due == date(2023, 12, 1)
    today.move_to("2023-12-05T09:00:00+08:00")
    asking = {"review": "arbitration"}
    with pytest.raises(MoveRefused, match="2023-12-01 届满"):
        moves.move(agreed, "review", by=mediator, on=date(2023, 12, 4), data=asking)
    moves.move(agreed, "review", by=mediator, on=due, data=asking)
    assert MediationCase.objects.get(pk=agreed.pk).state == "under_review"


def test_a_review_is_extended_before_its_days_are_over(
    asked: MediationCase, arbitration_head: User, director: User, today: Any
) -> None:
    moves.move(asked, "accept_review", by=arbitration_head, data={"reviewer": None})
    due = clock(asked, "med.review").due_on
    assert due == date(2023, 11, 23)
    today.move_to("2023-11-27T09:00:00+08:00")
    more = {"days": 5, "reason": "需要核对工资支付记录"}
    with pytest.raises(MoveRefused, match="2023-11-23 届满"):
        moves.move(asked, "extend_review", by=director, on=date(2023, 11, 24), data=more)
    today.move_to("2023-11-23T09:00:00+08:00")
    moves.move(asked, "extend_review", by=director, on=due, data=more)
    assert clock(asked, "med.review").due_on == date(2023, 11, 30)


def test_who_handles_the_case_does_not_extend_its_review(
    asked: MediationCase, arbitration_head: User, director: User
) -> None:
    moves.move(asked, "accept_review", by=arbitration_head, data={"reviewer": None})
    moves.amend(asked, by=None, changes={"handler": director}, reason="改派")
    more = {"days": 5, "reason": "需要核对工资支付记录"}
    with pytest.raises(PermissionDenied, match="经办人不能审批自己的件"):
        moves.move(asked, "extend_review", by=director, data=more)


def test_an_extension_is_asked_for_and_waits_for_the_director(
    asked: MediationCase, arbitrator: User, arbitration_head: User, director: User
) -> None:
    moves.move(asked, "accept_review", by=arbitration_head, data={"reviewer": None})
    more = {"days": 3, "reason": "需要核对工资支付记录"}
    assert not MediationCase.objects.filter(waits_for(director), pk=asked.pk).exists()
    moves.move(asked, "ask_review_extension", by=arbitration_head, data=more)
    assert MediationCase.objects.filter(waits_for(director), pk=asked.pk).exists()
    with pytest.raises(MoveRefused, match="已报请延长审查期限"):
        moves.move(asked, "ask_review_extension", by=arbitration_head, data=more)
    moves.move(asked, "return_review_extension", by=director, note="理由不足")
    assert not MediationCase.objects.filter(waits_for(director), pk=asked.pk).exists()
    with pytest.raises(MoveRefused, match="没有等待批准的报请"):
        moves.move(asked, "return_review_extension", by=director, note="再退")
    moves.move(asked, "ask_review_extension", by=arbitration_head, data=more)
    form = ReviewExtensionForm(case=asked, user=director)
    assert (form.initial["days"], form.initial["reason"]) == (3, more["reason"])
    moves.move(asked, "extend_review", by=director, data=more)
    assert clock(asked, "med.review").due_on == date(2023, 11, 28)
    assert not MediationCase.objects.filter(waits_for(director), pk=asked.pk).exists()


def receipts(case: MediationCase, on: str = "2023-11-16", **first: str) -> dict[str, str]:
    """The form as posted: each party signed in person; ``first`` changes the first row."""
    parties = case.parties.order_by("role", "seq")
    rows = [
        {
            "party": str(party.pk),
            "mode": "direct",
            "address": "霍邱县示例路",
            "signed_on": "2023-11-16",
            "signed_by": "本人",
            "proof_missing": "原件随卷",
        }
        for party in parties
    ]
    rows[0] |= first
    posted = {"on": on, "receipts-TOTAL_FORMS": str(len(rows)), "receipts-INITIAL_FORMS": "2"}
    for number, row in enumerate(rows):
        posted |= {f"receipts-{number}-{name}": value for name, value in row.items()}
    return posted


@pytest.fixture
def confirmed(asked: MediationCase, arbitration_head: User) -> MediationCase:
    """The 调解书 of the review may be made."""
    moves.move(asked, "accept_review", by=arbitration_head, data={"reviewer": None})
    moves.move(asked, "confirm_review", by=arbitration_head)
    return MediationCase.objects.get(pk=asked.pk)


def test_a_served_confirmation_is_not_withdrawn(
    confirmed: MediationCase, arbitration_head: User
) -> None:
    form = ReviewServiceForm(receipts(confirmed), case=confirmed, user=arbitration_head)
    assert form.is_valid(), (form.errors, form.row_errors())
    with pytest.raises(MoveRefused, match="还没有制发"):
        moves.move(confirmed, "review_served", by=arbitration_head, data=form.move_data())
    papers.issue(confirmed.papers.get(kind="med.confirmation"), by=arbitration_head)
    early = receipts(confirmed, sent_on="2023-11-15", signed_on="2023-11-15")
    told = ReviewServiceForm(early, case=confirmed, user=arbitration_head)
    assert told.is_valid(), told.row_errors()
    with pytest.raises(MoveRefused, match="2023-11-16 制发"):
        moves.move(confirmed, "review_served", by=arbitration_head, data=told.move_data())
    moves.move(confirmed, "review_served", by=arbitration_head, data=form.move_data())
    with pytest.raises(MoveRefused, match="2023-11-16 送达双方"):
        moves.move(confirmed, "review_served", by=arbitration_head, data=form.move_data())
    with pytest.raises(MoveRefused, match="不能再撤回仲裁审查申请"):
        moves.move(confirmed, "withdraw_review", by=arbitration_head, data={"review": "no"})
    case = MediationCase.objects.get(pk=confirmed.pk)
    assert (case.state, case.review) == ("confirmed", "arbitration")


def test_the_service_of_a_reviewed_settlement_stands_in_the_register(
    confirmed: MediationCase, arbitration_head: User
) -> None:
    paper = papers.issue(confirmed.papers.get(kind="med.confirmation"), by=arbitration_head)
    mailed = {"mode": "mail", "mail_no": "E1", "sent_on": "2023-11-16"}
    form = ReviewServiceForm(receipts(confirmed, **mailed), case=confirmed, user=arbitration_head)
    assert form.is_valid(), (form.errors, form.row_errors())
    moves.move(confirmed, "review_served", by=arbitration_head, data=form.move_data())
    rows = list(confirmed.deliveries.order_by("pk"))
    assert [row.recipient for row in rows] == [
        party.name for party in confirmed.parties.order_by("role", "seq")
    ]
    assert {(row.doc_name, row.state, row.issued_paper_id) for row in rows} == {
        ("调解书", "served", paper.pk)
    }
    assert [(row.mode, row.mail_no) for row in rows] == [("mail", "E1"), ("direct", "")]
    assert {row.deemed_on for row in rows} == {date(2023, 11, 16)}
    browser = Client()
    browser.force_login(arbitration_head)
    url = reverse("arbitration:mediationcase_detail", args=[confirmed.pk])
    page = browser.get(url).content.decode()
    assert "没有扫描件：原件随卷" in page
    assert "kind=arb.delivery" not in page


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"party": ""}, "送达第 1 行"),
        ({"receipts-TOTAL_FORMS": "1"}, "还没有签收的先不登记"),
        ({"mode": "mail"}, "邮寄送达要填邮单号"),
        ({"mode": "left"}, "left"),
        ({"mode": "electronic"}, "还没有确认是否同意电子送达"),
        ({"signed_by": ""}, "直接送达要写签收人"),
        ({"proof_missing": ""}, "附送达回证扫描件"),
    ],
)
def test_each_side_signs_and_proves_it(
    confirmed: MediationCase, arbitration_head: User, changed: dict[str, str], said: str
) -> None:
    posted = receipts(confirmed, **{k: v for k, v in changed.items() if "-" not in k})
    posted |= {name: value for name, value in changed.items() if "-" in name}
    form = ReviewServiceForm(posted, case=confirmed, user=arbitration_head)
    assert not form.is_valid()
    assert said in f"{form.errors}{form.row_errors()}{form.rows['receipts'].errors}"


def test_the_day_of_service_is_that_of_the_last_signature(
    confirmed: MediationCase, arbitration_head: User, today: Any
) -> None:
    today.move_to("2023-11-17T09:00:00+08:00")
    form = ReviewServiceForm(
        receipts(confirmed, on="2023-11-17"), case=confirmed, user=arbitration_head
    )
    assert not form.is_valid()
    assert "最后一方 2023-11-16 签收" in str(form.errors["on"])
