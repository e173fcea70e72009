"""送达地址确认书: papers reach by electronic means only whoever agreed to it."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from arbitration.forms import AddressForm, DeliveryForm, SendForm
from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.casework import moves
from hrss_portal.deadlines.models import Parameter
from tests.cast import County
from tests.factories import arbitration as make

pytestmark = pytest.mark.usefixtures("rules", "today")
Acting = Callable[..., Any]


@pytest.fixture
def accepted(
    county: County, clerk: User, arbitration_head: User, arbitrator: User, acting: Acting
) -> Dispute:
    """A dispute that was accepted on 16 November 2023."""
    acting(clerk)
    case = make.dispute(county, clerk, date(2023, 11, 16))
    proposal = {"summary": make.SUMMARY, "handler_opinion": "拟受理", "procedure": "ordinary"}
    moves.move(case, "propose", by=clerk, data=proposal)
    acting(arbitration_head)
    decision = {"procedure": "ordinary", "handler": arbitrator, "deputy": clerk}
    moves.move(case, "accept", by=arbitration_head, data=decision)
    return Dispute.objects.get(pk=case.pk)


def confirmed(case: Dispute, by: User, *, agrees: bool, on: str = "2023-11-16") -> None:
    """The respondent's confirmation is written down, through the form."""
    given = {
        "on": on,
        "party": case.parties.get(role="respondent").pk,
        "takes_electronic": "1" if agrees else "0",
        "electronic_address": "office@example.com",
    }
    form = AddressForm(given, case=case, user=by)
    assert form.is_valid(), form.errors
    moves.move(case, "confirm_address", by=by, on=date.fromisoformat(on), data=form.move_data())


def receipt(case: Dispute, by: User, doc_name: str = "申请书副本", **given: str) -> DeliveryForm:
    """Service on the respondent by electronic means on 16 November 2023."""
    party = case.parties.get(role="respondent")
    days = dict.fromkeys(("on", "sent_on", "signed_on"), "2023-11-16")
    plain = {"party": party.pk, "doc_name": doc_name, "mode": "electronic"}
    return DeliveryForm({**plain, **days, **given}, case=case, user=by)


def test_nobody_is_served_by_electronic_means_who_was_not_asked(
    accepted: Dispute, clerk: User
) -> None:
    form = receipt(accepted, clerk)
    assert not form.is_valid()
    assert "还没有确认是否同意电子送达，先办“登记送达地址确认书”" in str(form.errors["mode"])
    party = accepted.parties.get(role="respondent")
    rows = {"deliveries-TOTAL_FORMS": "1", "deliveries-INITIAL_FORMS": "0"}
    row = {"party": party.pk, "doc_name": "应诉通知书", "mode": "electronic", "address": "a@b.cn"}
    given = {f"deliveries-0-{name}": value for name, value in row.items()}
    sent = SendForm({"on": "2023-11-16", **rows, **given}, case=accepted, user=clerk)
    assert not sent.is_valid()
    assert "还没有确认是否同意电子送达" in str(sent.row_errors())


def test_who_agreed_is_served_where_he_said(accepted: Dispute, clerk: User) -> None:
    confirmed(accepted, clerk, agrees=True)
    form = receipt(accepted, clerk)
    assert form.is_valid(), form.errors
    moves.move(accepted, "record_delivery", by=clerk, data=form.move_data())
    row = accepted.deliveries.get()
    assert (row.address, row.deemed_on) == ("office@example.com", date(2023, 11, 16))
    page = make.page_of(accepted, clerk)
    assert "2023-11-16 同意电子送达" in page
    earlier = receipt(accepted, clerk, sent_on="2023-11-15", signed_on="2023-11-15")
    assert "2023-11-16才同意电子送达" in str(earlier.errors["mode"])


def test_what_was_picked_before_the_sent_paper_does_not_stand_in_its_place(
    accepted: Dispute, clerk: User
) -> None:
    applicant, respondent = (accepted.parties.get(role=one) for one in ("applicant", "respondent"))
    row = {
        "party": respondent,
        "doc_name": "申请书副本",
        "mode": "mail",
        "mail_no": "1",
        "address": "某路",
    }
    rows = {"deliveries": [{**row, "recipient": respondent.name}]}
    moves.move(accepted, "send", by=clerk, on=date(2023, 11, 16), data=rows)
    # The page hides both boxes once a sent paper is picked, and posts what was in them.
    stale = {"party": applicant.pk, "doc_name": "受理通知书", "mode": "", "sent_on": ""}
    form = receipt(accepted, clerk, **stale, delivery=str(accepted.deliveries.get().pk))
    assert form.is_valid(), form.errors
    told = form.move_data()
    assert (told["served_role"], told["served_name"]) == ("respondent", "申请书副本")
    moves.move(accepted, "record_delivery", by=clerk, on=date(2023, 11, 16), data=told)
    served = accepted.deliveries.get()
    assert (served.party, served.doc_name) == (respondent, "申请书副本")


def test_who_takes_the_consent_back_is_served_otherwise(accepted: Dispute, clerk: User) -> None:
    confirmed(accepted, clerk, agrees=True)
    confirmed(accepted, clerk, agrees=False)
    party = accepted.parties.get(role="respondent")
    assert (party.takes_electronic, party.electronic_address) == (False, "")
    assert "不同意电子送达，改用其他方式送达" in str(receipt(accepted, clerk).errors["mode"])
    returned = receipt(accepted, clerk, address="a@b.cn", signed_on="", returned_on="2023-11-16")
    assert returned.is_valid(), returned.errors


@pytest.mark.parametrize(("allowed", "refused"), [("1", False), ("0", True)])
def test_whether_an_award_goes_by_electronic_means_is_for_the_bureau_to_say(
    accepted: Dispute, clerk: User, acting: Acting, allowed: str, refused: bool
) -> None:
    acting("test")
    Parameter.objects.filter(code="ARB-E-SERVICE", valid_to=None).update(value=allowed)
    acting(clerk)
    confirmed(accepted, clerk, agrees=True)
    errors = receipt(accepted, clerk, "裁决书").errors
    assert ("裁决书、调解书不能电子送达" in str(errors.get("mode"))) is refused


def test_before_2022_no_award_went_by_electronic_means(rules: None) -> None:
    found = Parameter.objects.filter(code="ARB-E-SERVICE").order_by("valid_from", "valid_to")
    days = (date(2021, 12, 31), date(2022, 1, 1))
    assert [[row.value for row in found if row.holds_on(day)] for day in days] == [["0"], ["1"]]
    assert found.get(valid_to=None).is_assumed  # 待确认: that it holds for arbitration too


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"takes_electronic": "1"}, "electronic_address"),
        ({"takes_electronic": ""}, "takes_electronic"),
        ({"takes_electronic": "0"}, "address"),
    ],
)
def test_a_confirmation_says_where_papers_reach(
    accepted: Dispute, clerk: User, given: dict[str, str], wrong: str
) -> None:
    party = accepted.parties.get(role="respondent")
    if wrong == "address":
        party.address = ""
        party.save()
    form = AddressForm({"on": "2023-11-16", "party": party.pk, **given}, case=accepted, user=clerk)
    assert list(form.errors) == [wrong]
