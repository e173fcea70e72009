"""同名核实: the page on which the head says whether a colleague is the party of that name."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from hrss_portal.access import keys
from hrss_portal.access import policy as policies
from hrss_portal.access.routes import policy
from hrss_portal.casework import namesakes
from hrss_portal.casework.own_case import Staff
from hrss_portal.desk.administration.pages import ReasonForm, form_page, me, say
from hrss_portal.desk.archive.files import found
from hrss_portal.desk.links import case_url
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


@policy("login")
@keys.idempotent
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """The head's answer, once for each colleague of that name."""
    user, seen = me(request), found(pk)
    case: Any = seen.specific
    policies.require(user, f"{case.kind}.assign", case)
    form = NamesakeForm(namesakes.open_ones(case, user), request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            namesakes.answer(
                case,
                data["who"],
                same=data["answer"] == "same",
                by=user,
                reason=data["reason"],
            )
        except ValidationError as error:
            say(request, form, error)
        else:
            messages.success(request, "已确认，记在时间轴")
            return redirect(case_url(case))
    return form_page(
        request,
        form,
        title=f"核实同名 {case.reference}",
        submit="确认",
        back=case_url(case) or reverse("desk:home"),
        intro="核对证件后再答。确认前，同名的人不能承办、协办、审批或更正此件。",
    )
