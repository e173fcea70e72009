"""What a case as it stands can only refuse has no button; who decides is asked before he sees one.

The door refuses all of it, button or not.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.casework import moves
from hrss_portal.casework.moves import MoveRefused
from hrss_portal.desk import anatomy
from tests.cast import County
from tests.factories import arbitration as make

Acting = Callable[..., Any]


def offered(case: Dispute, user: User) -> set[str]:
    """The codes of the moves on the page of the case."""
    return {move.code for move in moves.available(Dispute.objects.get(pk=case.pk), user)}


def head(case: Dispute, user: User) -> list[str]:
    """The buttons in the head of the page."""
    fresh = Dispute.objects.get(pk=case.pk)
    can = moves.available(fresh, user)
    steps = [anatomy.Step(move.label, move.code) for move in can]
    return [step.url for step in anatomy.split(steps, can, fresh)[0]]


def test_what_is_missing_is_told_once_and_the_button_goes(
    rules: None, county: County, clerk: User, acting: Acting, today: Any
) -> None:
    acting(clerk)
    case = make.dispute(county, clerk, date(2023, 11, 14))
    assert head(case, clerk)[0] == "ask_correction"
    asked = {"to_correct": "身份证复印件", "correct_by": date(2023, 11, 20)}
    moves.move(case, "ask_correction", by=clerk, data=asked)
    moves.move(case, "corrected", by=clerk)
    assert "ask_correction" not in offered(case, clerk)
    with pytest.raises(MoveRefused, match="一次性告知补正"):
        moves.move(case, "ask_correction", by=clerk, data=asked)


def test_the_director_sees_in_the_head_what_was_asked_of_him_alone(
    accepted: Dispute, clerk: User, arbitrator: User, director: User
) -> None:
    assert head(accepted, director) == []
    assert {"suspend", "extend"} <= offered(accepted, director)
    assert "decide_recusal" not in offered(accepted, director)
    member = accepted.tribunal.get().member
    asked = {"member": member, "asked_by": "被申请人", "reason": "近亲属"}
    moves.move(accepted, "ask_recusal", by=clerk, data=asked)
    assert head(accepted, director) == ["decide_recusal"]
    decision = {"recusal": accepted.recusals.get(), "granted": False, "member": member}
    moves.move(accepted, "decide_recusal", by=director, data=decision)
    assert head(accepted, director) == []


def test_a_term_is_extended_once_and_asked_for_once(
    accepted: Dispute, clerk: User, arbitrator: User, director: User
) -> None:
    asked = {"days": 5, "reason": "证据多"}
    moves.move(accepted, "ask_extension", by=arbitrator, data=asked)
    assert "ask_extension" not in offered(accepted, arbitrator)
    assert head(accepted, director) == ["extend", "return_request"]
    moves.move(accepted, "extend", by=director, data=asked)
    assert "extend" not in offered(accepted, director)
    assert "ask_extension" not in offered(accepted, arbitrator)
    assert head(accepted, director) == []
    with pytest.raises(MoveRefused, match="已经延长过一次"):
        moves.move(accepted, "extend", by=director, data=asked)


def test_nothing_asked_and_nothing_to_turn_back_has_no_button(
    accepted: Dispute, arbitration_head: User, director: User
) -> None:
    for code in ("accept_counterclaim", "refuse_counterclaim", "to_ordinary", "return_draft"):
        assert code not in offered(accepted, arbitration_head)
    assert "return_request" not in offered(accepted, director)
    moves.move(accepted, "counterclaim", by=arbitration_head, data={"claims": "反诉"})
    assert {"accept_counterclaim", "refuse_counterclaim"} <= offered(accepted, arbitration_head)
    assert "accept_counterclaim" in head(accepted, arbitration_head)


def test_the_page_of_the_director_says_so(accepted: Dispute, director: User) -> None:
    browser = Client()
    browser.force_login(director)
    page = browser.get(reverse("arbitration:dispute_detail", args=[accepted.pk]))
    assert [step.label for step in page.context["steps"]] == []
    assert "中止审理" in {step.label for step in page.context["more_steps"]}


def test_a_draft_of_an_award_falls_away_with_a_settlement(
    deliberating: Dispute, arbitrator: User, arbitration_head: User
) -> None:
    moves.move(deliberating, "ask_award", by=arbitrator)
    assert "return_draft" in offered(deliberating, arbitration_head)
    settled = {"outcome": "mediated", "result": "三日内付清工资。", "signer": arbitrator}
    moves.move(Dispute.objects.get(pk=deliberating.pk), "settle", by=arbitrator, data=settled)
    assert "return_draft" not in offered(deliberating, arbitration_head)
