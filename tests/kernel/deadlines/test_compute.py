"""Ways of counting that the worked dates do not show, and what is refused."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from hrss_portal.deadlines.compute import Pause, Restart, compute
from hrss_portal.deadlines.spec import (
    BadExtension,
    BadPause,
    NeedsDate,
    OutOfRange,
    RuleSpec,
    standing,
)
from hrss_portal.deadlines.tables import read, shipped_calendar, spec_of

CALENDAR = shipped_calendar()
RULES = {row["code"]: spec_of(row) for row in read("deadlines.csv")}


def due(code: str, trigger, **more):
    return compute(RULES[code], trigger, calendar=CALENDAR, **more)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("nature", "sureness", "words"),
    [
        ("statutory", "V1", "法定"),
        ("statutory", "V2", "法定"),
        ("statutory", "K1", "法定"),
        ("statutory", "K2", "待确认"),
        ("statutory", "K3", "待确认"),
        ("policy", "V2", "本地默认"),
        ("internal", "L", "本地默认·待确认"),
        ("per_document", "K1", "本地默认"),
    ],
)
def test_what_a_value_may_be_called(nature, sureness, words):
    assert standing(nature, sureness) == words


def test_hours_run_through_nights_and_rest_days():
    assert due("INS-18", at("2024-04-03T16:40")).due == at("2024-04-04T16:40")
    assert due("INS-18", date(2024, 4, 3)).due == at("2024-04-04T00:00")
    aware = datetime(2024, 4, 3, 8, 40, tzinfo=UTC)
    assert due("INS-18", aware).due == at("2024-04-04T16:40")
    pause = Pause(date(2024, 4, 4), date(2024, 4, 6))
    assert due("INS-18", at("2024-04-03T16:40"), pauses=[pause]).due == at("2024-04-06T16:40")


@pytest.mark.parametrize(
    ("received", "ends"),
    [
        ("2024-03-01T09:00", "2024-03-01T17:30"),
        ("2024-03-01T11:59", "2024-03-01T17:30"),
        ("2024-03-01T12:00", "2024-03-04T12:00"),
        ("2024-03-01T17:29", "2024-03-04T12:00"),
        ("2024-03-01T17:30", "2024-03-04T17:30"),
        ("2024-03-02T10:00", "2024-03-04T17:30"),
    ],
)
def test_half_a_day_is_four_office_hours(received, ends):
    assert due("SOC-04", at(received)).due == at(ends)
    assert due("SOC-04", date(2024, 3, 1)).due == date(2024, 3, 1)


def test_the_same_day_or_the_next_worked_one():
    assert due("MED-05", date(2024, 3, 1)).due == date(2024, 3, 1)
    assert due("MED-05", date(2024, 3, 2)).due == date(2024, 3, 4)


def test_periods_end_on_their_fixed_day():
    assert due("INS-25", date(2024, 2, 3)).due == date(2024, 3, 31)
    assert due("INS-25", date(2024, 12, 31)).due == date(2024, 12, 31)
    assert due("LIC-10", date(2024, 3, 31)).due == date(2024, 3, 31)
    assert due("LIC-10", date(2024, 4, 1)).due == date(2025, 3, 31)
    assert due("RND-02", date(2024, 1, 5)).due == date(2024, 3, 31)
    assert due("RND-02", date(2024, 1, 5)).internal_due == date(2024, 3, 29)


def test_windows_and_looking_back():
    assert due("SOC-12", date(2022, 5, 1)).due == date(2022, 12, 31)
    assert due("SOC-12", date(2024, 5, 1)).due == date(2022, 12, 31)
    back = due("LOAN-07", date(2024, 2, 29))
    assert (back.due, back.provisional) == (date(2023, 2, 28), False)


def test_a_paper_or_an_item_gives_the_date():
    with pytest.raises(NeedsDate, match="文书"):
        due("INS-16", date(2024, 5, 6))
    given = due("INS-16", date(2024, 5, 6), given=date(2024, 5, 18))
    assert (given.due, given.internal_due) == (date(2024, 5, 18), date(2024, 5, 17))
    with pytest.raises(NeedsDate, match="事项清单"):
        due("WIN-02", date(2024, 4, 30))
    item = due("WIN-02", date(2024, 4, 30), given=3)
    assert (item.due, item.trace[-1].n) == (date(2024, 5, 8), 3)


def test_a_term_ends_on_its_day_and_a_minimum_has_no_earlier_goal():
    term = due("BLK-04", date(2023, 10, 1))
    assert (term.due, term.internal_due) == (date(2026, 10, 1), date(2026, 9, 30))
    least = due("WAG-10", date(2024, 9, 3))
    assert (least.due, least.internal_due) == (date(2024, 10, 3), date(2024, 10, 3))


def test_a_leap_day_has_no_corresponding_day():
    assert due("INJ-02", date(2024, 2, 29)).unrolled == date(2025, 2, 28)
    assert "月份无对应日" in due("BLK-05", date(2023, 8, 31)).trace[-1].why


def test_a_restart_takes_the_triggers_place_and_is_shown():
    restarts = [
        Restart(date(2024, 3, 11), "追加当事人"),
        Restart(date(2024, 4, 1), "受理反申请"),
    ]
    found = due("ARB-14", date(2024, 3, 1), restarts=restarts)
    assert found.trigger == date(2024, 4, 1)
    assert found.unrolled == date(2024, 5, 16)
    assert [(day.date, day.why) for day in found.trace[:3]] == [
        (date(2024, 3, 1), "原起算日，其后期限重新计算"),
        (date(2024, 3, 11), "追加当事人，自该日重新计算"),
        (date(2024, 4, 1), "受理反申请，自该日重新计算"),
    ]


def test_a_pause_that_touches_the_end_moves_it():
    plain = due("ARB-14", date(2024, 4, 12))
    assert plain.due == date(2024, 5, 27)
    last_day = due("ARB-14", date(2024, 4, 12), pauses=[Pause(plain.due, date(2024, 6, 3))])
    assert last_day.due == date(2024, 6, 3)
    after = due("ARB-14", date(2024, 4, 12), pauses=[Pause(date(2024, 5, 28), date(2024, 6, 3))])
    assert after.due == plain.due


def test_a_paused_year_runs_longer_by_the_paused_days():
    paused = due("ARB-28", date(2024, 1, 10), pauses=[Pause(date(2024, 3, 1), date(2024, 3, 11))])
    assert paused.unrolled == date(2025, 1, 20)
    assert [day.date for day in paused.trace] == [
        date(2024, 1, 10),
        date(2024, 3, 1),
        date(2025, 1, 10),
        date(2025, 1, 20),
    ]


@pytest.mark.parametrize(
    ("code", "trigger", "provisional"),
    [
        ("ARB-01", date(2026, 12, 23), False),
        ("ARB-01", date(2026, 12, 24), False),
        ("ARB-01", date(2026, 12, 25), True),
        ("ARB-14", date(2026, 11, 17), True),
        ("ARB-14", date(2026, 11, 16), False),
        ("ARB-07", date(2027, 1, 11), True),
        ("ARB-28", date(2026, 3, 2), True),
        ("INS-18", date(2026, 12, 31), False),
    ],
)
def test_provisional_is_what_rests_on_a_year_without_notice(code, trigger, provisional):
    found = due(code, trigger)
    assert found.provisional is provisional
    assert ("暂定，待放假通知" in found.notes) is provisional


def test_an_internal_date_before_the_trigger_says_so():
    found = due("INS-17", date(2023, 9, 30))
    assert (found.due, found.internal_due) == (date(2023, 10, 7), date(2023, 9, 28))
    assert "内部到期日早于起算日，须即办" in found.notes


def test_what_may_not_be_extended_is_not():
    for code, extend in (("ARB-01", 1), ("ARB-14", 16), ("ARB-14", 0), ("MED-03", "max")):
        with pytest.raises(BadExtension):
            due(code, date(2024, 5, 6), extend=extend)
    assert due("MED-03", date(2024, 5, 6), extend=40).unrolled == date(2024, 6, 30)
    assert due("LIC-02", date(2024, 5, 6), extend="max").extra == 10


def test_what_cannot_stand_still_is_not_paused():
    for code in ("ARB-07", "LAY-01", "WAG-08", "LIC-10", "SOC-12"):
        with pytest.raises(BadPause):
            due(code, date(2024, 5, 6), pauses=[Pause(date(2024, 5, 1), date(2024, 5, 2))])
    with pytest.raises(BadPause, match="恢复日"):
        due("ARB-14", date(2024, 5, 6), pauses=[Pause(date(2024, 5, 9), date(2024, 5, 8))])


def test_a_pause_that_ends_on_its_first_day_takes_no_day_out():
    plain = due("ARB-14", date(2024, 5, 6))
    paused = due("ARB-14", date(2024, 5, 6), pauses=[Pause(date(2024, 5, 9), date(2024, 5, 9))])
    assert (paused.due, paused.pauses) == (plain.due, ())


@pytest.mark.parametrize("trigger", [date(1899, 12, 31), date(2200, 1, 1), date(1, 1, 1)])
def test_dates_outside_any_calendar_are_refused(trigger):
    with pytest.raises(OutOfRange):
        due("ARB-07", trigger)


def test_a_rule_of_the_bureaus_own_making_counts_the_same():
    own = RuleSpec(
        code="OWN-1", length=Decimal(2), unit="quarter", counting="MONTH_ROLL", nature="internal"
    )
    found = compute(own, date(2024, 1, 31), calendar=CALENDAR)
    assert found.unrolled == date(2024, 7, 31)
    assert found.notes == ("本地默认，不是法定期限",)


def test_a_roll_into_one_pause_after_another_goes_past_both():
    trigger = date(2024, 5, 22)  # the 45th day is Saturday 6 July 2024
    first = Pause(date(2024, 7, 8), date(2024, 7, 13))
    second = Pause(date(2024, 7, 15), date(2024, 7, 17))
    assert due("ARB-14", trigger).due == date(2024, 7, 8)
    assert due("ARB-14", trigger, pauses=[first]).due == date(2024, 7, 15)
    assert due("ARB-14", trigger, pauses=[second, first]).due == date(2024, 7, 17)
