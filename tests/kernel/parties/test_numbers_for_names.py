"""A number is nobody's name: one rule for sheets and forms, with words that say what to do."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from hrss_portal.casework.correct_parties import PartyCorrection
from hrss_portal.casework.forms import PartyForm
from hrss_portal.desk.quick import QuickForm
from hrss_portal.imports import registry
from hrss_portal.imports.cleaning import build_field
from hrss_portal.parties.fields import NameField, NamesField, OrganisationField
from hrss_portal.parties.names import number_for_name
from hrss_portal.parties.synthetic import people

ID = next(iter(people(1, seed=7))).id_number
USCC = "91341522MA2TE5T01X"
#: The columns of every sheet that name people or organisations.
NAMES = {
    "X10": {"applicants", "respondents", "arbitrators", "clerk"},
    "X16": {"applicants", "respondents", "mediator"},
    "X17": {"name", "head", "mediators"},
    "X18": {"name", "from_body"},
    "X19": {"employer", "staff_names"},
    "PERSONS": {"name"},
    "EMPLOYERS": {"name", "legal_rep", "contact"},
}


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (ID, "身份证号"),
        (f"{ID[:6]} {ID[6:14]} {ID[14:]}", "身份证号"),
        (f"张示例{ID}", "身份证号"),
        ("341522850612001", "一串数字"),
        (USCC, "统一社会信用代码"),
        ("13856401234", "电话号码"),
        ("０５６４－６０００００１", "电话号码"),
        ("3.42425E+17", "数字"),
        ("12", "数字"),
        ("张示例", ""),
        ("阿依古丽·买买提", ""),
        ("安徽第2建筑工程有限公司3分公司", ""),
        ("INTERNATIONAL TRADING COMPANY LTD", ""),
        ("361度专卖店", ""),
        ("", ""),
    ],
)
def test_what_number_stands_where_a_name_should(text: str, what: str) -> None:
    assert number_for_name(text) == what


@pytest.mark.parametrize("field", [NamesField(label="申请人"), OrganisationField(label="申请人")])
def test_the_words_say_what_to_do_and_hide_the_number(field: Any) -> None:
    with pytest.raises(ValidationError) as told:
        field.clean(ID)
    words = (
        f"申请人填的是身份证号（***{ID[-2:]}），不是姓名或单位名称；看是不是填错了栏，"
        "表格里看这一行是不是错开了一列，改填姓名或单位名称"
    )
    assert told.value.messages == [words]


def test_each_name_of_a_cell_is_looked_at() -> None:
    assert NamesField().clean("张示例、李示例等12人") == "张示例、李示例等12人"
    for text in (f"张示例、{ID}", "张示例，13856401234", "7；李示例"):
        with pytest.raises(ValidationError):
            NamesField().clean(text)


def test_every_sheet_has_the_rule_on_its_names() -> None:
    for code, names in NAMES.items():
        for column in registry.sheet(code).columns:
            kinds = (NameField, NamesField, OrganisationField)
            assert isinstance(build_field(column), kinds) == (column.name in names), column.name


def test_the_sheet_of_users_has_it_too() -> None:
    check: Any = registry.sheet("USERS").call("check")
    assert [name for name, _ in check({"name": ID})] == ["name"]
    assert list(check({"name": "张示例"})) == []
    assert list(check({"name": None})) == []


@pytest.mark.parametrize("form", [PartyForm, PartyCorrection, QuickForm])
def test_forms_of_parties_have_it(form: Any) -> None:
    with pytest.raises(ValidationError):
        form.base_fields["name"].clean(ID)
