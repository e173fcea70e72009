"""The forms of the registers."""

from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.utils import timezone

from arbitration.models import (
    BudgetLine,
    Equipment,
    EquipmentCheck,
    JointNotice,
    MediationCase,
    MediationOrganisation,
    PlatformLook,
    Room,
    StaffMember,
    SystemCheck,
    UpperSystem,
)
from arbitration.models.choices import MediationSource
from arbitration.workflows.effects import share_with_tribunal
from hrss_portal.access import policy
from hrss_portal.access.models import Unit, User
from hrss_portal.casework.forms import RowForm, RowSet, portal_field
from hrss_portal.casework.registers import RecordForm
from hrss_portal.documents.fields import FileField
from hrss_portal.parties import matching
from hrss_portal.parties.fields import DateField, IdNumberField, TextCell, UsccField


def staff_below(unit: Unit) -> Any:
    """The active users of a unit's bureau, by staff number."""
    below = User.objects.filter(is_active=True, unit__path__startswith=unit.root_path)
    return below.order_by("staff_no")


class ConflictRow(RowForm):
    """A person or an employer from whose cases the member stands aside (办案规则 Article 11)."""

    row_id = forms.IntegerField(widget=forms.HiddenInput, required=False)
    id_number = IdNumberField(label="个人身份证号", required=False)
    uscc = UsccField(label="单位统一社会信用代码", required=False)
    reason = TextCell(label="回避事由", max_length=200)
    from_on = DateField(label="自")
    to_on = DateField(label="至", required=False)

    def clean(self) -> dict[str, Any]:
        """One known person or one known employer; a stored row keeps whom it names."""
        data = super().clean() or {}
        data["person"] = matching.match_person(id_number=data.get("id_number") or "").person
        data["employer"] = matching.match_employer(uscc=data.get("uscc") or "").employer
        if bool(data["person"]) == bool(data["employer"]) and not self.initial.get("row_id"):
            self.add_error("reason", "填一个已登记人员的身份证号，或一个已登记单位的信用代码")
        return data


