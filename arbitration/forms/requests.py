"""What a handler tells the director to ask for a suspension or an extension, and its return."""

from typing import Any

from django import forms
from django.utils import timezone

from arbitration.forms.intake import ReasonForm
from arbitration.models.choices import SuspendCause
from arbitration.workflows.requests import asked_of_director
from hrss_portal.casework.forms import MoveForm, chosen
from hrss_portal.casework.requests import ANSWERS, open_request
from hrss_portal.deadlines.lookup import rule_for
from hrss_portal.parties.fields import CountField, DateField, TextCell


class SuspensionRequestForm(MoveForm):
    """报请中止审理: printed on the 审批表."""

    on = DateField(label="报请日期", past=True)
    suspend_cause = forms.ChoiceField(label="中止事由", choices=chosen(SuspendCause.choices))
    note = TextCell(label="具体情况及依据", max_length=1000, widget=forms.Textarea({"rows": 3}))


class ExtensionRequestForm(MoveForm):
    """报请延期审理: printed on the 审批表."""

    on = DateField(label="报请日期", past=True)
    days = CountField(label="延长天数", low=1)
    reason = TextCell(label="案情复杂的理由", max_length=500, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_days(self, "arb.award", "ARB-14")


class ReturnForm(ReasonForm):
    """退回报请: which of the requests that wait, and why; of one alone nothing is asked."""

    answers = forms.ChoiceField(
        label="退回哪一项", required=False, help_text="没有选到的照常等待批准"
    )
    field_order = ("on", "answers", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        waiting = asked_of_director(self.case)
        named = [(one.move, f"{one.on:%Y-%m-%d} {one.by_name} {one.label}") for one in waiting]
        field = self.fields[ANSWERS]
        field.choices = named if len(named) == 1 else [("", "请选择"), *named]
        field.required = len(named) > 1

    def move_data(self) -> dict[str, Any]:
        """The one request, also where the form had no choice to make."""
        data = super().move_data()
        return {**data, ANSWERS: data[ANSWERS] or self.fields[ANSWERS].choices[0][0]}


def offer_days(form: MoveForm, term: str, rule: str) -> None:
    """Offer the days by which the rule of a term lets it be extended, and no more."""
    clock = form.case.clocks.filter(term=term).order_by("-pk").first()
    started = clock.started_on if clock else timezone.localdate()
    most = rule_for(rule, started, form.case.unit.rules_region).ext_length or 0
    days = form.fields["days"]
    days.high = days.initial = most
    days.help_text = f"最长 {most}，接着原来的届满日算"


def fill_from_request(form: MoveForm, approval: str) -> None:
    """Start the approver's form with what the handler asked for; the day stays the approver's."""
    request = open_request(form.case, approval)
    asked: dict[str, Any] = {**request.data, "note": request.note} if request else {}
    for name, value in asked.items():
        if name in form.fields and name != "on" and value:
            form.initial[name] = value
