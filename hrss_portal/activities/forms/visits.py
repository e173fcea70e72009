"""Campaigns, visits, meetings: the forms of the logs that all offices share."""

from typing import Any, ClassVar

from django import forms
from django.utils import timezone

from hrss_portal.activities.forms import boxes
from hrss_portal.activities.models import Campaign, ChecklistItem, Decision, Meeting, Visit
from hrss_portal.activities.models.choices import ProblemKind
from hrss_portal.casework.forms import RowForm, RowSet, Section, portal_field
from hrss_portal.casework.registers import RecordForm
from hrss_portal.documents.fields import FileField
from hrss_portal.parties.dictionaries import ListedChoiceField
from hrss_portal.parties.fields import DateField, TextCell


class WordsField(TextCell):
    """Several words in one box, kept as a list."""

    def clean(self, value: Any) -> list[str]:
        """The words, split at 、 or a line break."""
        text = super().clean(value)
        parts = text.replace("\n", "、").replace("；", "、").split("、")
        return list(dict.fromkeys(part.strip() for part in parts if part.strip()))

    def prepare_value(self, value: Any) -> Any:
        """The list as it was typed."""
        return "、".join(value) if isinstance(value, list) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compared as lists."""
        return list(initial or []) != self.clean(data or "")


class ChecklistRow(RowForm):
    """One thing to deliver or to check."""

    kind = forms.ChoiceField(
        label="类型", choices=ChecklistItem.Kind.choices, initial=ChecklistItem.Kind.DELIVERY
    )
    label = TextCell(label="内容", max_length=60)
    is_active = forms.BooleanField(label="在用", required=False, initial=True)


class PairRow(RowForm):
    """Who is to visit which employer."""

    uscc = boxes.employer_fields()["uscc"]
    employer_name = boxes.employer_fields()["employer_name"]
    staff: Any = forms.ModelChoiceField(label="联系人员", queryset=None)
    planned_on = DateField(label="计划走访日期", required=False)
    note = TextCell(label="备注", max_length=100, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        staff: Any = self.fields["staff"]
        staff.queryset = boxes.colleagues(self.context.unit)

    def clean(self) -> dict[str, Any]:
        """The employer's code and name belong together."""
        data = super().clean() or {}
        boxes.check_employer(self)
        return data


class CampaignForm(RecordForm):
    """A campaign with its checklist and its planned pairs."""

    aliases = WordsField(label="别名", required=False, help_text="文件里的其他写法，用、隔开")
    topics = boxes.Tags(label="事由", queryset=None, required=False)
    row_sets = (
        RowSet(name="checklist", label="清单项", form=ChecklistRow, most=30),
        RowSet(name="pairs", label="结对计划", form=PairRow, most=500, folded=True),
    )
    children: ClassVar = {"checklist": "checklist", "pairs": "pairs"}
    sections = (
        Section(title="活动", fields=("name", "aliases", "series", "topics")),
        Section(title="时间和目标", fields=("starts_on", "ends_on", "target", "plan")),
        Section(title="总结", fields=("summarised_on", "summary"), folded=True),
    )

    class Meta:
        model = Campaign
        fields = (
            "name",
            "aliases",
            "series",
            "topics",
            "starts_on",
            "ends_on",
            "target",
            "plan",
            "summarised_on",
            "summary",
        )
        formfield_callback = portal_field

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["topics"].queryset = boxes.topics()
        fields["series"].queryset = boxes.campaigns().exclude(pk=self.instance.pk)
        for name in ("target", "starts_on", "ends_on", "summarised_on"):
            fields[name].required = False

    def stored_rows(self, name: str) -> list[dict[str, Any]]:
        """Pairs show their employer by name and code."""
        rows = super().stored_rows(name)
        if name == "pairs" and rows:
            known = self.instance.pairs.select_related("employer").in_bulk()
            for row in rows:
                employer = known[row["row_id"]].employer
                row |= {"uscc": employer.uscc or "", "employer_name": employer.name}
        return rows

    def row_values(self, name: str, given: dict[str, Any]) -> dict[str, Any]:
        """The employer of a pair is found or made."""
        if name == "pairs":
            given["employer"] = boxes.find_employer(
                name=given.pop("employer_name"),
                uscc=given.pop("uscc"),
                unit=self.unit,
                by=self.user,
                town=None,
            )
        return given


