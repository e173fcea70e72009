"""回避: the request and its decision."""

from typing import Any

from django import forms
from django.db.models import Q

from arbitration.models import StaffMember
from hrss_portal.casework.forms import MoveForm
from hrss_portal.parties.fields import DateField, TextCell


class RecusalForm(MoveForm):
    """回避申请 against a member of the tribunal or the clerk (办案规则 Article 11)."""

    on = DateField(label="提出日期", past=True)
    member = forms.ModelChoiceField(label="被申请回避的人员", queryset=None)
    asked_by = TextCell(label="申请人", max_length=80)
    reason = TextCell(label="事由", max_length=1000, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seated = StaffMember.objects.filter(
            seats__dispute=self.case.pk, seats__left_on__isnull=True
        )
        clerk = StaffMember.objects.filter(
            user__isnull=False, user=self.case.deputy_id, voided_at__isnull=True
        )
        self.fields["member"].queryset = StaffMember.objects.filter(
            Q(pk__in=seated.values("pk")) | Q(pk__in=clerk.values("pk"))
        )


class RecusalDecisionForm(MoveForm):
    """回避决定."""

    recusal = forms.ModelChoiceField(label="回避申请", queryset=None)
    granted = forms.TypedChoiceField(
        label="决定",
        choices=[("1", "准许回避"), ("0", "驳回申请")],
        coerce=lambda value: value == "1",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["recusal"].queryset = self.case.recusals.filter(granted__isnull=True)

    def move_data(self) -> dict[str, Any]:
        """The member the decision is about: its clock is met, no other."""
        data = super().move_data()
        return {**data, "member": data["recusal"].member}
