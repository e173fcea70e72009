"""A hearing that took place: which one, who came side by side, who left before its end; and who
really came, where that was told wrongly."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone

from arbitration.models import Hearing
from arbitration.models.choices import Attendance
from arbitration.workflows.attendance import attendance_of, put_right, told_of
from arbitration.workflows.posts import PARTY_ROLES
from hrss_portal.casework.correcting import Correction
from hrss_portal.casework.corrections import CorrectForm
from hrss_portal.casework.forms import MoveForm, chosen
from hrss_portal.parties.fields import TextCell, TimeField


class HearForm(MoveForm):
    """开庭: which planned hearing took place, who came, whether in uniform.

    Its day is that of the hearing, whenever it is entered.
    """

    hearing = forms.ModelChoiceField(label="本次开庭", queryset=None)
    applicant_came = forms.ChoiceField(label="申请人到庭情况", choices=chosen(Attendance.choices))
    respondent_came = forms.ChoiceField(
        label="被申请人到庭情况", choices=chosen(Attendance.choices)
    )
    third_came = forms.ChoiceField(
        label="第三人到庭情况", choices=chosen(Attendance.choices), required=False
    )
    attended = TextCell(
        label="到庭情况说明",
        max_length=150,
        required=False,
        help_text="到庭的人、缺席的理由；几名申请人中有人没有到的，写明是谁",
    )
    uniform_worn = forms.BooleanField(label="仲裁员着装符合规定", required=False)
    ids_checked = forms.BooleanField(label="到庭人员证件、委托手续已核对", required=False)
    transcript = forms.FileField(label="庭审笔录扫描件", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hearing"].queryset = self.case.hearings.filter(state=Hearing.State.PLANNED)
        if not self.case.parties.filter(role="third", left_on__isnull=True).exists():
            del self.fields["third_came"]
        self.fields["on"].widget = forms.HiddenInput()
        self.fields["on"].required = False

    def clean(self) -> dict[str, Any]:
        """The day of the hearing is that of the step."""
        data = super().clean() or {}
        if hearing := data.get("hearing"):
            data["on"] = timezone.localdate(hearing.starts_at)
        return data


class EndHearingForm(MoveForm):
    """庭审终结: when, and which side left before the end, if one did."""

    ended_at = TimeField(
        label="结束时间", required=False, help_text="如 1130、11:30，印在庭审笔录上"
    )
    left_early = forms.MultipleChoiceField(
        label="未经仲裁庭同意中途退庭的",
        choices=list(PARTY_ROLES.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="都到终结时才离开的不勾选；申请人中途退庭的，可以按撤回处理",
    )

    def clean(self) -> dict[str, Any]:
        """It ends after it began."""
        data = super().clean() or {}
        held = self.case.hearings.filter(state=Hearing.State.HELD).order_by("period").last()
        starts = timezone.localtime(held.starts_at) if held else None
        at = data.get("ended_at")
        if at and starts and data.get("on") == starts.date() and at <= starts.time():
            self.add_error("ended_at", f"{starts:%H:%M} 开庭，结束时间要在以后")
        return data


class AttendanceCorrection(CorrectForm):
    """Who came to a hearing, told wrongly; its day is put right as that of any step."""

    label = "到庭情况"

    applicant_came = forms.ChoiceField(label="申请人到庭情况", choices=chosen(Attendance.choices))
    respondent_came = forms.ChoiceField(
        label="被申请人到庭情况", choices=chosen(Attendance.choices)
    )
    third_came = forms.ChoiceField(label="第三人到庭情况", choices=chosen(Attendance.choices))
    attended = TextCell(label="到庭情况说明", max_length=150, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held, _ = told_of(self.case, self.row)
        self.initial["attended"] = held.data.get("attended") or "" if held else ""
        for role in PARTY_ROLES:
            came = attendance_of(self.case, self.row, role)
            self.initial[f"{role}_came"] = came
            self.fields[f"{role}_came"].required = bool(came)
        if not self.case.parties.filter(role="third").exists():
            del self.fields["third_came"]

    @classmethod
    def entries(cls, case: Any) -> Iterable[Hearing]:
        """The hearings that were registered as held."""
        held = case.hearings.filter(state=Hearing.State.HELD).select_related("room")
        return [row for row in held.order_by("period") if told_of(case, row)[0]]

    @classmethod
    def words(cls, row: Any) -> str:
        """The hearing, and who came as it was told."""
        return f"{row}，{row.attended}" if row.attended else str(row)

    def act(self, case: Any) -> Correction:
        """Tell who really came; a decision that rests on it is named and stays."""
        hearing = Hearing.objects.get(pk=self.row.pk)
        hearing.updated_by = self.user
        roles = [role for role in PARTY_ROLES if f"{role}_came" in self.fields]
        came = {role: self.cleaned_data[f"{role}_came"] for role in roles}
        return put_right(case, hearing, came, self.cleaned_data["attended"])