class ProblemRow(RowForm):
    """A question asked, or a problem found."""

    kind = ListedChoiceField(
        label="类别",
        listed="activities.problem_kind",
        ships=ProblemKind,
        initial=ProblemKind.CONTRACT,
    )
    text = TextCell(label="问题", max_length=500)


class VisitForm(RecordForm):
    """走访登记 (R01): one visit, all its purposes and campaigns."""

    on = DateField(label="走访日期", past=True)
    uscc = boxes.employer_fields()["uscc"]
    employer_name = boxes.employer_fields()["employer_name"]
    staff = boxes.People(label="走访人员", queryset=None, required=False)
    staff_names = TextCell(
        label="其他走访人员", max_length=200, required=False, help_text="没有账号的，用、隔开"
    )
    purposes = boxes.Tags(label="事由", queryset=None)
    campaigns = boxes.Tags(label="活动", queryset=None, required=False)
    sheet_file = FileField(label="签字的服务单", required=False)
    row_sets = (RowSet(name="problems", label="问题", form=ProblemRow, most=30),)
    children: ClassVar = {"problems": "problems"}
    uploads: ClassVar = {"sheet_file": "sheet"}
    sections = (
        Section(title="单位", fields=("on", "uscc", "employer_name", "town", "place", "met")),
        Section(title="人员", fields=("staff", "staff_names")),
        Section(title="事由和活动", fields=("purposes", "campaigns", "is_requested")),
        Section(title="情况", fields=("request", "advice", "result", "follow_up_on", "sheet_file")),
    )

    class Meta:
        model = Visit
        fields = (
            "on",
            "town",
            "place",
            "met",
            "staff",
            "staff_names",
            "purposes",
            "campaigns",
            "is_requested",
            "request",
            "advice",
            "result",
            "follow_up_on",
        )
        formfield_callback = portal_field

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["staff"].queryset = boxes.colleagues(self.unit).select_related("unit")
        fields["purposes"].queryset = boxes.topics()
        fields["campaigns"].queryset = boxes.campaigns()
        if self.instance.pk is None:
            self.initial.setdefault("on", timezone.localdate())
            self.initial["staff"] = self.initial.get("staff") or [self.user.pk]
            return
        employer = self.instance.employer
        self.initial.update(uscc=employer.uscc or "", employer_name=employer.name)
        chosen = {user.name for user in self.instance.staff.all()}
        names = [name for name in self.instance.staff_names.split("、") if name not in chosen]
        self.initial["staff_names"] = "、".join(names)

    def clean(self) -> dict[str, Any]:
        """The employer is who the code says; somebody went; the follow-up lies ahead."""
        data = super().clean() or {}
        boxes.check_employer(self)
        try:
            data["staff_names"] = boxes.named_people(data.get("staff"), data.get("staff_names", ""))
        except forms.ValidationError as error:
            self.add_error("staff", error)
        on, follow = data.get("on"), data.get("follow_up_on")
        if on and follow and follow < on:
            self.add_error("follow_up_on", "跟进日期不能早于走访日期")
        return data

    def store(self) -> Any:
        """Find or make the employer, then save."""
        data = self.cleaned_data
        self.instance.employer = boxes.find_employer(
            name=data["employer_name"],
            uscc=data.get("uscc", ""),
            unit=self.unit,
            by=self.user,
            town=data.get("town"),
        )
        self.instance.town = data.get("town") or self.instance.employer.town
        return super().store()


