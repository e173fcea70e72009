"""Conditions judged in the database: what ``judge`` says of each row, in one query."""

import random
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hrss_portal.deadlines.conditions import (
    ALLOWED,
    Asked,
    FactField,
    Kind,
    RuleSet,
    State,
    judge,
)
from hrss_portal.deadlines.matching import NotInDatabase, judged, judged_at_home
from hrss_portal.deadlines.models import Condition
from hrss_portal.parties.facts import latest_value, newest_value, record_fact
from hrss_portal.parties.models import Employer
from tests.factories.access import OfficeFactory, UnitFactory
from tests.factories.parties import EmployerFactory

pytestmark = pytest.mark.django_db
DAY = date(2024, 3, 1)
MET, UNMET, MISSING = State.MET, State.UNMET, State.MISSING
FACTS: dict[str, tuple[str, tuple[Any, ...], tuple[str, ...]]] = {
    # the fact: its kind, what rows hold, what conditions compare with
    "headcount": (Kind.NUMBER, (None, 0, 29, 30, 31), ("0", "29.5", "30", "31")),
    "revenue": (Kind.NUMBER, (None, Decimal("20.00"), Decimal("20.01")), ("20", "20.005", "2E1")),
    "founded_on": (
        Kind.DATE,
        (None, date(2023, 12, 31), date(2024, 1, 1), date(2024, 2, 29)),
        ("2023-12-31", "2024-01-01", "2024-02-28"),
    ),
    "is_four_up": (Kind.FLAG, (None, True, False), ("1", "0")),
    "credit_grade": (Kind.CODE, ("", "A", "B"), ("A", "B", "C")),
}
RULES = RuleSet(
    code="test.aid",
    label="试验补贴",
    of="parties.employer",
    fields=tuple(
        FactField(
            code=code,
            label=code,
            kind=kind,
            choices=dict.fromkeys(values, "等级") if kind == Kind.CODE else {},
        )
        for code, (kind, _, values) in FACTS.items()
    ),
)


def asked(field: str, operator: str, *values: str, **more: Any) -> Asked:
    return Asked(field=field, operator=operator, values=values, words="试验条件", **more)


def firm(**values: Any) -> Employer:
    """An employer of whom only this is known."""
    unknown = {code: held[0] for code, (_, held, _) in FACTS.items()}
    return EmployerFactory(**(unknown | values))


def states(*conditions: Asked, rules: RuleSet = RULES) -> list[State]:
    """The state of all employers, the oldest first."""
    rows = judged(Employer.objects.order_by("pk"), rules, conditions, DAY)
    return [State(row.verdict) for row in rows]


# --- the same as row by row -----------------------------------------------------------------------


@st.composite
def conditions(draw: st.DrawFn) -> Asked:
    """A condition that may stand; at times its field is gone, its rate unknown or its value bad."""
    field = draw(st.sampled_from([*FACTS]))
    kind, _, values = FACTS[field]
    operator = draw(st.sampled_from(sorted(ALLOWED[kind])))
    most = {"set": 0, "between": 2, "in": 3}.get(operator, 1)
    given_values = draw(st.lists(st.sampled_from(values), min_size=min(most, 1), max_size=most))
    return asked(
        draw(st.sampled_from([field] * 9 + ["gone"])),
        operator,
        *draw(st.sampled_from([given_values] * 9 + [[], ["?"]])),
        alternative=draw(st.sampled_from(["", "a", "b"])),
        unknown=draw(st.sampled_from([""] * 5 + ["没有数值"])),
    )


@pytest.fixture
def firms(acting: Callable[..., Any]) -> None:
    """Two dozen employers of whom this and that is known."""
    acting("test")
    dice = random.Random(24)
    for _ in range(24):
        firm(**{code: dice.choice(held) for code, (_, held, _) in FACTS.items()})


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(one_set=st.lists(conditions(), min_size=1, max_size=5))
def test_the_database_says_of_each_row_what_judge_says(firms: None, one_set: list[Asked]) -> None:
    for row in judged(Employer.objects.order_by("pk"), RULES, one_set, DAY, each=True):
        verdict = judge(RULES, one_set, RULES.facts(row))
        found = [getattr(row, f"finding_{number}") for number in range(1, len(one_set) + 1)]
        assert found == [one.state for one in verdict.findings]
        assert row.verdict == verdict.state


# --- golden edges ---------------------------------------------------------------------------------


PEOPLE = (None, 29, 30, 31)
YUAN = (None, Decimal("20.00"), Decimal("20.01"))
DAYS = (None, date(2023, 12, 31), date(2024, 1, 1), date(2024, 1, 2))
GRADES = ("", "A", "B")
FLAGS = (None, True, False)


