"""What a correction may grant, and who may make the decisions beside the award."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from arbitration.forms import RectificationForm
from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.casework import moves
from hrss_portal.casework.moves import MoveRefused
from tests.factories.deciding import LATER, WAGES, ahead, part_form

pytestmark = pytest.mark.usefixtures("rules", "today")


@pytest.fixture
def awarded(deliberating: Dispute, arbitration_head: User) -> Dispute:
    """Decided on 20 November: 9000 yuan of wages for good, no compensation yet."""
    claims = [
        {"seq": 1, "awarded": Decimal(9000), "is_final": True, "kind": "money"},
        {"seq": 2, "awarded": Decimal(8000), "is_final": True, "kind": "money"},
    ]
    award = {"outcome": "final_award", "finality": "final", "result": "付款。", "awarded": "17000"}
    moves.move(deliberating, "award", by=arbitration_head, data={**award, "claims": claims})
    return Dispute.objects.get(pk=deliberating.pk)


def correction(case: Dispute, user: User, corrected: str, **more: str) -> RectificationForm:
    """The form of a correction of the first item."""
    given = {
        "on": "2023-11-20",
        "error_kind": "counting",
        "wrong": "支付工资9000元",
        "right": f"支付工资{corrected}元",
        "claim": str(case.claims.get(seq=1).pk),
        "corrected": corrected,
    }
    return RectificationForm({**given, **more}, case=case, user=user)


def test_a_correction_grants_no_more_than_was_asked_without_a_reason(
    awarded: Dispute, arbitrator: User
) -> None:
    refused = correction(awarded, arbitrator, "9000.01")
    assert "第 1 项支持金额 9000.01 元多于请求的 9000.00 元" in str(refused.errors["corrected"])
    assert correction(awarded, arbitrator, "9000.01", note="申请人当庭增加").is_valid()
    assert correction(awarded, arbitrator, "8700").is_valid()


def test_a_final_item_is_not_corrected_over_its_limit_without_a_reason(
    awarded: Dispute, arbitrator: User
) -> None:
    awarded.claims.filter(seq=1).update(amount=Decimal(90000))
    refused = correction(awarded, arbitrator, "80000")
    assert "不能终局" in str(refused.errors["corrected"])
    assert correction(awarded, arbitrator, "80000", note="按分项计算").is_valid()


def test_an_error_of_writing_changes_no_amount(awarded: Dispute, arbitrator: User) -> None:
    refused = correction(awarded, arbitrator, "8700", error_kind="writing")
    assert "文字错误不改支持金额" in str(refused.errors["corrected"])
    assert correction(awarded, arbitrator, "8700", error_kind="left_out").is_valid()


def test_a_correction_writes_the_amount_alone(awarded: Dispute, arbitrator: User) -> None:
    form = correction(awarded, arbitrator, "8700")
    assert form.is_valid(), form.errors
    awarded.claims.filter(seq=1).update(text="支付2023年拖欠的工资")
    moves.move(awarded, "rectify", by=arbitrator, data=form.move_data())
    claim = awarded.claims.get(seq=1)
    assert (claim.text, claim.awarded) == ("支付2023年拖欠的工资", Decimal(8700))
    assert Dispute.objects.get(pk=awarded.pk).awarded == Decimal(16700)


def part_data(case: Dispute, head: User) -> dict[str, Any]:
    """What the form of a part award on the wages gives."""
    form = part_form(case, head, WAGES, LATER)
    assert form.is_valid(), form.errors
    return form.move_data()


def test_who_handles_the_case_makes_no_part_award_alone(
    deliberating: Dispute, arbitration_head: User
) -> None:
    data = part_data(deliberating, arbitration_head)
    moves.amend(deliberating, by=None, changes={"handler": arbitration_head}, reason="改派")
    with pytest.raises(PermissionDenied, match="经办人不能审批自己的件"):
        moves.move(deliberating, "part_award", by=arbitration_head, data=data)


def test_an_open_challenge_holds_up_a_part_award(
    deliberating: Dispute, arbitration_head: User, arbitrator: User
) -> None:
    data = part_data(deliberating, arbitration_head)
    member = deliberating.tribunal.get().member
    deliberating.recusals.create(
        member=member, asked_by="被申请人", asked_on=date(2023, 11, 20), reason="与申请人是亲属"
    )
    with pytest.raises(MoveRefused, match="决定前暂停参与"):
        moves.move(deliberating, "part_award", by=arbitration_head, data=data)


def test_enforcement_ahead_needs_a_tribunal_and_no_open_challenge(
    accepted: Dispute, arbitration_head: User
) -> None:
    form = ahead(accepted, arbitration_head)
    assert form.is_valid(), form.errors
    seat = accepted.tribunal.get()
    challenge = accepted.recusals.create(
        member=seat.member, asked_by="被申请人", asked_on=date(2023, 11, 1), reason="近亲属"
    )
    with pytest.raises(MoveRefused, match="决定前暂停参与"):
        moves.move(accepted, "enforce_ahead", by=arbitration_head, data=form.move_data())
    challenge.delete()
    accepted.tribunal.update(left_on=date(2023, 11, 1))
    with pytest.raises(MoveRefused, match="还没有组成仲裁庭"):
        moves.move(accepted, "enforce_ahead", by=arbitration_head, data=form.move_data())
