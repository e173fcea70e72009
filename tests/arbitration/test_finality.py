"""Whether an item of an award is final: what it is about, the county's limit, and the reason."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from arbitration.forms import AwardForm
from arbitration.models import Dispute
from arbitration.models.choices import ClaimKind
from arbitration.workflows import effects
from arbitration.workflows.finality import FinalLimit, doubt, final_limit, kind_of
from hrss_portal.access.models import User
from hrss_portal.deadlines.models import Parameter
from tests.cast import County
from tests.factories import arbitration as make

pytestmark = pytest.mark.usefixtures("rules")
LIMIT = FinalLimit(Decimal(21360), Decimal(24720), "")


@pytest.fixture
def case(county: County, arbitration_head: User, acting: Callable[..., Any], today: Any) -> Dispute:
    """A dispute about unpaid wages."""
    acting(arbitration_head)
    return make.dispute(county, arbitration_head, date(2023, 11, 16))


def set_tier(wage: str) -> None:
    """The bureau enters its tier from March 2023 on."""
    Parameter.objects.filter(code="MINWAGE-COUNTY", valid_to=None).update(value=wage)


def test_the_countys_tier_ships_unset_and_the_form_says_so(
    case: Dispute, arbitration_head: User
) -> None:
    rows = Parameter.objects.filter(code="MINWAGE-COUNTY", region="霍邱县")
    assert [(row.value, row.standing) for row in rows] == [("", "待确认")] * 2
    unset = final_limit(date(2023, 11, 16), case)
    assert (unset.low, unset.high) == (12 * 1780, 12 * 2060)
    assert "本县最低工资标准未设，不能核对终局金额" in unset.words
    form = AwardForm(case=case, user=arbitration_head)
    assert "本县最低工资标准未设，不能核对终局金额" in str(
        form.rows["claims"].forms[0]["is_final"].help_text
    )


@pytest.mark.parametrize(
    ("on", "low", "high"),
    [
        (date(2021, 12, 2), None, None),
        (date(2022, 6, 1), 12 * 1340, 12 * 1650),
        (date(2023, 2, 28), 12 * 1340, 12 * 1650),
        (date(2023, 3, 1), 12 * 1870, 12 * 1870),
    ],
)
def test_the_tier_of_the_day_decides(
    case: Dispute, on: date, low: int | None, high: int | None
) -> None:
    set_tier("1870")
    limit = final_limit(on, case)
    assert (limit.low, limit.high) == (low, high)
    assert ("未设" in limit.words) == (on < date(2023, 3, 1))


@pytest.mark.parametrize(
    ("text", "cause", "kind"),
    [
        ("确认劳动关系", "pay", ClaimKind.OTHER),
        ("支付解除劳动关系经济补偿", "relation", ClaimKind.MONEY),
        ("补缴社会保险", "pay", ClaimKind.STANDARD),
        ("未休年休假工资", "pay", ClaimKind.MONEY),
        ("安排带薪年休假", "other", ClaimKind.STANDARD),
        ("支付工资", "personnel", ClaimKind.OTHER),
        ("支付欠款", "pay", ClaimKind.MONEY),
        ("一次性伤残就业补助金", "injury", ""),
    ],
)
def test_what_a_claim_seems_to_be_about(text: str, cause: str, kind: str) -> None:
    assert kind_of(text, cause) == kind


@pytest.mark.parametrize(
    ("kind", "awarded", "is_final", "word"),
    [
        ("other", 0, True, "不适用终局"),
        ("other", 100, False, ""),
        ("standard", 99999, False, "应当终局"),
        ("standard", 99999, True, ""),
        ("money", 24721, True, "不能终局"),
        ("money", 24720, True, ""),
        ("money", 21360, False, "应当终局"),
        ("money", 21361, False, ""),
        ("money", 0, False, ""),
    ],
)
def test_a_tick_that_seems_wrong_is_doubted_both_ways(
    kind: str, awarded: int, is_final: bool, word: str
) -> None:
    words = doubt(kind, Decimal(awarded), is_final, LIMIT)
    assert word in words if word else words == ""


def given(by: User, **row: str) -> dict[str, str]:
    """A posted award on the case's one claim."""
    plain = {"seq": "1", "awarded": "3127", "is_final": "1"} | row
    return {
        "on": "2023-11-16",
        "result": "支付工资。",
        "reasons": "查明拖欠工资。",
        "signer": str(by.pk),
        "claims-TOTAL_FORMS": "1",
        "claims-INITIAL_FORMS": "1",
        **{f"claims-0-{name}": value for name, value in row.items() | plain.items()},
    }


@pytest.mark.parametrize(
    "row", [{"is_final": "0"}, {"kind": "other"}, {"kind": "standard", "is_final": "0"}]
)
def test_what_is_kept_against_the_warning_has_a_reason_that_the_case_page_shows(
    case: Dispute, arbitration_head: User, row: dict[str, str]
) -> None:
    silent = AwardForm(given(arbitration_head, **row), case=case, user=arbitration_head)
    assert not silent.is_valid()
    assert "写明理由" in str(silent.rows["claims"].forms[0].errors["final_reason"])
    kept = {**row, "final_reason": "与另一项不可分"}
    form = AwardForm(given(arbitration_head, **kept), case=case, user=arbitration_head)
    assert form.is_valid(), form.errors
    data = form.move_data()
    case.outcome = data["outcome"]
    effects.decide_claims(case, data, case.events.get())
    claim = case.claims.get()
    assert (claim.final_reason, claim.kind) == ("与另一项不可分", row.get("kind", "money"))
    page = make.page_of(case, arbitration_head)
    assert "理由：与另一项不可分" in page


def test_a_claim_whose_kind_nobody_can_guess_is_asked_for(
    case: Dispute, arbitration_head: User
) -> None:
    case.cause = "injury"
    case.claims.update(text="一次性伤残就业补助金")
    form = AwardForm(given(arbitration_head), case=case, user=arbitration_head)
    assert not form.is_valid()
    assert list(form.rows["claims"].forms[0].errors) == ["kind"]
