"""The calendar against its notices, against the library, and beyond its table."""

from datetime import date, timedelta

import chinese_calendar
import pytest

from hrss_portal.deadlines.calendar import CLOSED, Calendar, SpecialDay, statutory_days
from hrss_portal.deadlines.tables import read, shipped_calendar

CALENDAR = shipped_calendar()


def days(first: int, last: int) -> list[date]:
    start = date(first, 1, 1)
    return [start + timedelta(days=n) for n in range((date(last, 12, 31) - start).days + 1)]


@pytest.mark.parametrize(
    ("year", "count"), [(2022, 249), (2023, 249), (2024, 251), (2025, 248), (2026, 248)]
)
def test_working_days_of_a_year(year, count):
    assert CALENDAR.working_days(year) == count


def test_the_library_agrees_on_every_day():
    compared = days(2022, 2026)
    assert len(compared) == 1826
    assert [
        day for day in compared if CALENDAR.is_working(day) != chinese_calendar.is_workday(day)
    ] == []


def test_new_years_eve_2024_was_worked():
    assert CALENDAR.is_working(date(2024, 2, 9)) is True
    assert CALENDAR.why(date(2024, 2, 9)) == "周五，工作日"


def test_make_up_days_name_their_holiday():
    assert CALENDAR.why(date(2023, 10, 7)) == "周六，中秋节、国庆节调休上班，工作日"


def test_a_year_without_notice_rests_at_weekends_and_on_fixed_holidays():
    rows = [date.fromisoformat(row["date"]) for row in read("holidays_2027_provisional.csv")]
    assert sorted(statutory_days(2027)) == rows
    assert CALENDAR.is_working(date(2027, 2, 5)) is False
    assert CALENDAR.why(date(2027, 2, 5)) == "周五，春节放假（暂定，待放假通知）"
    assert CALENDAR.why(date(2027, 2, 9)) == "周二，工作日（暂定，待放假通知）"


def test_no_year_raises():
    for year in (1901, 1999, 2021, 2028, 2050, 2099, 2150):
        assert 240 < CALENDAR.working_days(year) < 262


@pytest.mark.parametrize("year", range(2022, 2027))
def test_fixed_holidays_are_those_of_the_notices(year):
    told = {
        date.fromisoformat(row["date"])
        for row in read("holidays.csv")
        if row["day_type"] == "statutory" and row["date"].startswith(str(year))
    }
    assert set(statutory_days(year)) == told


def test_a_local_closing_takes_a_day_out_and_says_why():
    typhoon = date(2024, 7, 26)
    closed = Calendar({**CALENDAR.days, typhoon: SpecialDay(CLOSED, "台风")}, CALENDAR.published)
    assert closed.add_working(date(2024, 7, 25), 1) == date(2024, 7, 29)
    assert closed.why(typhoon) == "周五，本地停止办公（台风）"


def test_steps_and_counts_are_each_other_backwards():
    for day in days(2023, 2024):
        for count in (1, 2, 5, 60):
            later = CALENDAR.add_working(day, count)
            assert CALENDAR.working_between(day, later) == count
            assert CALENDAR.is_working(later) is True
            earlier = CALENDAR.add_working(day, -count)
            assert (
                CALENDAR.working_between(earlier - timedelta(days=1), day - timedelta(days=1))
                == count
            )


def test_the_nearest_working_days():
    assert CALENDAR.on_or_after(date(2023, 9, 29)) == date(2023, 10, 7)
    assert CALENDAR.on_or_before(date(2023, 10, 6)) == date(2023, 9, 28)
    assert CALENDAR.on_or_after(date(2023, 10, 7)) == date(2023, 10, 7)
    assert CALENDAR.add_working(date(2023, 10, 7), 0) == date(2023, 10, 7)
