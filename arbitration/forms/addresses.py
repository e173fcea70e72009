"""送达地址确认书: the party's address for service and whether it takes papers electronically."""

from typing import Any, ClassVar

from django import forms

from hrss_portal.casework.forms import MoveForm
from hrss_portal.parties.fields import DateField, TextCell


class AddressForm(MoveForm):
    """What a party confirmed in writing about service on it."""

    on = DateField(label="确认日期", past=True)
    party = forms.ModelChoiceField(label="当事人", queryset=None)
    address = TextCell(
        label="确认的送达地址",
        max_length=200,
        required=False,
        help_text="与已登记的相同可不填",
    )
    takes_electronic = forms.TypedChoiceField(
        label="是否同意电子送达",
        choices=[("", "—"), ("1", "同意"), ("0", "不同意")],
        coerce=lambda value: value == "1",
    )
    electronic_address = TextCell(
        label="电子送达地址",
        max_length=120,
        required=False,
        help_text="手机号或电子邮箱；同意电子送达的填写",
    )

    show_when: ClassVar = {"electronic_address": "takes_electronic=1"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["party"].queryset = self.case.parties.filter(left_on__isnull=True)

    def clean(self) -> dict[str, Any]:
        """An address is known; who agrees to electronic service says where it reaches him."""
        data = super().clean() or {}
        party = data.get("party")
        if party and not (data.get("address") or party.address):
            self.add_error("address", f"{party.name}没有登记过送达地址，填写确认的地址")
        if data.get("takes_electronic") and not data.get("electronic_address"):
            self.add_error("electronic_address", "同意电子送达的，填写手机号或电子邮箱")
        if data.get("takes_electronic") is False:
            data["electronic_address"] = ""
        return data
