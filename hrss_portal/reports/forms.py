"""Forms of reports."""

from collections.abc import Container
from typing import Any

from django import forms

from hrss_portal.parties.fields import DateField
from hrss_portal.reports import editing
from hrss_portal.reports import narrative as plan
from hrss_portal.reports.models import Handover


class StartForm(forms.Form):
    """A new draft: which report over which period."""

    narrative = forms.ChoiceField(label="报告")
    frm = DateField(label="起")
    to = DateField(label="止")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields["narrative"]
        choices.choices = [(code, plan.load(code).name) for code in plan.codes()]

    def clean(self) -> dict[str, Any]:
        """The period runs forwards."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("frm") and given.get("to") and given["frm"] > given["to"]:
            self.add_error("to", "截止日期早于起始日期")
        return given


class SectionForm(forms.Form):
    """The text of a section and what it still waits for, one figure a line."""

    body = forms.CharField(
        label="正文",
        required=False,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text="“- ”开头的行合成“一是…；二是…”，“# ”开头是小标题，{指标名称} 印指标",
    )
    awaiting = forms.CharField(
        label="还没有接上数据的指标（一行一个）",
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, story: plan.Narrative, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.story = story

    def clean_body(self) -> str:
        """The text with codes for names, and every problem of it with its line."""
        text = editing.stored(self.cleaned_data["body"], self.story.texts)
        if problems := plan.problems(text):
            raise forms.ValidationError(problems)
        return text

    def clean_awaiting(self) -> list[str]:
        """The lines that are not empty."""
        text: str = self.cleaned_data["awaiting"]
        return [line.strip() for line in text.splitlines() if line.strip()]


class TextsForm(forms.Form):
    """The texts that staff fill in: the superior's document, the leading employer.

    ``names``: the texts that the report comes to as its figures stand.
    ``version`` is that of the report when the form was opened.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, story: plan.Narrative, names: Container[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, about in story.texts.items():
            if name not in names:
                continue
            self.fields[name] = forms.CharField(
                label=about["label"],
                required=False,
                max_length=200,
                help_text=f"如：{about['sample']}" if about.get("sample") else "",
            )


class HandoverForm(forms.ModelForm):
    """To whom and when a frozen report was sent."""

    sent_on = DateField(label="报送日期")

    class Meta:
        model = Handover
        fields = ["sent_to", "sent_on"]


class FeedbackForm(forms.ModelForm):
    """What came back: receipt, score, remarks."""

    class Meta:
        model = Handover
        fields = ["receipt", "score", "note"]
