"""The round that a county office sends out, and what a town says when it returns it."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone

from hrss_portal.activities import rounds
from hrss_portal.activities.forms.boxes import Tags
from hrss_portal.activities.models import Round
from hrss_portal.casework.forms import MoveForm, Section, portal_field
from hrss_portal.casework.registers import RecordForm

ONCE = ("title", "sheet_code", "from_on", "to_on")


class RoundForm(RecordForm):
    """下达填报: which table, about which days, which towns, until when.

    Once it is out, its words change, the day can be put off, and towns may be added.
    """

    sheet_code = forms.ChoiceField(label="表")
    towns = Tags(label="乡镇", queryset=None)
    sections = (
        Section(
            title="填报",
            fields=("title", "sheet_code", "from_on", "to_on", "due_given", "content"),
        ),
        Section(title="发给", fields=("towns",)),
    )

    class Meta:
        model = Round
        fields = ("title", "sheet_code", "from_on", "to_on", "due_given", "content")
        formfield_callback = portal_field

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.due_before = self.instance.due_given if self.instance.pk else None
        towns = rounds.towns_of(self.unit.root)
        box = self.fields["towns"]
        if self.instance.pk is None:
            found = rounds.sheets_for(self.user)
            self.fields["sheet_code"].choices = [
                (one.code, f"{one.code} {one.title}") for one in found
            ]
            self.initial.setdefault("towns", towns)
            box.help_text = "有乡镇账号的都已勾上；保存后每个乡镇各收到一件任务"
            last = timezone.localdate().replace(day=1) - timedelta(days=1)
            for name, day in (("from_on", last.replace(day=1)), ("to_on", last)):
                self.initial[name] = self.initial.get(name) or day
        else:
            for name in ONCE:
                del self.fields[name]
            towns = towns.exclude(pk__in=rounds.towns_asked(self.instance))
            box.label, box.required = "再发给", False
            box.help_text = "已经发过的乡镇不在这里；不要它报的，在它的任务里“撤销交办”"
        box.queryset = towns
        if self.instance.pk is not None and not towns.exists():
            del self.fields["towns"]

    def clean_due_given(self) -> Any:
        """A new day lies ahead."""
        due = self.cleaned_data["due_given"]
        if due != self.due_before and due < timezone.localdate():
            raise forms.ValidationError("报送期限不能早于今天")
        return due

    def store(self) -> Any:
        """Save it and give each town its task; a new day goes to those that have not reported."""
        asked = super().store()
        if self.due_before and self.due_before != asked.due_given:
            rounds.put_off(asked, before=self.due_before, by=self.user)
        rounds.send(asked, self.cleaned_data.get("towns", ()), by=self.user)
        return asked


class TableForm(forms.Form):
    """The file of a town."""

    file = forms.FileField(label="表格", help_text="Excel、WPS 或 CSV 文件，用自己的台账也行")


class HandInForm(MoveForm):
    """报送: whoever sends it is its handler; the counts are those of the receipts."""

    def counts(self) -> dict[str, int]:
        """Rows by what landing did with them."""
        return rounds.received(self.case)

    def clean(self) -> dict[str, Any]:
        """The counts, in words for the timeline as well."""
        data = super().clean() or {}
        if data.get("on") and data["on"] != timezone.localdate():
            self.add_error("on", "填报按报送当天登记，填今天")
        self.told = self.counts() if self.case.round_id is not None else {}
        if self.told:
            data["note"] = f"{rounds.counts_in_words(self.told)}。{data.get('note') or ''}"
        return data

    def move_data(self) -> dict[str, Any]:
        """Who, and how many rows."""
        return {**super().move_data(), "handler": self.user, "counts": self.told}


class NoChangeForm(HandInForm):
    """无变化: how many rows stand as they are."""

    def counts(self) -> dict[str, int]:
        """All rows are unchanged."""
        return rounds.standing(self.case)
