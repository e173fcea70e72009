"""Townships by what people write; nothing near is guessed."""

import pytest
from django.core.exceptions import ValidationError

from hrss_portal.parties import towns
from hrss_portal.parties.fields import TownField
from tests.factories.access import TownFactory


@pytest.mark.parametrize(
    "word",
    [
        "城关镇",
        "城关",
        "霍邱县城关镇",
        "安徽省六安市霍邱县城关镇",
        "测试县城关镇",
        "cgz",
        "CGZ",
        "341522100",
        " 城 关 镇 ",
        "老城",
    ],
)
def test_a_township_by_all_its_names(county, acting, word):
    acting("test")
    town = county.town("城关镇")
    town.synonyms = ["老城"]
    town.save()
    assert TownField().clean(word) == town
    assert TownField().clean(str(town.pk)) == town


@pytest.mark.parametrize(
    ("word", "words"),
    [
        ("城北", "没有“城北”这个乡镇（园区），请对照区划表填写"),
        ("关镇", "没有“关镇”这个乡镇（园区），请对照区划表填写"),
        ("裕安区城关镇", "没有“裕安区城关镇”这个乡镇（园区），请对照区划表填写"),
        ("", "选择乡镇（园区）"),
    ],
)
def test_what_is_no_township_is_refused(county, word, words):
    with pytest.raises(ValidationError) as caught:
        TownField().clean(word)
    assert caught.value.messages == [words]


def test_initials_of_two_townships_are_refused(county):
    TownFactory(parent=county.bureau, name="陈岗镇", code="341522999")
    with pytest.raises(ValidationError) as caught:
        TownField().clean("cgz")
    assert caught.value.messages[0].endswith("写全称")


def test_a_choice_may_be_narrowed_to_the_own_townships(county):
    own = county.town("城关镇")
    field = TownField(within=lambda: type(own).objects.filter(pk=own.pk))
    assert field.clean("城关") == own
    with pytest.raises(ValidationError):
        field.clean("河口")


@pytest.mark.parametrize(
    ("address", "town"),
    [
        ("霍邱县城关镇测试路103号", "城关镇"),
        ("安徽省六安市霍邱县 河口镇 某村", "河口镇"),
        ("周集镇某村东头", "周集镇"),
        ("固始县城关镇红苏路1号", None),
        ("霍邱县某某路1号", None),
        ("霍邱县城关镇某村（现住霍邱县河口镇）", None),
        ("", None),
    ],
)
def test_the_township_that_an_address_names(county, acting, address, town):
    acting("test")
    expected = county.town(town) if town else None
    assert towns.in_address(address, county.bureau) == expected
