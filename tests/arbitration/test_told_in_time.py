"""Who is refused is told in writing within the five days: the notice goes out in them.

调解仲裁法 Article 29, 办案规则 Article 31; the decision alone tells nobody.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from arbitration.documents.values import dispute_values
from arbitration.forms import DeliveryForm
from arbitration.forms.corrections import DeliveryCorrection
from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.casework import correcting, door, moves, papers
from hrss_portal.casework.models import Clock
from hrss_portal.documents.papers import void_paper
from tests.cast import County
from tests.factories import arbitration as make

pytestmark = pytest.mark.usefixtures("rules", "today")
PROPOSAL = {"summary": make.SUMMARY, "handler_opinion": "拟不予受理", "procedure": "ordinary"}
REASON = "不属于劳动争议。"
POST = {"mode": "mail", "mail_no": "1234567890123"}


@pytest.fixture
def proposed(
    county: County, clerk: User, arbitrator: User, acting: Callable[..., Any], today: Any
) -> Dispute:
    """Received on Wednesday 1 November 2023, so that the term ends on the 8th; put to the head."""
    today.move_to("2023-11-02T09:00:00+08:00")
    acting(clerk)
    case = make.dispute(county, clerk, date(2023, 11, 1), deputy=arbitrator)
    moves.move(case, "propose", by=arbitrator, data=PROPOSAL)
    return case


def clock_of(case: Dispute) -> Clock:
    return Clock.objects.get(case=case.pk, term="arb.accept")


@pytest.mark.parametrize(
    ("code", "outcome", "paper"),
    [("reject", "rejected", "不予受理通知书"), ("transfer", "transferred", "管辖告知书")],
)
@pytest.mark.parametrize(
    ("sent", "signed", "way", "in_time"),
    [
        ("2023-11-08", "2023-11-08", {}, True),
        ("2023-11-08", "2023-11-10", POST, True),
        ("2023-11-09", "2023-11-09", {}, False),
        ("2023-11-08", "2023-11-24", {}, False),
    ],
    ids=["handed over", "posted on the last day", "too late", "carried about for weeks"],
)
def test_the_notice_goes_out_within_the_term(
    code: str,
    outcome: str,
    paper: str,
    sent: str,
    signed: str,
    way: dict[str, str],
    in_time: bool,
    proposed: Dispute,
    clerk: User,
    arbitration_head: User,
    today: Any,
) -> None:
    today.move_to("2023-11-07T09:00:00+08:00")
    said = {"outcome": outcome, "reject_reason": REASON}
    moves.move(proposed, code, by=arbitration_head, data=said)
    assert clock_of(proposed).state == "running"
    today.move_to(f"{signed}T09:00:00+08:00")
    told = {"on": date.fromisoformat(sent), "signed_on": signed} | way
    make.served(proposed, clerk, paper, roles=("applicant",), **told)
    clock = clock_of(proposed)
    assert (clock.state, clock.met_on) == ("met", date.fromisoformat(sent if way else signed))
    assert (clock.met_on <= date(2023, 11, 8)) is in_time


def test_a_mailing_put_right_as_handed_over_went_out_when_it_was_received(
    proposed: Dispute, clerk: User, arbitration_head: User, arbitrator: User, today: Any
) -> None:
    today.move_to("2023-11-07T09:00:00+08:00")
    said = {"outcome": "rejected", "reject_reason": REASON}
    moves.move(proposed, "reject", by=arbitration_head, data=said)
    today.move_to("2023-11-10T09:00:00+08:00")
    told = {"on": date(2023, 11, 8), "signed_on": "2023-11-10", **POST}
    make.served(proposed, clerk, "不予受理通知书", roles=("applicant",), **told)
    assert clock_of(proposed).met_on == date(2023, 11, 8)
    case, row = Dispute.objects.get(pk=proposed.pk), proposed.deliveries.get()
    for mode, met_on in (("direct", 10), ("mail", 8)):
        right = {name: getattr(row, name) for name in DeliveryCorrection.columns}
        right |= {"how": "mend", "party": row.party_id, "mode": mode, "reason": "录错"}
        typed = {name: value for name, value in right.items() if value is not None}
        form = DeliveryCorrection(typed, case=case, row=row, user=clerk)
        assert form.is_valid(), form.errors
        correcting.correct(case, form.act, by=arbitration_head, reason="录错")
        assert clock_of(proposed).met_on == date(2023, 11, met_on)


@pytest.mark.parametrize("returned", [True, False])
def test_what_was_to_be_handed_over_has_gone_out_when_it_is_received(
    returned: bool, proposed: Dispute, clerk: User, arbitration_head: User, today: Any
) -> None:
    today.move_to("2023-11-08T09:00:00+08:00")
    said = {"outcome": "rejected", "reject_reason": REASON}
    moves.move(proposed, "reject", by=arbitration_head, data=said)
    make.issued(proposed, "不予受理通知书", clerk)
    party = proposed.parties.get(role="applicant")
    row = {"party": party, "recipient": party.name, "doc_name": "不予受理通知书", "mode": "direct"}
    sent = proposed.deliveries.create(**row, address="某路", sent_on=date(2023, 11, 8))
    today.move_to("2023-11-13T09:00:00+08:00")
    back = {"returned_on": "2023-11-09", "refusal": "不在家"}
    days = {"sent_on": "2023-11-09", "signed_on": "2023-11-13"}
    signed = {**days, "signed_by": "本人", "proof_missing": "随卷", "mode": "direct"}
    for given in [back, signed] if returned else [signed]:
        form = DeliveryForm(
            {"on": "2023-11-13", "delivery": str(sent.pk), **given}, case=proposed, user=clerk
        )
        assert form.is_valid(), form.errors
        moves.move(proposed, "record_delivery", by=clerk, data=form.move_data())
    assert clock_of(proposed).met_on == date(2023, 11, 13)


def test_another_paper_tells_nobody(proposed: Dispute, clerk: User, arbitration_head: User) -> None:
    said = {"outcome": "rejected", "reject_reason": REASON}
    moves.move(proposed, "reject", by=arbitration_head, data=said)
    make.served(proposed, clerk, "补正告知书", roles=("applicant",))
    assert clock_of(proposed).state == "running"


def refused_late(case: Dispute, head: User, clerk: User, today: Any) -> Dispute:
    """Refused within the term, its notice made out on the 10th, when the term was over."""
    said = {"outcome": "rejected", "reject_reason": REASON}
    moves.move(case, "reject", by=head, data=said)
    today.move_to("2023-11-10T09:00:00+08:00")
    make.issued(case, "不予受理通知书", clerk)
    return case


@pytest.mark.parametrize(
    ("sent", "more"),
    [
        ("2023-11-06", {"returned_on": "2023-11-08"}),
        ("2023-11-06", {"signed_on": "2023-11-10"}),
    ],
    ids=["came back", "signed for once it was there"],
)
def test_a_notice_is_not_sent_before_it_was_made(
    sent: str,
    more: dict[str, str],
    proposed: Dispute,
    clerk: User,
    arbitration_head: User,
    today: Any,
) -> None:
    case = refused_late(proposed, arbitration_head, clerk, today)
    party = case.parties.get(role="applicant").pk
    given = {"on": sent, "sent_on": sent, "party": party, "doc_name": "不予受理通知书"} | more
    form = DeliveryForm({**given, **POST, "address": "某路"}, case=case, user=clerk)
    assert "2023-11-10 制发" in str(form.errors["doc_name"])


def test_what_was_sent_before_the_notice_was_made_is_not_its_first_sending(
    proposed: Dispute, clerk: User, arbitration_head: User, today: Any
) -> None:
    case = refused_late(proposed, arbitration_head, clerk, today)
    party = case.parties.get(role="applicant")
    row = {"party": party, "recipient": party.name, "doc_name": "不予受理通知书", **POST}
    case.deliveries.create(**row, address="某路", sent_on=date(2023, 11, 6), state="returned")
    make.served(case, clerk, "不予受理通知书", roles=("applicant",))
    assert clock_of(case).met_on == date(2023, 11, 10)


def test_the_sending_of_a_voided_notice_is_not_that_of_its_successor(
    proposed: Dispute, clerk: User, arbitration_head: User, today: Any
) -> None:
    today.move_to("2023-11-07T09:00:00+08:00")
    said = {"outcome": "rejected", "reject_reason": REASON}
    moves.move(proposed, "reject", by=arbitration_head, data=said)
    make.issued(proposed, "不予受理通知书", clerk)
    party = proposed.parties.get(role="applicant")
    row = {"party": party, "recipient": party.name, "doc_name": "不予受理通知书", **POST}
    proposed.deliveries.create(**row, address="某路", sent_on=date(2023, 11, 7), state="returned")
    void_paper(proposed.papers.get(kind="arb.rejection").paper, by=arbitration_head, reason="写错")
    today.move_to("2023-11-20T09:00:00+08:00")
    case = Dispute.objects.get(pk=proposed.pk)
    with door.opened():
        papers.call(case, case.events.get(move="reject"), ("arb.rejection",))
    make.served(case, clerk, "不予受理通知书", roles=("applicant",))
    assert clock_of(case).met_on == date(2023, 11, 20)


def test_a_second_mailing_is_another_attempt(proposed: Dispute, clerk: User) -> None:
    party = proposed.parties.get(role="applicant")
    row = {"party": party, "recipient": party.name, "doc_name": "补正告知书", "mode": "mail"}
    made = proposed.deliveries.create(
        **row, mail_no="E1", address="某路", sent_on=date(2023, 11, 2)
    )
    make.issued(proposed, "补正告知书", clerk)
    days = dict.fromkeys(("on", "sent_on", "signed_on"), "2023-11-02")
    given = {**days, "delivery": str(made.pk), "mail_no": "E2"}
    form = DeliveryForm(given, case=proposed, user=clerk)
    assert form.is_valid(), form.errors
    moves.move(proposed, "record_delivery", by=clerk, data=form.move_data())
    numbers = proposed.deliveries.order_by("pk").values_list("mail_no", "state")
    assert list(numbers) == [("E1", "sent"), ("E2", "served")]


@pytest.mark.parametrize("came_back", [True, False], ids=["came back", "under way"])
def test_another_attempt_leaves_the_one_before_as_it_was_and_the_first_sending_counts(
    came_back: bool, proposed: Dispute, clerk: User, arbitration_head: User, today: Any
) -> None:
    today.move_to("2023-11-08T09:00:00+08:00")
    said = {"outcome": "rejected", "reject_reason": REASON}
    moves.move(proposed, "reject", by=arbitration_head, data=said)
    make.issued(proposed, "不予受理通知书", clerk)
    party = proposed.parties.get(role="applicant")
    row = {"party": party, "recipient": party.name, "doc_name": "不予受理通知书", **POST}
    mailed = proposed.deliveries.create(**row, address="某路", sent_on=date(2023, 11, 8))
    today.move_to("2023-11-14T09:00:00+08:00")

    def told(**given: str) -> DeliveryForm:
        plain = {"on": "2023-11-14", "delivery": str(mailed.pk), **given}
        return DeliveryForm(plain, case=proposed, user=clerk)

    if came_back:
        form = told(returned_on="2023-11-10", refusal="查无此人")
        assert form.is_valid(), form.errors
        moves.move(proposed, "record_delivery", by=clerk, data=form.move_data())
        assert "2023-11-10 退回，再次送达" in str(told()["delivery"])
        assert {"mode", "sent_on"} <= set(told(signed_on="2023-11-14").errors)
    mailed.refresh_from_db()
    before = (mailed.state, mailed.mode, mailed.sent_on, mailed.returned_on, mailed.mail_no)
    signed = {"signed_by": "本人", "proof_missing": "回证随卷", "mode": "direct"}
    form = told(sent_on="2023-11-14", signed_on="2023-11-14", **signed)
    assert form.is_valid(), form.errors
    moves.move(proposed, "record_delivery", by=clerk, data=form.move_data())
    mailed.refresh_from_db()
    now = (mailed.state, mailed.mode, mailed.sent_on, mailed.returned_on, mailed.mail_no)
    assert now == before == ("returned" if came_back else "sent", "mail", *before[2:])
    handed = proposed.deliveries.get(mode="direct")
    receipt = papers.ask(proposed, "arb.delivery", by=clerk, delivery=handed)
    (line,) = dispute_values(receipt)["deliveries"]
    assert (line["mail_no"], line["returned_on"], line["address"]) == ("", None, "某路")
    assert (mailed in told().fields["delivery"].queryset) is not came_back
    clock = clock_of(proposed)
    assert (clock.state, clock.met_on) == ("met", date(2023, 11, 8))
