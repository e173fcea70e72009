"""更正 of a field asks what the move that chose the track asked; it says what to do first."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.casework import door, moves
from hrss_portal.casework.models import Case
from hrss_portal.casework.moves import MoveRefused
from hrss_portal.deadlines.models import Condition
from tests.cast import County
from tests.factories import arbitration as make

pytestmark = pytest.mark.usefixtures("rules", "today")
FAST = {"summary": make.SUMMARY, "handler_opinion": "拟受理", "procedure": "fast"}


@pytest.fixture
def fast(county: County, clerk: User, acting: Callable[..., Any]) -> Dispute:
    """A dispute over a migrant worker's pay, proposed for the fast track."""
    acting("test")
    case = make.dispute(
        county, clerk, date(2023, 11, 16), amount=Decimal(20000), is_migrant_wage=True
    )
    moves.move(case, "propose", by=clerk, data=FAST)
    return Dispute.objects.get(pk=case.pk)


def accept(case: Dispute, head: User, arbitrator: User, clerk: User) -> None:
    """The head accepts it on its track."""
    decision = {"procedure": case.procedure, "handler": arbitrator, "deputy": clerk}
    moves.move(case, "accept", by=head, data=decision)


def no_migrant(case: Dispute, by: User, **more: Any) -> None:
    """Untick 农民工工资."""
    changes = {"is_migrant_wage": False, **more}
    moves.amend(case, by=by, changes=changes, reason="录错")


def test_before_acceptance_it_goes_back_to_the_handler_first(
    fast: Dispute, clerk: User, arbitration_head: User
) -> None:
    with pytest.raises(MoveRefused, match=r"农民工工资争议.*先由院长“退回承办人”"):
        no_migrant(fast, clerk)
    moves.move(fast, "send_back", by=arbitration_head)
    no_migrant(fast, clerk)
    assert not Dispute.objects.get(pk=fast.pk).is_migrant_wage


def test_in_trial_it_is_turned_to_the_ordinary_procedure_first(
    fast: Dispute, clerk: User, arbitration_head: User, arbitrator: User
) -> None:
    accept(fast, arbitration_head, arbitrator, clerk)
    with pytest.raises(MoveRefused, match=r"农民工工资争议.*先由院长办“转为一般程序”"):
        no_migrant(fast, clerk)
    assert Dispute.objects.get(pk=fast.pk).is_migrant_wage
    moves.move(fast, "to_ordinary", by=arbitration_head, data={"note": "不是农民工"})
    no_migrant(fast, clerk)
    assert not Dispute.objects.get(pk=fast.pk).is_migrant_wage


def test_the_page_says_it_and_keeps_what_was_typed(
    fast: Dispute, clerk: User, arbitration_head: User, arbitrator: User
) -> None:
    accept(fast, arbitration_head, arbitrator, clerk)
    browser = Client()
    browser.force_login(clerk)
    url = reverse("arbitration:dispute_edit", args=[fast.pk])
    page = browser.get(url)
    filled = {
        name: "" if value is None else value
        for name in page.context["form"].fields
        if (value := page.context["form"][name].value()) is not False
    }
    filled.pop("is_migrant_wage")
    more = {"reason": "录错", "_key": page.context["key"], "_version": page.context["version"]}
    answer = browser.post(url, filled | more)
    assert answer.status_code == 422
    assert "先由院长办“转为一般程序”" in answer.content.decode()


def test_what_does_not_touch_the_track_is_amended(
    fast: Dispute, clerk: User, arbitration_head: User, arbitrator: User
) -> None:
    accept(fast, arbitration_head, arbitrator, clerk)
    moves.amend(fast, by=clerk, changes={"facts": "另写"}, reason="录错")


def test_what_was_wrong_before_does_not_hinder_another_correction(
    fast: Dispute, clerk: User
) -> None:
    with door.opened():
        Case._base_manager.filter(pk=fast.pk).update(people=0)
    moves.amend(fast, by=clerk, changes={"facts": "另写"}, reason="录错")


