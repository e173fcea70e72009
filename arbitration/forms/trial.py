"""Between acceptance and the end: tribunal, service, hearings, suspension, extension."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from arbitration.forms.intake import (
    ClaimForm,
    SeatForm,
    TribunalRules,
)
from arbitration.models import Hearing, Room, StaffMember
from arbitration.models.choices import Procedure, SuspendCause
from hrss_portal.casework.forms import MoveForm, PartyForm, RowForm, RowSet, chosen, party_of
from hrss_portal.casework.models import Delivery
from hrss_portal.parties.fields import CountField, DateField, TextCell

PAPER_NAMES = (
    "受理通知书",
    "申请书副本",
    "应诉通知书",
    "举证通知书",
    "组庭通知书",
    "开庭通知书",
    "答辩书副本",
    "裁决书",
    "调解书",
    "决定书",
)
AWARD_PAPERS = {"裁决书"}
NO_SIMPLE_SERVICE = {"裁决书", "调解书"}


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


class SendRow(RowForm):
    """One paper to one party."""

    party = forms.ModelChoiceField(label="受送达人", queryset=None)
    doc_name = forms.ChoiceField(label="文书", choices=[(name, name) for name in PAPER_NAMES])
    mode = forms.ChoiceField(label="送达方式", choices=Delivery.Mode.choices)
    address = TextCell(label="送达地址", max_length=200)
    mail_no = TextCell(label="邮单号", max_length=30, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["party"].queryset = self.context.case.parties.filter(left_on__isnull=True)

    def clean(self) -> dict[str, Any]:
        """Mail has its number; awards are not served the simple way."""
        data = super().clean() or {}
        if data.get("mode") == Delivery.Mode.MAIL and not data.get("mail_no"):
            self.add_error("mail_no", "邮寄送达要填邮单号")
        if data.get("mode") == Delivery.Mode.PHONE and data.get("doc_name") in NO_SIMPLE_SERVICE:
            self.add_error("mode", "裁决书、调解书不能用简便方式送达（办案规则第五十九条）")
        return data


class SendForm(MoveForm):
    """发出副本及通知 to every party."""

    row_sets = (RowSet(name="deliveries", label="送达", form=SendRow, least=1, most=100),)

    def __init__(self, *args: Any, case: Any, **kwargs: Any) -> None:
        rows = []
        for party in case.parties.filter(left_on__isnull=True).order_by("role", "seq"):
            doc = "申请书副本" if party.role == "respondent" else "受理通知书"
            rows.append(
                {"party": party.pk, "doc_name": doc, "mode": "mail", "address": party.address}
            )
        super().__init__(*args, case=case, initial={"deliveries": rows}, **kwargs)

    def move_data(self) -> dict[str, Any]:
        """Each delivery with the name it went to."""
        data = super().move_data()
        for row in data["deliveries"]:
            row["recipient"] = row["party"].name
        return data


class DeliveryForm(MoveForm):
    """A03 送达回证登记: what became of a paper that was sent, or a paper handed over at once.

    The day of service decides which clocks start, so the form tells the door whom it reached
    (``served_role``), with what (``served_paper``) and when (``served_on``).
    """

    delivery = forms.ModelChoiceField(
        label="已发出的文书", queryset=None, required=False, empty_label="（未登记发出，直接登记）"
    )
    party = forms.ModelChoiceField(label="受送达人", queryset=None, required=False)
    doc_name = forms.ChoiceField(
        label="文书名称",
        required=False,
        choices=chosen([(name, name) for name in PAPER_NAMES]),
    )
    mode = forms.ChoiceField(
        label="送达方式", required=False, choices=chosen(Delivery.Mode.choices)
    )
    address = TextCell(label="送达地址", max_length=200, required=False)
    sent_on = DateField(label="送出日期", past=True, required=False)
    signed_on = DateField(label="签收日期", past=True, required=False)
    signed_by = TextCell(label="签收人及关系", max_length=50, required=False)
    mail_no = TextCell(label="邮单号", max_length=30, required=False)
    refusal = TextCell(
        label="拒收事由及见证人",
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )
    media = TextCell(label="公告媒介", max_length=100, required=False)
    returned_on = DateField(label="退回日期", past=True, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["delivery"].queryset = self.case.deliveries.filter(
            state__in=(Delivery.State.SENT, Delivery.State.RETURNED)
        )
        self.fields["party"].queryset = self.case.parties.all()

    def clean(self) -> dict[str, Any]:
        """What each way of service must prove."""
        data = super().clean() or {}
        row = data.get("delivery")
        if row is None:
            for name, label in (
                ("party", "受送达人"),
                ("doc_name", "文书名称"),
                ("mode", "送达方式"),
                ("address", "送达地址"),
                ("sent_on", "送出日期"),
            ):
                if not data.get(name):
                    self.add_error(name, f"填写{label}")
        mode = data.get("mode") or (row.mode if row else "")
        self._check_mode(data, mode)
        doc = data.get("doc_name") or (row.doc_name if row else "")
        if mode == Delivery.Mode.PHONE and doc in NO_SIMPLE_SERVICE:
            self.add_error("mode", "裁决书、调解书不能用简便方式送达（办案规则第五十九条）")
        return data

    def _check_mode(self, data: dict[str, Any], mode: str) -> None:
        signed, sent = data.get("signed_on"), data.get("sent_on")
        if signed and sent and signed < sent:
            self.add_error("signed_on", "签收日期不能早于送出日期")
        if data.get("returned_on"):
            return
        if mode == Delivery.Mode.LEFT and not data.get("refusal"):
            self.add_error("refusal", "留置送达要写拒收事由及见证人")
        if mode == Delivery.Mode.NOTICE and not data.get("media"):
            self.add_error("media", "公告送达要填公告媒介")
        if mode == Delivery.Mode.MAIL and not data.get("mail_no") and not data.get("delivery"):
            self.add_error("mail_no", "邮寄送达要填邮单号")
        deemed = {Delivery.Mode.LEFT, Delivery.Mode.POSTED, Delivery.Mode.NOTICE}
        if mode and mode not in deemed and not signed:
            self.add_error("signed_on", "填写签收日期；没有送到的填退回日期")

    def move_data(self) -> dict[str, Any]:
        """Whom it reached, with what, and when."""
        data = super().move_data()
        row = data.get("delivery")
        party = data.get("party") or (row.party if row else None)
        doc = data.get("doc_name") or (row.doc_name if row else "")
        kinds = {"裁决书": "award", "开庭通知书": "hearing", "申请书副本": "copy"}
        data["served_role"] = party.role if party else ""
        data["served_paper"] = kinds.get(doc, "")
        data["served_on"] = None if data.get("returned_on") else data.get("signed_on")
        if data["served_paper"] != "copy" and data["served_role"] == "respondent":
            data["served_role"] = "respondent" if data["served_paper"] == "award" else "party"
        return data


class AnswerForm(MoveForm):
    """收到答辩书: of which respondent."""

    party = forms.ModelChoiceField(label="被申请人", queryset=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["party"].queryset = self.case.parties.filter(role="respondent")


class TimeForm(MoveForm):
    """Start, length and room of a hearing."""

    day = DateField(label="开庭日期")
    start = forms.TimeField(label="开庭时间", widget=forms.TextInput({"placeholder": "09:00"}))
    minutes = CountField(label="预计时长（分钟）", low=15, high=600, initial=120)
    room = forms.ModelChoiceField(label="庭室", queryset=None)
    is_public = forms.BooleanField(label="公开审理", required=False, initial=True)
    is_remote = forms.BooleanField(label="网上开庭", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["room"].queryset = Room.objects.filter(
            unit=self.case.unit, is_active=True
        ).order_by("name")

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

    def clean_day(self) -> Any:
        """A planned hearing lies ahead."""
        day = self.cleaned_data["day"]
        if day < timezone.localdate():
            raise forms.ValidationError("开庭日期不能早于今天")
        return day


class PostponeForm(TimeForm):
    """延期开庭: which hearing, why, and the new time if it is known."""

    hearing = forms.ModelChoiceField(label="原定开庭", queryset=None)
    reason = TextCell(label="延期理由", max_length=200)
    field_order = ("on", "hearing", "reason", "day", "start", "minutes", "room")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hearing"].queryset = self.case.hearings.filter(state=Hearing.State.PLANNED)
        for name in ("day", "start", "room"):
            self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        """A new time is whole or left out."""
        data = super().clean() or {}
        given = [name for name in ("day", "start", "room") if data.get(name)]
        if given and len(given) < 3:
            self.add_error("day", "新的开庭日期、时间、庭室要一起填，或都不填")
        return data


class HearForm(MoveForm):
    """开庭: which planned hearing took place, who came, whether in uniform."""

    hearing = forms.ModelChoiceField(label="本次开庭", queryset=None)
    attended = TextCell(label="到庭情况", max_length=200)
    uniform_worn = forms.BooleanField(label="仲裁员着装符合规定", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hearing"].queryset = self.case.hearings.filter(state=Hearing.State.PLANNED)


class RecusalForm(MoveForm):
    """回避申请 against a member of the tribunal."""

    on = DateField(label="提出日期", past=True)
    member = forms.ModelChoiceField(label="被申请回避的人员", queryset=None)
    asked_by = TextCell(label="申请人", max_length=80)
    reason = TextCell(label="事由", max_length=1000, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["member"].queryset = StaffMember.objects.filter(
            seats__dispute=self.case.pk, seats__left_on__isnull=True
        ).distinct()


class RecusalDecisionForm(MoveForm):
    """回避决定."""

    recusal = forms.ModelChoiceField(label="回避申请", queryset=None)
    granted = forms.TypedChoiceField(
        label="决定",
        choices=[("1", "准许回避"), ("0", "驳回申请")],
        coerce=lambda value: value == "1",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["recusal"].queryset = self.case.recusals.filter(granted__isnull=True)


class CounterclaimForm(MoveForm):
    """反申请 of a respondent."""

    party = forms.ModelChoiceField(label="反申请人", queryset=None)
    claims_text = TextCell(label="反申请请求", max_length=1000, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["party"].queryset = self.case.parties.filter(role="respondent")


class ClaimsChangeForm(MoveForm):
    """增加、变更请求: the claims as they stand afterwards."""

    row_sets = (RowSet(name="claims", label="仲裁请求", form=ClaimForm, least=1, most=40),)

    def __init__(self, *args: Any, case: Any, **kwargs: Any) -> None:
        rows = list(case.claims.values("text", "amount"))
        super().__init__(*args, case=case, initial={"claims": rows}, **kwargs)

    def rows_valid(self) -> bool:
        """All claims are read, also those left as they were."""
        return super().rows_valid()

    def row_data(self, name: str) -> list[dict[str, Any]]:
        """Every row that is not crossed out: unchanged claims stay."""
        return [
            {"text": form.cleaned_data["text"], "amount": form.cleaned_data.get("amount")}
            for form in self.rows[name].forms
            if form.cleaned_data.get("text") and not form.cleaned_data.get("DELETE")
        ]

    def move_data(self) -> dict[str, Any]:
        """The new total goes with the new claims."""
        data = super().move_data()
        data["amount"] = sum((row["amount"] or 0 for row in data["claims"]), 0)
        return data


class AddPartyForm(MoveForm):
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
        data["party"] = party_of(row, data["role"], unit=case.unit, by=self.user, town=case.town)
        data["party_name"] = row["name"]
        return data


class SuspendForm(MoveForm):
    """中止审理: the day it takes effect is the first day not counted."""

    on = DateField(label="中止生效日期", past=True)
    suspend_cause = forms.ChoiceField(label="中止事由", choices=SuspendCause.choices)
    note = TextCell(label="具体情况及依据", max_length=1000, widget=forms.Textarea({"rows": 3}))


class NoticeForm(MoveForm):
    """公告送达: to whom, with what, where."""

    on = DateField(label="公告发出日期", past=True)
    party = forms.ModelChoiceField(label="受送达人", queryset=None)
    doc_name = forms.ChoiceField(label="文书", choices=[(name, name) for name in PAPER_NAMES])
    media = TextCell(label="公告媒介", max_length=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["party"].queryset = self.case.parties.filter(left_on__isnull=True)

    def clean(self) -> dict[str, Any]:
        """Not on the simple track (办案规则 Article 57)."""
        if self.case.procedure in {Procedure.SIMPLE, Procedure.FAST}:
            self.add_error(None, "简易处理（速裁）的案件不能公告送达，先转为一般程序")
        return super().clean() or {}


class ExtensionForm(MoveForm):
    """延期审理, by the director of the commission or whom he delegated."""

    on = DateField(label="批准日期", past=True)
    days = CountField(label="延长天数", low=1, high=15, initial=15)
    reason = TextCell(label="案情复杂的理由", max_length=500, widget=forms.Textarea({"rows": 3}))
