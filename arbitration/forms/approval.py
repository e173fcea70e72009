"""The decision on acceptance and the tribunal (form A02)."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone

from arbitration.forms.registered import NOBODY, STAFF, register_hint
from arbitration.models import StaffMember, TribunalMember
from arbitration.models.choices import CloseMode, Procedure
from arbitration.workflows import tracks
from hrss_portal.access.accounts import users_in_posts
from hrss_portal.casework.forms import MoveForm, RowForm, RowSet, WithRows
from hrss_portal.deadlines.conditions import Verdict
from hrss_portal.parties.fields import DateField, TextCell


def yes_or_no(label: str, help_text: str = "") -> forms.TypedChoiceField:
    """A question that may stay open: 是, 否, or nobody knows yet."""
    return forms.TypedChoiceField(
        label=label,
        required=False,
        choices=[("", "还不清楚"), ("1", "是"), ("0", "否")],
        coerce=lambda value: value == "1",
        empty_value=None,
        help_text=help_text,
    )


class ProposalForm(MoveForm):
    """A02 立案审批表, the handler's part."""

    summary = TextCell(
        label="案情摘要",
        max_length=500,
        widget=forms.Textarea({"rows": 5}),
        help_text="50 至 500 字，写明请求金额",
    )
    handler_opinion = TextCell(
        label="承办人意见",
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        help_text="拟受理或拟不予受理，及理由依据",
    )
    procedure = forms.ChoiceField(
        label="程序",
        choices=Procedure.choices,
        help_text="简易处理、速裁的条件和本案是否符合见上方；不符合的不能选",
    )
    is_clear = yes_or_no("事实清楚、权利义务关系明确、争议不大", "拟简易处理的填；不清楚的不填")
    simple_agreed = yes_or_no("双方同意简易处理")
    simple_barred = yes_or_no(
        "有不得简易处理的情形",
        "涉及国家利益、社会公共利益，有重大社会影响，或者仲裁委员会认为不宜简易处理",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        case = self.case
        for name in tracks.ASKED:
            self.fields[name].initial = {True: "1", False: "0"}.get(getattr(case, name), "")
        if case.is_collective:
            suggested = Procedure.COLLECTIVE
        elif case.is_migrant_wage:
            suggested = Procedure.FAST
        else:
            suggested = Procedure.ORDINARY
        self.fields["procedure"].initial = case.procedure or suggested
        self.fields["summary"].initial = case.summary
        self.fields["handler_opinion"].initial = case.handler_opinion

    @property
    def verdicts(self) -> list[Verdict]:
        """How the case stands to the conditions of each track, as far as the form says."""
        return tracks.verdicts(self.case, getattr(self, "cleaned_data", None))

    def clean_summary(self) -> str:
        """Fifty characters at least: the approver decides from it."""
        text: str = self.cleaned_data["summary"]
        if len(text) < 50:
            raise forms.ValidationError(f"案情摘要要 50 至 500 字，现在 {len(text)} 字")
        return text


class TransferForm(MoveForm):
    """移送: no jurisdiction, said in writing."""

    reject_reason = TextCell(
        label="不属本委管辖的理由及移送去向", max_length=1000, widget=forms.Textarea({"rows": 3})
    )

    def move_data(self) -> dict[str, Any]:
        """The outcome follows from the move."""
        return {**super().move_data(), "outcome": CloseMode.TRANSFERRED}


class RejectForm(MoveForm):
    """不予受理, with its reason (调解仲裁法 Article 29)."""

    reject_reason = TextCell(
        label="不予受理理由", max_length=1000, widget=forms.Textarea({"rows": 3})
    )

    def move_data(self) -> dict[str, Any]:
        """The outcome follows from the move."""
        return {**super().move_data(), "outcome": CloseMode.REJECTED}


class SeatForm(RowForm):
    """One seat of the tribunal."""

    member = forms.ModelChoiceField(label="仲裁员", queryset=None)
    role = forms.ChoiceField(
        label="身份", choices=TribunalMember.Role.choices, initial=TribunalMember.Role.SOLE
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["member"].queryset = sitting_arbitrators()


def sitting_arbitrators() -> Any:
    """The arbitrators in office today whose certificate has not run out (调解仲裁法 Article 20).

    A certificate without an end date is taken as valid.
    """
    today = timezone.localdate()
    return StaffMember.objects.filter(
        Q(ended_on__isnull=True) | Q(ended_on__gt=today),
        Q(expires_on__isnull=True) | Q(expires_on__gte=today),
        role__in=(StaffMember.Role.FULL_TIME, StaffMember.Role.PART_TIME),
        started_on__lte=today,
        voided_at__isnull=True,
    ).order_by("name")


class TribunalRules(WithRows):
    """One alone, or a presiding one with two; a collective dispute needs three."""

    def build_rows(self, data: Any, files: Any, initial: Any) -> None:
        """No seat stands there while the register has nobody for it; it is said instead."""
        super().build_rows(data, files, initial)
        if not sitting_arbitrators().exists():
            self.rows["tribunal"].extra = 0
            self.rows["tribunal"].hint = register_hint(NOBODY, STAFF)

    def check_tribunal(self, seats: list[dict[str, Any]], *, collective: bool) -> list[str]:
        """The sentences that refuse a composition."""
        roles = [seat["role"] for seat in seats]
        members = {seat["member"].pk for seat in seats}
        if len(members) != len(seats):
            return ["同一名仲裁员不能重复"]
        if len(seats) == 1 and not collective:
            return [] if roles == ["sole"] else ["一人审理的，身份选“独任仲裁员”"]
        if len(seats) == 3:
            if roles.count("presiding") == 1 and roles.count("member") == 2:
                return []
            return ["三人仲裁庭由一名首席仲裁员和两名仲裁员组成"]
        if collective:
            return ["十人以上集体争议应由三名仲裁员组成仲裁庭"]
        return ["仲裁庭由一名独任仲裁员或三名仲裁员组成"]


class AcceptForm(TribunalRules, MoveForm):
    """A02 立案审批表, the approver's part: the day of this signature is the day of acceptance."""

    on = DateField(label="批准日期（受理之日）", past=True)
    procedure = forms.ChoiceField(label="程序", choices=Procedure.choices)
    handler = forms.ModelChoiceField(label="承办仲裁员", queryset=None)
    deputy = forms.ModelChoiceField(label="书记员", queryset=None)
    evidence_due_on = DateField(
        label="举证期限届满日", required=False, help_text="印在举证通知书上；集体争议受理时一并通知"
    )
    row_sets = (RowSet(name="tribunal", label="仲裁庭组成", form=SeatForm, most=3),)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["procedure"].initial = self.case.procedure
        self.fields["handler"].queryset = users_in_posts(self.case.unit, "ARB", "ARB-C")
        self.fields["handler"].initial = self.case.handler_id
        self.fields["deputy"].queryset = users_in_posts(self.case.unit, "CLK", "ARB")

    @property
    def verdicts(self) -> list[Verdict]:
        """How the case stands to the conditions of each track, for who decides."""
        return tracks.verdicts(self.case)

    def rows_valid(self) -> bool:
        """The seats make a lawful tribunal; they may also be filled within five working days."""
        if not super().rows_valid():
            return False
        seats = self.row_data("tribunal")
        collective = self.cleaned_data.get("procedure") == Procedure.COLLECTIVE
        problems = self.check_tribunal(seats, collective=collective) if seats else []
        for text in problems:
            self.add_error(None, text)
        return not problems
