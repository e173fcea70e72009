"""The worked dates that the bureau's lawyers checked by hand."""

import csv
from datetime import date
from pathlib import Path

import pytest

from hrss_portal.deadlines.compute import Pause, compute
from hrss_portal.deadlines.spec import Options
from hrss_portal.deadlines.tables import read, shipped_calendar, spec_of

CALENDAR = shipped_calendar()
RULES = {row["code"]: spec_of(row) for row in read("deadlines.csv")}
VECTORS = list(
    csv.DictReader(
        (Path(__file__).parent / "deadline_test_vectors.csv")
        .read_text(encoding="utf-8-sig")
        .splitlines()
    )
)
PAUSE_OF_T26 = (Pause(date(2024, 3, 20), date(2024, 4, 19)),)


def test_the_file_is_whole():
    assert len(VECTORS) == 28
    assert len(RULES) == 195


@pytest.mark.parametrize("vector", VECTORS, ids=lambda one: one["case"])
def test_vector(vector):
    code, _, variant = vector["deadline_code"].partition("+")
    due = compute(
        RULES[code],
        date.fromisoformat(vector["trigger_date"]),
        extend="max" if variant == "ext" else None,
        pauses=PAUSE_OF_T26 if variant == "susp" else (),
        calendar=CALENDAR,
    )
    assert due.due == date.fromisoformat(vector["expected_due"])
    assert "一二三四五六日"[due.due.weekday()] == vector["expected_weekday"]
    assert due.trace[-1].date == due.due
    assert due.provisional is False


def test_counting_the_first_day_is_a_setting():
    due = compute(
        RULES["TIT-01"],
        date(2023, 9, 28),
        calendar=CALENDAR,
        options=Options(count_first_day=True),
    )
    assert due.due == date(2023, 10, 10)
    assert due.trace[0].date == date(2023, 9, 28)
    assert (due.trace[0].counted, due.trace[0].n) == (True, 1)
