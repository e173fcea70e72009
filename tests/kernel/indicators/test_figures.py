"""Values and rows come from one query: over random rows they never differ."""

import random
from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hrss_portal.access.models import Absence
from hrss_portal.indicators.breakdown import breakdown, trend
from hrss_portal.indicators.engine import Ask, ask
from hrss_portal.indicators.figures import Reader, as_json, value
from hrss_portal.indicators.filters import BadFilter
from hrss_portal.indicators.models import AnnualTarget, Override
from hrss_portal.indicators.orgs import UnknownOrg, find_org, of_unit
from hrss_portal.indicators.rows import NoRows, rows
from hrss_portal.jobs.models import Job
from tests.cast import County
from tests.factories import indicators as factory
from tests.factories.access import UserFactory

YEAR = {"frm": date(2023, 1, 1), "to": date(2023, 11, 16)}
pytestmark = pytest.mark.django_db


@pytest.fixture
def world(county: County, sample: None, acting) -> random.Random:
    """People of all units with random absences and jobs; the seed is printed on failure."""
    seed = random.randrange(10**6)
    print("seed", seed)  # noqa: T201 -- pytest shows it when the test fails
    chance = random.Random(seed)
    acting("test")
    units = [*county.offices.values(), *county.towns.values()]
    people = [UserFactory(unit=unit, password=None) for unit in units]
    factory.absences(people, chance, 200)
    factory.jobs(people, chance, 120)
    return chance


def random_ask(chance: random.Random, county: County) -> Ask:
    first, last = sorted(date(2022, 1, 1).toordinal() + chance.randrange(760) for _ in range(2))
    org = chance.choice([None, county.bureau, county.office("就业股"), county.town("城关镇")])
    own = org is county.bureau and chance.random() < 0.5
    return ask(
        frm=date.fromordinal(first),
        to=date.fromordinal(last),
        org=of_unit(org, own=own) if org else None,
    )


@pytest.mark.parametrize("round_", range(6))
def test_rows_count_and_sum_to_the_value(world, county, round_):
    question = random_ask(world, county)
    reader = Reader()
    for code in ("t.absences", "t.people", "t.away", "t.jobs", "t.dead", "t.flow"):
        found = rows(code, question)
        assert found.count() == reader.measure(code, question).value
        assert found.total() == found.count()
    steps = rows("t.steps", question)
    assert steps.total() == reader.measure("t.steps", question).value


@pytest.mark.parametrize("round_", range(3))
def test_a_rate_is_its_rows_divided(world, county, round_):
    question = random_ask(world, county)
    measure = Reader().measure("t.both", question)
    assert rows("t.both", question, part="num").total() == measure.numerator
    assert rows("t.both", question, part="den").total() == measure.denominator


def test_a_change_opens_both_years(world, county):
    question = ask(**YEAR)
    measure = Reader().measure("t.absences_change", question)
    assert rows("t.absences_change", question).count() == measure.numerator
    assert rows("t.absences_change", question, part="previous").count() == measure.previous
    now = Absence.objects.filter(from_on__range=("2023-01-01", "2023-11-16")).count()
    before = Absence.objects.filter(from_on__range=("2022-01-01", "2022-11-16")).count()
    assert measure.value == pytest.approx(Decimal(now - before) / before)


@pytest.mark.parametrize("round_", range(3))
def test_reading_many_at_once_gives_the_same(world, county, round_, django_assert_max_num_queries):
    codes = ("t.absences", "t.people", "t.away", "t.jobs", "t.dead", "t.steps", "t.both")
    asked = [(code, random_ask(world, county)) for code in codes for _ in range(4)]
    together = Reader()
    with django_assert_max_num_queries(2):
        together.prepare(asked)
        found = [together.measure(*one).value for one in asked]
    assert found == [Reader().measure(*one).value for one in asked]


@pytest.mark.parametrize("by", ["town", "month", "who"])
def test_cells_of_a_count_sum_to_it_and_open_to_their_rows(world, county, by):
    question = ask(**YEAR)
    cells = breakdown("t.absences", by, question)
    assert sum(cell.value for cell in cells) == Reader().measure("t.absences", question).value
    for cell in cells:
        if by != "who":
            assert rows("t.absences", cell.question).count() == cell.value


def test_distinct_cells_open_to_their_rows(world, county):
    for cell in breakdown("t.people", "town", ask(**YEAR)):
        assert rows("t.people", cell.question).count() == cell.value


@pytest.mark.parametrize("code", ["t.absences", "t.people", "t.away", "t.both", "t.days"])
def test_the_trend_is_the_figure_month_by_month(world, county, code):
    cells = trend(code, ask(**YEAR))
    assert [cell.key for cell in cells][0::12] == ["2022-11", "2023-11"]
    assert [cell.value for cell in cells] == [
        Reader().measure(code, cell.question).value for cell in cells
    ]


