"""Form fields: dates, money, names, choices; exact or refused."""

from datetime import date, datetime, time
from decimal import Decimal

import pytest
import time_machine
from django import forms
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from hrss_portal.parties import fields

DAY = date(2023, 11, 16)


def message(field, value):
    with pytest.raises(ValidationError) as caught:
        field.clean(value)
    return caught.value.messages[0]


@pytest.mark.parametrize(
    "value",
    [
        "2023-11-16",
        "2023/11/16",
        "2023.11.16",
        "2023. 11. 16",
        "20231116",
        "２０２３－１１－１６",
        "2023年11月16日",
        "2023 年 11 月 16 日",
        "二〇二三年十一月十六日",
        "二○二三年十一月十六日",
        "二零二三年十一月十六号",
        "2023-11-16 00:00:00",
        45246,
        45246.0,
        20231116,
        datetime(2023, 11, 16, 9, 30),  # noqa: DTZ001 -- cells carry no zone
        DAY,
    ],
)
def test_a_day_in_every_exact_spelling(value):
    assert fields.DateField().clean(value) == DAY


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("23-11-16", "“23-11-16”的年份要写 4 位、放在最前，如 2023-11-16"),
        ("11/16/23", "“11/16/23”的年份要写 4 位、放在最前，如 2023-11-16"),
        ("2023年11月", "日期要写到日，如 2023-11-16"),
        ("2023-11", "日期要写到日，如 2023-11-16"),
        ("45246", "“45246”像是表格里的日期序号，请在原表把该列设为日期格式"),
        (45246.5, "“45246.5”像是表格里的日期序号，请在原表把该列设为日期格式"),
        ("2023-02-30", "没有 2023 年 2 月 30 日这一天，请检查"),
        ("11-16", "“11-16”看不出是哪一天，写成 2023-11-16"),
        ("去年", "“去年”看不出是哪一天，写成 2023-11-16"),
        ("#REF!", "单元格是公式错误 #REF!，请在原表改好后重传"),
        ("1023-11-16", "日期要在 1900-01-01 之后、2100 年之前，请检查"),
    ],
)
def test_a_day_that_is_not_exact_is_refused(value, words):
    assert message(fields.DateField(), value) == words


@pytest.mark.parametrize("typed", ["11-16", "11.16", "11月16日"])
@time_machine.travel("2023-12-01 10:00+08:00")
def test_a_typed_day_may_leave_out_the_year(typed):
    class Entry(forms.Form):
        on = fields.DateField()

    form = Entry({"on": typed})
    assert form.is_valid()
    assert form.cleaned_data["on"] == DAY


@time_machine.travel("2023-11-15 23:30+08:00")
def test_the_future_is_refused_by_the_local_calendar():
    assert fields.DateField(past=True).clean("2023-11-15") == date(2023, 11, 15)
    assert message(fields.DateField(past=True), "2023-11-16") == "2023-11-16 还没有到，请检查日期"


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.sampled_from(["-", "/", "."]))
def test_days_make_the_round_trip(day, mark):
    field = fields.DateField()
    assert field.clean(day.isoformat()) == day
    assert field.clean(f"{day.year}{mark}{day.month}{mark}{day.day}") == day
    assert field.clean(f"{day.year}年{day.month}月{day.day}日") == day
    assert field.clean(f"{day:%Y%m%d}") == day


@pytest.mark.parametrize(
    ("unit", "value", "yuan"),
    [
        ("元", "1,000", "1000.00"),
        ("元", "￥1，000.50", "1000.50"),
        ("元", "1000元", "1000.00"),
        ("元", 0.1 + 0.2, "0.30"),
        ("元", 1000, "1000.00"),
        ("万元", "1万", "10000.00"),
        ("万元", "3.15", "31500.00"),
        ("万元", 11359.0, "113590000.00"),
        ("万元", "-0", "0.00"),
        ("元", "3万", "30000.00"),
        ("元", "3.5 万元", "35000.00"),
        ("元", "１．５亿元", "150000000.00"),
        ("元", "￥3,000", "3000.00"),
        ("元", "人民币1,200元整", "1200.00"),
        ("万元", "1000元", "1000.00"),
        ("万元", "0.123456", "1234.56"),
        ("亿元", 0.29, "29000000.00"),
    ],
)
def test_money(unit, value, yuan):
    assert fields.MoneyField(unit).clean(value) == Decimal(yuan)


UNKNOWN = "不认得金额单位“%s”，只认 元、千元、万元、百万元、亿元，请换算后再填"