class FollowUpForm(forms.ModelForm):
    """What came of a visit."""

    followed_up_on = DateField(label="跟进日期", past=True)
    follow_up_note = TextCell(label="跟进情况", max_length=500, widget=forms.Textarea({"rows": 3}))

    class Meta:
        model = Visit
        fields = ("followed_up_on", "follow_up_note")

    def clean_followed_up_on(self) -> Any:
        """After the visit."""
        day = self.cleaned_data["followed_up_on"]
        if day < self.instance.on:
            raise forms.ValidationError(f"不能早于走访日期 {self.instance.on:%Y-%m-%d}")
        return day


class AttendeeRow(RowForm):
    """Who was called, for which side."""

    side = TextCell(
        label="一方", max_length=40, required=False, help_text="如 政府方、工会方、企业方"
    )
    body = TextCell(label="单位", max_length=80)
    name = TextCell(label="姓名", max_length=50, required=False)
    post = TextCell(label="职务", max_length=60, required=False)
    is_present = forms.BooleanField(label="到会", required=False, initial=True)


class DecisionRow(RowForm):
    """What was decided, and who carries it out until when."""

    text = TextCell(label="议定事项", max_length=500, widget=forms.Textarea({"rows": 2}))
    owner: Any = forms.ModelChoiceField(label="责任单位", queryset=None, required=False)
    outside_body = TextCell(label="外部责任单位", max_length=80, required=False)
    due_on = DateField(label="办理期限", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner: Any = self.fields["owner"]
        owner.queryset = boxes.offices(self.context.unit)


class MeetingForm(RecordForm):
    """会议、宣讲、走流程: who came and what was decided."""

    on = DateField(label="日期")
    topics = boxes.Tags(label="事由", queryset=None, required=False)
    campaigns = boxes.Tags(label="活动", queryset=None, required=False)
    minutes_file = FileField(label="会议纪要", required=False)
    row_sets = (
        RowSet(name="attendees", label="参会人员", form=AttendeeRow, most=200, folded=True),
        RowSet(name="decisions", label="议定事项", form=DecisionRow, most=60),
    )
    children: ClassVar = {"attendees": "attendees", "decisions": "decisions"}
    uploads: ClassVar = {"minutes_file": "minutes"}
    sections = (
        Section(title="会议", fields=("kind", "title", "on", "state", "place", "town")),
        Section(title="主持和参会", fields=("host", "host_rank", "employers", "people")),
        Section(title="内容", fields=("agenda", "matter", "topics", "campaigns")),
        Section(
            title="纪要和成效", fields=("minutes_file", "minutes_signed_on", "filed_on", "result")
        ),
    )

    class Meta:
        model = Meeting
        fields = (
            "kind",
            "title",
            "on",
            "state",
            "place",
            "town",
            "host",
            "host_rank",
            "employers",
            "people",
            "agenda",
            "matter",
            "topics",
            "campaigns",
            "minutes_signed_on",
            "filed_on",
            "result",
        )
        formfield_callback = portal_field

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["topics"].queryset = boxes.topics()
        fields["campaigns"].queryset = boxes.campaigns()
        if self.instance.pk is None:
            self.initial.setdefault("on", timezone.localdate())

    def clean(self) -> dict[str, Any]:
        """What was held lies behind us; signed minutes are in the file."""
        data = super().clean() or {}
        on, held = data.get("on"), data.get("state") == Meeting.State.HELD
        if on and held and on > timezone.localdate():
            self.add_error("on", "还没有到日期的，状态选“已安排”")
        minutes = data.get("minutes_file") or self.instance.minutes_id
        if data.get("minutes_signed_on") and not minutes:
            self.add_error("minutes_file", "填了纪要签发日期的，上传会议纪要")
        return data

    def drop_row(self, row: Any) -> None:
        """A decision that was given out as a task stays."""
        if isinstance(row, Decision) and row.task_id is not None:
            raise forms.ValidationError(f"“{row}”已经交办，不能去掉")
        super().drop_row(row)
