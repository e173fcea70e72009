"""先予执行: what an order took of a claim stays with that claim, whatever becomes of its row."""

from decimal import Decimal

import pytest

from arbitration.documents.values import dispute_values
from arbitration.forms import ClaimsChangeForm
from arbitration.models import Dispute
from arbitration.workflows.ahead import left_of
from hrss_portal.access.models import User
from hrss_portal.casework import moves
from hrss_portal.documents.papers import preview
from tests.factories.deciding import ahead, part_award, rows

pytestmark = pytest.mark.usefixtures("rules", "today")

WAGES = {"text": "支付拖欠的工资", "amount": "9000"}
COMPENSATION = {"text": "支付经济补偿", "amount": "12000"}


def order(case: Dispute, head: User, *amounts: str) -> None:
    """An order ahead of so much on the open claims, in their order."""
    form = ahead(case, head, amounts)
    assert form.is_valid(), (form.errors, form.row_errors())
    moves.move(case, "enforce_ahead", by=head, data=form.move_data())


def change(case: Dispute, arbitrator: User, *claims: dict[str, str]) -> None:
    """The claims as they stand after an application to change them."""
    given = {"on": "2023-11-01", **rows(*claims)}
    form = ClaimsChangeForm(given, case=case, user=arbitrator)
    assert form.is_valid(), (form.errors, form.row_errors())
    moves.move(case, "change_claims", by=arbitrator, data=form.move_data())


def left(case: Dispute) -> dict[int, Decimal]:
    """What is left of each claim."""
    return left_of(case, case.claims.all())


def test_a_claim_that_goes_on_stays_the_row_that_it_was(
    accepted: Dispute, arbitrator: User
) -> None:
    wages, compensation = accepted.claims.order_by("seq")
    more = {"text": "支付加班工资", "amount": "500"}
    reworded = {"text": "支付工资", "amount": "9100", "was": "1"}
    change(accepted, arbitrator, COMPENSATION, more, reworded)
    now = list(accepted.claims.order_by("seq"))
    assert [row.seq for row in now] == [1, 2, 3]
    assert (now[0].pk, now[2].pk) == (compensation.pk, wages.pk)
    assert (now[2].text, now[2].amount) == ("支付工资", Decimal(9100))
    assert now[1].pk not in {wages.pk, compensation.pk}
    change(accepted, arbitrator, {**COMPENSATION, "was": "1"})
    assert list(accepted.claims.values_list("pk", "seq")) == [(compensation.pk, 1)]


def test_two_claims_of_the_same_words_are_told_apart(accepted: Dispute, arbitrator: User) -> None:
    first, second = accepted.claims.order_by("seq")
    accepted.claims.update(text="支付工资")
    alike = {"text": "支付工资", "amount": "1"}
    change(accepted, arbitrator, alike, {**alike, "was": "1"}, {**alike, "amount": "2"})
    found = list(accepted.claims.order_by("seq").values_list("pk", "amount"))
    assert [pk for pk, _ in found[:2]] == [second.pk, first.pk]
    assert [amount for _, amount in found] == [Decimal(1), Decimal(1), Decimal(2)]


def test_what_a_part_award_decided_stays_while_the_rest_is_numbered_anew(
    deliberating: Dispute, arbitration_head: User, arbitrator: User
) -> None:
    deliberating.claims.filter(seq=2).update(text="支付加班工资")
    part_award(deliberating, arbitration_head)
    form = ahead(deliberating, arbitration_head, ("8000",))
    assert form.is_valid(), (form.errors, form.row_errors())
    moves.move(deliberating, "enforce_ahead", by=arbitration_head, data=form.move_data())
    decided = deliberating.claims.get(seq=1)
    more = {"text": "支付2023年奖金", "amount": "500"}
    change(deliberating, arbitrator, more, {"text": "支付加班费", "amount": "12000", "was": "2"})
    stands = deliberating.claims.get(seq=1)
    assert (stands.pk, stands.awarded, stands.text) == (decided.pk, decided.awarded, decided.text)
    assert left(deliberating) == {1: Decimal(9000), 2: Decimal(500), 3: Decimal(4000)}