@pytest.mark.parametrize(
    ("unit", "value", "words"),
    [
        ("元", "100美元", UNKNOWN % "美元"),
        ("元", "3万多", UNKNOWN % "万多"),
        ("元", "3万5千", "“3万5千”不是金额，只写数字（单位：元）"),
        ("元", "2023-11-16", "“2023-11-16”不是金额，只写数字（单位：元）"),
        ("元", "1.0000001万", "金额最多精确到分，请四舍五入后再填"),
        ("元", "9" * 40, "金额太大，请检查单位是不是填错了"),
        ("元", "约1000", "“约1000”不是金额，只写数字（单位：元）"),
        ("元", "-5", "金额不能是负数，请检查"),
        ("元", "1.005", "金额最多精确到分，请四舍五入后再填"),
        ("元", 1234.5678, "金额最多精确到分，请四舍五入后再填"),
        ("元", "#DIV/0!", "单元格是公式错误 #DIV/0!，请在原表改好后重传"),
        ("元", "99999999999999", "金额太大，请检查单位是不是填错了"),
    ],
)
def test_money_that_is_refused(unit, value, words):
    assert message(fields.MoneyField(unit), value) == words


@given(st.decimals(0, 10**10, places=2))
def test_money_makes_the_round_trip(amount):
    for unit in ("元", "万元"):
        field = fields.MoneyField(unit)
        assert field.clean(field.prepare_value(amount)) == amount


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (" 张 三 ", "张三"),
        ("古丽米热•艾比布力", "古丽米热·艾比布力"),
        ("古丽米热．艾比布力", "古丽米热·艾比布力"),
        ("㛃𠅤", "㛃𠅤"),
        ("John  Smith", "John Smith"),
        ("字" * 50, "字" * 50),
    ],
)
def test_names_are_tidied_and_kept(typed, stored):
    assert fields.NameField().clean(typed) == stored


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "填写姓名"),
        ("张", "姓名要 2 至 50 个字"),
        ("张3", "姓名里有数字，请检查是不是填错了栏"),
    ],
)
def test_names_that_are_refused(typed, words):
    assert message(fields.NameField(), typed) == words


@pytest.mark.django_db
def test_choices_by_code_label_and_synonym():
    field = fields.ChoiceLabelField(
        [("1", "男"), ("2", "女")], synonyms={"男性": "男"}, label="性别"
    )
    assert [field.clean(value) for value in ("1", "女", "男性", 2, 1.0)] == [
        "1",
        "2",
        "1",
        "2",
        "1",
    ]
    assert message(field, "?") == "性别没有“?”这一项，可填：男、女"


def test_nothing_is_chosen_until_somebody_chooses():
    for pairs in ([("1", "男")], lambda: [("1", "男")], [("", "全部"), ("1", "男")]):

        class Entry(forms.Form):
            sex = fields.ChoiceLabelField(pairs, required=False)

        assert str(Entry()["sex"]).count('value=""') == 1
        assert Entry({"sex": ""}).is_valid()
        assert Entry({"sex": "1"}).is_valid()


def test_several_choices():
    field = fields.LabelsField([("a", "失业登记"), ("b", "妇女")])
    assert field.clean("妇女、失业登记/妇女") == ["b", "a"]
    assert field.clean(["a"]) == ["a"]


@pytest.mark.parametrize(
    ("value", "meant"), [("是", True), ("无", False), (1.0, True), ("N", False)]
)
def test_yes_or_no(value, meant):
    assert fields.YesNoField().clean(value) is meant


def test_whole_numbers():
    assert [fields.CountField().clean(v) for v in ("1,200", 12.0, "30人")] == [1200, 12, 30]
    assert message(fields.CountField(label="人数"), "1.5") == "填写整数，只写数字"
    assert message(fields.CountField(label="人数"), -1) == "人数要在 0 至 99999999 之间"


def test_phone_cells():
    assert fields.PhoneField().clean(13800138000.0) == "13800138000"
    assert fields.PhonesField().clean("13800138000/13900139000") == "13800138000/13900139000"
    assert message(fields.PhoneField(), "") == "填写联系电话"


def test_an_old_number_is_kept_only_where_allowed():
    assert fields.IdNumberField(allow_old=True).clean("110105491231002") == "110105491231002"
    assert "15 位旧号" in message(fields.IdNumberField(), "110105491231002")


@pytest.mark.parametrize("value", ["09:00", "9:00", "9：00", "0900", "900", "9点", "9时0分"])
def test_a_time_is_read_as_it_is_typed(value):
    assert fields.TimeField(label="时间").clean(value) == time(9, 0)


@pytest.mark.parametrize("value", ["2500", "9:75", "下午", "90"])
def test_what_is_no_time_is_refused_with_the_format(value):
    assert "写成 09:00 或 0900" in message(fields.TimeField(label="时间"), value)
