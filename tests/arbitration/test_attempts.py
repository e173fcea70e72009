"""Every attempt to serve a paper is a row of its own and stays as it was told."""

from datetime import date
from typing import Any

import pytest

from arbitration.forms import DeliveryForm
from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.casework import moves
from tests.arbitration.test_told_in_time import proposed
from tests.factories import arbitration as make

__all__ = ["proposed"]  # the fixture
pytestmark = pytest.mark.usefixtures("rules", "today")
MAIL = {"mode": "mail", "mail_no": "E2"}


def sent(case: Dispute, clerk: User, mode: str, mail_no: str = "") -> Any:
    """A paper that went out on 2 November 2023 in this way."""
    make.issued(case, "补正告知书", clerk)
    party = case.parties.get(role="applicant")
    row = {"party": party, "recipient": party.name, "doc_name": "补正告知书", "mode": mode}
    return case.deliveries.create(**row, mail_no=mail_no, address="某路", sent_on=date(2023, 11, 2))


def form_of(case: Dispute, clerk: User, row: Any, **given: str) -> DeliveryForm:
    plain = {"on": "2023-11-06", "delivery": str(row.pk), **given}
    return DeliveryForm(plain, case=case, user=clerk)


@pytest.mark.parametrize(
    ("mode", "again"),
    [
        ("direct", MAIL),
        ("entrusted", MAIL),
        ("direct", {"mode": "entrusted"}),
        ("phone", {"mode": "direct", "signed_by": "本人", "proof_missing": "随卷"}),
    ],
)
def test_another_way_is_another_row(
    mode: str, again: dict[str, str], proposed: Dispute, clerk: User, today: Any
) -> None:
    first = sent(proposed, clerk, mode)
    before = [getattr(first, name) for name in ("mode", "mail_no", "sent_on", "state")]
    today.move_to("2023-11-06T09:00:00+08:00")
    days = {"sent_on": "2023-11-03", "signed_on": "2023-11-06"}
    form = form_of(proposed, clerk, first, **again, **days)
    assert form.is_valid(), form.errors
    moves.move(proposed, "record_delivery", by=clerk, data=form.move_data())
    one, other = proposed.deliveries.order_by("pk")
    assert [getattr(one, name) for name in ("mode", "mail_no", "sent_on", "state")] == before
    assert (other.mode, other.sent_on, other.state) == (again["mode"], date(2023, 11, 3), "served")


@pytest.mark.parametrize("mode", ["direct", "entrusted"])
def test_a_number_of_the_post_is_of_a_mailing_and_the_form_asks_for_its_way(
    mode: str, proposed: Dispute, clerk: User, today: Any
) -> None:
    first = sent(proposed, clerk, mode)
    today.move_to("2023-11-06T09:00:00+08:00")
    days = {"sent_on": "2023-11-03", "signed_on": "2023-11-06", "mail_no": "E2"}
    form = form_of(proposed, clerk, first, **days)
    assert form.errors["mode"] == ["填写送达方式（填了邮单号的，选“邮寄送达”）"]


def test_who_would_not_take_it_had_it_left_there_in_the_same_attempt(
    proposed: Dispute, clerk: User, today: Any
) -> None:
    first = sent(proposed, clerk, "direct")
    today.move_to("2023-11-06T09:00:00+08:00")
    given = {"mode": "left", "refusal": "拒收", "witnesses": "王某，居委会"}
    form = form_of(proposed, clerk, first, **given)
    assert set(form.errors) == {"proof"}
