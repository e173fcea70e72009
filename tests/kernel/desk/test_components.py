"""Components and tags as templates use them."""

from datetime import date, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django import forms
from django.template import engines
from django.test import RequestFactory

from hrss_portal.desk.clockface import face
from hrss_portal.desk.forms import DeskForm, Section, formset_errors
from hrss_portal.parties.fields import IdNumberField, PhoneField

TODAY = date(2023, 11, 16)


def draw(source: str, **context: Any) -> BeautifulSoup:
    """A template of the portal, as parsed HTML."""
    return BeautifulSoup(engines["django"].from_string(source).render(context), "html.parser")


class Letter(DeskForm):
    """A form with one of each."""

    name = forms.CharField(label="姓名", help_text="与证件一致")
    id_number = IdNumberField()
    phone = PhoneField(required=False)
    sex = forms.ChoiceField(
        label="性别", choices=[("m", "男"), ("f", "女")], widget=forms.RadioSelect
    )
    note = forms.CharField(label="备注", required=False)
    sections = (Section(title="申请人", fields=("name", "id_number"), folded=True),)


@pytest.mark.parametrize(
    ("value", "word", "tint"),
    [(-4.3, "变差", "worse"), (-10.4, "变好", "better"), (9, "变差", "worse"), (9, "", "plain")],
)
def test_the_colour_of_a_change_says_what_the_word_says(value: float, word: str, tint: str) -> None:
    shown = draw("{% change value '%' word %}", value=value, word=word).span
    assert shown["class"] == [f"change-{tint}"]
    assert shown.text.startswith("▼ 下降" if value < 0 else "▲ 上升")
    assert shown.text.endswith(word)


def test_a_field_ties_label_hint_error_and_control_together() -> None:
    form = Letter({"name": ""})
    page = draw("{% field form.name %}", form=form)
    control = page.find("input")
    assert page.find("label")["for"] == control["id"]
    assert control["aria-invalid"] == "true"
    ids = control["aria-describedby"].split()
    assert [page.find(id=one).get_text() for one in ids] == ["与证件一致", "填写姓名"]


def test_a_group_has_its_words_as_legend() -> None:
    page = draw("{% field form.sex %}", form=Letter())
    assert page.find("fieldset").find("legend").get_text().startswith("性别")


def test_the_summary_says_what_the_fields_say_and_leads_to_them() -> None:
    form = Letter({"name": "", "id_number": "", "sex": ""})
    page = draw('{% include "components/errors.html" with form=form only %}', form=form)
    links = {link["href"]: link.get_text() for link in page.find_all("a")}
    assert links == {
        "#id_name": "填写姓名",
        "#id_id_number": "填写身份证号",
        "#id_sex": "选择性别",
    }


def test_fields_carry_the_hooks_of_their_kind() -> None:
    page = draw("{% field form.id_number %}{% field form.phone %}", form=Letter())
    assert [box["data-kind"] for box in page.find_all("input")] == ["id-number", "phone"]


def test_a_folded_section_opens_when_it_needs_attention() -> None:
    assert [part.folded for part in Letter().parts] == [True, False]
    assert [part.folded for part in Letter({"name": "张"}).parts] == [False, False]
    assert [part.title for part in Letter().parts] == ["申请人", "补充信息"]


@pytest.mark.parametrize(
    ("days", "state", "glyph"), [(-2, "overdue", "■"), (1, "due", "▲"), (9, "ok", "●")]
)
def test_a_clock_shows_glyph_words_and_date(days: int, state: str, glyph: str) -> None:
    shown = face(TODAY + timedelta(days=days), today=TODAY)
    page = draw("{% clock face full=True %}", face=shown)
    badge = page.find(attrs={"data-deadline": state})
    assert badge.find(class_="glyph").get_text() == glyph
    assert page.find("time").get_text() == shown.due


def test_query_replaces_and_takes_out() -> None:
    request = RequestFactory().get("/", {"q": "张", "page": "3"})
    page = draw("{% query page=4 q=None %}", request=request)
    assert page.get_text() == "?page=4"


def test_masks_and_dashes() -> None:
    page = draw("{{ a|mask:'name' }} {{ b|dash }} {{ c|dash }}", a="欧阳华", b="", c=0)
    assert page.get_text() == "欧*华 — 0"


def test_formset_errors_name_the_row() -> None:
    rows = forms.formset_factory(Letter, extra=0)(
        {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-note": "x"}
    )
    rows.is_valid()
    assert formset_errors(rows)[0] == ("id_form-0-name", "填写姓名")
