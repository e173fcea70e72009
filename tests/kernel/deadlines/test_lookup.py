"""Which version answers: by the trigger's day, by region, and never another province's."""

from datetime import date, time

import pytest

from hrss_portal.access.scope import acting_as_system
from hrss_portal.deadlines import lookup
from hrss_portal.deadlines.lookup import NotInForce, UnknownCode, WrongRegion, rule_for
from hrss_portal.deadlines.models import CalendarYear, Parameter, ThresholdUnknown
from hrss_portal.deadlines.regions import chain
from tests.factories import deadlines as make

pytestmark = pytest.mark.django_db
ON = date(2024, 5, 6)


def test_regions_lead_up_to_the_country_and_to_no_other_province():
    assert chain("霍邱县") == ("霍邱县", "六安市", "安徽", "CN")
    assert chain("安徽省") == ("安徽", "CN")
    assert chain("贵州/某州/某县") == ("某县", "某州", "贵州", "CN")
    assert chain("CN") == ("CN",)
    assert chain("六安") == ("六安", "六安市", "安徽", "CN")


def test_units_name_their_region_by_its_division_code():
    assert chain("341522") == chain("341522100") == chain("霍邱县")
    assert chain("341500") == ("六安市", "安徽", "CN")
    assert chain("340000") == ("安徽", "CN")
    assert chain("522701") == ("522701", "贵州", "CN")
    assert chain("") == ("CN",)


def test_the_triggers_day_chooses_the_version():
    make.shipped_rules()
    assert rule_for("ARB-22", date(2021, 12, 31)).length == 60
    assert rule_for("ARB-22", date(2022, 1, 1)).length == 30
    assert rule_for("INJ-11", date(2025, 6, 30)).length == 20
    assert rule_for("INJ-11", date(2025, 7, 1)).length == 15


def test_a_region_wins_over_the_country():
    make.rule(length=20)
    make.rule(length=10, region="安徽", valid_from=date(2022, 3, 1))
    assert rule_for("TST-01", ON, "霍邱县").length == 10
    assert rule_for("TST-01", ON, "贵州").length == 20
    assert rule_for("TST-01", ON).length == 20
    assert rule_for("TST-01", date(2022, 2, 28), "霍邱县").length == 20


def test_another_provinces_value_is_never_used():
    make.shipped_rules()
    assert rule_for("LIC-07", ON, "霍邱县").region == "安徽"
    with pytest.raises(WrongRegion, match="不借用外地的规定"):
        rule_for("LIC-07", ON, "贵州")
    with pytest.raises(WrongRegion):
        rule_for("PET-08", ON, "安徽")


def test_several_regions_and_none_named():
    make.rule(region="安徽")
    make.rule(region="贵州")
    with pytest.raises(WrongRegion, match="请指明地区"):
        rule_for("TST-01", ON)


def test_unknown_and_not_in_force():
    make.shipped_rules()
    with pytest.raises(UnknownCode):
        rule_for("ZZZ-01", ON)
    with pytest.raises(NotInForce, match="2026-04-01起"):
        rule_for("BLK-08", ON)
    assert issubclass(UnknownCode, LookupError)


def test_a_closed_policy_window_still_names_its_end():
    make.shipped_rules()
    assert rule_for("SOC-12", ON).valid_to == date(2022, 12, 31)


def test_the_rule_book_answers_the_same_without_asking_again(django_assert_num_queries):
    make.shipped_rules()
    book = lookup.RuleBook()
    with django_assert_num_queries(0):
        found = book.rule_for("LIC-07", ON, "霍邱县")
    assert found == rule_for("LIC-07", ON, "霍邱县")


def test_parameters_by_date_and_region():
    make.shipped_rules()
    assert lookup.parameter("LOAN-CAP-IND", date(2023, 9, 30)).number == 200000
    assert lookup.parameter("LOAN-CAP-IND", date(2023, 10, 1)).number == 300000
    assert lookup.parameter("PAY-WORKDAYS", date(2024, 12, 31)).value == "20.83"
    with pytest.raises(LookupError, match="请指明名称"):
        lookup.parameter("INJ-FLOAT", ON)
    assert lookup.parameter("INJ-FLOAT", ON, name="费率浮动档次（一类）").values_list == (
        "100",
        "120",
        "150",
    )


def test_an_unknown_threshold_stops_the_question():
    make.shipped_rules()
    with pytest.raises(ThresholdUnknown, match="请由本局录入"):
        _ = lookup.parameter("ARR-CRIME-AH", ON, "霍邱县").number
    with pytest.raises(WrongRegion):
        lookup.parameter("ARR-CRIME-1-GZ", ON, "霍邱县")


def test_settings_of_counting_are_parameters():
    make.shipped_rules()
    options = lookup.options_for(ON)
    assert options.count_first_day is False
    assert (options.office.opens, options.office.closes) == (time(8, 30), time(17, 30))
    with acting_as_system("test"):
        Parameter.objects.filter(code="SET-FIRST-DAY").update(value="1")
    assert lookup.options_for(ON).count_first_day is True


def test_the_calendar_follows_the_database():
    make.shipped_rules()
    before, stamp = lookup.calendar_for("霍邱县"), lookup.calendar_stamp()
    assert before.working_days(2024) == 251
    assert lookup.calendar_for("霍邱县") is before
    make.closing(date(2024, 7, 26))
    assert lookup.calendar_stamp() != stamp
    assert lookup.calendar_for("霍邱县").working_days(2024) == 250
    assert lookup.calendar_for("贵州").working_days(2024) == 251
    assert lookup.calendar_for().published == frozenset(range(2022, 2027))


def test_from_november_next_year_is_missing():
    make.shipped_rules()
    assert lookup.missing_years(date(2026, 10, 31)) == []
    assert lookup.missing_years(date(2026, 11, 1)) == [2027]
    assert lookup.missing_years(date(2027, 1, 4)) == [2027]
    with acting_as_system("test"):
        CalendarYear.objects.filter(year=2027).update(status="published")
    assert lookup.missing_years(date(2026, 11, 30)) == []
