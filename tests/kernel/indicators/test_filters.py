"""Filters as text: one grammar for the command line, links and frozen figures."""

import pytest

from hrss_portal.indicators import filters


def test_a_filter_reads_keys_and_alternatives():
    assert filters.parse("town=城关镇; channel=a|b") == (
        ("channel", ("a", "b")),
        ("town", ("城关镇",)),
    )


def test_full_width_separators_are_taken():
    assert filters.parse("town＝城关镇；channel＝b｜a") == filters.parse("channel=a|b;town=城关镇")


def test_the_text_is_canonical():
    assert filters.text(filters.parse("town=b|a;channel=x")) == "channel=x;town=a|b"


def test_no_filter_is_an_empty_text():
    assert filters.parse("") == ()
    assert filters.text(()) == ""


@pytest.mark.parametrize("text", ["town", "=x", "town=", "town=a;town=b"])
def test_what_cannot_be_read_is_refused(text):
    with pytest.raises(filters.BadFilter):
        filters.parse(text)


def test_a_cell_narrows_the_filter():
    assert filters.adding(filters.parse("channel=x;town=a|b"), "town", "a") == filters.parse(
        "channel=x;town=a"
    )
