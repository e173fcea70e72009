"""The five states of a clock and their words."""

from datetime import date, datetime

import pytest

from hrss_portal.deadlines.tables import read, shipped_calendar
from hrss_portal.deadlines.terms import Term, remaining, stage, warn_dates

CALENDAR = shipped_calendar()
DUE, INTERNAL = date(2023, 10, 7), date(2023, 9, 28)
STEPS = "15cd;7cd;3cd;1cd"


def at(day: date, **more) -> tuple[str, str]:
    standing = stage(DUE, INTERNAL, day, CALENDAR, **more)
    return standing.state, standing.words


def test_warnings_run_on_the_internal_date():
    assert [(one.stage, one.on) for one in warn_dates(STEPS, INTERNAL, CALENDAR)] == [
        ("15cd", date(2023, 9, 13)),
        ("7cd", date(2023, 9, 21)),
        ("3cd", date(2023, 9, 25)),
        ("1cd", date(2023, 9, 27)),
    ]
    assert [one.on for one in warn_dates("2wd;0wd", DUE, CALENDAR)] == [
        date(2023, 9, 27),
        date(2023, 10, 7),
    ]
    assert warn_dates("", DUE, CALENDAR) == ()


def test_every_warning_of_the_table_is_read():
    for row in read("deadlines.csv"):
        warn_dates(row["warn_before"], DUE, CALENDAR)
    with pytest.raises(ValueError, match="not a warning step"):
        warn_dates("3xx", DUE, CALENDAR)


def test_the_five_states():
    assert at(date(2023, 9, 12), warn_before=STEPS) == ("ok", "剩 13 个工作日")
    assert at(date(2023, 9, 13), warn_before=STEPS) == ("due", "剩 12 个工作日")
    assert at(date(2023, 10, 3), warn_before=STEPS) == ("due", "剩 1 个工作日")
    assert at(date(2023, 10, 7), warn_before=STEPS) == ("due", "今天到期")
    assert at(date(2023, 10, 10), warn_before=STEPS) == ("overdue", "超期 3 天")
    assert at(date(2023, 10, 10), paused=True) == ("paused", "中止")
    assert at(date(2023, 10, 30), met_on=date(2023, 10, 7)) == ("done", "按期办结")
    assert at(date(2023, 10, 30), met_on=date(2023, 10, 9)) == ("done", "超期2天办结")


def test_yellow_from_the_last_third_where_no_warning_is_set():
    started = date(2023, 8, 17)
    assert at(date(2023, 9, 13), started_on=started)[0] == "ok"
    assert at(date(2023, 9, 14), started_on=started)[0] == "due"
    assert at(date(2023, 9, 25))[0] == "ok"
    assert at(date(2023, 9, 26)) == ("due", "剩 3 个工作日")


def test_rest_days_before_the_end_are_counted_as_days():
    standing = stage(date(2026, 10, 4), date(2026, 9, 30), date(2026, 10, 1), CALENDAR)
    assert (standing.state, standing.words) == ("due", "剩 3 天")


def test_clocks_in_hours():
    due = datetime.fromisoformat("2024-03-02T16:40")
    for now, state, words in (
        (datetime.fromisoformat("2024-03-02T10:00"), "due", "剩 6 小时"),
        (datetime.fromisoformat("2024-03-02T17:00"), "overdue", "超期 1 小时"),
    ):
        standing = stage(due, due, now, CALENDAR)
        assert (standing.state, standing.words) == (state, words)


def test_what_remains():
    assert remaining(DUE, date(2023, 9, 27), CALENDAR) == 2
    assert remaining(DUE, DUE, CALENDAR) == 0
    assert remaining(DUE, date(2023, 10, 10), CALENDAR) == -3


def test_a_term_may_apply_to_some_cases_only():
    term = Term(
        code="x.wages",
        label="农民工工资",
        rule="ARB-15",
        of="x.case",
        starts=frozenset({"accept"}),
        applies=lambda case, event: case["wages"],
        target=True,
    )
    assert term.applies_to({"wages": True}, None) is True
    assert term.applies_to({"wages": False}, None) is False
