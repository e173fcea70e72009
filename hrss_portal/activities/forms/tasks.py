"""The slip, and what each of its moves asks."""

from typing import Any

from django import forms

from hrss_portal.access.models import User
from hrss_portal.activities.forms.boxes import Tags, campaigns, colleagues, offices
from hrss_portal.activities.models import Decision, Task
from hrss_portal.casework.forms import MoveForm, OpenForm, Section, portal_field
from hrss_portal.documents.fields import FilesField
from hrss_portal.documents.models import File
from hrss_portal.parties.fields import DateField, TextCell


def evidence_field(*, required: bool = False) -> FilesField:
    """Pictures, reports, screenshots that prove what was done."""
    return FilesField(label="佐证材料", required=required, help_text="可选多个，手机可直接拍照")


class TaskForm(OpenForm):
    """下达交办: what, to whom, by when."""

    opened_on = DateField(label="交办日期", past=True)
    due_given = DateField(label="办理期限", help_text="交办单、纪要上写明的日期")
    campaigns = Tags(label="活动", queryset=None, required=False)
    sections = (
        Section(title="交办", fields=("task_kind", "subject", "content", "issuer", "origin")),
        Section(
            title="责任和期限",
            fields=("unit", "handler", "outside_body", "opened_on", "due_given", "town"),
        ),
        Section(title="补充信息", fields=("meeting", "campaigns"), folded=True),
    )

    class Meta:
        model = Task
        fields = (
            "task_kind",
            "subject",
            "content",
            "issuer",
            "origin",
            "unit",
            "handler",
            "outside_body",
            "opened_on",
            "due_given",
            "town",
            "meeting",
            "campaigns",
        )
        formfield_callback = portal_field

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["unit"].label = "责任单位"
        fields["unit"].queryset = offices(self.unit)
        fields["unit"].initial = self.unit.pk
        fields["handler"].queryset = colleagues(self.unit)
        fields["handler"].label = "办理人"
        fields["issuer"].initial = self.user.name
        fields["campaigns"].queryset = campaigns()
        fields["meeting"].queryset = fields["meeting"].queryset.filter(voided_at__isnull=True)
        kinds = fields["task_kind"]  # a round of returns gives its tasks out itself
        kinds.choices = [one for one in kinds.choices if one[0] != Task.Kind.FILL]

    def clean(self) -> dict[str, Any]:
        """The day of the slip lies before its end; the handler belongs to the unit."""
        data = super().clean() or {}
        given, due = data.get("opened_on"), data.get("due_given")
        if given and due and due < given:
            self.add_error("due_given", "办理期限不能早于交办日期")
        handler, unit = data.get("handler"), data.get("unit")
        if handler and unit and not handler.unit.path.startswith(unit.path):
            self.add_error("handler", f"{handler.name}不是{unit.name}的人员")
        return data

    def open(self, **given: Any) -> Any:
        """Open the task for its unit; whoever issues it follows it."""
        self.unit = self.cleaned_data["unit"]
        self.instance.deputy = self.user
        task: Any = super().open(**given)
        task.campaigns.set(self.cleaned_data["campaigns"])
        return task


class DecisionTaskForm(TaskForm):
    """The task that carries out a decision of a meeting, filled in from the decision."""

    def __init__(self, *args: Any, decision: Decision, **kwargs: Any) -> None:
        meeting = decision.meeting
        walk = meeting.kind in {"walk", "patrol"}
        kwargs["initial"] = {
            "task_kind": Task.Kind.LIST_MEASURE if walk else Task.Kind.MEETING,
            "subject": decision.text[:150],
            "content": decision.text,
            "origin": str(meeting)[:150],
            "meeting": meeting.pk,
            "outside_body": decision.outside_body,
            "due_given": decision.due_on,
            "issuer": meeting.host,
            **(kwargs.get("initial") or {}),
        }
        super().__init__(*args, **kwargs)
        self.decision = decision
        if decision.owner_id:
            self.fields["unit"].initial = decision.owner_id

    def open(self, **given: Any) -> Any:
        """Open the task and tie it to its decision, once."""
        decision = Decision.objects.select_for_update(of=("self",)).get(pk=self.decision.pk)
        if decision.task_id is not None:
            raise forms.ValidationError("这一项已经交办过")
        task = super().open(**given)
        decision.task = task
        decision.save()
        return task


