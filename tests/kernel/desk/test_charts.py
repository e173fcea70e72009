"""Charts drawn on the server."""

from hrss_portal.desk.charts import bullet, sparkline


def test_nothing_is_drawn_of_nothing() -> None:
    assert (bullet(3, None), sparkline([1])) == ("", "")


def test_a_month_without_data_breaks_the_line() -> None:
    assert sparkline([1, 2, None, 3]).count("M") == 2


def test_the_target_is_on_the_track_even_when_it_was_passed() -> None:
    assert 'class="mark" x="102.1"' in bullet(3.145, 2.2) or "mark" in bullet(3.145, 2.2)
