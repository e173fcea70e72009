"""ID numbers, credit codes, telephones: what passes, what is refused, and with which words."""

import random
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from hrss_portal.parties import identifiers
from hrss_portal.parties.fields import IdNumberField, UsccField
from hrss_portal.parties.synthetic import resident_number

TODAY = date(2026, 3, 1)


def message(function, *args, **kwargs):
    with pytest.raises(ValidationError) as caught:
        function(*args, **kwargs)
    return caught.value.messages[0]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("11010519491231002X", "11010519491231002X"),
        ("11010519491231002x", "11010519491231002X"),
        (" 110105 19491231 002Ｘ ", "11010519491231002X"),
        ("'11010519491231002X", "11010519491231002X"),
        ("１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X"),
        ("1101051949\u200b1231002X\u3000", "11010519491231002X"),
        ("440524188001010014", None),
    ],
)
def test_the_vectors_of_the_standard_in_all_spellings(text, number):
    if number is None:
        assert message(identifiers.check_id_number, text, today=TODAY).endswith(
            "不在 120 年之内，请对照证件检查"
        )
        return
    checked = identifiers.check_id_number(text, today=TODAY)
    assert (checked.number, checked.birth, checked.sex) == (number, date(1949, 12, 31), "2")


@pytest.mark.parametrize(("prefix", "year"), [("341522", 1990), ("342423", 2001)])
def test_a_district_code_of_another_time_is_no_error(prefix, year):
    number = resident_number(prefix, date(year, 5, 6), 123)
    checked = identifiers.check_id_number(number, today=TODAY)
    assert checked.region_hint == "安徽省霍邱县"
    assert checked.warnings == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "填写身份证号"),
        ("1101051949123100", "身份证号要 18 位，现在是 16 位"),
        ("110105194912310021", "身份证号末位校验不对，请对照证件检查"),
        ("11010519491331002X", "身份证号里的出生日期 19491331 不存在，请对照证件检查"),
        ("1101051949123100XX", "身份证号前 17 位是数字，末位是数字或 X"),
        ("3.41522E+17", identifiers.EXCEL_NUMBER),
        (
            "110105491231002",
            "这是 15 位旧号，换算成 18 位是 11010519491231002X，请对照证件确认后改填",
        ),
    ],
)
def test_errors_say_what_to_do(text, words):
    assert message(identifiers.check_id_number, text, today=TODAY) == words


def test_a_number_that_excel_cut_is_named_as_such():
    number = resident_number("341522", date(2001, 2, 3), 129)
    assert number[-3:] != "000"
    mangled = number[:15] + "000"
    assert message(identifiers.check_id_number, mangled, today=TODAY) == identifiers.EXCEL_LOST


def test_of_cut_numbers_that_pass_by_chance_none_passes_silently():
    """One in eleven cut numbers has a fitting check character: text gets a warning."""
    draw, passed = random.Random(1), 0
    for _ in range(2000):
        born = date(2000, 1, 1).fromordinal(
            draw.randint(date(2000, 1, 1).toordinal(), date(2007, 12, 31).toordinal())
        )
        number = resident_number("341522", born, draw.randint(1, 999))
        try:
            checked = identifiers.check_id_number(number[:15] + "000", today=TODAY)
        except ValidationError:
            continue
        passed += 1
        assert checked.warnings == ("身份证号末三位是 000，请对照证件，确认不是 Excel 改过的",)
    assert 130 < passed < 240


def test_of_ten_thousand_numeric_cells_none_is_accepted():
    draw, field, refused = random.Random(2), IdNumberField(), 0
    for index in range(10_000):
        number = resident_number("341522", date(2003, 4, 5), draw.randint(1, 999))
        cell = int(number.replace("X", "0"))
        for value in (float(cell),) if index % 2 else (cell,):
            assert message(field.clean, value) == identifiers.EXCEL_NUMBER
            refused += 1
    assert refused == 10_000


@given(
    born=st.dates(date(1930, 1, 1), date(2025, 12, 31)),
    sequence=st.integers(1, 999),
    prefix=st.sampled_from(["341522", "342423", "110105", "820000"]),
)
def test_a_built_number_passes_and_tells_birth_and_sex(born, sequence, prefix):
    checked = identifiers.check_id_number(resident_number(prefix, born, sequence), today=TODAY)
    assert checked.birth == born
    assert checked.sex == ("1" if sequence % 2 else "2")


