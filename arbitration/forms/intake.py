"""From the application to the decision on acceptance: forms A01 and A02."""

from copy import copy
from decimal import Decimal
from typing import Any, ClassVar

from django import forms

from arbitration.models import Dispute
from arbitration.models.choices import ApplyMode, CloseMode, DisputeSource, Handling
from arbitration.models.dispute import APPLICATION, OFFLINE_APPLICATION, Side
from arbitration.workflows.amending import procedure_by_number
from hrss_portal.casework.forms import (
    MoveForm,
    OpenForm,
    PartyForm,
    RowForm,
    RowSet,
    Section,
    chosen,
    portal_field,
)
from hrss_portal.parties.choices import HukouKind
from hrss_portal.parties.fields import (
    CountField,
    DateField,
    MoneyField,
    NamesField,
    PhonesField,
    TextCell,
    TownField,
)

COLLECTIVE = 10
SAME_WAY = {DisputeSource.ONLINE: ApplyMode.ONLINE, DisputeSource.MAIL: ApplyMode.MAIL}


def _fits_channel(form: Any, data: dict[str, Any]) -> None:
    """What came in on line or by post was applied for in that way (form A01, 申请方式)."""
    channel, mode = str(data.get("channel") or ""), data.get("apply_mode")
    wanted = SAME_WAY.get(DisputeSource(channel)) if channel else None
    if wanted and mode and mode != wanted:
        words = DisputeSource(channel).label
        form.add_error("apply_mode", f"来源渠道是{words}的，申请方式选“{wanted.label}”")


class ApplicantForm(PartyForm):
    """申请人: usually a worker; an employer may apply as well."""

    role = "applicant"
    address = TextCell(label="通讯（送达）地址", max_length=200)
    phone = PhonesField(label="联系电话")


class RespondentForm(PartyForm):
    """被申请人: usually an employer; with labour dispatch both employers are named."""

    role = "respondent"
    default_kind = "employer"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].help_text = "劳务派遣的，派遣单位和用工单位都列"

    def clean(self) -> dict[str, Any]:
        """An employer's representative is named (调解仲裁法 Article 28)."""
        data = super().clean()
        if data.get("kind") == "employer" and not data.get("legal_rep"):
            self.add_error("legal_rep", "填写单位的法定代表人（负责人）姓名和职务")
        return data


class ThirdPartyForm(PartyForm):
    """第三人."""

    role = "third"
    default_kind = "employer"


class ClaimForm(RowForm):
    """One request with its amount: the amount of each item decides finality."""

    text = TextCell(label="请求事项", max_length=300)
    amount = MoneyField(label="金额（元）", required=False)


class EvidenceForm(RowForm):
    """One piece of evidence."""

    name = TextCell(label="证据名称", max_length=100)
    source = TextCell(label="来源", max_length=60, required=False)
    pages = CountField(label="页数", required=False, low=1, high=9999)
    is_original = forms.BooleanField(label="原件", required=False)


class WitnessForm(RowForm):
    """A witness with name and address (调解仲裁法 Article 28)."""

    name = NamesField(label="姓名", max_length=50)
    address = TextCell(label="住所", max_length=200)


class AgentForm(RowForm):
    """An agent; the power of attorney goes into the file."""

    for_role = forms.ChoiceField(label="代理哪一方", choices=Side.choices)
    name = NamesField(label="姓名", max_length=50)
    kind = TextCell(label="身份（律师、近亲属等）", max_length=50)
    power = forms.ChoiceField(
        label="权限", choices=[("general", "一般授权"), ("special", "特别授权")]
    )
    phone = PhonesField(label="电话", required=False)


