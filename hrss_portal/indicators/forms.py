"""Forms of yearly tasks and as-reported values."""

from decimal import Decimal
from typing import Any

from django import forms

from hrss_portal.indicators.models import AnnualTarget, Override


class TargetForm(forms.ModelForm):
    """The year's task for one figure and unit; amounts in base units (元, 人)."""

    class Meta:
        model = AnnualTarget
        fields = ["year", "unit", "value", "basis"]

    def clean_value(self) -> Decimal:
        """A task is not negative."""
        value: Decimal = self.cleaned_data["value"]
        if value < 0:
            raise forms.ValidationError("任务数不能小于零")
        return value

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit: Any = self.fields["unit"]
        unit.queryset = units
        self.fields["value"].help_text = "按基本单位填：元、人、件"
        self.fields["basis"].required = True


class OverrideForm(forms.ModelForm):
    """A figure as reported; the value in base units, a rate or change as a percentage."""

    class Meta:
        model = Override
        fields = ["value", "printed", "reason"]

    def __init__(self, *args: Any, percent: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.percent = percent
        self.fields["value"].help_text = (
            "百分数，如 -31.3 表示下降31.3%" if percent else "按基本单位填：元、人、件"
        )
        self.fields["printed"].required = False
        self.fields["printed"].help_text = "留空则按指标的格式印出"

    def clean_value(self) -> Decimal:
        """A percentage becomes a fraction, as every rate is kept."""
        value: Decimal = self.cleaned_data["value"]
        return value / 100 if self.percent else value
