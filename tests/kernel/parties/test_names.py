"""Names: searching by one or two characters and by initials, surnames read as surnames."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrss_portal.parties import names


@pytest.mark.parametrize(
    ("name", "read", "first"),
    [
        ("单雄信", "shan xiong xin", "sxx"),
        ("仇和", "qiu he", "qh"),
        ("曾国藩", "zeng guo fan", "zgf"),
        ("区小明", "ou xiao ming", "oxm"),
        ("查良镛", "zha liang yong", "zly"),
        ("尉迟恭", "yu chi gong", "ycg"),
        ("万俟卨", "mo qi xie", "mqx"),
        ("令狐冲", "ling hu chong", "lhc"),
        ("吕布", "lv bu", "lb"),
    ],
)
def test_surnames_are_read_as_surnames(name, read, first):
    assert names.reading(name) == read
    assert names.initials(name) == first


def test_names_of_minorities_and_rare_characters():
    assert names.initials("古丽米热·艾比布力") == "glmrabbl"
    assert names.initials("㛃𠅤").startswith("j")
    assert "𠅤" in names.grams("㛃𠅤")


def test_grams_are_single_characters_and_pairs():
    assert names.grams("张伟明") == ["伟", "伟明", "张", "张伟", "明"]
    assert names.query_grams("伟") == ["伟"]
    assert names.query_grams("张伟明") == ["伟明", "张伟"]


@given(st.text(alphabet="张伟明王古丽热·㛃𠅤", min_size=1, max_size=50), st.data())
def test_every_piece_of_a_name_finds_it(name, data):
    start = data.draw(st.integers(0, len(name) - 1))
    end = data.draw(st.integers(start + 1, len(name)))
    assert set(names.query_grams(name[start:end])) <= set(names.grams(name))


def test_places_and_firms_are_read_by_phrase():
    assert names.organisation_initials("城关镇") == "cgz"
    assert names.organisation_reading("重庆面馆") == "chong qing mian guan"


def test_organisations_are_tidied():
    assert names.tidy_organisation(" 霍邱 县 示例(集团)有限公司 ") == "霍邱县示例（集团）有限公司"
