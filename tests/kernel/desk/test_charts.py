"""Charts drawn on the server."""

from hrss_portal.desk.charts import Bar, bars, bullet, sparkline


def test_the_longest_bar_fills_the_room_and_the_others_are_in_proportion() -> None:
    drawn = bars([Bar("城关镇", 400), Bar("河口镇", 100)])
    assert 'width="432.0"' in drawn
    assert 'width="108.0"' in drawn


def test_nothing_is_drawn_of_nothing() -> None:
    assert (bars([]), bars([Bar("城关镇", 0)]), bullet(3, None), sparkline([1])) == ("", "", "", "")


def test_names_are_escaped() -> None:
    assert "<b>" not in bars([Bar("<b>", 3)])


def test_a_month_without_data_breaks_the_line() -> None:
    assert sparkline([1, 2, None, 3]).count("M") == 2


def test_the_target_is_on_the_track_even_when_it_was_passed() -> None:
    assert 'class="mark" x="102.1"' in bullet(3.145, 2.2) or "mark" in bullet(3.145, 2.2)
