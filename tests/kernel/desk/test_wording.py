"""How values are written."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from hrss_portal.desk import wording


@pytest.mark.parametrize(
    ("yuan", "words"),
    [
        (None, "—"),
        (0, "0 元"),
        (9_999, "9,999 元"),
        (Decimal("9999.50"), "9,999.50 元"),
        (10_000, "1.00 万元"),
        (314_530_000, "3.15 亿元"),
        (99_999_999, "1.00 亿元"),
        (-25_000, "-2.50 万元"),
    ],
)
def test_wan_chooses_the_unit_after_rounding(yuan: Decimal | None, words: str) -> None:
    assert wording.wan(yuan) == words


def test_money_is_yuan_with_two_decimals_half_up() -> None:
    assert [wording.money(value) for value in (None, 0, "3127", "0.005")] == [
        "—",
        "0.00",
        "3,127.00",
        "0.01",
    ]


def test_rate_never_stands_without_what_was_divided() -> None:
    assert wording.rate(1240, 1240 + 308, 1) == "80.1%（1,240/1,548）"
    assert wording.rate(3, 0) == "—"


def test_day_and_moment_invent_no_hour() -> None:
    assert wording.moment(date(2023, 11, 16)) == "2023-11-16"
    assert wording.moment(datetime(2023, 11, 16, 1, 41, tzinfo=UTC)) == "2023-11-16 09:41"
    assert wording.short_moment(date(2023, 11, 6), today=date(2023, 12, 1)) == "11-06"
    assert wording.short_moment(date(2022, 11, 6), today=date(2023, 12, 1)) == "2022-11-06"
    assert wording.day_zh(date(2023, 1, 2)) == "2023年1月2日"


def test_change_says_the_direction_in_words() -> None:
    assert wording.change(Decimal("12.70")) == ("▲ 上升12.7%", "up")
    assert wording.change(-31, "个百分点") == ("▼ 下降31个百分点", "down")
    assert wording.change(0) == ("持平", "")
    assert wording.change(None) == ("—", "")
