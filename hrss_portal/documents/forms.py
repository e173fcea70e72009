"""Forms of the documents pages."""

from django import forms
from django.core.exceptions import ValidationError

from hrss_portal.documents.models import SeriesFormat
from hrss_portal.documents.numbers import check_pattern


class VoidForm(forms.Form):
    """Why a paper is void."""

    reason = forms.CharField(label="作废原因", max_length=200)


class TemplateForm(forms.Form):
    """A bureau's own template for one paper."""

    file = forms.FileField(label="模板文件（docx）")
    note = forms.CharField(label="改了什么", max_length=200)


class SeriesForm(forms.ModelForm):
    """How the bureau should write the numbers of one series, and why; ``before`` is what it was."""

    reason = forms.CharField(
        label="修改理由", max_length=200, error_messages={"required": "填写修改理由"}
    )
    before = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = SeriesFormat
        fields = ["prefix", "pattern"]
        help_texts = {
            "prefix": "机关代字，例如 霍劳人仲案",
            "pattern": "{prefix} 代字，{year} 年份，{n} 序号；要补零写 {n:04d}",
        }

    def clean_prefix(self) -> str:
        """Letters and characters only: brackets and digits belong to the pattern."""
        prefix: str = self.cleaned_data["prefix"].strip()
        if any(c.isdigit() or c in "〔〕[]{}" for c in prefix):
            raise ValidationError("代字里不写括号和数字，括号和年份写在格式里")
        return prefix

    def clean_pattern(self) -> str:
        """Checked for the three names it may use."""
        pattern: str = self.cleaned_data["pattern"].strip()
        check_pattern(pattern)
        return pattern
