"""Conditions as dated data: judged on both sides of every edge, refused when they cannot stand."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from hrss_portal.deadlines import conditions
from hrss_portal.deadlines.checks import complaints, every_condition_can_be_judged
from hrss_portal.deadlines.conditions import (
    Asked,
    FactField,
    Kind,
    Known,
    RuleSet,
    State,
    faults,
    judge,
    overlaps,
)
from hrss_portal.deadlines.lookup import NotInForce, UnknownCode
from hrss_portal.deadlines.models import Condition, Origin
from hrss_portal.deadlines.rulesets import assess, conditions_on
from hrss_portal.deadlines.tables import condition_rows
from tests.factories import deadlines as make

RULES = RuleSet(
    code="test.loan",
    label="试验贷款",
    of="test.loan",
    fields=(
        FactField(code="people", label="人数", unit="人", read=lambda row: row["people"]),
        FactField(code="share", label="裁员率", unit="%", read=lambda row: row["share"]),
        FactField(code="born", label="出生日期", kind=Kind.DATE, read=lambda row: row["born"]),
        FactField(code="poor", label="困难人员", kind=Kind.FLAG, read=lambda row: row["poor"]),
        FactField(
            code="group",
            label="人群",
            kind=Kind.CODE,
            choices={"graduate": "毕业生", "veteran": "退役军人", "other": "其他"},
            read=lambda row: row["group"],
        ),
    ),
)
SETS = {RULES.code: RULES}
MET, UNMET, MISSING = State.MET, State.UNMET, State.MISSING
EVERYTHING = {"people": 30, "share": Decimal("20.0"), "born": date(2000, 1, 1), "poor": True}


def asked(field: str, operator: str, *values: str, **more: Any) -> Asked:
    return Asked(field=field, operator=operator, values=values, words="试验条件", **more)


def state(one: Asked, **facts: Any) -> State:
    row = {"people": None, "share": None, "born": None, "poor": None, "group": None} | facts
    return judge(RULES, [one], RULES.facts(row)).state


def test_a_fact_without_a_function_is_the_field_of_its_name() -> None:
    fact = FactField(code="people", label="人数", source="登记表")
    known = fact.known(SimpleNamespace(people=30))
    assert (known.value, known.source) == (Decimal(30), "登记表")
    assert fact.known(SimpleNamespace(people=None)) is None


@pytest.mark.parametrize(
    ("operator", "values", "below", "at", "above"),
    [
        ("le", ("30",), MET, MET, UNMET),
        ("lt", ("30",), MET, UNMET, UNMET),
        ("ge", ("30",), UNMET, MET, MET),
        ("gt", ("30",), UNMET, UNMET, MET),
        ("eq", ("30",), UNMET, MET, UNMET),
        ("ne", ("30",), MET, UNMET, MET),
        ("between", ("30", "31"), UNMET, MET, MET),
        ("between", ("29", "30"), MET, MET, UNMET),
    ],
)
def test_a_number_on_both_sides_of_the_edge(operator, values, below, at, above):
    one = asked("people", operator, *values)
    assert [state(one, people=n) for n in (29, 30, 31)] == [below, at, above]


@pytest.mark.parametrize("values", [(), ("30",)])
def test_a_range_without_both_ends_decides_nothing(values: tuple[str, ...]) -> None:
    one = asked("people", "between", *values)  # a dated rate may hold one number alone
    assert [state(one, people=n) for n in (29, 30, 31)] == [MISSING] * 3
    (finding,) = judge(RULES, [one], {"people": Known(Decimal(29))}).findings
    assert finding.because == "“人数”缺少用来比较的数值，请修改条件"


def test_a_share_on_both_sides_of_the_edge():
    one = asked("share", "le", "20")
    assert state(one, share=Decimal("20.0")) == MET
    assert state(one, share=Decimal("20.1")) == UNMET


@pytest.mark.parametrize(
    ("operator", "before", "on", "after"),
    [
        ("le", MET, MET, UNMET),
        ("lt", MET, UNMET, UNMET),
        ("ge", UNMET, MET, MET),
        ("gt", UNMET, UNMET, MET),
    ],
)
def test_a_day_on_both_sides_of_the_edge(operator, before, on, after):
    one = asked("born", operator, "2000-01-02")
    days = (date(2000, 1, 1), date(2000, 1, 2), date(2000, 1, 3))
    assert [state(one, born=day) for day in days] == [before, on, after]


def test_flags_and_codes():
    assert state(asked("poor", "eq", "1"), poor=True) == MET
    assert state(asked("poor", "eq", "1"), poor=False) == UNMET
    assert state(asked("poor", "eq", "0"), poor=False) == MET
    among = asked("group", "in", "graduate", "veteran")
    assert [state(among, group=one) for one in ("graduate", "veteran", "other")] == [
        MET,
        MET,
        UNMET,
    ]
    assert state(asked("group", "ne", "other"), group="other") == UNMET


def test_is_set_is_the_only_operator_that_missing_data_answers():
    assert state(asked("people", "set"), people=0) == MET
    assert state(asked("people", "set")) == UNMET
    for operator in ("eq", "ne", "lt", "le", "gt", "ge"):
        assert state(asked("people", operator, "30")) == MISSING


def test_alternatives_need_one_and_the_others_all():
    ways = [asked("poor", "eq", "1", alternative="a"), asked("people", "le", "30", alternative="a")]
    must = asked("share", "le", "20")

    def overall(**facts: Any) -> State:
        row = {"people": None, "share": None, "born": None, "poor": None, "group": None} | facts
        return judge(RULES, [*ways, must], RULES.facts(row)).state

    assert overall(poor=True, share=20) == MET  # the other way need not be known
    assert overall(poor=False, people=30, share=20) == MET
    assert overall(poor=False, people=31, share=20) == UNMET
    assert overall(poor=False, share=20) == MISSING
    assert overall(poor=True) == MISSING
    assert overall(poor=True, share=21) == UNMET  # whatever is missing elsewhere


def test_a_finding_says_value_source_day_and_why():
    fact = Known(Decimal(31), "用工备案", date(2024, 3, 1))
    verdict = judge(RULES, [asked("people", "le", "30", basis="某办法第3条")], {"people": fact})
    (finding,) = verdict.findings
    assert (finding.fact, finding.said) == (fact, "人数：31人")
    assert verdict.reasons == ["不符合试验贷款的条件：试验条件（现在：人数：31人；某办法第3条）"]
    (finding,) = judge(RULES, [asked("people", "le", "30")], {"people": None}).findings
    assert finding.because == "没有登记“人数”"
    (finding,) = judge(RULES, [asked("gone", "le", "30")], {}).findings
    assert (finding.state, finding.because) == (MISSING, "没有“gone”这个字段，请修改条件")


def row(**values: Any) -> SimpleNamespace:
    """A stored condition that may stand, keywords replace its values."""
    plain = {
        "ruleset": "test.loan",
        "seq": 1,
        "field": "people",
        "operator": "le",
        "value": "30",
        "region": "CN",
        "valid_from": date(2024, 1, 1),
        "valid_to": None,
    }
    return SimpleNamespace(**(plain | values))


@pytest.mark.parametrize(
    ("values", "name", "words"),
    [
        ({"ruleset": "test.gone"}, "ruleset", "没有“test.gone”这个条件组"),
        ({"field": "gone"}, "field", "没有“gone”这个字段，可填：people（人数）"),
        ({"operator": "in"}, "operator", "“人数”是数，可用："),
        ({"field": "poor", "operator": "le", "value": "1"}, "operator", "“困难人员”是是否"),
        ({"value": "三十"}, "value", "“人数”的数值应是数字，如 30 或 20.5"),
        ({"value": "NaN"}, "value", "应是数字"),
        ({"field": "born", "value": "2024年"}, "value", "应是日期，如 2024-01-31"),
        ({"field": "poor", "operator": "eq", "value": "是"}, "value", "应是1（是）或 0（否）"),
        ({"field": "group", "operator": "in", "value": "graduate;x"}, "value", "没有“x”这一项"),
        ({"value": "30;40"}, "value", "只写一个数值"),
        ({"operator": "between", "value": "40;30"}, "value", "小的在前"),
        ({"operator": "between", "value": "30"}, "value", "小的在前"),
        ({"operator": "set"}, "value", "不填数值"),
        ({"value": "@NO-RATE"}, "value", "费率与标准里没有 NO-RATE"),
        ({"valid_to": date(2023, 12, 31)}, "valid_to", "截止日期不能早于施行日期"),
    ],
)
def test_what_cannot_stand_is_refused_with_what_to_mend(values, name, words):
    found = faults(row(**values), SETS, {"RATE"})
    assert words in found[name]


def test_what_may_stand_is_not_refused():
    good = [
        row(),
        row(value="@RATE"),
        row(value="@RATE:某标准"),
        row(valid_to=date(2024, 1, 1)),
        row(field="group", operator="in", value="graduate;other"),
        row(operator="between", value="30;30"),
        row(operator="set", value=""),
    ]
    assert [faults(one, SETS, {"RATE"}) for one in good] == [{}] * len(good)


def test_overlapping_versions_are_named():
    first = row(valid_to=date(2024, 6, 30))
    assert list(overlaps([first, row(valid_from=date(2024, 7, 1))])) == []
    assert list(overlaps([first, row(valid_from=date(2024, 1, 1), region="安徽")])) == []
    (words,) = overlaps([row(valid_from=date(2024, 6, 30)), first])
    assert words == "test.loan 第1项（CN）：2024-06-30 起的版本与前一版本重叠"


def test_the_shipped_conditions_can_all_be_judged():
    assert list(every_condition_can_be_judged()) == []
    bad = [{**condition_rows()[0], "field": "gone"}]
    assert "没有“gone”这个字段" in complaints(bad)[0]
    twice = [condition_rows()[0], {**condition_rows()[0], "valid_from": "2020-01-01"}]
    assert "重叠" in complaints(twice)[0]


@pytest.fixture
def declared(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rule set of these tests is declared."""
    monkeypatch.setattr(conditions, "declared_sets", lambda: SETS)
    assert conditions.declared_sets() is SETS


