"""The engine against an independent day counter, for every trigger date of five years."""

import csv
from calendar import monthrange
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import hrss_portal.deadlines as app
from hrss_portal.deadlines.compute import Pause, compute
from hrss_portal.deadlines.spec import Counting, NeedsDate, NoClock, RuleSpec, Unit
from hrss_portal.deadlines.tables import read, shipped_calendar, spec_of

CALENDAR = shipped_calendar()
RULES = {row["code"]: spec_of(row) for row in read("deadlines.csv")}
FIRST, LAST = date(2022, 1, 1), date(2026, 12, 31)
TRIGGERS = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
ONE = timedelta(days=1)


def notices() -> tuple[set[date], set[date]]:
    """Days off and days on, read here once more without the engine's reader."""
    off, on = set(), set()
    for name in ("holidays.csv", "holidays_2027_provisional.csv"):
        path = Path(app.__file__).parent / "data" / name
        for row in csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()):
            (off if row["kind"] == "holiday" else on).add(date.fromisoformat(row["date"]))
    return off, on


OFF, ON = notices()


def worked(day: date) -> bool:
    return day in ON or (day.weekday() < 5 and day not in OFF)


def count_on(start: date, length: int, *, working: bool, paused=frozenset()) -> date:
    day = start
    while length:
        day += ONE
        if day not in paused and (worked(day) or not working):
            length -= 1
    return day


def rest_forward(day: date) -> date:
    while not worked(day):
        day += ONE
    return day


def rest_back(day: date) -> date:
    while not worked(day):
        day -= ONE
    return day


def months_on(day: date, months: int) -> date:
    year, month = day.year + (day.month - 1 + months) // 12, (day.month - 1 + months) % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def by_hand(spec: RuleSpec, start: date) -> date:
    """The due date as a clerk with a wall calendar finds it."""
    length = int(spec.length)
    match spec.counting:
        case Counting.NEXT_DAY_WD | Counting.MIN_PERIOD_WD:
            due = count_on(start, length, working=True)
        case Counting.NEXT_DAY_ROLL:
            due = rest_forward(count_on(start, length, working=False))
        case Counting.MIN_PERIOD_CD:
            due = count_on(start, length, working=False)
        case Counting.MONTH_ROLL | Counting.YEAR_ROLL:
            due = rest_forward(months_on(start, length * (12 if spec.unit == Unit.YEAR else 1)))
        case Counting.BEFORE_WD:
            due = start
            while length:
                due -= ONE
                length -= worked(due)
        case _:
            due = rest_back(start - timedelta(days=length))
    return due


def shapes() -> list[RuleSpec]:
    """One rule for each way of counting and length."""
    seen = {}
    for spec in RULES.values():
        if spec.counting in {
            Counting.NEXT_DAY_WD,
            Counting.MIN_PERIOD_WD,
            Counting.NEXT_DAY_ROLL,
            Counting.MIN_PERIOD_CD,
            Counting.MONTH_ROLL,
            Counting.YEAR_ROLL,
            Counting.BEFORE_WD,
            Counting.BEFORE_CD,
            Counting.ROLL_BACK,
        }:
            seen.setdefault((spec.counting, spec.unit, spec.length), spec)
    return list(seen.values())


@pytest.mark.parametrize("spec", shapes(), ids=lambda one: one.code)
def test_every_trigger_of_five_years(spec):
    years = int(spec.length) if spec.unit == Unit.YEAR else 0
    wrong = [
        (start, due, by_hand(spec, start))
        for start in TRIGGERS
        if start.year + years <= 2027  # the last year whose days off are read above
        if (due := compute(spec, start, calendar=CALENDAR, trace=False).due) != by_hand(spec, start)
    ]
    assert wrong == []