@pytest.mark.parametrize(
    ("one", "held", "said"),
    [
        (asked("headcount", "le", "30"), PEOPLE, (MISSING, MET, MET, UNMET)),
        (asked("headcount", "lt", "30"), PEOPLE, (MISSING, MET, UNMET, UNMET)),
        (asked("headcount", "gt", "30"), PEOPLE, (MISSING, UNMET, UNMET, MET)),
        (asked("headcount", "between", "30", "31"), PEOPLE, (MISSING, UNMET, MET, MET)),
        (asked("headcount", "ne", "30"), PEOPLE, (MISSING, MET, UNMET, MET)),
        (asked("headcount", "set"), (None, 0), (UNMET, MET)),
        (asked("headcount", "le", unknown="没有数值"), PEOPLE, (MISSING,) * 4),
        (asked("headcount", "set", unknown="没有数值"), (None, 0), (UNMET, MET)),
        (asked("revenue", "le", "20"), YUAN, (MISSING, MET, UNMET)),
        (asked("founded_on", "ge", "2024-01-01"), DAYS, (MISSING, UNMET, MET, MET)),
        (asked("is_four_up", "eq", "0"), FLAGS, (MISSING, UNMET, MET)),
        (asked("credit_grade", "set"), GRADES, (UNMET, MET, MET)),
        (asked("credit_grade", "ne", "A"), GRADES, (MISSING, UNMET, MET)),
        (asked("credit_grade", "in", "B", "C"), GRADES, (MISSING, UNMET, MET)),
    ],
)
def test_both_sides_of_the_edge_and_no_data(
    acting: Callable[..., Any], one: Asked, held: tuple[Any, ...], said: tuple[State, ...]
) -> None:
    acting("test")
    for value in held:
        firm(**{one.field: value})
    assert tuple(states(one)) == said


def test_one_of_the_alternatives_and_all_the_others(acting: Callable[..., Any]) -> None:
    acting("test")
    ways = [
        asked("is_four_up", "eq", "1", alternative="a"),
        asked("headcount", "le", "30", alternative="a"),
    ]
    firm(is_four_up=True)
    firm(is_four_up=False)
    firm(is_four_up=False, headcount=31)
    assert states(*ways) == [MET, MISSING, UNMET]
    assert states(*ways, asked("revenue", "le", "20")) == [MISSING, MISSING, UNMET]


# --- where a fact stands --------------------------------------------------------------------------


def rules_with(**values: Any) -> RuleSet:
    fact = FactField(**({"code": "headcount", "label": "人数"} | values))
    return RuleSet(code="test.aid", label="试验补贴", of="parties.employer", fields=(fact,))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"code": "twice", "read": lambda row: row.headcount}, "'twice' is computed by `read`"),
        ({"code": "address"}, "'address'"),
        ({"code": "facts"}, "leads to many rows"),
        ({"expression": "unit__children__pk"}, "leads to many rows"),
        ({"code": "name"}, "of kind number, name is CharField"),
        ({"code": "created_at", "kind": Kind.DATE}, "of kind date, created_at is DateTimeField"),
    ],
)
def test_a_fact_that_no_column_tells_is_refused_by_its_name(
    values: dict[str, Any], words: str
) -> None:
    rules = rules_with(**values)
    with pytest.raises(NotInDatabase, match=words):
        judged(Employer.objects.all(), rules, [asked(rules.fields[0].code, "set")], DAY)


def test_a_fact_that_an_area_left_counts_from_its_period_on(acting: Callable[..., Any]) -> None:
    acting("test")
    told = rules_with(expression=lambda on: newest_value("headcount", on))
    first, second, third, left = firm(), firm(headcount=30), firm(), firm()
    for who, value, period in (
        (first, 31, "2023"),
        (first, 30, "2024-02"),
        (first, 90, "2024-03-02"),
        (second, 30, "2024-04"),
        (left, 31, "2024"),
    ):
        record_fact(who, "headcount", value, period=period, source="test")
    Employer.objects.filter(pk=left.pk).update(merged_into=third)
    standing = judged(
        Employer.objects.filter(merged_into=None).order_by("pk"),
        told,
        [asked("headcount", "le", "30")],
        DAY,
    )
    assert [row.verdict for row in standing] == [MET, MISSING, UNMET]
    values = [latest_value(row, "headcount", upto=str(DAY)) for row in standing]
    assert values == [30, None, 31]


# --- the conditions of a region -------------------------------------------------------------------


def store(**values: Any) -> None:
    plain = {
        "ruleset": "test.aid",
        "seq": 1,
        "words": "人数",
        "field": "headcount",
        "operator": "le",
        "valid_from": date(2024, 1, 1),
        "legal_basis": "某办法",
        "sureness": "V1",
    }
    Condition.objects.create(**(plain | values))


def test_each_row_is_judged_by_the_conditions_of_its_own_region(
    acting: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    acting("test")
    monkeypatch.setattr(
        "hrss_portal.deadlines.conditions.declared_sets", lambda: {"test.aid": RULES}
    )
    here, there = UnitFactory(region="341522"), UnitFactory(region="330102")
    apart = OfficeFactory(parent=there, region="341523")
    for unit in (here, OfficeFactory(parent=here), there, apart):
        firm(unit=unit, headcount=30)

    def said(on: date = DAY) -> list[str | None]:
        rows = judged_at_home(Employer.objects.order_by("pk"), "test.aid", on)
        return [row.verdict for row in rows]

    store(region="安徽", value="20")
    assert said() == [UNMET, UNMET, None, UNMET]  # where nothing holds nothing is judged
    store(region="CN", value="50", valid_to=DAY)
    assert said() == [UNMET, UNMET, MET, UNMET]
    assert said(date(2023, 12, 31)) == [None] * 4
    rows = judged_at_home(Employer.objects.order_by("pk"), "test.aid", DAY)
    with django_assert_num_queries(1):
        assert len(rows) == 4