class DisputeForm(OpenForm):
    """A01 仲裁申请书收件登记."""

    opened_on = DateField(label="收到申请日期", past=True)
    channel = forms.ChoiceField(label="来源渠道", choices=chosen(DisputeSource.choices))
    confirmed_not_same = forms.BooleanField(
        label="确认不是同一请求", required=False, help_text="申请人有过视为撤回的案件时使用"
    )
    row_sets = (
        RowSet(
            name="applicants", label="申请人", form=ApplicantForm, least=1, most=500, first=True
        ),
        RowSet(
            name="respondents", label="被申请人", form=RespondentForm, least=1, most=20, first=True
        ),
        RowSet(name="claims", label="仲裁请求", form=ClaimForm, least=1, most=40),
        RowSet(name="third_parties", label="第三人", form=ThirdPartyForm, folded=True),
        RowSet(name="evidence", label="证据清单", form=EvidenceForm, most=200, folded=True),
        RowSet(name="witnesses", label="证人", form=WitnessForm, folded=True),
        RowSet(name="agents", label="代理人", form=AgentForm, folded=True),
    )
    party_rows: ClassVar = {
        "applicants": "applicant",
        "respondents": "respondent",
        "third_parties": "third",
    }
    sections = (
        Section(title="收件", fields=("opened_on", "channel", "apply_mode", "signed_on", "copies")),
        Section(
            title="争议",
            fields=("cause", "is_migrant_wage", "mediation_ok", "town", "dispute_on", "facts"),
        ),
        Section(
            title="补充信息",
            fields=(
                "hired_on",
                "post",
                "monthly_wage",
                "occupation",
                "work_unit",
                "hukou_kind",
                "people",
                "handling",
                "offline_step",
                "remark",
                "confirmed_not_same",
            ),
            folded=True,
        ),
    )

    class Meta:
        model = Dispute
        fields = (
            "opened_on",
            "channel",
            "apply_mode",
            "signed_on",
            "copies",
            "cause",
            "is_migrant_wage",
            "mediation_ok",
            "town",
            "dispute_on",
            "facts",
            "hired_on",
            "post",
            "monthly_wage",
            "occupation",
            "work_unit",
            "hukou_kind",
            "people",
            "handling",
            "offline_step",
            "remark",
        )
        formfield_callback = portal_field

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("signed_on", "copies", "dispute_on", "facts", "town"):
            self.fields[name].required = True
        self.fields["town"].label = "劳动合同履行地"
        self.fields["people"].required = False
        self.fields["people"].help_text = "申请人多于已列出的人时填总人数"
        self.fields["apply_mode"].initial = "written"
        self.fields["work_unit"].help_text = "与被申请人不是同一家的填写，如劳务派遣的用工单位"
        self.fields["copies"].initial = 2
        self.fields["handling"].choices = [
            one for one in self.fields["handling"].choices if one[0] != Handling.ONLINE
        ]
        self.fields["signed_on"].initial = self.initial["opened_on"]

    def clean(self) -> dict[str, Any]:
        """Copies for every respondent; the dates in order."""
        data = super().clean() or {}
        if data.get("offline_step") or data.get("apply_mode") in OFFLINE_APPLICATION:
            data["handling"] = Handling.OFFLINE
        hired, ended = data.get("hired_on"), data.get("dispute_on")
        if hired and ended and ended < hired:
            self.add_error("dispute_on", "离职（争议发生）时间不能早于入职时间")
        _fits_channel(self, data)
        opened, signed = data.get("opened_on"), data.get("signed_on")
        if opened and signed and signed > opened:
            self.add_error("signed_on", "申请人签名日期不能晚于收到申请日期")
        if opened and ended and ended > opened:
            self.add_error("dispute_on", "离职（争议发生）时间不能晚于收到申请日期")
        return data

    def rows_valid(self) -> bool:
        """The rows, and what they say together with the fields."""
        valid = super().rows_valid()
        if not valid:
            return False
        respondents = len(self.row_data("respondents"))
        copies = self.cleaned_data.get("copies")
        if copies is not None and copies < 1 + respondents:
            self.add_error(
                "copies", f"材料份数至少 {1 + respondents} 份（本委 1 份，每名被申请人 1 份）"
            )
            return False
        return True

    def save(self, commit: bool = True) -> Dispute:
        """The dispute with its totals; the number of people is at least that of the applicants."""
        dispute: Dispute = super().save(commit=False)
        amounts = [row["amount"] or Decimal(0) for row in self.row_data("claims")]
        dispute.amount = sum(amounts, Decimal(0))
        dispute.people = max(self.cleaned_data.get("people") or 1, len(self.row_data("applicants")))
        return dispute

    def event_data(self) -> dict[str, Any]:
        """The child rows, and whether the clerk confirmed another request."""
        return {
            **super().event_data(),
            "confirmed_not_same": self.cleaned_data.get("confirmed_not_same", False),
        }


