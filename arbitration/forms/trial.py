"""Between acceptance and the end: tribunal, service, hearings, suspension, extension."""

from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from django import forms
from django.utils import timezone

from arbitration.forms.approval import SeatForm, TribunalRules
from arbitration.forms.intake import EvidenceForm
from arbitration.forms.order import not_before_the_request
from arbitration.forms.registered import NO_ROOM, ROOMS, hint_if_empty
from arbitration.forms.requests import fill_from_request, offer_days
from arbitration.models import Hearing, Room
from arbitration.models.choices import Procedure, SuspendCause
from arbitration.models.dispute import Side
from arbitration.workflows.hours import off_hours
from arbitration.workflows.safeguards import (
    SIMPLE_TRACKS,
    answer_could_end,
    answer_runs_until,
    last_day_to_announce,
    trial_over_on,
)
from hrss_portal.casework.forms import MoveForm, PartyForm, RowSet, chosen, party_of
from hrss_portal.parties.fields import CountField, DateField, TextCell, TimeField


class TribunalForm(TribunalRules, MoveForm):
    """组庭: the seats as they are from now on."""

    row_sets = (RowSet(name="tribunal", label="仲裁庭组成", form=SeatForm, least=1, most=3),)

    def __init__(self, *args: Any, case: Any, **kwargs: Any) -> None:
        seats = case.tribunal.filter(left_on__isnull=True)
        initial = {"tribunal": [{"member": s.member_id, "role": s.role} for s in seats]}
        super().__init__(
            *args, case=case, initial={**initial, **kwargs.pop("initial", {})}, **kwargs
        )

    def rows_valid(self) -> bool:
        """The seats make a lawful tribunal."""
        if not super().rows_valid():
            return False
        collective = self.case.procedure == Procedure.COLLECTIVE
        problems = self.check_tribunal(self.row_data("tribunal"), collective=collective)
        for text in problems:
            self.add_error(None, text)
        return not problems