def test_a_claim_that_an_applicant_took_along_burdens_no_other(
    accepted: Dispute, arbitration_head: User, arbitrator: User
) -> None:
    accepted.claims.filter(seq=2).update(text="支付加班工资")
    order(accepted, arbitration_head, "8000")
    second = accepted.parties.get(role="applicant")
    second.pk, second.seq, second.name = None, 2, "李示例"
    second.save()
    gone = {"who": [second], "claims": [accepted.claims.get(seq=1)]}
    moves.move(accepted, "withdraw_some", by=arbitrator, data=gone)
    assert left(accepted) == {2: Decimal(12000)}
    change(accepted, arbitrator, {"text": "支付加班费", "amount": "12000", "was": "2"})
    assert left(accepted) == {1: Decimal(12000)}


def test_an_order_without_the_key_of_its_claim_counts_whole_on_its_kind(
    accepted: Dispute, arbitration_head: User
) -> None:
    early = {
        "ahead_kind": "pay",
        "ahead_amount": Decimal(3000),
        "claims": [{"seq": 1, "text": "支付拖欠的工资", "amount": Decimal(3000)}],
    }
    moves.move(accepted, "enforce_ahead", by=arbitration_head, data=early)
    assert left(accepted) == {1: Decimal(6000), 2: Decimal(12000)}


# --- what was asked for --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"asked": "5000", "amount": "5000"}, ""),
        ({"asked": "5000", "amount": "3000"}, ""),
        ({"asked": "5000", "amount": "5000.01"}, "裁决的不能多于申请的 5000.00 元"),
        ({"asked": "9000.01", "amount": "3000"}, "还能先予执行的最多 9000.00 元"),
        ({"asked": "", "amount": "3000"}, "填写申请人申请先予执行的金额"),
        ({"asked": "0", "amount": "0"}, "填写申请人申请先予执行的金额"),
        ({"asked": "5000", "amount": ""}, "一项请求一行"),
        ({"asked": "5000", "amount": "0"}, "不先予执行的留空"),
    ],
)
def test_no_more_is_ordered_than_was_asked_for(
    accepted: Dispute, arbitration_head: User, row: dict[str, str], words: str
) -> None:
    form = ahead(accepted, arbitration_head, (row["amount"],), (row["asked"],))
    assert form.is_valid() is not bool(words), (form.errors, form.row_errors())
    assert words in f"{form.errors}{form.row_errors()}"


def test_the_paper_says_what_was_asked_for_and_what_is_ordered(
    accepted: Dispute, arbitration_head: User
) -> None:
    accepted.claims.filter(seq=2).update(text="支付加班工资")
    form = ahead(accepted, arbitration_head, ("3000", ""), ("5000", "1200"))
    assert form.is_valid(), (form.errors, form.row_errors())
    moves.move(accepted, "enforce_ahead", by=arbitration_head, data=form.move_data())
    told = accepted.events.get(move="enforce_ahead").data["claims"]
    amounts = [(row["asked"], row["amount"]) for row in told]
    assert amounts == [("5000.00", "3000.00"), ("1200.00", "0")]
    assert left(accepted) == {1: Decimal(6000), 2: Decimal(12000)}
    paper = accepted.papers.get(kind="arb.enforce_ahead")
    text = str(preview(paper.kind, dispute_values(paper), unit=accepted.unit, on=paper.called_on))
    assert "申请先予执行6200.00元" in text
    assert "准予先予执行3000.00元" in text


def test_of_an_early_order_nobody_knows_what_was_asked_for(
    accepted: Dispute, arbitration_head: User
) -> None:
    early = {"ahead_kind": "pay", "ahead_amount": Decimal(3000), "claims": []}
    moves.move(accepted, "enforce_ahead", by=arbitration_head, data=early)
    paper = accepted.papers.get(kind="arb.enforce_ahead")
    text = str(preview(paper.kind, dispute_values(paper), unit=accepted.unit, on=paper.called_on))
    assert "申请先予执行。" in text
    assert "准予先予执行3000.00元" in text
