"""The simple and the fast track ask conditions that stand in dated rows (办案规则 56, 57)."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from arbitration.models import Dispute
from arbitration.workflows.tracks import verdict
from hrss_portal.access.models import User
from hrss_portal.casework import door, moves
from hrss_portal.casework.moves import MoveRefused
from hrss_portal.deadlines.conditions import State
from hrss_portal.deadlines.models import Condition, Parameter
from tests.cast import County
from tests.factories import arbitration as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rules", "today")]
MET, UNMET, MISSING = State.MET, State.UNMET, State.MISSING
FITS = {"is_clear": True, "simple_barred": False}
PROPOSAL = {"summary": make.SUMMARY, "handler_opinion": "拟受理"}


@pytest.fixture
def taken(county: County, clerk: User, acting: Callable[..., Any]) -> Dispute:
    """A dispute over 50,000 yuan, just taken in."""
    acting("test")
    return make.dispute(county, clerk, date(2023, 11, 16), amount=Decimal(50000))


def wage(value: str) -> None:
    """The average wage of the province, as the bureau enters it for 2023."""
    Parameter.objects.filter(code="ARB-SIMPLE").update(value=value)


def states(case: Dispute, **answers: Any) -> list[State]:
    return [one.state for one in verdict(case, "simple", answers).findings]


def test_each_condition_is_met_not_met_or_without_data(taken: Dispute) -> None:
    # clear, amount, agreed, barred, missing respondent
    assert states(taken) == [MISSING] * 5
    found = verdict(taken, "simple").findings
    assert "ARB-SIMPLE" in found[1].because
    assert "没有数值" in found[1].because
    assert states(taken, is_clear=True)[0] == MET
    assert states(taken, is_clear=False)[0] == UNMET
    assert states(taken, simple_barred=True)[3] == UNMET


@pytest.mark.parametrize(
    ("average", "state"), [("49999.99", UNMET), ("50000", MET), ("50000.01", MET)]
)
def test_the_amount_on_both_sides_of_the_average_wage(
    taken: Dispute, average: str, state: State
) -> None:
    wage(average)
    finding = verdict(taken, "simple").findings[1]
    assert (finding.state, finding.said) == (state, "标的总额：50000元")
    assert finding.fact
    assert finding.fact.source == "收件登记"


def test_one_of_the_three_ways_is_enough(taken: Dispute) -> None:
    wage("60000")
    assert verdict(taken, "simple", {"is_clear": False, "simple_agreed": False}).state == MISSING
    wage("40000")
    alone = {"is_clear": False, "simple_agreed": True}
    assert verdict(taken, "simple", alone).state == MISSING  # whether barred is not known
    refused = verdict(taken, "simple", {"is_clear": False, "simple_agreed": False})
    assert refused.state == UNMET
    assert "第五十六条第二项" in refused.reasons[0]


def test_who_cannot_be_found_is_read_from_the_deliveries(accepted: Dispute, clerk: User) -> None:
    assert verdict(accepted, "simple", FITS).state == MISSING  # nothing served yet
    make.served(accepted, clerk, "申请书副本", roles=("respondent",))
    case = Dispute.objects.get(pk=accepted.pk)
    assert verdict(case, "simple", FITS).state == MET
    with door.opened():
        case.deliveries.update(mode="notice", media="报纸")
    finding = verdict(Dispute.objects.get(pk=accepted.pk), "simple", FITS).findings[4]
    assert (finding.state, finding.fact and finding.fact.source) == (UNMET, "送达（公告）")


def test_a_case_that_does_not_fit_is_not_proposed(taken: Dispute, clerk: User) -> None:
    broken = {"procedure": "simple", "is_clear": True, "simple_barred": True}
    with pytest.raises(MoveRefused, match="第五十七条第一、二、四项"):
        moves.move(taken, "propose", by=clerk, data=PROPOSAL | broken)
    with pytest.raises(MoveRefused, match="不符合农民工工资速裁的条件：农民工工资争议"):
        moves.move(taken, "propose", by=clerk, data=PROPOSAL | {"procedure": "fast"})
    moves.move(taken, "propose", by=clerk, data=PROPOSAL | FITS | {"procedure": "simple"})
    case = Dispute.objects.get(pk=taken.pk)
    assert (case.is_clear, case.simple_barred, case.simple_agreed) == (True, False, None)


def test_a_day_without_conditions_refuses_the_track(taken: Dispute, clerk: User) -> None:
    Condition.objects.filter(ruleset="arb.simple").update(valid_from=date(2024, 1, 1))
    with pytest.raises(MoveRefused, match="简易处理在 2023-11-16 没有施行的条件"):
        moves.move(taken, "propose", by=clerk, data=PROPOSAL | FITS | {"procedure": "simple"})


def test_the_pages_say_why(
    taken: Dispute, clerk: User, arbitration_head: User, arbitrator: User, acting: Callable
) -> None:
    browser = Client()
    browser.force_login(clerk)
    form = reverse("arbitration:dispute_move", args=[taken.pk, "propose"])
    page = browser.get(form).content.decode()
    assert "简易处理的条件" in page
    assert "没有登记“双方同意简易处理”" in page
    moves.move(taken, "propose", by=clerk, data=PROPOSAL | FITS | {"procedure": "simple"})
    browser.force_login(arbitration_head)
    decide = reverse("arbitration:dispute_move", args=[taken.pk, "accept"])
    assert (
        "事实清楚、权利义务关系明确、争议不大：是（立案审批表）"
        in browser.get(decide).content.decode()
    )
    page = browser.get(reverse("arbitration:dispute_detail", args=[taken.pk])).content.decode()
    assert "适用程序的条件" in page
    assert "第五十六条第二项" in page
