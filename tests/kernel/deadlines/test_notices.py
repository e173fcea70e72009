"""Reading a holiday notice, and what it is held against."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from hrss_portal.deadlines.notices import (
    as_csv,
    cross_check,
    library_days,
    missing_holidays,
    read_notice,
)
from hrss_portal.deadlines.tables import read

ARRANGED_2026 = """
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
节假日期间，各地区、各部门要妥善安排好值班和安全、保卫、疫情防控等工作。
"""
ARRANGED_2024 = """
一、元旦：1月1日放假，与周末连休。
二、春节：2月10日至17日放假调休，共8天。2月4日（星期日）、2月18日（星期日）上班。鼓励各单位结合带薪年休假等制度落实，安排职工在除夕（2月9日）休息。
三、清明节：4月4日至6日放假调休，共3天。4月7日（星期日）上班。
四、劳动节：5月1日至5日放假调休，共5天。4月28日（星期日）、5月11日（星期六）上班。
五、端午节：6月10日放假，与周末连休。
六、中秋节：9月15日至17日放假调休，共3天。9月14日（星期六）上班。
七、国庆节：10月1日至7日放假调休，共7天。9月29日（星期日）、10月12日（星期六）上班。
"""


def told(year):
    return [
        (row["date"], row["kind"], row["day_type"])
        for row in sorted(read("holidays.csv"), key=lambda row: row["date"])
        if row["notice_year"] == str(year)
    ]


@pytest.mark.parametrize(("year", "text"), [(2026, ARRANGED_2026), (2024, ARRANGED_2024)])
def test_a_notice_is_read_as_the_table_has_it(year, text):
    days = read_notice(text, year)
    assert [(str(day.date), day.kind, day.day_type) for day in days] == told(year)
    assert cross_check(year, days) == []
    assert missing_holidays(days, year) == []


def test_a_block_that_begins_in_the_year_before():
    days = read_notice("一、元旦：2022年12月31日至2023年1月2日放假调休，共3天。", 2023)
    assert [str(day.date) for day in days] == ["2022-12-31", "2023-01-01", "2023-01-02"]


def test_csv_is_read_back():
    days = read_notice(ARRANGED_2026, 2026)
    assert read_notice(as_csv(days), 2026) == days


def test_what_disagrees_is_said():
    days = [day for day in read_notice(ARRANGED_2026, 2026) if day.date != date(2026, 5, 2)]
    assert missing_holidays(days, 2026) == ["2026-05-02 劳动节"]
    without = [day for day in days if day.date != date(2026, 1, 4)]
    assert cross_check(2026, without) == ["2026-01-04：周日，休息日；节假日库为工作日"]
    assert cross_check(2099, days) is None


def test_the_library_can_fill_a_year_that_it_knows():
    days = library_days(2026)
    assert [(str(day.date), day.kind) for day in days] == [row[:2] for row in told(2026)]
    assert {day.name for day in days} == {
        "元旦", "春节", "清明", "劳动节", "端午", "中秋", "国庆节"
    }  # fmt: skip
    assert library_days(2099) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "没有读出放假安排"),
        ("各部门认真贯彻", "没有读出放假安排"),
        ("一、元旦：1月1日至2月30日放假。", "没有 2027年2月30日 这一天"),
        ("一、元旦：1月3日至1日放假。", "不像一个假期"),
        ("date,kind,name\n2027-01-01,holiday,元旦\n01/02,holiday,元旦", "第3行"),
        ("date,kind,name\n2027-01-01,闲,元旦", "第2行"),
        ("date,kind,name\n2027-01-01,holiday,", "没有写节日名称"),
        ("date,kind,name\n2026-05-01,holiday,劳动节", "不属于2027年的安排"),
        ("date,kind,name\n2027-01-01,holiday,元旦\n2027-01-01,holiday,春节", "出现两次"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(text, words):
    with pytest.raises(ValidationError) as refused:
        read_notice(text, 2027)
    assert words in "".join(refused.value.messages)
