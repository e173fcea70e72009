"""When a clock warns, and for which cases a term runs."""

from datetime import date

import pytest

from hrss_portal.deadlines.tables import read, shipped_calendar
from hrss_portal.deadlines.terms import Term, warn_dates

CALENDAR = shipped_calendar()
DUE, INTERNAL = date(2023, 10, 7), date(2023, 9, 28)
STEPS = "15cd;7cd;3cd;1cd"


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
