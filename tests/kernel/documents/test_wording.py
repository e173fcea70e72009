"""Money and dates in the words of papers."""

from datetime import date

import pytest

from hrss_portal.documents.wording import capital_amount, date_hanzi, date_zh, money, sentence


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("0.5", "伍角整"),
        ("10", "壹拾元整"),
        ("100.50", "壹佰元伍角整"),
        ("1000.05", "壹仟元零伍分"),
        ("12345.67", "壹万贰仟叁佰肆拾伍元陆角柒分"),
        ("10500", "壹万零伍佰元整"),
        ("100000000", "壹亿元整"),
        ("20000000.03", "贰仟万元零叁分"),
        ("0.005", "壹分"),
        ("-3", "负叁元整"),
    ],
)
def test_capital_amount(amount, words):
    assert capital_amount(amount) == words


def test_capital_amount_refuses_what_nobody_reads():
    with pytest.raises(ValueError, match="too large"):
        capital_amount(10**15)


def test_money_rounds_half_up_without_separators():
    assert [money("1234567.005"), money("0.125"), money("2.5", 0)] == ["1234567.01", "0.13", "3"]


def test_date_has_no_leading_zeros():
    assert date_zh(date(2023, 1, 5)) == "2023年1月5日"
    assert date_zh("2023-11-16") == "2023年11月16日"


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2023, 11, 16), "二〇二三年十一月十六日"),
        (date(2024, 2, 29), "二〇二四年二月二十九日"),
        (date(2010, 10, 10), "二〇一〇年十月十日"),
        (date(2023, 1, 30), "二〇二三年一月三十日"),
    ],
)
def test_date_in_hanzi(day, words):
    assert date_hanzi(day) == words


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("确有亲属关系", "确有亲属关系。"),
        ("查明属实。", "查明属实。"),
        ("查明属实. ", "查明属实。"),
        ("一是欠薪；", "一是欠薪；"),
        ("他说“不同意。”", "他说“不同意。”"),
        ("见附件（第2页）", "见附件（第2页）。"),
        ("", ""),
    ],
)
def test_a_typed_sentence_ends_with_one_mark(typed: str, printed: str) -> None:
    assert sentence(typed) == printed
