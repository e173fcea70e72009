"""B01 劳动争议调解登记, its intake and its moves."""

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.utils import timezone

from arbitration.forms.approval import sitting_arbitrators
from arbitration.forms.bodies import confine, offer_bodies, standing_bodies, towns_of_entry
from arbitration.forms.intake import ApplicantForm, RespondentForm
from arbitration.forms.registered import NOBODY, STAFF, hint_if_empty
from arbitration.forms.requests import fill_from_request, offer_days
from arbitration.models import MediationCase
from arbitration.models.choices import (
    MediationResult,
    MediationSource,
    ReviewDenial,
    ReviewRefusal,
)
from arbitration.models.mediation import NO_HOUR
from hrss_portal.access.accounts import users_in_posts
from hrss_portal.access.models import Unit
from hrss_portal.casework.forms import (
    MoveForm,
    OpenForm,
    RowSet,
    Section,
    TimedMoveForm,
    chosen,
    portal_field,
)
from hrss_portal.parties.fields import CountField, DateField, MoneyField, TextCell, TimeField

MEDIATORS = ("MED", "ARB", "ARB-C", "CLK", "TOWN")


class MediationRespondentForm(RespondentForm):
    """The other side; mediation does not ask for the representative's name."""

    def clean(self) -> dict[str, Any]:
        """As any party."""
        return super(RespondentForm, self).clean()


class MediationForm(OpenForm):
    """B01: 登记."""

    opened_on = DateField(label="收到日期", past=True)
    channel = forms.ChoiceField(label="来源", choices=chosen(MediationSource.choices))
    received_time = TimeField(
        label="收到时刻",
        required=False,
        help_text="如 0930；今天收到的不填即现在，以前的不填只记日期",
    )
    external_no = TextCell(label="平台编号", max_length=40, required=False)
    row_sets = (
        RowSet(
            name="applicants", label="申请人", form=ApplicantForm, least=1, most=500, first=True
        ),
        RowSet(
            name="respondents", label="被申请人", form=MediationRespondentForm, least=1, most=20
        ),
    )
    party_rows: ClassVar = {"applicants": "applicant", "respondents": "respondent"}
    sections = (
        Section(
            title="登记",
            fields=(
                "channel",
                "external_no",
                "platform_due_at",
                "opened_on",
                "received_time",
                "organisation",
            ),
        ),
        Section(title="争议", fields=("cause", "people", "amount", "town", "process")),
        Section(title="补充信息", fields=("remark",), folded=True),
    )

    class Meta:
        model = MediationCase
        fields = (
            "channel",
            "external_no",
            "platform_due_at",
            "opened_on",
            "organisation",
            "cause",
            "people",
            "amount",
            "town",
            "process",
            "remark",
        )
        formfield_callback = portal_field

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_bodies(self, standing_bodies(self.unit))
        confine(self, towns_of_entry(self.user))
        self.fields["people"].initial = 1
        if self.unit.kind == Unit.Kind.TOWN:
            self.fields["channel"].initial = MediationSource.TOWN
        self.fields["amount"].required = False
        self.fields["platform_due_at"].help_text = "平台给出到期时间的照填，以平台为准"

    def clean(self) -> dict[str, Any]:
        """A platform case carries the platform's number."""
        data = super().clean() or {}
        if data.get("channel") == MediationSource.PLATFORM and not data.get("external_no"):
            self.add_error("external_no", "来源是平台的，填写平台编号")
        on, at = data.get("opened_on"), data.get("received_time")
        if on and at and timezone.make_aware(datetime.combine(on, at)) > timezone.now():
            self.add_error("received_time", "收到时刻还没有到")
        return data

    def save(self, commit: bool = True) -> MediationCase:
        """The number of people is at least that of the applicants."""
        case: MediationCase = super().save(commit=False)
        case.people = max(case.people or 1, len(self.row_data("applicants")))
        case.external_system = "互联网+调解" if case.external_no else ""
        on, at = self.cleaned_data["opened_on"], self.cleaned_data.get("received_time")
        if at or on != timezone.localdate():
            case.received_at = timezone.make_aware(datetime.combine(on, at or NO_HOUR))
        return case


