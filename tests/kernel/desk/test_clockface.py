"""Five states of a deadline, told apart without colour."""

from datetime import date

import pytest

from hrss_portal.desk.clockface import GLYPHS, Face, face

TODAY = date(2023, 11, 16)


def test_every_state_has_its_own_glyph() -> None:
    assert len(set(GLYPHS.values())) == len(GLYPHS) == 6


@pytest.mark.parametrize(
    ("due", "state", "words"),
    [
        (date(2023, 11, 14), "overdue", "超期2天"),
        (date(2023, 11, 16), "due", "今天到期"),
        (date(2023, 11, 18), "due", "剩2天"),
        (date(2023, 11, 19), "ok", "剩3天"),
        (None, "none", "未设时限"),
    ],
)
def test_a_running_clock_says_how_long(due: date | None, state: str, words: str) -> None:
    found = face(due, today=TODAY)
    assert (found.state, found.words) == (state, words)


def test_the_first_day_of_warning_turns_it_yellow() -> None:
    found = face(date(2023, 12, 20), today=TODAY, warn_on=date(2023, 11, 16))
    assert found.state == "due"


def test_working_days_are_called_so() -> None:
    found = face(date(2023, 11, 21), today=TODAY, working_days=lambda after, until: 3)
    assert (found.words, found.due) == ("剩3个工作日", "2023-11-21 到期")


def test_a_paused_and_an_ended_clock() -> None:
    assert face(TODAY, today=TODAY, state="paused").words == "中止计时"
    assert face(TODAY, today=TODAY, state="met", met_on=TODAY).words == "按期"
    assert face(TODAY, today=TODAY, state="met", met_on=date(2023, 11, 19)).words == "超期3天"
    assert face(TODAY, today=TODAY, state="cancelled") == Face("none", "不再计时")


def test_a_provisional_day_says_so() -> None:
    assert face(date(2027, 1, 1), today=TODAY, provisional=True).note != ""
