"""The form that switches a module."""

from typing import Any

from django import forms
from django.utils import timezone

from hrss_portal.access import modules
from hrss_portal.access.forms.grants import DAY, DAY_FORMATS


class SwitchForm(forms.Form):
    """A module on or off from a day on, with the reason; never back into the past."""

    code = forms.ChoiceField(label="业务模块")
    is_on = forms.TypedChoiceField(
        label="改为",
        choices=[("1", "开展"), ("0", "不开展")],
        coerce=lambda value: value == "1",
    )
    from_on = forms.DateField(
        label="自何日起",
        input_formats=DAY_FORMATS,
        widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"),
        initial=timezone.localdate,
        help_text="这一天以后才复核的，自复核当天起。",
    )
    reason = forms.CharField(
        label="理由", max_length=200, error_messages={"required": "写明依据或原因"}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(code, one.label) for code, one in modules.declared().items()]
        self.fields["code"].choices = choices  # type: ignore[attr-defined]

    def clean_from_on(self) -> Any:
        """What was on or off on past days is not told anew."""
        day = self.cleaned_data["from_on"]
        if day < timezone.localdate():
            raise forms.ValidationError("不能早于今天")
        return day
