"""增加、变更请求: the claims as they stand afterwards, each row with the claim that it was."""

from typing import Any

from django import forms
from django.db.models import F

from arbitration.forms.intake import ClaimForm
from arbitration.forms.trial import RestartForm
from hrss_portal.casework.forms import RowSet


class ChangedClaimForm(ClaimForm):
    """One claim after the change; ``was`` is the number of the claim before, none for a new one."""

    was = forms.IntegerField(required=False, widget=forms.HiddenInput)


class ClaimsChangeForm(RestartForm):
    """增加、变更请求: the claims as they stand afterwards."""

    row_sets = (RowSet(name="claims", label="仲裁请求", form=ChangedClaimForm, least=1, most=40),)

    def __init__(self, *args: Any, case: Any, **kwargs: Any) -> None:
        rows = list(case.claims.filter(part_awarded_on=None).values("text", "amount", was=F("seq")))
        super().__init__(*args, case=case, initial={"claims": rows}, **kwargs)

    def clean(self) -> dict[str, Any]:
        """After the time for evidence new claims are a case of their own (办案规则 Article 44)."""
        data = super().clean() or {}
        until, on = self.case.evidence_due_on, data.get("on")
        if until and on and on > until:
            self.add_error(
                "on", f"举证期限已于 {until:%Y-%m-%d} 届满，增加、变更请求的，告知另行申请仲裁"
            )
        return data

    def row_data(self, name: str) -> list[dict[str, Any]]:
        """Every row that is not crossed out, with the number that its claim had."""
        return [
            {name: form.cleaned_data.get(name) for name in ("text", "amount", "was")}
            for form in self.rows[name].forms
            if form.cleaned_data.get("text") and not form.cleaned_data.get("DELETE")
        ]

    def move_data(self) -> dict[str, Any]:
        """The new total goes with the new claims and those that a part award decided."""
        data = super().move_data()
        decided = self.case.claims.exclude(part_awarded_on=None).values_list("amount", flat=True)
        data["amount"] = sum(amount or 0 for amount in decided)
        data["amount"] += sum(row["amount"] or 0 for row in data["claims"])
        return data
