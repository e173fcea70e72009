"""How numbers are printed: every habit of the county's yearly report, and its edges."""

from decimal import Decimal

import pytest

from hrss_portal.indicators import wording
from hrss_portal.indicators.declare import Band, Style

PEOPLE = Style(unit="人")
OVER = Style(unit="人", words="over")


@pytest.mark.parametrize(
    ("value", "style", "printed"),
    [
        ("32", Style(unit="家"), "32家"),
        ("257300", Style(unit="人次", scale="万", decimals=2), "25.73万人次"),
        ("257250", Style(unit="人次", scale="万", decimals=2), "25.73万人次"),
        ("257349", Style(unit="人次", scale="万", decimals=2), "25.73万人次"),
        ("257350", Style(unit="人次", scale="万", decimals=2), "25.74万人次"),
        ("2247000", Style(unit="人", scale="万", decimals=2), "224.70万人"),
        ("113590000", Style(unit="元", scale="万"), "11359万元"),
        ("314530000", Style(unit="元", scale="亿", decimals=2), "3.15亿元"),
        ("114999999.99", Style(unit="元", scale="亿", decimals=1), "1.1亿元"),
        ("105000000", Style(unit="元", scale="亿", decimals=1), "1.1亿元"),
        ("34201349.99", Style(unit="元", scale="万", decimals=2), "3420.13万元"),
        ("31000", Style(unit="元", scale="亿", decimals=2), "3.10万元"),
        ("80", Style(unit="元", scale="亿", decimals=2), "80元"),
        ("0", Style(unit="元", scale="亿", decimals=2), "0元"),
    ],
)
def test_numbers_carry_their_unit_scale_and_decimals(value, style, printed):
    assert wording.printed(Decimal(value), style) == printed


@pytest.mark.parametrize(
    ("value", "step", "printed"),
    [
        (1000, 0, "1000人"),
        (1001, 0, "1000余人"),
        (1099, 0, "1000余人"),
        (1100, 0, "1100人"),
        (240, 0, "240人"),
        (249, 0, "240余人"),
        (1880, 10, "1880人"),
        (1889, 10, "1880余人"),
        (500, 100, "500人"),
        (501, 100, "500余人"),
        (599, 100, "500余人"),
        (101, 0, "100余人"),
        (7, 100, "7人"),
        (0, 0, "0人"),
    ],
)
def test_over_is_printed_strictly_above_the_round_floor(value, step, printed):
    assert wording.printed(Decimal(value), Style(unit="人", words="over", step=step)) == printed


@pytest.mark.parametrize(
    ("value", "decimals", "printed"),
    [
        (11000, 1, "1.1万户次"),
        (11001, 1, "1.1万余户次"),
        (11999, 1, "1.1万余户次"),
        (100000, 0, "10万户次"),
        (109999, 0, "10万余户次"),
        (9999, 0, "9999户次"),
    ],
)
def test_over_stands_between_the_scale_and_the_measure_word(value, decimals, printed):
    style = Style(unit="户次", scale="万", decimals=decimals, words="over")
    assert wording.printed(Decimal(value), style) == printed


@pytest.mark.parametrize(
    ("numerator", "denominator", "decimals", "printed"),
    [
        (1240, 1548, 1, "80.1%"),
        (327, 337, 2, "97.03%"),
        (31453, 22000, 0, "143%"),
        (6553, 5000, 2, "131.06%"),
        (2139600, 2247000, 2, "95.22%"),
        (17263, 17299, 0, "99.8%"),
        (9999, 10000, 0, "99.99%"),
        (1, 10000, 1, "0.01%"),
        (1, 8, 0, "13%"),
        (17263, 17263, 0, "100%"),
    ],
)
def test_rates_round_half_up_from_the_exact_fraction(numerator, denominator, decimals, printed):
    value = wording.divide(numerator, denominator)
    assert wording.printed(value, Style(unit="%", decimals=decimals)) == printed


@pytest.mark.parametrize(
    ("value", "printed"),
    [("0.9", "90%以上"), ("0.934", "90%以上"), ("0.8999", "89.99%"), ("1", "90%以上")],
)
def test_a_floor_is_inclusive(value, printed):
    style = Style(unit="%", decimals=2, words="least", floor=Decimal("0.9"))
    assert wording.printed(Decimal(value), style) == printed


@pytest.mark.parametrize(
    ("now", "before", "printed"),
    [
        (445, 395, "同比上升12.7%"),
        (950, 1082, "同比下降12.2%"),
        (11, 16, "同比下降31.3%"),
        (8, 11, "同比下降27.3%"),
        (8, 8, "同比持平"),
        (10001, 10000, "同比上升0.01%"),
    ],
)
def test_changes_are_words_without_a_sign(now, before, printed):
    value = wording.divide(now - before, before)
    style = Style(unit="%", decimals=1, words="change")
    assert wording.printed(value, style, previous=Decimal(before)) == printed


def test_a_change_without_a_base_says_so():
    style = Style(unit="%", decimals=1, words="change")
    assert wording.printed(None, style, previous=None) == "上年同期无数据"
    assert wording.printed(None, style, previous=Decimal(0)) == "上年同期为0"
    assert wording.printed(Decimal(0), style, previous=Decimal(0)) == "同比持平"


def test_a_rate_changes_by_points():
    style = Style(unit="%", decimals=1, words="change")
    printed = wording.printed(Decimal("0.012"), style, previous=Decimal("0.8"), points=True)
    assert printed == "同比提高1.2个百分点"


def test_a_band_replaces_a_small_change_by_words():
    slight = Band(low=Decimal("-0.02"), high=Decimal(0), words="略微下降")
    style = Style(unit="%", decimals=1, words="change", bands=(slight,))
    assert wording.printed(Decimal("-0.02"), style, previous=Decimal(1)) == "略微下降"
    assert wording.printed(Decimal("-0.021"), style, previous=Decimal(1)) == "同比下降2.1%"


def test_a_zero_claim_follows_the_number():
    style = Style(unit="件", zero="均无超期情况", some="其中{n}超期")
    assert wording.printed(Decimal(0), style) == "均无超期情况"
    assert wording.printed(Decimal(2), style) == "其中2件超期"


def test_a_full_claim_follows_the_number():
    style = Style(unit="%", decimals=1, full="已全部办结", part="办结率{n}")
    assert wording.printed(Decimal(1), style) == "已全部办结"
    assert wording.printed(wording.divide(24, 25), style) == "办结率96.0%"
    assert wording.printed(wording.divide(9999, 10000), style) == "办结率99.99%"


def test_rates_are_shown_with_numerator_and_denominator():
    value = wording.divide(327, 337)
    style = Style(unit="%", decimals=2)
    shown = wording.with_parts(value, style, Decimal(327), Decimal(337))
    assert shown == "97.03%（327/337）"


def test_values_in_commands_are_exact_text():
    assert wording.base_text(Decimal("113590000.00")) == "113590000"
    assert wording.base_text(wording.divide(1240, 1548)) == "0.801034"
    assert wording.base_text(Decimal("0.10")) == "0.1"
    assert wording.base_text(None) is None
