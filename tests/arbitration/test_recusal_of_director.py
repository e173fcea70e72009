"""主任本人的回避: the commission decides, the head of the court writes it down."""

from datetime import date
from typing import Any

import pytest

from arbitration.forms import CommissionRecusalForm, RecusalDecisionForm
from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.casework import moves
from hrss_portal.casework.models import Clock
from hrss_portal.casework.moves import MoveRefused
from tests.arbitration.test_recusal import DAY, ask
from tests.cast import County
from tests.factories import arbitration as make

MEETING = "2023年11月2日仲裁委员会会议，纪要〔2023〕5号"


@pytest.fixture
def challenged(accepted: Dispute, county: County, director: User, arbitration_head: User) -> Any:
    """The director sits alone and a party asks him to stand aside."""
    member = make.staff(county, name=director.name, user=director)
    seats = {"tribunal": [{"member": member, "role": "sole"}]}
    moves.move(accepted, "seat", by=arbitration_head, data=seats)
    return ask(accepted, arbitration_head, f"member:{member.pk}")


def commission(case: Dispute, by: User, recusal: Any, meeting: str = MEETING) -> Any:
    """The form of the commission's decision, filled in."""
    filled = {"on": DAY, "recusal": recusal.pk, "granted": "1", "meeting": meeting}
    filled["note"] = "查明属实。"
    return CommissionRecusalForm(filled, case=case, user=by)


def test_the_director_and_his_delegate_do_not_decide_on_the_director(
    challenged: Any, accepted: Dispute, director: User, arbitration_head: User
) -> None:
    form: Any = RecusalDecisionForm(case=accepted, user=arbitration_head)
    assert not form.fields["recusal"].queryset.exists()
    data = {"recusal": challenged, "granted": False}
    for by, words in ((director, "决定前暂停参与"), (None, "由仲裁委员会决定")):
        with pytest.raises(MoveRefused, match=words):
            moves.move(accepted, "decide_recusal", by=by, on=date(2023, 11, 1), data=data)


def test_the_commissions_decision_empties_the_seat_and_meets_the_clock(
    challenged: Any, accepted: Dispute, arbitration_head: User
) -> None:
    case = Dispute.objects.get(pk=accepted.pk)
    assert "commission_recusal" in {one.code for one in moves.available(case, arbitration_head)}
    assert not commission(case, arbitration_head, challenged, "").is_valid()
    form = commission(case, arbitration_head, challenged)
    assert form.is_valid(), form.errors
    data = form.move_data()
    moves.move(case, "commission_recusal", by=arbitration_head, on=date(2023, 11, 1), data=data)
    challenged.refresh_from_db()
    assert (challenged.granted, challenged.decided_by) == (True, arbitration_head)
    assert not accepted.tribunal.filter(left_on=None).exists()
    assert Clock.objects.get(case=case.pk, term="arb.recusal").state == "met"
    assert case.events.get(move="commission_recusal").data["meeting"] == MEETING


def test_the_commission_decides_on_nobody_else(
    accepted: Dispute, clerk: User, arbitration_head: User
) -> None:
    other = ask(accepted, arbitration_head, f"user:{clerk.pk}")
    case = Dispute.objects.get(pk=accepted.pk)
    assert "commission_recusal" not in {one.code for one in moves.available(case, arbitration_head)}
    data = {"recusal": other, "granted": True, "meeting": MEETING}
    with pytest.raises(MoveRefused, match="不是主任本人的回避申请"):
        moves.move(case, "commission_recusal", by=arbitration_head, on=date(2023, 11, 1), data=data)
