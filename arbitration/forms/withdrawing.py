"""Withdrawing an accepted case: the request as it came, and what is decided on it."""

from typing import Any

from django import forms

from arbitration.forms.order import not_before_the_request
from arbitration.models.choices import CloseMode
from hrss_portal.casework.forms import MoveForm, chosen
from hrss_portal.casework.requests import open_request
from hrss_portal.parties.fields import DateField, TextCell

WRITTEN, SPOKEN = "written", "spoken"


class WithdrawalRequestForm(MoveForm):
    """登记撤回申请: when and how the applicant asked, and why."""

    on = DateField(label="申请日期", past=True)
    asked_in = forms.ChoiceField(
        label="申请方式", choices=chosen([(WRITTEN, "书面申请"), (SPOKEN, "口头申请（已记笔录）")])
    )
    note = TextCell(label="撤回的理由和情况", max_length=1000, widget=forms.Textarea({"rows": 3}))


class WithdrawalForm(MoveForm):
    """撤回: allowed on request, or deemed when the applicant stays away."""

    on = DateField(label="决定日期", past=True)
    outcome = forms.ChoiceField(
        label="决定",
        choices=[
            (CloseMode.WITHDRAWN, CloseMode.WITHDRAWN.label),
            (CloseMode.DEEMED_WITHDRAWN, CloseMode.DEEMED_WITHDRAWN.label),
        ],
    )
    attended = TextCell(
        label="开庭当日到庭情况",
        max_length=200,
        required=False,
        help_text="视为撤回的，写明申请人无正当理由拒不到庭或者中途退庭；开庭已登记申请人未到庭、中途退庭的可不填",
    )
    note = TextCell(
        label="理由",
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        help_text="准许撤回的，印在决定书上；按撤回处理的，决定书印登记的到庭情况",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if asked := open_request(self.case, "withdraw"):
            self.fields["outcome"].help_text = f"{asked.on:%Y-%m-%d} 申请人申请撤回：{asked.note}"
            self.fields["outcome"].initial = CloseMode.WITHDRAWN
        else:
            self.fields["outcome"].initial = CloseMode.DEEMED_WITHDRAWN

    def clean(self) -> dict[str, Any]:
        """What was asked for is decided on its day or later."""
        data = super().clean() or {}
        not_before_the_request(self, data, "withdraw")
        return data

    def clean_outcome(self) -> str:
        """A withdrawal is granted to whoever asked for it."""
        outcome: str = self.cleaned_data["outcome"]
        if outcome == CloseMode.WITHDRAWN and open_request(self.case, "withdraw") is None:
            raise forms.ValidationError("还没有登记撤回申请，先办“登记撤回申请”")
        return outcome


class PartWithdrawalForm(MoveForm):
    """部分申请人撤回: who leaves, and which claims go with them."""

    on = DateField(label="决定日期", past=True)
    who = forms.ModelMultipleChoiceField(
        label="准许撤回的申请人",
        queryset=None,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "选择撤回申请的申请人"},
    )
    claims = forms.ModelMultipleChoiceField(
        label="一并撤回的请求",
        queryset=None,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="只属于撤回的申请人的请求；共同的请求不勾选，金额有变化的另在“更正”里改",
    )
    note = TextCell(label="理由", max_length=1000, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = self.case.parties.filter(role="applicant", left_on__isnull=True)
        self.fields["who"].queryset = here.order_by("seq")
        still = self.case.claims.filter(part_awarded_on__isnull=True)
        self.fields["claims"].queryset = still.order_by("seq")
        if asked := open_request(self.case, "withdraw"):
            self.fields["who"].help_text = f"{asked.on:%Y-%m-%d} 申请人申请撤回：{asked.note}"

    def clean(self) -> dict[str, Any]:
        """What was asked for is decided on its day or later."""
        data = super().clean() or {}
        not_before_the_request(self, data, "withdraw")
        return data