class AcceptForm(MoveForm):
    """签收: who does it."""

    handler: Any = forms.ModelChoiceField(label="办理人", queryset=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["handler"]
        field.queryset = User.objects.filter(
            is_active=True, unit__path__startswith=self.case.unit.path
        ).order_by("staff_no")
        mine = self.user.unit.path.startswith(self.case.unit.path)
        field.initial = self.case.handler_id or (self.user.pk if mine else None)


class ReasonForm(MoveForm):
    """退回, with why."""

    note = TextCell(label="理由", max_length=500, widget=forms.Textarea({"rows": 3}))


class PostponeForm(MoveForm):
    """重新定期限: the new day, and why."""

    due_given = DateField(label="新的办理期限")
    note = TextCell(label="理由", max_length=500)

    def clean_due_given(self) -> Any:
        """A day that is really new."""
        due = self.cleaned_data["due_given"]
        if due == getattr(self.case, "due_given", None):
            raise forms.ValidationError("与原期限相同")
        return due


class ReissueForm(MoveForm):
    """重新交办: to whom, until when; the former handler is asked no more."""

    unit: Any = forms.ModelChoiceField(label="责任单位", queryset=None)
    due_given = DateField(label="办理期限")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["unit"]
        field.queryset = offices(self.case.unit)
        field.initial = self.case.unit_id
        self.fields["due_given"].initial = getattr(self.case, "due_given", None)

    def move_data(self) -> dict[str, Any]:
        """Whoever signs next is the handler."""
        return {**super().move_data(), "handler": None}


class ProgressForm(MoveForm):
    """记录进展."""

    evidence = evidence_field()
    note = TextCell(label="进展", max_length=1000, widget=forms.Textarea({"rows": 3}))


class ReportForm(MoveForm):
    """报告办结, with what proves it."""

    report = TextCell(label="办理情况", max_length=3000, widget=forms.Textarea({"rows": 5}))
    evidence = evidence_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["report"].initial = getattr(self.case, "report", "")

    def clean(self) -> dict[str, Any]:
        """A report without any proof in the file is only words."""
        data = super().clean() or {}
        kept = self.case.attachments.filter(
            removed_at__isnull=True, file__kind=File.Kind.ATTACHMENT
        )
        if "evidence" in data and not data["evidence"] and not kept.exists():
            self.add_error("evidence", "上传佐证材料（照片、文件、截图）")
        return data


class CheckForm(MoveForm):
    """核验通过."""

    check_note = TextCell(label="核验意见", max_length=1000, widget=forms.Textarea({"rows": 3}))

    def move_data(self) -> dict[str, Any]:
        """The checker is who checks."""
        return {**super().move_data(), "checker": self.user}


class FailForm(CheckForm):
    """核验不通过: what is missing."""

    check_note = TextCell(label="不通过的原因", max_length=1000, widget=forms.Textarea({"rows": 3}))


class ReopenForm(MoveForm):
    """退回重办: what turned out not to be done; the checking and the outcome are gone."""

    check_note = TextCell(label="退回的原因", max_length=1000, widget=forms.Textarea({"rows": 3}))

    def move_data(self) -> dict[str, Any]:
        """Nobody has checked it any more."""
        return {**super().move_data(), "checker": None, "outcome": ""}


class CloseForm(MoveForm):
    """销号."""

    def move_data(self) -> dict[str, Any]:
        """The outcome follows from the move."""
        return {**super().move_data(), "outcome": "done"}


class WithdrawForm(ReasonForm):
    """撤销交办."""

    def move_data(self) -> dict[str, Any]:
        """The outcome follows from the move."""
        return {**super().move_data(), "outcome": "withdrawn"}


class FileUpForm(MoveForm):
    """登记报备: the day on which it went up, and the receipt."""

    filed_on = DateField(label="报备日期", past=True)
    filed_receipt = TextCell(label="回执", max_length=100, required=False)


class AskForm(forms.Form):
    """A question to an outside body, answered through a link."""

    body_name = TextCell(label="外部单位", max_length=80)
    question = TextCell(
        label="请对方答复的内容", max_length=2000, widget=forms.Textarea({"rows": 4})
    )
    until = DateField(label="答复截止日期")
