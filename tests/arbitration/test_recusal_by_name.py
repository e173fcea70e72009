"""回避 of an arbitrator whose account the register does not know: his name keeps him away.

办案规则 Articles 11, 12: whoever is challenged takes no part until the decision, and never after a
granted one.
"""

from collections.abc import Callable
from typing import Any

import pytest

from arbitration.models import Dispute, StaffMember
from hrss_portal.access.models import User
from hrss_portal.casework import moves
from hrss_portal.casework.moves import MoveRefused
from tests.arbitration.test_recusal import ask, asking, decide, offered
from tests.cast import County, person
from tests.factories import arbitration as make


@pytest.fixture
def head_sits(accepted: Dispute, arbitration_head: User) -> str:
    """The head of the court sits alone; his row of the register names no account: its key."""
    seat = accepted.tribunal.get()
    told = {"user": None, "name": arbitration_head.name}
    StaffMember.objects.filter(pk=seat.member_id).update(**told)
    return f"member:{seat.member_id}"


def test_the_head_who_is_challenged_by_his_name_takes_no_step(
    accepted: Dispute, head_sits: str, clerk: User, arbitration_head: User, director: User
) -> None:
    assert offered(asking(accepted, clerk, ""))[head_sits] == "程院（仲裁员，按姓名即账号1701）"
    recusal = ask(accepted, clerk, head_sits)
    case = Dispute.objects.get(pk=accepted.pk)
    assert (recusal.account, moves.available(case, arbitration_head)) == (arbitration_head.pk, [])
    decide(case, director, recusal, "1")
    case = Dispute.objects.get(pk=case.pk)
    assert moves.available(case, arbitration_head) == []
    with pytest.raises(MoveRefused, match="程院 已准许回避本案"):
        moves.move(case, "seat", by=arbitration_head, data={"tribunal": []})


def test_of_several_accounts_with_the_name_each_keeps_away_until_the_register_says_whose(
    accepted: Dispute, head_sits: str, county: County, clerk: User, arbitration_head: User
) -> None:
    other = person("1709", "程院", make.court(county), "ARB-C")
    recusal = ask(accepted, clerk, head_sits)
    assert recusal.account is None
    for user in (other, arbitration_head):
        case = Dispute.objects.get(pk=accepted.pk)
        with pytest.raises(MoveRefused, match=r"程院 的回避申请还没有决定.*先在“机构人员”填写"):
            moves.move(case, "dismiss_objection", by=user, note="理由")
    recusal.granted, recusal.decided_on = True, recusal.asked_on
    recusal.save()
    with pytest.raises(MoveRefused, match="程院 已准许回避本案"):
        moves.assign(Dispute.objects.get(pk=case.pk), by=arbitration_head, handler=other)
    StaffMember.objects.filter(pk=recusal.member_id).update(user=other)
    case = Dispute.objects.get(pk=accepted.pk)
    assert "seat" in {one.code for one in moves.available(case, arbitration_head)}


def test_who_was_recused_by_his_account_does_not_sit_by_a_row_without_one(
    accepted: Dispute,
    county: County,
    clerk: User,
    arbitrator: User,
    arbitration_head: User,
    director: User,
    acting: Callable[..., Any],
) -> None:
    decide(accepted, director, ask(accepted, arbitrator, f"user:{clerk.pk}"), "1")
    acting("test")
    seats = [{"member": make.staff(county, name=clerk.name, cert_no="T-9"), "role": "sole"}]
    with pytest.raises(MoveRefused, match="苏书 已准许回避本案"):
        moves.move(accepted, "seat", by=arbitration_head, data={"tribunal": seats})
