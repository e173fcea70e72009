"""What a handler tells the director to ask for a suspension or an extension."""

from typing import Any

from django import forms

from arbitration.models.choices import SuspendCause
from hrss_portal.casework.forms import MoveForm, chosen
from hrss_portal.casework.requests import open_request
from hrss_portal.parties.fields import CountField, DateField, TextCell


class SuspensionRequestForm(MoveForm):
    """报请中止审理: printed on the 审批表."""

    on = DateField(label="报请日期", past=True)
    suspend_cause = forms.ChoiceField(label="中止事由", choices=chosen(SuspendCause.choices))
    note = TextCell(label="具体情况及依据", max_length=1000, widget=forms.Textarea({"rows": 3}))


class ExtensionRequestForm(MoveForm):
    """报请延期审理: printed on the 审批表."""

    on = DateField(label="报请日期", past=True)
    days = CountField(
        label="延长天数", low=1, high=15, initial=15, help_text="最长15日，接着审限届满日算"
    )
    reason = TextCell(label="案情复杂的理由", max_length=500, widget=forms.Textarea({"rows": 3}))


def fill_from_request(form: MoveForm, approval: str) -> None:
    """Start the approver's form with what the handler asked for; the day stays the approver's."""
    request = open_request(form.case, approval)
    asked: dict[str, Any] = {**request.data, "note": request.note} if request else {}
    for name, value in asked.items():
        if name in form.fields and name != "on" and value:
            form.initial[name] = value