def store(**values: Any) -> Condition:
    plain = vars(row()) | {"words": "人数不多", "legal_basis": "某办法", "sureness": "V1"}
    return Condition.objects.create(**(plain | values))


@pytest.mark.django_db
def test_the_version_of_the_day_and_the_most_special_region_count(declared: None) -> None:
    store(valid_to=date(2024, 6, 30))
    store(valid_from=date(2024, 7, 1), value="50")
    store(region="安徽", valid_from=date(2024, 10, 1), value="20")
    found = [
        conditions_on("test.loan", on, "341522")[0].values
        for on in (date(2024, 6, 30), date(2024, 7, 1), date(2024, 9, 30), date(2024, 10, 1))
    ]
    assert found == [("30",), ("50",), ("50",), ("20",)]
    assert conditions_on("test.loan", date(2024, 10, 1), "浙江")[0].values == ("50",)


@pytest.mark.django_db
def test_a_day_without_conditions_is_refused_never_taken_for_met(declared: None) -> None:
    store(valid_to=date(2024, 6, 30))
    for day in (date(2023, 12, 31), date(2024, 7, 1)):
        with pytest.raises(NotInForce, match="没有施行的条件"):
            assess("test.loan", EVERYTHING, day)
    with pytest.raises(UnknownCode):
        assess("test.gone", EVERYTHING, date(2024, 1, 1))


