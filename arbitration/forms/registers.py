"""The forms of the registers."""

from typing import Any

from django import forms

from arbitration.models import (
    BudgetLine,
    Equipment,
    EquipmentCheck,
    JointNotice,
    MediationOrganisation,
    PlatformLook,
    Room,
    StaffMember,
    SystemCheck,
    UpperSystem,
)
from hrss_portal.casework.forms import portal_field


class StaffMemberForm(forms.ModelForm):
    """专兼职仲裁员、工作人员、办案辅助人员."""

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


class JointNoticeForm(forms.ModelForm):
    """会商通知."""

    class Meta:
        model = JointNotice
        fields = ("title", "drafted_on", "reply_by", "state", "number", "issued_on")
        formfield_callback = portal_field


class UpperSystemForm(forms.ModelForm):
    """上级系统."""

    class Meta:
        model = UpperSystem
        fields = ("name", "level", "keeper", "is_active")
        formfield_callback = portal_field


class SystemCheckForm(forms.ModelForm):
    """系统检查."""

    class Meta:
        model = SystemCheck
        fields = ("system", "on", "result", "data_quality", "note")
        formfield_callback = portal_field