@pytest.mark.parametrize("spec", shapes(), ids=lambda one: one.code)
def test_the_proof_ends_on_the_due_date_and_counts_the_length(spec):
    for start in TRIGGERS[::17]:
        due = compute(spec, start, calendar=CALENDAR)
        if spec.counting in {Counting.NEXT_DAY_WD, Counting.NEXT_DAY_ROLL, Counting.BEFORE_WD}:
            assert sum(day.counted for day in due.trace) == int(spec.length)
            assert due.trace[-1].n == int(spec.length)
        assert due.trace[-1].date == due.due
        assert due.internal_due <= due.unrolled or spec.counting.startswith("MIN_PERIOD")


@pytest.mark.parametrize("code", ["ARB-01", "INS-03", "ARB-14", "PET-03", "INS-20"])
def test_a_later_trigger_is_never_due_earlier(code):
    dues = [compute(RULES[code], day, calendar=CALENDAR, trace=False).due for day in TRIGGERS]
    assert dues == sorted(dues)


triggers = st.dates(FIRST, date(2025, 12, 31))


@given(
    code=st.sampled_from(["ARB-14", "PET-03", "INJ-05", "INS-03", "OPN-02", "ARB-01"]),
    start=triggers,
    stops=st.lists(st.tuples(st.integers(-20, 90), st.integers(1, 60)), max_size=4),
)
def test_paused_days_are_not_counted(code, start, stops):
    spec = RULES[code]
    pauses = [
        Pause(start + timedelta(days=at), start + timedelta(days=at + length))
        for at, length in stops
    ]
    out = {
        pause.start + timedelta(days=n)
        for pause in pauses
        for n in range((pause.end - pause.start).days)
    }
    working = spec.unit == Unit.WORKING_DAY
    end = count_on(start, int(spec.length), working=working, paused=out)
    due = compute(spec, start, pauses=pauses, calendar=CALENDAR)
    assert due.unrolled == end
    landed = end
    while not working and (not worked(landed) or landed in out):
        landed += ONE
    assert due.due == landed
    assert due.trace[-1].date == landed
    shuffled = compute(spec, start, pauses=pauses[::-1], calendar=CALENDAR)
    assert shuffled.due == due.due


@given(start=triggers, length=st.integers(1, 100), at=st.integers(1, 45))
def test_a_pause_inside_moves_calendar_days_by_its_length(start, length, at):
    stop = start + timedelta(days=at)
    pause = Pause(stop, stop + timedelta(days=length))
    plain = compute(RULES["ARB-14"], start, calendar=CALENDAR)
    moved = compute(RULES["ARB-14"], start, pauses=[pause], calendar=CALENDAR)
    assert moved.unrolled - plain.unrolled == timedelta(days=length)


@given(start=triggers, days=st.integers(1, 15))
def test_an_extension_counts_from_the_trigger(start, days):
    due = compute(RULES["ARB-14"], start, extend=days, calendar=CALENDAR)
    assert due.unrolled == start + timedelta(days=45 + days)
    assert due.due == rest_forward(due.unrolled)


@given(start=triggers)
def test_extended_working_days_run_on_without_a_gap(start):
    due = compute(RULES["INS-03"], start, extend="max", calendar=CALENDAR)
    assert due.due == count_on(start, 90, working=True)


@pytest.mark.parametrize("start", [date(2024, 5, 6), date(2026, 9, 30), date(2027, 3, 1)])
def test_every_rule_answers(start):
    answers = {}
    for code, spec in RULES.items():
        try:
            answers[code] = compute(spec, start, calendar=CALENDAR).due
        except (NoClock, NeedsDate) as error:
            answers[code] = error.code
    assert len(answers) == 195
    assert sorted(code for code, due in answers.items() if due == "no_clock") == [
        "MED-09",
        "RAT-01",
        "REC-03",
    ]
    assert sorted(code for code, due in answers.items() if due == "needs_date") == [
        "INS-16",
        "LIC-15",
        "LOAN-08",
        "PET-08",
        "TIT-05",
        "WAG-05",
        "WAG-07",
        "WIN-02",
    ]