@pytest.mark.django_db
def test_a_value_may_stand_in_a_dated_rate(declared: None) -> None:
    make.parameter("TST-CAP", value="30", valid_to=date(2024, 6, 30))
    make.parameter("TST-CAP", value="", valid_from=date(2024, 7, 1))
    store(value="@TST-CAP")
    facts = EVERYTHING | {"group": None, "people": 31}
    assert assess("test.loan", facts, date(2024, 6, 30)).state == UNMET
    assert assess("test.loan", facts | {"people": 30}, date(2024, 6, 30)).state == MET
    (finding,) = assess("test.loan", facts, date(2024, 7, 1)).findings
    assert (finding.state, "没有数值，请由本局录入并复核" in finding.because) == (MISSING, True)


@pytest.mark.django_db
def test_the_database_refuses_overlap_and_an_empty_period(declared: None) -> None:
    store(valid_to=date(2024, 6, 30))
    for values in ({"valid_from": date(2024, 6, 30)}, {"seq": 2, "valid_to": date(2023, 1, 1)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            store(**values)


@pytest.mark.parametrize(
    ("sureness", "words"),
    [("V1", "有依据"), ("V2", "据转载"), ("K1", "业内通行"), ("K2", "待确认")],
)
def test_a_shipped_condition_says_how_far_its_text_was_seen(sureness: str, words: str) -> None:
    assert Condition(sureness=sureness).standing == words
    own = Condition(sureness=sureness, origin=Origin.BUREAU)
    assert own.standing == ("待确认" if sureness == "K2" else "有依据")


@pytest.mark.django_db
def test_each_entry_of_a_catalogue_has_conditions_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    catalogue = {"7": "稳岗补贴", "8": "社保补贴"}
    family = replace(SETS["test.loan"], each=lambda: catalogue)
    monkeypatch.setattr(conditions, "declared_sets", lambda: {"test.loan": family})
    labels = {code: one.label for code, one in conditions.known_sets().items()}
    assert labels == {"test.loan:7": "稳岗补贴", "test.loan:8": "社保补贴"}
    store(ruleset="test.loan:7", value="30")
    store(ruleset="test.loan:8", value="20")
    facts = EVERYTHING | {"group": None, "people": 25}
    day = date(2024, 1, 1)
    found = [assess(code, facts, day) for code in labels]
    assert [(one.label, one.state) for one in found] == [("稳岗补贴", MET), ("社保补贴", UNMET)]
    del catalogue["8"]  # what was judged by it can still be explained
    assert conditions.faults(row(ruleset="test.loan:8"), conditions.known_sets(), ())
    assert assess("test.loan:8", facts, day).state == UNMET
    with pytest.raises(UnknownCode):
        assess("test.gone:7", facts, day)