class StaffMemberForm(RecordForm):
    """专兼职仲裁员、工作人员、办案辅助人员, and whose cases they stay away from."""

    row_sets = (RowSet(name="conflicts", label="应回避关系", form=ConflictRow, folded=True),)
    children: ClassVar = {"conflicts": "conflicts"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        account = self.fields["user"]
        account.queryset = staff_below(self.unit)
        account.disabled = not policy.can(self.user, "arbitration.dispute.assign")
        account.help_text = "有账号的仲裁员看得到自己在庭的案件；由仲裁院院长填"

    def row_values(self, name: str, given: dict[str, Any]) -> dict[str, Any]:
        """The person or employer found by number; a stored row without one keeps its own."""
        values = {key: given[key] for key in ("reason", "from_on", "to_on")}
        if given["person"] or given["employer"]:
            values |= {"person": given["person"], "employer": given["employer"]}
        return values

    class Meta:
        model = StaffMember
        fields = (
            "name",
            "role",
            "user",
            "cert_no",
            "expires_on",
            "from_body",
            "started_on",
            "ended_on",
            "uniform_issued_on",
            "uniform_returned_on",
        )
        labels = {"expires_on": "证件有效期至"}
        formfield_callback = portal_field

    def clean(self) -> dict[str, Any]:
        """Arbitrators have a certificate."""
        data = super().clean() or {}
        arbitrator = data.get("role") in {StaffMember.Role.FULL_TIME, StaffMember.Role.PART_TIME}
        if arbitrator and not data.get("cert_no"):
            self.add_error("cert_no", "仲裁员要填仲裁员证号")
        return data

    def store(self) -> Any:
        """The member; where the account is another one now, the cases of the seats follow."""
        member = super().store()
        if "user" in self.changed_data:
            for seat in member.seats.filter(left_on__isnull=True).select_related("dispute"):
                share_with_tribunal(seat.dispute)
        return member


class MediationOrganisationForm(forms.ModelForm):
    """调解组织."""

    class Meta:
        model = MediationOrganisation
        fields = (
            "name",
            "level",
            "employer",
            "town",
            "head",
            "mediators",
            "phone",
            "state",
            "founded_on",
            "dissolved_on",
        )
        formfield_callback = portal_field


class RoomForm(forms.ModelForm):
    """庭室."""

    class Meta:
        model = Room
        fields = ("name", "seats", "is_active")
        formfield_callback = portal_field


class PlatformLookForm(forms.ModelForm):
    """日查看: one line a working day."""

    class Meta:
        model = PlatformLook
        fields = ("on", "new_cases", "pending", "note")
        formfield_callback = portal_field

    def clean(self) -> dict[str, Any]:
        """No fewer new cases than are registered here as come that day."""
        data = super().clean() or {}
        on, told = data.get("on"), data.get("new_cases")
        if on and told is not None:
            known = MediationCase.objects.filter(
                channel=MediationSource.PLATFORM, opened_on=on, voided_at__isnull=True
            ).count()
            if told < known:
                words = f"{on:%Y-%m-%d} 已登记平台案件 {known} 件，新到案件数不能比它少"
                self.add_error("new_cases", words)
        return data


class EquipmentForm(forms.ModelForm):
    """装备."""

    class Meta:
        model = Equipment
        fields = ("name", "serial", "count", "acquired_on", "keeper", "state")
        formfield_callback = portal_field


class EquipmentCheckForm(forms.ModelForm):
    """装备着装检查."""

    class Meta:
        model = EquipmentCheck
        fields = ("on", "found", "is_complete")
        formfield_callback = portal_field


class BudgetLineForm(forms.ModelForm):
    """经费预算."""

    class Meta:
        model = BudgetLine
        fields = ("year", "item", "document", "amount", "spent", "state")
        formfield_callback = portal_field


class ReplyRow(RowForm):
    """What one body answered, signed and received."""

    row_id = forms.IntegerField(widget=forms.HiddenInput, required=False)
    body = TextCell(label="单位", max_length=80)
    is_addressee = forms.BooleanField(label="收文单位", required=False)
    opinion = TextCell(label="意见", max_length=1000, required=False)
    replied_on = DateField(label="反馈日期", past=True, required=False)
    signed_on = DateField(label="会签日期", past=True, required=False)
    received_on = DateField(label="签收日期", past=True, required=False)


class JointNoticeForm(RecordForm):
    """会商通知, with the opinions, signatures and receipts of the bodies, and the issued paper."""

    scan = FileField(label="印发的通知", required=False)
    row_sets = (RowSet(name="replies", label="会商、收文单位", form=ReplyRow),)
    children: ClassVar = {"replies": "replies"}
    uploads: ClassVar = {"scan": "file"}

    def row_values(self, name: str, given: dict[str, Any]) -> dict[str, Any]:
        """The row without its place in the form."""
        return {key: value for key, value in given.items() if key != "row_id"}

    class Meta:
        model = JointNotice
        fields = ("title", "drafted_on", "reply_by", "state", "number", "issued_on")
        formfield_callback = portal_field


class UpperSystemForm(forms.ModelForm):
    """上级系统."""

    class Meta:
        model = UpperSystem
        fields = ("name", "level", "keeper", "used_from", "used_until")
        formfield_callback = portal_field

    def clean_used_from(self) -> Any:
        """Every working day since owes a check: a slip of the year would call for thousands."""
        day = self.cleaned_data["used_from"]
        first = timezone.localdate() - timedelta(days=366)
        if day < first and day != self.instance.used_from:
            raise forms.ValidationError(
                f"自启用日期起每个工作日都要有检查，填 {first:%Y-%m-%d} 以后开始登记检查的日期"
            )
        return day


class SystemCheckForm(forms.ModelForm):
    """系统检查."""

    class Meta:
        model = SystemCheck
        fields = ("system", "on", "result", "data_quality", "note")
        labels: ClassVar = {"system": "上级系统"}
        formfield_callback = portal_field