class CompletionForm(MoveForm):
    """A01 for a case that was taken in quickly: everything that is still to be filled in."""

    channel = forms.ChoiceField(label="来源渠道", choices=chosen(DisputeSource.choices))
    apply_mode = forms.ChoiceField(label="申请方式", choices=ApplyMode.choices)
    signed_on = DateField(label="申请人签名日期", past=True)
    copies = CountField(label="材料份数", low=1, high=99)
    is_migrant_wage = forms.BooleanField(label="农民工工资", required=False)
    mediation_ok = forms.BooleanField(label="同意先行调解", required=False)
    town = TownField(label="劳动合同履行地")
    dispute_on = DateField(label="离职（争议发生）时间", past=True)
    facts = TextCell(label="事实与理由", max_length=5000, widget=forms.Textarea({"rows": 4}))
    hired_on = DateField(label="入职时间", past=True, required=False)
    post = TextCell(label="岗位", max_length=50, required=False)
    monthly_wage = MoneyField(label="月工资（元）", required=False, digits=10)
    occupation = TextCell(label="劳动者职业", max_length=50, required=False)
    work_unit = NamesField(label="劳动者工作单位", max_length=120, required=False)
    hukou_kind = forms.ChoiceField(
        label="户口性质", required=False, choices=chosen(HukouKind.choices)
    )
    row_sets = (
        RowSet(name="claims", label="仲裁请求", form=ClaimForm, least=1, most=40),
        RowSet(name="evidence", label="证据清单", form=EvidenceForm, most=200, folded=True),
        RowSet(name="witnesses", label="证人", form=WitnessForm, folded=True),
        RowSet(name="agents", label="代理人", form=AgentForm, folded=True),
    )
    stored: ClassVar = APPLICATION

    def __init__(self, *args: Any, case: Any, **kwargs: Any) -> None:
        initial = {name: getattr(case, name) for name in self.stored}
        initial["town"] = case.town_id
        initial["claims"] = list(case.claims.values("text", "amount"))
        super().__init__(*args, case=case, initial=initial, **kwargs)
        for party in case.parties.all():
            self.fields[f"address_{party.pk}"] = TextCell(
                label=f"{party.name}的送达地址", max_length=200, initial=party.address
            )
            if party.employer_id:
                self.fields[f"legal_rep_{party.pk}"] = TextCell(
                    label=f"{party.name}的法定代表人（负责人）及职务",
                    max_length=80,
                    initial=party.legal_rep,
                )
        self.order_fields(["on", *[n for n in self.fields if n not in {"on", "note"}], "note"])

    def clean(self) -> dict[str, Any]:
        """The dates in order, copies for every side."""
        data = super().clean() or {}
        hired, ended = data.get("hired_on"), data.get("dispute_on")
        if hired and ended and ended < hired:
            self.add_error("dispute_on", "离职（争议发生）时间不能早于入职时间")
        _fits_channel(self, data)
        sides = self.case.parties.filter(role="respondent").count()
        if data.get("copies") is not None and data["copies"] < 1 + sides:
            self.add_error("copies", f"材料份数至少 {1 + sides} 份（本委 1 份，每名被申请人 1 份）")
        return data

    def row_data(self, name: str) -> list[dict[str, Any]]:
        """Claims count also when they are left as they were."""
        if name != "claims":
            return super().row_data(name)
        return [
            {"text": row.cleaned_data["text"], "amount": row.cleaned_data.get("amount")}
            for row in self.rows[name].forms
            if row.cleaned_data.get("text") and not row.cleaned_data.get("DELETE")
        ]

    def move_data(self) -> dict[str, Any]:
        """The total goes with the claims."""
        data = super().move_data()
        data["amount"] = sum((row["amount"] or Decimal(0) for row in data["claims"]), Decimal(0))
        return data


class ReasonForm(MoveForm):
    """A move that only needs its reason."""

    note = TextCell(label="理由", max_length=1000, widget=forms.Textarea({"rows": 3}))


class PeopleForm(ReasonForm):
    """更正人数并变更程序."""

    people = CountField(label="涉及人数", low=1, high=100_000)
    field_order = ("on", "people", "note")

    def move_data(self) -> dict[str, Any]:
        """The number, and for the record the procedure that it asks for."""
        told = copy(self.case)
        told.people = self.cleaned_data["people"]
        return {**super().move_data(), "procedure": procedure_by_number(told)}


class EarlyWithdrawalForm(ReasonForm):
    """立案前撤回."""

    def move_data(self) -> dict[str, Any]:
        """Withdrawn before acceptance is still a withdrawal."""
        return {**super().move_data(), "outcome": CloseMode.WITHDRAWN}


class CorrectionForm(MoveForm):
    """一次性告知补正: everything that is missing, once (办案规则 Article 29)."""

    on = DateField(label="告知日期", past=True)
    to_correct = TextCell(
        label="需补正事项",
        max_length=2000,
        widget=forms.Textarea({"rows": 5}),
        help_text="一行一项，一次写全",
    )
    correct_by = DateField(
        label="补正期限",
        help_text="印在告知书上，法律没有规定天数；到期没有补正的，按现有材料报立案审批",
    )

    def clean(self) -> dict[str, Any]:
        """The last day to correct is not before the day of the notice."""
        data = super().clean() or {}
        on, until = data.get("on"), data.get("correct_by")
        if on and until and until < on:
            self.add_error("correct_by", "补正期限不能早于告知日期")
        return data