def test_moments_count_on_their_local_day(sample, acting):
    acting("test")
    job = Job.objects.create(kind="a")
    late = timezone.make_aware(timezone.datetime(2023, 5, 31, 23, 30))
    Job.objects.filter(pk=job.pk).update(created_at=late)
    may, june = date(2023, 5, 31), date(2023, 6, 1)
    assert value("t.jobs", frm=may, to=may).value == 1
    assert value("t.jobs", frm=june, to=june).value == 0
    assert value("t.jobs", frm=may, to=june, filters="month=2023-05").value == 1


def test_a_stock_ends_on_its_day(county, sample, acting):
    acting("test")
    user = UserFactory(unit=county.bureau)
    Absence.objects.create(user=user, from_on=date(2023, 5, 1), to_on=date(2023, 5, 10))
    values = {day: value("t.away", frm=None, to=date(2023, 5, day)).value for day in (1, 9, 10, 11)}
    assert values == {1: 1, 9: 1, 10: 0, 11: 0}
    assert value("t.away", frm=None, to=date(2023, 4, 30)).value == 0


def test_years_without_a_base_and_with_a_base_of_zero(county, sample, acting):
    acting("test")
    user = UserFactory(unit=county.bureau)
    question = ask(**YEAR)
    assert Reader().figure("t.absences_change", question).printed == "上年同期无数据"
    Absence.objects.create(user=user, from_on=date(2023, 5, 1), to_on=date(2023, 5, 10))
    assert Reader().figure("t.absences_change", question).printed == "上年同期无数据"
    Absence.objects.create(user=user, from_on=date(2021, 5, 1), to_on=date(2021, 5, 10))
    figure = Reader().figure("t.absences_change", question)
    assert (figure.printed, figure.value, figure.measure.previous) == ("上年同期为0", None, 0)
    Absence.objects.create(user=user, from_on=date(2022, 5, 1), to_on=date(2022, 5, 10))
    Absence.objects.create(user=user, from_on=date(2022, 12, 1), to_on=date(2022, 12, 10))
    assert Reader().figure("t.absences_change", question).printed == "同比持平"


def test_the_year_before_a_leap_day(county, sample, acting):
    acting("test")
    user = UserFactory(unit=county.bureau)
    for day in (date(2023, 2, 28), date(2024, 2, 29)):
        Absence.objects.create(user=user, from_on=day, to_on=day)
    found = value("t.absences_change", frm=date(2024, 2, 29), to=date(2024, 2, 29))
    assert (found.measure.numerator, found.measure.previous) == (1, 1)


def test_a_rate_changes_in_points(county, sample, acting):
    acting("test")
    anna, bert = UserFactory(unit=county.bureau), UserFactory(unit=county.bureau)
    for user, day in (
        (anna, date(2022, 5, 1)),
        (anna, date(2022, 6, 1)),
        (anna, date(2023, 5, 1)),
        (bert, date(2023, 6, 1)),
        (bert, date(2023, 7, 1)),
    ):
        Absence.objects.create(user=user, from_on=day, to_on=day)
    assert value("t.rate_change", **YEAR).printed == "同比提高16.7个百分点"


def test_distinct_counts_a_person_once(county, sample, acting):
    acting("test")
    user = UserFactory(unit=county.bureau)
    for month in (1, 2, 3):
        Absence.objects.create(user=user, from_on=date(2023, month, 1), to_on=date(2023, month, 3))
    assert value("t.absences", **YEAR).printed == "3人次"
    assert value("t.people", **YEAR).printed == "1人"
    assert [row.from_on for row in rows("t.people", ask(**YEAR))] == [date(2023, 1, 1)]


def test_durations_are_a_median_with_their_rows(county, sample, acting):
    acting("test")
    user = UserFactory(unit=county.bureau)
    for days in (1, 2, 9):
        Absence.objects.create(user=user, from_on=date(2023, 1, 1), to_on=date(2023, 1, 1 + days))
    found = value("t.days", **YEAR)
    assert (found.printed, found.shown) == ("2.0天", "2.0天（n=3）")
    assert as_json(found)["denominator"] == "3"
    with CaptureQueriesContext(connection) as queries:
        reader = Reader()
        reader.prepare([("t.days", ask(**YEAR)), ("t.absences", ask(**YEAR))])
        assert reader.figure("t.days", ask(**YEAR)).shown == "2.0天（n=3）"
    assert sum("access_absence" in query["sql"] for query in queries) == 1
    assert rows("t.days", ask(**YEAR)).total() == 12
    none = value("t.days", frm=date(2023, 2, 1), to=date(2023, 2, 2))
    assert (none.printed, none.shown) == ("—", "—（n=0）")


