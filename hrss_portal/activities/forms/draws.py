"""The forms of a draw: its list, its publication, halves, a public value."""

import re
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils import timezone

from hrss_portal.activities import drawing
from hrss_portal.activities.models import Draw
from hrss_portal.casework.forms import Section
from hrss_portal.casework.registers import RecordForm
from hrss_portal.parties.fields import DateField, TextCell

ONCE = (
    "objects_text",
    "officers_text",
    "title",
    "k",
    "seed_kind",
    "seed_source",
    "seed_on",
    "open_by",
)


def rows_of(text: str) -> list[dict[str, Any]]:
    """Lines ``编号 名称`` as rows, split at the first white space of any kind; one word is both."""
    found = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        key, *label = line.split(maxsplit=1)  # blanks, tabs of a sheet, full-width blanks
        found.append({"id": key, "label": label[0] if label else key})
    return found


def officers_of(text: str) -> list[dict[str, Any]]:
    """Lines ``编号 姓名 | 要回避的对象编号、编号`` as rows."""
    found = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        who, _, aside = line.replace("｜", "|").partition("|")
        (row,) = rows_of(who) or [{"id": "", "label": ""}]
        found.append({**row, "avoid": [one for one in re.split(r"[、，,\s]+", aside) if one]})
    return found


def _is_ahead(day: date | None) -> bool:
    return day is None or day > timezone.localdate()  # without a day the model asks for one


class DrawForm(RecordForm):
    """A draw as it is kept; afterwards its note alone changes."""

    k = forms.IntegerField(label="抽取数量", min_value=1)
    objects_text = forms.CharField(
        label="对象名单",
        widget=forms.Textarea,
        help_text="一行一个：编号 名称。保存后不能再改，接着公布",
    )
    officers_text = forms.CharField(
        label="检查人员名单",
        widget=forms.Textarea,
        required=False,
        help_text="不派人员的留空。一行一名：编号 姓名 | 要回避的对象编号。每个对象派两名",
    )
    seed_on = DateField(label="公开数值的日期", required=False)
    open_by = DateField(
        label="两半打开的期限",
        required=False,
        help_text="两人各封存一半的填。与名单一起公布，到期限没有打开的写在公布页上",
    )
    sections = (
        Section(title="抽取", fields=("title", "k", "objects_text", "officers_text")),
        Section(title="种子", fields=("seed_kind", "seed_source", "seed_on", "open_by")),
        Section(title="其他", fields=("note",)),
    )

    class Meta:
        model = Draw
        fields = ("title", "k", "seed_kind", "seed_source", "seed_on", "open_by", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            for name in ONCE:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """A list that can be drawn from; with it, its hash."""
        data = super().clean() or {}
        if self.instance.pk is not None or self.errors:
            return data
        if data["seed_kind"] == Draw.SeedKind.PUBLIC and not _is_ahead(data.get("seed_on")):
            self.add_error("seed_on", "公开数值的日期要在今天以后，公布名单时谁也不知道")
        if data["seed_kind"] == Draw.SeedKind.PUBLIC:
            data["open_by"] = None
        elif data.get("open_by") is None or data["open_by"] < timezone.localdate():
            self.add_error("open_by", "写明两半打开的期限，今天或者以后的日期")
        objects, officers = rows_of(data["objects_text"]), officers_of(data["officers_text"])
        for words in drawing.problems(objects, officers, data["k"]):
            self.add_error("objects_text", words)
        self.instance.objects_list, self.instance.officers = objects, officers
        self.instance.list_sha256 = drawing.list_hash(objects, officers, data["k"])
        return data


class PublishForm(forms.Form):
    """To whom a list is published."""

    to_everybody = forms.BooleanField(
        label="在不用登录的页面公布",
        required=False,
        initial=True,
        help_text="不勾选的只在局内公布。公布后不能改，也不能撤下",
    )
    sections: ClassVar = ()


class HalfForm(forms.Form):
    """One half of a seed, to be sealed or opened."""

    half = forms.CharField(
        label="自己的一半",
        max_length=100,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text="至少 16 个字符，自己记牢，忘了只能作废重来；封存时系统只存哈希值，"
        "打开时加密存着，两半到齐才一起打开",
    )
    sections: ClassVar = ()


class SeedForm(forms.Form):
    """The public value that was named with the list."""

    seed = TextCell(label="公开数值", max_length=300, help_text="照公布的写，一个字符都不能差")