class AnswerForm(MoveForm):
    """收到答辩书: of which respondent."""

    party = forms.ModelChoiceField(label="被申请人", queryset=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["party"].queryset = self.case.parties.filter(role="respondent")


class HandedInForm(MoveForm):
    """登记证据: what a side or a third person hands in after the application, during the trial."""

    on = DateField(label="提交日期", past=True)
    side = forms.ChoiceField(label="提交人", choices=chosen(Side.choices))
    note = TextCell(
        label="逾期提交的理由",
        max_length=500,
        required=False,
        help_text="举证期限届满后提交的写明；是否采纳由仲裁庭决定",
    )
    row_sets = (RowSet(name="evidence", label="证据", form=EvidenceForm, least=1, most=200),)

    def clean(self) -> dict[str, Any]:
        """What comes after the time for evidence comes with its reason."""
        data = super().clean() or {}
        side = data.get("side")
        if side and not self.case.parties.filter(role=side, left_on__isnull=True).exists():
            self.add_error("side", f"本案没有{Side(side).label}，核对提交人")
        until, on = self.case.evidence_due_on, data.get("on")
        if until and on and on > until and not data.get("note"):
            self.add_error("note", f"举证期限已于 {until:%Y-%m-%d} 届满，写明逾期提交的理由")
        return data


class TimeForm(MoveForm):
    """Start, length and room of a hearing."""

    on = DateField(label="登记日期", past=True)
    day = DateField(label="开庭日期")
    start = TimeField(label="开庭时间", help_text="如 0900、9:30")
    minutes = CountField(label="预计时长（分钟）", low=15, high=600, initial=120)
    room = forms.ModelChoiceField(label="庭室", queryset=None)
    is_public = forms.BooleanField(label="公开审理", required=False, initial=True)
    is_remote = forms.BooleanField(label="网上开庭", required=False)
    remote_how = TextCell(
        label="网上开庭的平台、进入方式",
        max_length=200,
        required=False,
        help_text="印在开庭通知书上，如 平台名称、会议号、入会时间",
    )
    agreed_early = forms.BooleanField(
        label="双方书面同意提前开庭",
        required=False,
        help_text="答辩期未满，或者来不及按期送达开庭通知的，须勾选并把书面同意书附卷",
    )
    off_hours_because = TextCell(
        label="非工作时间开庭的理由",
        max_length=200,
        required=False,
        help_text="不是工作日或者不在办公时间内的填写；本地默认的内部要求，法律没有这样的限制",
    )

    answer_waived = forms.BooleanField(
        label="被申请人同意缩短或者取消答辩期",
        required=False,
        help_text="答辩期未满的，须勾选并把协商同意的记录附卷",
    )
    late_because = TextCell(
        label="补登开庭的原因",
        max_length=200,
        required=False,
        help_text="庭已经开过、当时没有在系统里排的才填，填了开庭日期可以早于今天",
    )

    show_when: ClassVar = {"remote_how": "is_remote="}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["agreed_early" if self._is_simple() else "answer_waived"]
        self.fields["room"].queryset = Room.objects.filter(
            unit=self.case.unit, is_active=True
        ).order_by("name")
        hint_if_empty(self, "room", NO_ROOM, ROOMS)

    def clean(self) -> dict[str, Any]:
        """The day leaves time for the answer and the notice, or who may give it up agreed to it.

        On the simple track the respondent alone gives up the time for his answer (办案规则 Article
        58), and the notice has no five working days (Article 59).
        """
        data = super().clean() or {}
        self._ask_why_off_hours(data)
        day, on = data.get("day"), data.get("on")
        if day and day < timezone.localdate():
            self._check_past(day, data)
            return data
        data["late_because"] = ""
        if data.get("is_remote") and not data.get("remote_how"):
            self.add_error("remote_how", "填写当事人怎样进入网上开庭")
        if not day or not on or data.get("agreed_early") or data.get("answer_waived"):
            return data
        latest = last_day_to_announce(self.case, day)
        if on > latest and not self._is_simple():
            self.add_error(
                "day",
                f"开庭通知书应在 {latest:%Y-%m-%d} 前送达，已来不及；双方书面同意的，勾选同意",
            )
        until = answer_runs_until(self.case)
        if until and day <= until:
            consent = "被申请人同意缩短或者取消的" if self._is_simple() else "双方书面同意的"
            self.add_error("day", f"答辩期到 {until:%Y-%m-%d}；{consent}，勾选同意")
        self._leave_time_for_the_copy(day, on)
        return data

    def _check_past(self, day: date, data: dict[str, Any]) -> None:
        """A hearing lies ahead; one that was held and never planned here is entered with a reason.

        Whether it was announced in time is asked when it is recorded as held (办案规则 Article 38).
        """
        if "late_because" not in self.fields or not data.get("late_because"):
            late = "；已经开过的庭补登的，写明补登的原因" if "late_because" in self.fields else ""
            self.add_error("day", f"开庭日期不能早于今天{late}")
        elif self.case.accepted_on and day < self.case.accepted_on:
            self.add_error("day", f"本案 {self.case.accepted_on:%Y-%m-%d} 受理，开庭不能在此之前")

    def _ask_why_off_hours(self, data: dict[str, Any]) -> None:
        """An unusual time has its reason; a usual one keeps none."""
        day, start, minutes = (data.get(name) for name in ("day", "start", "minutes"))
        if day is None or start is None or minutes is None:
            return
        words = off_hours(self.case, day, start, minutes)
        if not words:
            data["off_hours_because"] = ""
        elif not data.get("off_hours_because"):
            self.add_error("off_hours_because", f"{words}，写明安排在这个时间的理由")

    def _is_simple(self) -> bool:
        return self.case.procedure in SIMPLE_TRACKS

    def _leave_time_for_the_copy(self, day: date, on: date) -> None:
        """A copy that nobody has yet gives its own time to answer, from this step on."""
        if self._is_simple():
            return
        ends = answer_could_end(self.case, on)
        if ends and day <= ends:
            words = f"申请书副本还没有送达，{on:%Y-%m-%d} 送达的，答辩期也到 {ends:%Y-%m-%d}"
            self.add_error("day", f"{words}；双方书面同意的，勾选同意")

    def move_data(self) -> dict[str, Any]:
        """The hearing's moments, in Shanghai time, and the day its notice counts back from."""
        data = super().move_data()
        if data.get("day") and data.get("start"):
            start = timezone.make_aware(datetime.combine(data["day"], data["start"]))
            data["starts_at"] = start
            data["ends_at"] = start + timedelta(minutes=data["minutes"])
            data["hearing_on"] = data["day"]
        return data


class HearingForm(TimeForm):
    """排定开庭.  The notice is served five working days before (调解仲裁法 Article 35)."""

    note = TextCell(label="说明", max_length=1000, required=False)


class PostponeForm(TimeForm):
    """延期开庭: which hearing, why, and the new time if it is known.

    A party may ask for it three days before, and the court decides (办案规则 Article 38).
    """

    hearing = forms.ModelChoiceField(label="原定开庭", queryset=None)
    reason = TextCell(label="延期理由", max_length=200)
    asked_on = DateField(
        label="当事人请求延期的日期",
        past=True,
        required=False,
        help_text="当事人请求延期的填收到请求的日期；本委决定延期的不填",
    )
    field_order = ("on", "hearing", "reason", "asked_on", "day", "start", "minutes", "room")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hearing"].queryset = self.case.hearings.filter(state=Hearing.State.PLANNED)
        del self.fields["late_because"]
        for name in ("day", "start", "room"):
            self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        """A new time is whole or left out."""
        data = super().clean() or {}
        given = [name for name in ("day", "start", "room") if data.get(name)]
        if given and len(given) < 3 and "day" not in self.errors:
            self.add_error("day", "新的开庭日期、时间、庭室要一起填，或都不填")
        return data


class RefusePostponementForm(MoveForm):
    """不同意延期开庭: who asked, when and why, and why the hearing stands (办案规则 Article 38)."""

    on = DateField(label="决定日期", past=True)
    party = forms.ModelChoiceField(label="请求延期的当事人", queryset=None)
    asked_on = DateField(label="请求日期", past=True)
    reason = TextCell(label="当事人的理由", max_length=200)
    note = TextCell(label="不同意的理由", max_length=1000, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["party"].queryset = self.case.parties.filter(left_on__isnull=True)

    def clean(self) -> dict[str, Any]:
        """A request is decided on the day it comes or later."""
        data = super().clean() or {}
        if data.get("on") and data.get("asked_on") and data["on"] < data["asked_on"]:
            self.add_error("on", f"决定日期不能早于请求日期（{data['asked_on']:%Y-%m-%d}）")
        return data


class ObjectionForm(MoveForm):
    """管辖异议 of a respondent, in writing before the time for the answer is over."""

    party = forms.ModelChoiceField(label="提出异议的被申请人", queryset=None)
    note = TextCell(label="异议理由", max_length=1000, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["party"].queryset = self.case.parties.filter(role="respondent")


class CounterclaimForm(MoveForm):
    """反申请 of a respondent."""

    party = forms.ModelChoiceField(label="反申请人", queryset=None)
    claims_text = TextCell(label="反申请请求", max_length=1000, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["party"].queryset = self.case.parties.filter(role="respondent")


class RestartForm(MoveForm):
    """What begins the term of trial anew, unless the term is over: then the record says so.

    Whether it is over is asked on the day of the entry: a step that is dated back does not make
    a term run again that had run out unnoticed.
    """

    def move_data(self) -> dict[str, Any]:
        """The day on which the term had run out, where it had."""
        data = super().move_data()
        over = trial_over_on(self.case, timezone.localdate())
        return {**data, "term_over_on": over} if over else data


class CounterclaimAcceptForm(RestartForm):
    """受理反申请: tried together with the claim or apart (办案规则 Article 36)."""

    is_merged = forms.BooleanField(
        label="与本案合并处理",
        required=False,
        initial=True,
        help_text="合并处理的，审限重新计算；分案处理的，本案审限不变",
    )


class AddPartyForm(RestartForm):
    """追加当事人或第三人."""

    role = forms.ChoiceField(
        label="身份",
        choices=[("third", "第三人"), ("respondent", "被申请人"), ("applicant", "申请人")],
    )
    row_sets = (RowSet(name="people", label="当事人", form=PartyForm, least=1, most=1),)

    def move_data(self) -> dict[str, Any]:
        """The party, found or made now."""
        data = super().move_data()
        row = data.pop("people")[0]
        case = self.case
        data["party"] = party_of(row, data["role"], unit=case.unit, by=self.user)
        data["party_name"] = row["name"]
        return data


class SuspendForm(MoveForm):
    """中止审理: the day it takes effect is the first day not counted."""

    on = DateField(label="中止生效日期", past=True)
    suspend_cause = forms.ChoiceField(label="中止事由", choices=chosen(SuspendCause.choices))
    note = TextCell(label="具体情况及依据", max_length=1000, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fill_from_request(self, "suspend")


class ExtensionForm(MoveForm):
    """延期审理, by the director of the commission or whom he delegated."""

    on = DateField(label="批准日期", past=True)
    days = CountField(label="延长天数", low=1)
    reason = TextCell(label="案情复杂的理由", max_length=500, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_days(self, "arb.award", "ARB-14")
        fill_from_request(self, "extend")

    def clean(self) -> dict[str, Any]:
        """What the handler asked for is approved on its day or later."""
        data = super().clean() or {}
        not_before_the_request(self, data, "extend")
        return data