def test_months_without_a_measurement_are_gaps_not_zeros(county, sample, acting):
    acting("test")
    user = UserFactory(unit=county.bureau)
    Absence.objects.create(user=user, from_on=date(2023, 3, 1), to_on=date(2023, 3, 4))
    cells = trend("t.days", ask(**YEAR))
    assert [cell.value for cell in cells if cell.key in ("2023-02", "2023-03")] == [None, 3]


def test_towns_and_offices_are_told_apart(county, sample, acting):
    acting("test")
    for unit in (county.town("城关镇"), county.office("就业股"), county.bureau):
        Absence.objects.create(
            user=UserFactory(unit=unit), from_on=date(2023, 5, 1), to_on=date(2023, 5, 2)
        )
    bureau = of_unit(county.bureau)
    assert value("t.absences", **YEAR, org=bureau).value == 3
    assert value("t.absences", **YEAR, org=find_org(f"{county.bureau.name}@本局")).value == 2
    assert value("t.absences", **YEAR, org=find_org("城关镇")).value == 1
    assert value("t.absences", **YEAR, filters="town=城关镇").value == 1
    with pytest.raises(UnknownOrg):
        find_org("没有的镇")


def test_filters_know_declared_keys_and_values_only(sample, county, acting):
    acting("test")
    assert value("t.jobs", **YEAR, filters="state=已完成|dead").value == 0
    for text in ("colour=red", "state=没有", "month=五月", "town=城关镇"):
        with pytest.raises(BadFilter):
            value("t.jobs", **YEAR, filters=text)


def test_a_task_is_the_denominator_of_its_completion(county, sample, acting):
    acting("test")
    user = UserFactory(unit=county.bureau)
    Absence.objects.create(user=user, from_on=date(2023, 5, 1), to_on=date(2023, 5, 10))
    assert value("t.done", **YEAR).printed == "—"
    AnnualTarget.objects.create(
        code="t.absences", year=2023, unit=county.bureau, value=4, set_by=user
    )
    found = value("t.done", **YEAR, org=of_unit(county.bureau))
    assert (found.printed, found.shown) == ("25.00%", "25.00%（1/4）")
    assert rows("t.done", ask(**YEAR), part="den").total() == 4


def test_an_override_is_printed_and_the_computed_value_stays(county, sample, acting):
    acting("test")
    user = UserFactory(unit=county.bureau)
    for year in (2022, 2023, 2023):
        Absence.objects.create(user=user, from_on=date(year, 5, 1), to_on=date(year, 5, 2))
    Override.objects.create(
        code="t.absences_change",
        from_on=YEAR["frm"],
        to_on=YEAR["to"],
        value=Decimal("-0.313"),
        reason="上年基数口径不同",
        by=user,
        by_name=user.name,
    )
    found = value("t.absences_change", **YEAR)
    assert (found.printed, found.value) == ("同比下降31.3%", 1)
    assert found.override.reason == "上年基数口径不同"


def test_a_confirmed_earlier_count_is_the_base(county, sample, acting):
    acting("test")
    user = UserFactory(unit=county.bureau)
    for _ in range(3):
        Absence.objects.create(user=user, from_on=date(2023, 5, 1), to_on=date(2023, 5, 2))
    Override.objects.create(
        code="t.absences",
        from_on=date(2022, 1, 1),
        to_on=date(2022, 11, 16),
        value=4,
        reason="上年系统外台账确认数",
        by_name="测试员",
    )
    assert value("t.absences_change", **YEAR).printed == "同比下降25.0%"


def test_parts_that_a_figure_does_not_have_are_refused(sample, acting):
    acting("test")
    with pytest.raises(NoRows):
        rows("t.absences", ask(**YEAR), part="den")


def test_pages_of_rows_meet_without_gap_or_double(world, county):
    found = rows("t.absences", ask(**YEAR))
    seen, after = [], ""
    while page := found.page(limit=7, after=after):
        seen += [row["pk"] for row in page]
        after = found.next_after()
    assert seen == sorted(row.pk for row in found.queryset)


def test_pages_run_over_the_parts_of_a_sum(world, county):
    found = rows("t.both", ask(**YEAR), part="den")
    seen, after = Counter(), ""
    while page := found.page(limit=11, after=after):
        seen.update(row["pk"] for row in page)
        after = found.next_after()
    assert sum(seen.values()) == found.count()
    assert len(found[3:15]) == 12


@pytest.mark.parametrize("code", ["t.rate_change", "t.absences_change"])
def test_a_group_of_a_change_is_the_change_of_the_group(world, county, code):
    """Also of a rate, whose change is a difference in points and no quotient."""
    cells = [cell for cell in breakdown(code, "town", ask(**YEAR)) if cell.value is not None]
    assert cells
    for cell in cells:
        assert cell.value == Reader().measure(code, cell.question).value
