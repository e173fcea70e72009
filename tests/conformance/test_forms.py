"""Every declared form: asks in Chinese, says everything that is missing at once, in plain words."""

import re
from typing import Any

import pytest
from django import forms
from django.urls import get_resolver
from django.utils.module_loading import import_string

from hrss_portal.access.scope import acting_as
from hrss_portal.areas import declared
from hrss_portal.casework.workflow import Move, Workflow
from hrss_portal.desk.registers import Register
from tests.matrix.world import World

FLOWS = declared("workflows")
EACH = pytest.mark.parametrize("flow", FLOWS, ids=[flow.of for flow in FLOWS])
CHINESE = re.compile(r"[\u4e00-\u9fff]")
#: Words of programmers and the framework's own, which tell a clerk nothing.
BAD_WORDS = re.compile(r"无效|非法|不能为空|参数|请勿|这个字段|此字段|This field|invalid|required")


def intake(flow: Workflow, world: World, data: Any = None) -> forms.BaseForm:
    """The intake form of a kind of case."""
    unit = world.places["own"].unit
    form: forms.BaseForm = import_string(flow.form)(data, user=world.users["SYS"], unit=unit)
    return form


def asked_by(flow: Workflow, step: Move, world: World, data: Any = None) -> forms.BaseForm:
    """The form of a move of a case in its first state."""
    case = world.row(flow.model, "own")
    form_class: Any = step.form_class()
    form: forms.BaseForm = form_class(data, case=case, user=world.users["SYS"])
    return form


def asking(flow: Workflow) -> list[Move]:
    """The moves that ask something; the forms of all of them are looked at in one world."""
    found = [step for step in flow.moves if step.form]
    assert found, f"no move of {flow.of} has a form"
    return found


def problems(form: forms.BaseForm) -> list[str]:
    """Boxes without a Chinese label, and two boxes that ask the same."""
    labels = [str(bound.label) for bound in form.visible_fields()]
    wordless = [f"{bound.name}: {bound.label}" for bound in form.visible_fields()
                if not CHINESE.search(str(bound.label))]  # fmt: skip
    return wordless + sorted({label for label in labels if labels.count(label) > 1})


def silent(form: forms.BaseForm) -> list[str]:
    """Required boxes that an empty form says nothing about, and words that say nothing."""
    form.is_valid()
    shown = [bound.name for bound in form.visible_fields() if bound.field.required]
    missing = [name for name in shown if name not in form.errors and not form[name].initial]
    texts = [str(text) for texts in form.errors.values() for text in texts]
    return missing + [text for text in texts if BAD_WORDS.search(text) or not CHINESE.search(text)]


@EACH
def test_the_intake_form_asks_in_words_and_says_everything_at_once(flow: Workflow, world: World):
    with acting_as(world.users["SYS"]):
        assert problems(intake(flow, world)) == []
        assert silent(intake(flow, world, {})) == []


@EACH
def test_the_forms_of_moves_ask_in_words_and_say_everything_at_once(flow: Workflow, world: World):
    wrong = {}
    with acting_as(world.users["SYS"]):
        for step in asking(flow):
            asked, empty = asked_by(flow, step, world), asked_by(flow, step, world, {})
            if found := problems(asked) + silent(empty):
                wrong[step.code] = found
    assert wrong == {}, f"{flow.of}: moves with what their forms leave unsaid"


def hidden_for_ever(form: forms.BaseForm) -> list[str]:
    """Boxes that wait for an answer which the form cannot get."""
    found = []
    for name, wanted in getattr(form, "show_when", {}).items():
        field, _, values = wanted.partition("=")
        if name not in form.fields or field not in form.fields:
            continue
        choices = getattr(form.fields[field], "choices", None)
        if choices is None or not values:
            continue
        offered = {str(value) for value, _ in flat(choices)} | {"", "1"}
        found += [f"{name}: {value}" for value in values.split("|") if value not in offered]
    return found


def flat(choices: Any) -> list[tuple[Any, Any]]:
    """Choices without their groups."""
    pairs = []
    for value, label in choices:
        pairs += label if isinstance(label, list | tuple) else [(value, label)]
    return pairs


@EACH
def test_no_box_waits_for_an_answer_that_nobody_can_give(flow: Workflow, world: World):
    wrong = {}
    with acting_as(world.users["SYS"]):
        for step in asking(flow):
            form = asked_by(flow, step, world)
            rows = [one.empty_form for one in getattr(form, "rows", {}).values()]
            if found := [text for one in (form, *rows) for text in hidden_for_ever(one)]:
                wrong[step.code] = found
    assert wrong == {}, f"{flow.of}: moves with boxes that are never shown"


def registers(base: Any = Register) -> list[Any]:
    """Every register of the portal that has a form."""
    below = [one for kind in base.__subclasses__() for one in (kind, *registers(kind))]
    return [one for one in below if hasattr(one, "record_form")]


def test_the_form_of_a_register_asks_in_words() -> None:
    get_resolver().url_patterns  # noqa: B018 - loads the pages
    found = registers()
    assert len(found) > 10
    wordless = [
        f"{one.__name__}: {field.label}"
        for one in found
        for field in one.record_form.base_fields.values()
        if not field.widget.is_hidden and not CHINESE.search(str(field.label))
    ]
    assert wordless == []
