"""更正: what was entered wrongly about a delivery, a claim, a party."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms

from arbitration.forms.serving import refused_way, too_early
from arbitration.models import Claim
from arbitration.workflows import mending
from arbitration.workflows.deliveries import PAPER_NAMES, not_issued
from arbitration.workflows.hearings import rebook
from hrss_portal.casework.correct_parties import PartyCorrection
from hrss_portal.casework.correcting import Correction
from hrss_portal.casework.corrections import CorrectForm, put
from hrss_portal.casework.models import Delivery
from hrss_portal.parties.fields import DateField, MoneyField, TextCell

MEND, UNSERVE, VOID = "mend", "unserve", "void"
DEEMED = {Delivery.Mode.LEFT, Delivery.Mode.POSTED, Delivery.Mode.NOTICE}
NOTICE = Delivery.Mode.NOTICE


class DeliveryCorrection(CorrectForm):
    """A delivery typed wrongly: its values, its result, or the whole entry."""

    label = "送达登记"
    own_moves = mending.ONE_DELIVERY
    columns = (
        *("party", "doc_name", "mode", "address", "sent_on", "signed_on", "signed_by"),
        *("mail_no", "refusal", "witnesses", "returned_on"),
    )

    how = forms.ChoiceField(label="怎样更正", widget=forms.RadioSelect, initial=MEND)
    party = forms.ModelChoiceField(label="受送达人", queryset=None)
    doc_name = forms.ChoiceField(label="文书名称")
    mode = forms.ChoiceField(label="送达方式")
    address = TextCell(label="送达地址", max_length=200)
    sent_on = DateField(label="送出日期", past=True)
    signed_on = DateField(
        label="签收日期",
        past=True,
        required=False,
        help_text="留置、张贴、公告的不填，按送出日期推算",
    )
    signed_by = TextCell(label="签收人及关系", max_length=50, required=False)
    mail_no = TextCell(label="邮单号", max_length=30, required=False)
    refusal = TextCell(label="拒收（退回、张贴）事由", max_length=500, required=False)
    witnesses = TextCell(label="见证人姓名、身份", max_length=100, required=False)
    returned_on = DateField(label="退回日期", past=True, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["party"] = self.row.party_id
        ways = [pair for pair in Delivery.Mode.choices if (pair[0] == NOTICE) == self.is_notice]
        self.fields["mode"].choices = ways
        names = [*PAPER_NAMES, *({self.row.doc_name} - set(PAPER_NAMES))]
        self.fields["doc_name"].choices = [(name, name) for name in names]
        self.fields["party"].queryset = self.case.parties.all()
        self.fields["how"].choices = self.ways_to_correct()
        if self.is_bound and self.data.get("how") in {UNSERVE, VOID}:
            for field in self.fields.values():  # what stands below is not put right then
                field.required = field in (self.fields["how"], self.fields["reason"])
        if self.row.state == Delivery.State.SENT:
            for name in ("signed_on", "signed_by", "refusal", "witnesses", "returned_on"):
                self.fields[name].disabled = True
                self.fields[name].widget = forms.HiddenInput()

    @property
    def is_notice(self) -> bool:
        """A public notice stays one: it has its own moves."""
        return bool(self.row.mode == NOTICE)

    def ways_to_correct(self) -> list[tuple[str, str]]:
        """A result that was told of a paper sent earlier can be taken back alone."""
        results = [one for one in mending.events_of(self.row) if one.move == "record_delivery"]
        sent_before = results and results[0].pk != self.row.recorded_in_id
        back = [(UNSERVE, "还没有送达：撤下送达结果，恢复为待送达")] if sent_before else []
        return [(MEND, "改正下面的内容"), *back, (VOID, "登记错了：这一条作废，不再计算")]

    @classmethod
    def entries(cls, case: Any) -> Iterable[Delivery]:
        """Every delivery that was not voided, oldest first."""
        rows = case.deliveries.exclude(state=Delivery.State.VOID)
        return list(rows.select_related("party").order_by("sent_on", "pk"))

    @classmethod
    def words(cls, row: Any) -> str:
        """The paper, whom it went to, and what became of it."""
        return mending.words(row)

    def clean(self) -> dict[str, Any]:
        """The right values keep to what a delivery must prove; a voided one proves nothing."""
        data = super().clean() or {}
        if data.get("how") == MEND and not self.errors:
            self._check_way(data)
            self._check_days(data)
        return data

    def _check_way(self, data: dict[str, Any]) -> None:
        mode, doc = data["mode"], data["doc_name"]
        refusal = refused_way(self.case, mode, doc, party=data["party"], on=data["sent_on"])
        if refusal and not data["returned_on"]:
            self.add_error("mode", refusal)
        if mode == Delivery.Mode.MAIL and not data["mail_no"]:
            self.add_error("mail_no", "邮寄送达要填邮单号")
        if mode == Delivery.Mode.LEFT:
            for name, label in (("refusal", "拒收事由"), ("witnesses", "见证人姓名、身份")):
                if not data[name]:
                    self.add_error(name, f"留置送达要写{label}（办案规则第二十条）")

    def _check_days(self, data: dict[str, Any]) -> None:
        sent, signed, returned = data["sent_on"], data["signed_on"], data["returned_on"]
        if early := too_early(self.case, data["doc_name"], sent):
            self.add_error("sent_on", early)
        for name, label, day in (
            ("signed_on", "签收日期", signed),
            ("returned_on", "退回日期", returned),
        ):
            if day and day < sent:
                self.add_error(name, f"{label}不能早于送出日期（{sent:%Y-%m-%d}）")
        is_sent = self.row.state == Delivery.State.SENT
        if why := not_issued(
            self.case, data["doc_name"], sent, even_void=is_sent or bool(returned)
        ):
            self.add_error("doc_name", why)
        own = self.row.issued_paper if data["doc_name"] == self.row.doc_name else None
        if own and own.paper and sent < own.paper.issued_on:
            self.add_error("sent_on", f"这一份是 {own.paper.issued_on:%Y-%m-%d} 制发的")
        if is_sent:
            return
        if signed and data["mode"] in DEEMED:
            self.add_error("signed_on", "留置、张贴、公告没有签收日期，送达日按送出日期推算")
        if not signed and not returned and data["mode"] not in DEEMED:
            self.add_error("signed_on", "填写签收日期；没有送到的填退回日期")

    def act(self, case: Any) -> Correction:
        """Void the entry, take its result back, or put its values right."""
        row = Delivery._base_manager.select_related("party").get(pk=self.row.pk)
        how = self.cleaned_data["how"]
        if how == VOID:
            return mending.void(row)
        if how == UNSERVE:
            return mending.take_back_result(row)
        return mending.put_right(
            case, row, {name: self.cleaned_data[name] for name in self.columns}
        )


class ClaimCorrection(CorrectForm):
    """A claim typed wrongly, or entered twice.  What the applicant changes is not this.

    An application to add to or change the claims (办案规则 Article 44) has its own move, and the
    term of trial begins anew with it; putting a slip of the pen right restarts nothing.
    """

    label = "仲裁请求"
    columns = ("text", "amount")

    how = forms.ChoiceField(label="怎样更正", widget=forms.RadioSelect, initial=MEND)
    text = TextCell(label="请求事项", max_length=300)
    amount = MoneyField(label="金额（元）", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["how"].choices = [(MEND, "改正下面的内容"), (VOID, "重复登记：这一项作废")]
        if self.is_bound and self.data.get("how") == VOID:
            self.fields["text"].required = False  # what stands below is not put right then

    @classmethod
    def entries(cls, case: Any) -> Iterable[Claim]:
        """The claims in their order."""
        return list(case.claims.order_by("seq"))

    @classmethod
    def words(cls, row: Any) -> str:
        """The claim with its amount."""
        return f"{row}{f'，{row.amount:,.2f} 元' if row.amount is not None else ''}"

    def clean(self) -> dict[str, Any]:
        """What was awarded stays within what was claimed; what was decided on was claimed."""
        data = super().clean() or {}
        if data.get("how") == VOID:
            if self.row.awarded is not None or self.row.part_awarded_on:
                self.add_error("how", "这一项已经裁决，不能作废")
            if self.case.claims.count() == 1:
                self.add_error("how", "只有这一项请求，不能作废")
            return data
        amount, awarded = data.get("amount"), self.row.awarded
        if awarded and amount is not None and amount < awarded:
            self.add_error("amount", f"这一项已支持 {awarded:,.2f} 元，请求金额不能比它少")
        return data

    def act(self, case: Any) -> Correction:
        """Put the claim right, or take it out; the amount of the case follows where it was their
        sum.  The Event and the change log keep what was taken out."""
        row = Claim.objects.get(pk=self.row.pk)
        what, before = f"仲裁请求第 {row.seq} 项", _sum(case)
        if self.cleaned_data["how"] == VOID:
            values: dict[str, Any] = {"作废的请求": (self.words(row), None)}
            row.delete()
        else:
            values = self.put(row)
            row.full_clean(exclude=["dispute"])
            row.save()
        if before is not None and case.amount == before:
            values |= put(case, {"amount": _sum(case)})
        return Correction(what=what, values=values)


def _sum(case: Any) -> Decimal | None:
    """What the claims of a case come to; None where none has an amount."""
    amounts = [claim.amount for claim in case.claims.all() if claim.amount is not None]
    return sum(amounts, Decimal(0)) if amounts else None


class DisputePartyCorrection(PartyCorrection):
    """A party of a dispute: another person or employer is booked for the hearings to come."""

    def act(self, case: Any) -> Correction:
        """Put the party right; raises ``MoveRefused`` where the right one sits elsewhere then."""
        made = super().act(case)
        rebook(case)
        return made
