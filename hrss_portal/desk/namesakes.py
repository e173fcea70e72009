"""同名核实: the page on which the head says whether a colleague is the party of that name."""

from collections.abc import Iterable
from typing import Any

from django import forms

from hrss_portal.casework import namesakes
from hrss_portal.casework.own_case import Staff
from hrss_portal.desk.acting import CaseAct
from hrss_portal.desk.administration.pages import ADMIN_FORM, ReasonForm
from hrss_portal.parties.fields import TextCell

ANSWERS = (("other", "不是同一人"), ("same", "是本人，回避"))


class NamesakeForm(ReasonForm):
    """Who, and whether it is the same person."""

    who = forms.ChoiceField(label="同名的工作人员")
    answer = forms.ChoiceField(label="是不是当事人、代理人本人", choices=ANSWERS)
    reason = TextCell(label="怎样核实的", max_length=200, help_text="如 核对过身份证")
    field_order = ("who", "answer", "reason")

    def __init__(self, people: Iterable[Staff], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {namesakes.choice_of(one)[0]: one for one in people}
        choices = [("", "请选择"), *map(namesakes.choice_of, self.people.values())]
        self.fields["who"].choices = choices  # type: ignore[attr-defined]

    def clean_who(self) -> Staff:
        """The person behind the chosen value."""
        return self.people[self.cleaned_data["who"]]


class Namesake(CaseAct):
    """The head's answer, once for each colleague of that name."""

    template_name = ADMIN_FORM
    verb, title, submit = "assign", "核实同名", "确认"
    intro = "核对证件后再答。确认前，同名的人不能承办、协办、审批或更正此件。"

    def find(self, **place: Any) -> Any:
        """The case with the fields of its own kind, whose names are compared."""
        return super().find(**place).specific

    def make(self, thing: Any, data: Any = None) -> NamesakeForm:
        """Whom to answer for."""
        return NamesakeForm(namesakes.open_ones(thing, self.user), data)

    def act(self, thing: Any, form: Any) -> str:
        """Keep the answer."""
        data = form.cleaned_data
        same = data["answer"] == "same"
        namesakes.answer(thing, data["who"], same=same, by=self.user, reason=data["reason"])
        return "已确认，记在时间轴"