def test_the_number_of_people_goes_with_those_who_are_named_and_with_the_procedure(
    county: County, clerk: User, arbitration_head: User, acting: Callable[..., Any]
) -> None:
    acting("test")
    case = make.dispute(county, clerk, date(2023, 11, 16), workers=3)
    with pytest.raises(MoveRefused, match="涉及人数不能少于已列的申请人3人"):
        moves.amend(case, by=clerk, changes={"people": 2}, reason="录错")
    proposal = {**FAST, "procedure": "ordinary"}
    moves.move(case, "propose", by=clerk, data=proposal)
    with pytest.raises(MoveRefused, match=r"程序选“集体争议”.*先由院长“退回承办人”"):
        moves.amend(case, by=clerk, changes={"people": 12}, reason="录错")
    moves.move(case, "send_back", by=arbitration_head)
    moves.amend(case, by=clerk, changes={"people": 12}, reason="录错")
    moves.move(case, "propose", by=clerk, data={**proposal, "procedure": "collective"})


@pytest.fixture
def ordinary(
    county: County, clerk: User, arbitration_head: User, arbitrator: User, acting: Any
) -> Dispute:
    """A dispute of three workers, accepted on the ordinary procedure."""
    acting("test")
    case = make.dispute(county, clerk, date(2023, 11, 16), workers=3)
    moves.move(case, "propose", by=clerk, data={**FAST, "procedure": "ordinary"})
    accept(Dispute.objects.get(pk=case.pk), arbitration_head, arbitrator, clerk)
    return Dispute.objects.get(pk=case.pk)


def test_after_acceptance_a_number_that_crosses_ten_changes_the_procedure_and_is_no_mere_correction(
    ordinary: Dispute, clerk: User, arbitration_head: User
) -> None:
    moves.amend(ordinary, by=clerk, changes={"people": 9}, reason="录错")
    with pytest.raises(MoveRefused) as refused:
        moves.amend(ordinary, by=clerk, changes={"people": 10}, reason="录错")
    (words,) = refused.value.messages
    assert "《劳动人事争议仲裁办案规则》第六十二条" in words
    assert "由院长办“更正人数并变更程序”" in words
    turn = {"people": 12, "note": "申请书列明十二人"}
    moves.move(ordinary, "renumber", by=arbitration_head, data=turn)
    case = Dispute.objects.get(pk=ordinary.pk)
    assert (case.people, case.procedure) == (12, "collective")
    assert case.events.get(move="renumber").data["people"] == 12
    moves.amend(case, by=clerk, changes={"people": 15}, reason="录错")
    with pytest.raises(MoveRefused, match="由院长办“更正人数并变更程序”"):
        moves.amend(case, by=clerk, changes={"people": 8}, reason="录错")
    moves.move(case, "renumber", by=arbitration_head, data={"people": 8, "note": "重复计数"})
    assert Dispute.objects.get(pk=case.pk).procedure == "ordinary"


def test_the_procedure_changes_only_with_a_number_that_crosses_the_condition_of_its_day(
    ordinary: Dispute, arbitration_head: User
) -> None:
    for people, words in ((9, "没有跨过"), (2, "不能少于已列的申请人3人")):
        turn = {"people": people, "note": "核对"}
        with pytest.raises(MoveRefused, match=words):
            moves.move(ordinary, "renumber", by=arbitration_head, data=turn)
    Condition.objects.filter(ruleset="arb.collective").update(value="8")
    turn = {"people": 9, "note": "核对"}
    moves.move(ordinary, "renumber", by=arbitration_head, data=turn)
    assert Dispute.objects.get(pk=ordinary.pk).procedure == "collective"


def test_a_case_that_was_decided_keeps_the_procedure_it_was_heard_by(
    ordinary: Dispute, clerk: User, arbitrator: User
) -> None:
    moves.move(ordinary, "withdraw", by=arbitrator, data={"outcome": "withdrawn"})
    with pytest.raises(MoveRefused, match="已按这一程序审结"):
        moves.amend(ordinary, by=clerk, changes={"people": 10}, reason="录错")


def test_an_archived_file_offers_no_correction_and_says_why(fast: Dispute, clerk: User) -> None:
    with door.opened():
        Case._base_manager.filter(pk=fast.pk).update(archived_on=date(2023, 11, 16))
    browser = Client()
    browser.force_login(clerk)
    party = fast.parties.get(role="applicant").pk
    one = reverse("arbitration:dispute_correct", args=[fast.pk, "party", party])
    for url in (reverse("arbitration:dispute_edit", args=[fast.pk]), one):
        words = browser.get(url).content.decode()
        assert "先由负责人撤销归档" in words
        assert 'name="reason"' not in words
        assert "告诉承办人" not in words
