"""公告送达 only where no other way brings the paper to the party (民事诉讼法 Article 95)."""

from datetime import date
from typing import Any

import pytest

from arbitration.forms import DeliveryForm
from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.casework import moves
from hrss_portal.casework.moves import MoveRefused
from tests.factories import arbitration as make

FIRM = ("respondent",)


def came_back(case: Dispute, by: User, doc_name: str, sent: str, back: str) -> None:
    """The paper was posted to the respondent and came back."""
    make.issued(case, doc_name, by, on=date(2023, 11, 1))
    given = {"mode": "mail", "mail_no": "E1", "doc_name": doc_name, "address": "某路"}
    days = {"on": back, "sent_on": sent, "returned_on": back, "refusal": "查无此人"}
    party = case.parties.get(role="respondent").pk
    form = DeliveryForm({**given, **days, "party": party}, case=case, user=by)
    assert form.is_valid(), form.errors
    moves.move(case, "record_delivery", by=by, data=form.move_data())


def publish(case: Dispute, by: User, doc_name: str) -> Any:
    """The paper published for the respondent."""
    data = {"party": case.parties.get(role="respondent"), "doc_name": doc_name, "media": "网站"}
    fresh = Dispute.objects.get(pk=case.pk)
    return moves.move(fresh, "publish_notice", by=by, data=data)


@pytest.fixture
def case(accepted: Dispute, today: Any) -> Dispute:
    """A fortnight after acceptance."""
    today.move_to("2023-11-15T09:00:00+08:00")
    return accepted


def test_what_the_party_has_is_not_published(case: Dispute, arbitration_head: User) -> None:
    make.served(case, arbitration_head, "举证通知书", roles=FIRM, on=date(2023, 11, 3))
    came_back(case, arbitration_head, "举证通知书", "2023-11-06", "2023-11-10")
    with pytest.raises(MoveRefused, match=r"举证通知书已于 2023-11-03 送达.*直接送达"):
        publish(case, arbitration_head, "举证通知书")
    assert publish(case, arbitration_head, "申请书副本")
    with pytest.raises(MoveRefused, match="申请书副本正在公告"):
        publish(case, arbitration_head, "申请书副本")


def test_one_paper_that_came_back_opens_no_notice_for_whom_others_reach(
    case: Dispute, arbitration_head: User
) -> None:
    came_back(case, arbitration_head, "举证通知书", "2023-11-02", "2023-11-06")
    make.served(case, arbitration_head, "组庭通知书", roles=FIRM, on=date(2023, 11, 8))
    with pytest.raises(MoveRefused, match="2023-11-08 收到了组庭通知书（直接送达）"):
        publish(case, arbitration_head, "申请书副本")
    came_back(case, arbitration_head, "申请书副本", "2023-11-09", "2023-11-13")
    assert publish(case, arbitration_head, "申请书副本")


def test_what_was_left_before_the_paper_came_back_says_nothing_of_the_party(
    case: Dispute, arbitration_head: User
) -> None:
    """Left on the 9th it counts as served on the 14th, after the other paper came back."""
    party = case.parties.get(role="respondent")
    row = {"party": party, "recipient": party.name, "mode": "left", "state": "served"}
    days = {"sent_on": date(2023, 11, 9), "deemed_on": date(2023, 11, 14)}
    case.deliveries.create(**row, **days, doc_name="组庭通知书", address="某路", refusal="拒收")
    came_back(case, arbitration_head, "申请书副本", "2023-11-06", "2023-11-13")
    assert publish(case, arbitration_head, "申请书副本")
