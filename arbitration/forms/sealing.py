"""解除案卷不公开: why, and who approved it."""

from typing import Any

from django import forms

from hrss_portal.access.accounts import users_in_posts
from hrss_portal.casework.forms import MoveForm
from hrss_portal.parties.fields import DateField, TextCell


class UnsealForm(MoveForm):
    """The reason and the approver, who both go into the timeline."""

    on = DateField(label="批准日期", past=True)
    approver = forms.ModelChoiceField(label="批准人", queryset=None)
    note = TextCell(label="解除的理由", max_length=900, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["approver"].queryset = users_in_posts(self.case.unit, "ARB-C", "DIR", "VDIR")
        self.fields["approver"].initial = self.user.pk

    def clean(self) -> dict[str, Any]:
        """The approver is named beside the reason; nobody approves for a case of his own."""
        data = super().clean() or {}
        approver = data.get("approver")
        if approver and approver.pk == self.case.handler_id:
            self.add_error("approver", "承办人不能批准自己的件")
        if approver and data.get("note"):
            data["note"] = f"{data['note']}（批准人：{approver.name}）"
        return data