@given(
    sequence=st.integers(1, 999),
    place=st.integers(0, 16),
    other=st.integers(1, 9),
)
def test_one_wrong_digit_never_passes(sequence, place, other):
    number = resident_number("341522", date(2001, 2, 3), sequence)
    wrong = number[:place] + str((int(number[place]) + other) % 10) + number[place + 1 :]
    with pytest.raises(ValidationError):
        identifiers.check_id_number(wrong, today=TODAY)


@pytest.mark.parametrize(
    "code",
    ["91110000600037341L", "91341522MA2N7K3H9G", " 9134 1522-MA2N7K3H9g "],
)
def test_credit_codes_pass(code):
    assert identifiers.check_uscc(code) == identifiers.normalise_uscc(code)


@pytest.mark.parametrize("head", ["N2341522", "A1341522", "Y1341522", "11341522"])
def test_credit_codes_that_begin_with_a_letter_pass(head):
    stem = head + "MF0123456"
    assert identifiers.check_uscc(stem + identifiers.uscc_check_character(stem))


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("", "填写统一社会信用代码"),
        ("91110000600037341M", "统一社会信用代码末位校验不对，请对照营业执照检查"),
        ("9111000060003734", "统一社会信用代码要 18 位，现在是 16 位。15 位注册号填在“旧注册号”"),
        (
            "9111000060003734IL",
            "统一社会信用代码里没有字母 I、O、S、V、Z，第 3 至 8 位是数字，请对照营业执照检查",
        ),
    ],
)
def test_credit_code_errors_say_what_to_do(code, words):
    assert message(identifiers.check_uscc, code) == words


def test_a_numeric_credit_code_is_refused():
    assert "设为文本" in message(UsccField().clean, 9.1110000600037e17)


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("13800138000", "13800138000"),
        ("138 0013 8000", "13800138000"),
        ("138-0013-8000", "13800138000"),
        ("+86 13800138000", "13800138000"),
        ("（0564）6021234", "05646021234"),
        ("0564-6021234", "0564-6021234"),
        ("6021234", "6021234"),
        ("4008123456", "400-812-3456"),
        ("12333", "12333"),
    ],
)
def test_telephones(text, stored):
    found = identifiers.check_phone(text)
    assert found.replace("-", "") == stored.replace("-", "")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1380013800", "手机号要 11 位，现在是 10 位"),
        ("1.38E+10", "电话已被 Excel 变成科学计数，请在原表把该列设为文本后重填"),
        ("电话13800138000", "电话只写数字，固定电话写成 0564-1234567"),
    ],
)
def test_telephone_errors(text, words):
    assert message(identifiers.check_phone, text) == words


def test_two_numbers_in_one_cell():
    assert identifiers.split_phones("13800138000/0564-6021234、13800138000") == [
        "13800138000",
        "0564-6021234",
    ]
    assert identifiers.split_phones("13800138000 13900139000") == ["13800138000", "13900139000"]


def test_masks():
    assert identifiers.mask_names("集体甲、集体乙等11人") == "集*甲、集*乙等11人"
    assert identifiers.mask_names("张三") == "张*"
    assert [identifiers.mask_name(n) for n in ("张三", "张小三", "古丽米热·艾比布力", "王")] == [
        "张*",
        "张*三",
        "古*力",
        "王",
    ]
    assert identifiers.mask_id("34152220010203123X") == "**************123X"
    assert identifiers.mask_id("34152220010203123X", "detail") == "341522********123X"
    assert identifiers.mask_id("34152220010203123X", "public") == ""
    assert identifiers.mask_phone("13800138000") == "138****8000"
    two = identifiers.mask_phone("13800138000/0564-6021234")
    assert two == f"138****8000/{identifiers.mask_phone('0564-6021234')}"


def test_a_card_number_warns_only():
    assert identifiers.check_bank_card("6222 0200 0000 0000") == (
        "6222020000000000",
        ("银行卡号末位校验不对，请对照卡面",),
    )
