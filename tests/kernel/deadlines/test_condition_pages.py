"""The page of conditions: two people change them, and what cannot be judged is refused."""

from datetime import date

import pytest

from hrss_portal.access.models import Proposal
from hrss_portal.deadlines.models import Condition
from tests.factories import deadlines as make
from tests.kernel.deadlines.test_pages import words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rules(county):
    make.shipped_rules()


CONDITION = {
    "ruleset": "arb.simple",
    "seq": "2",
    "region": "安徽",
    "words": "标的额不超过十万元",
    "field": "amount",
    "operator": "le",
    "value": "100000",
    "alternative": "56",
    "legal_basis": "某省规定第1条",
    "sureness": "K2",
    "valid_from": "2024-01-01",
    "reason": "省里的新规定",
}


def test_a_condition_is_changed_by_two_people(post, get, arbitration_head, lawyer, town_officer):
    text = words(get(town_officer, "/deadlines/conditions/"))
    assert "标的额不超过本省上年度职工年平均工资" in text
    rate = "简易处理标的额上限=省上年度职工年平均工资（费率与标准 ARB-SIMPLE）"
    assert f"标的总额 不超过（≤） {rate}" in text
    post(arbitration_head, "/deadlines/conditions/new/", **CONDITION)
    proposal = Proposal.objects.get()
    assert proposal.unit is not None  # of the region, so of the proposer's bureau
    assert "比较：不超过（≤）" in proposal.words
    assert "字段：标的总额" in proposal.words
    assert not Condition.objects.filter(region="安徽").exists()
    shown = words(get(lawyer, f"/deadlines/proposals/{proposal.pk}/"))
    assert "标的额不超过十万元" in shown
    post(lawyer, f"/deadlines/proposals/{proposal.pk}/confirm/")
    fresh = Condition.objects.get(region="安徽")
    assert (fresh.value, fresh.standing, fresh.proposal) == ("100000", "待确认", proposal)
    old = Condition.objects.get(ruleset="arb.simple", seq=2, region="CN")
    assert old.valid_to is None  # another region's version goes on


def test_a_new_version_of_a_condition_ends_the_one_before(post, administrator, lawyer):
    old = Condition.objects.get(ruleset="arb.simple", seq=2)
    address = f"/deadlines/conditions/{old.pk}/propose/"
    post(administrator, address, **CONDITION | {"region": "CN"})
    post(lawyer, f"/deadlines/proposals/{Proposal.objects.get().pk}/confirm/")
    old.refresh_from_db()
    assert (old.valid_to, old.value) == (date(2023, 12, 31), "@ARB-SIMPLE")
    answer = post(
        administrator, address, **CONDITION | {"region": "CN", "valid_from": "2020-01-01"}
    )
    assert "2024-01-01 起已有版本，时间重叠：截止日期最晚写 2023-12-31" in answer.content.decode()
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"value": "十万"}, "“标的总额”的数值应是数字"),
        ({"value": "@NO-RATE"}, "费率与标准里没有 NO-RATE"),
        ({"operator": "in"}, "“标的总额”是数，可用"),
        ({"field": "is_migrant_wage"}, "“简易处理”没有“is_migrant_wage”这个字段"),
        ({"valid_to": "2023-01-01"}, "截止日期不能早于施行日期"),
        ({"region": "浙江"}, "不能改其他地区的"),
    ],
)
def test_a_condition_that_cannot_be_judged_is_refused(post, arbitration_head, changed, said):
    answer = post(arbitration_head, "/deadlines/conditions/new/", **CONDITION | changed)
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert not Proposal.objects.exists()