class MediationAcceptForm(MoveForm):
    """受理: the other side agrees, a mediator takes it."""

    consent = forms.ChoiceField(label="对方是否同意调解", choices=MediationCase.Consent.choices)
    handler = forms.ModelChoiceField(label="调解员", queryset=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["handler"].queryset = users_in_posts(self.case.unit, *MEDIATORS)
        self.fields["handler"].initial = self.case.handler_id or self.user.pk

    def clean_consent(self) -> str:
        """Mediation is voluntary."""
        value: str = self.cleaned_data["consent"]
        if value == MediationCase.Consent.NO:
            raise forms.ValidationError("对方不同意调解的，办“不受理”")
        if value == MediationCase.Consent.UNREACHED:
            raise forms.ValidationError("还没有联系上对方，不能受理；先记录调解经过，联系上再办")
        return value


class MediationRefusalForm(TimedMoveForm):
    """不受理, told in writing."""

    consent = forms.ChoiceField(label="对方是否同意调解", choices=MediationCase.Consent.choices)
    refuse_reason = TextCell(label="不受理理由", max_length=500, widget=forms.Textarea({"rows": 3}))

    def move_data(self) -> dict[str, Any]:
        """The outcome follows from the move."""
        return {**super().move_data(), "outcome": MediationResult.REFUSED}


class MediatorForm(MoveForm):
    """指派调解员."""

    handler = forms.ModelChoiceField(label="调解员", queryset=None)
    organisation = forms.ModelChoiceField(label="调解组织", queryset=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["handler"].queryset = users_in_posts(self.case.unit, *MEDIATORS)
        self.fields["handler"].initial = self.case.handler_id
        offer_bodies(self, standing_bodies(self.case.unit))
        self.fields["organisation"].initial = self.case.organisation_id


class ProcessForm(MoveForm):
    """调解经过, kept as one running text for the body's own record."""

    process = TextCell(
        label="调解经过",
        max_length=5000,
        widget=forms.Textarea({"rows": 6}),
        help_text="调解组织内部记录，印在调解记录上，不印给当事人",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["process"].initial = self.case.process


class ProlongForm(MoveForm):
    """双方同意延长: the rule sets no upper limit, both sides' consent is the basis."""

    days = CountField(label="延长天数", low=1, high=90)
    note = TextCell(label="双方同意的凭据", max_length=300)


class AgreementForm(ProcessForm, TimedMoveForm):
    """达成协议: what the parties agreed stands apart from how it came about."""

    agreed_terms = TextCell(
        label="协议内容",
        max_length=5000,
        widget=forms.Textarea({"rows": 5}),
        help_text="一项一行，原样印在调解协议书、仲裁审查的调解书上",
    )
    agreed_on = DateField(label="协议生效日期", past=True)
    agreed_amount = MoneyField(label="协议金额（元）")
    perform_by = DateField(label="履行期限")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agreed_on"].initial = timezone.localdate()

    def clean(self) -> dict[str, Any]:
        """Accepted, then agreed, then performed; more than was in dispute is explained."""
        data = super().clean() or {}
        agreed, until = data.get("agreed_on"), data.get("perform_by")
        if agreed and until and until < agreed:
            self.add_error("perform_by", "履行期限不能早于协议生效日期")
        accepted = self.case.accepted_on
        if agreed and accepted and agreed < accepted:
            self.add_error("agreed_on", f"本件 {accepted:%Y-%m-%d} 受理，协议不能在此之前生效")
        asked, amount = self.case.amount, data.get("agreed_amount")
        if asked is not None and amount is not None and amount > asked and not data.get("note"):
            self.add_error("note", f"协议金额 {amount} 元多于涉及金额 {asked} 元，写明理由")
        return data

    def move_data(self) -> dict[str, Any]:
        """The outcome follows from the move."""
        return {**super().move_data(), "outcome": MediationResult.AGREED}


class MediationFailureForm(ProcessForm, TimedMoveForm):
    """调解不成: the parties are told that they may go to arbitration."""

    outcome = forms.ChoiceField(
        label="结果",
        choices=[
            (value, MediationResult(value).label)
            for value in ("failed", "ended", "to_arbitration", "to_inspection")
        ],
    )


class MediationWithdrawalForm(TimedMoveForm):
    """撤回调解申请."""

    note = TextCell(label="理由", max_length=500)

    def move_data(self) -> dict[str, Any]:
        """The outcome follows from the move."""
        return {**super().move_data(), "outcome": MediationResult.WITHDRAWN}


class PerformanceForm(MoveForm):
    """履行情况, with what proves it."""

    performed = forms.ChoiceField(label="履行情况", choices=MediationCase.Performed.choices)
    note = TextCell(label="履行凭证或未履行的情况", max_length=500)


class ReviewForm(MoveForm):
    """双方共同申请仲裁审查 (办案规则 Article 74)."""

    is_joint = forms.BooleanField(
        label="双方共同申请，申请书有双方签名或盖章",
        error_messages={"required": "仲裁审查由双方共同申请；只有一方申请的，不能转仲裁审查"},
    )

    def move_data(self) -> dict[str, Any]:
        """What is asked for follows from the move."""
        return {**super().move_data(), "review": MediationCase.Review.ARBITRATION}


class CourtReviewForm(MoveForm):
    """双方共同向法院申请司法确认."""

    def move_data(self) -> dict[str, Any]:
        """What is asked for follows from the move."""
        return {**super().move_data(), "review": MediationCase.Review.COURT}


class ReviewExtensionRequestForm(MoveForm):
    """报请延长审查期限: why its days are not enough (办案规则 Article 76)."""

    on = DateField(label="报请日期", past=True)
    days = CountField(label="延长的工作日", low=1)
    reason = TextCell(label="特殊情况", max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_days(self, "med.review", "ARB-20")


class ReviewExtensionForm(MoveForm):
    """延长审查期限, by the director of the commission or whom he delegated."""

    days = CountField(label="延长的工作日", low=1)
    reason = TextCell(label="特殊情况", max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_days(self, "med.review", "ARB-20")
        fill_from_request(self, "extend_review")


class ReviewAcceptForm(MoveForm):
    """受理仲裁审查申请: the arbitrator who reviews is named (办案规则 Articles 75, 77)."""

    on = DateField(label="受理日期", past=True)
    reviewer = forms.ModelChoiceField(label="指定审查的仲裁员", queryset=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reviewer"].queryset = sitting_arbitrators()
        hint_if_empty(self, "reviewer", NOBODY, STAFF)


class ReviewRefusalForm(MoveForm):
    """不予受理仲裁审查, for one of the reasons of the article."""

    ground = forms.ChoiceField(label="不予受理的情形", choices=ReviewRefusal.choices)
    note = TextCell(label="具体理由", max_length=500, widget=forms.Textarea({"rows": 3}))


class ReviewResultForm(MoveForm):
    """审查通过: form and content of the agreement are lawful (办案规则 Article 77)."""

    note = TextCell(label="审查意见", max_length=500, widget=forms.Textarea({"rows": 3}))


class ReviewDenialForm(MoveForm):
    """不予制作调解书, for one of the reasons of the article."""

    ground = forms.ChoiceField(label="不予制作的情形", choices=ReviewDenial.choices)
    note = TextCell(label="具体理由", max_length=500, widget=forms.Textarea({"rows": 3}))


class ReviewWithdrawalForm(MoveForm):
    """撤回仲裁审查申请, before the 调解书 is served."""

    party = forms.ModelChoiceField(label="撤回的当事人", queryset=None)
    note = TextCell(label="撤回的情况", max_length=500, widget=forms.Textarea({"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["party"].queryset = self.case.parties.filter(left_on__isnull=True)

    def move_data(self) -> dict[str, Any]:
        """Nothing is asked for any more."""
        return {**super().move_data(), "review": MediationCase.Review.NO}


class GuidanceForm(MoveForm):
    """引导仲裁, and open the dispute at once where the applicant asks for it."""

    next_step = TextCell(label="去向", max_length=60)
    open_dispute = forms.BooleanField(label="同时登记仲裁收件", required=False)
