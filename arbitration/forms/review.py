"""登记调解书送达: how the 调解书 of a reviewed agreement reached each side (办案规则 77)."""

from collections import Counter
from typing import Any, ClassVar

from django import forms

from arbitration.forms.serving import refused_way
from hrss_portal.casework.forms import MoveForm, RowForm, RowSet
from hrss_portal.casework.models import Delivery
from hrss_portal.documents.fields import FileField
from hrss_portal.parties.fields import DateField, TextCell

SETTLEMENT_NAME = "调解书"
#: A 调解书 binds who signed for it, so neither 留置, 张贴, 公告 nor a simple way serves it.
SIGNED_FOR = [
    (mode.value, mode.label)
    for mode in (
        Delivery.Mode.DIRECT,
        Delivery.Mode.MAIL,
        Delivery.Mode.ENTRUSTED,
        Delivery.Mode.ELECTRONIC,
    )
]


class ReviewServiceRow(RowForm):
    """Service of the 调解书 on one party, as the register of service keeps it (form A03)."""

    party = forms.ModelChoiceField(label="受送达人", queryset=None)
    mode = forms.ChoiceField(label="送达方式", choices=SIGNED_FOR)
    address = TextCell(label="送达地址", max_length=200)
    sent_on = DateField(
        label="送出日期", past=True, required=False, help_text="与签收同一天的可不填"
    )
    signed_on = DateField(label="签收日期", past=True, help_text="电子送达填信息到达对方的日期")
    signed_by = TextCell(
        label="签收人及关系", max_length=50, required=False, help_text="如：本人；委托代理人"
    )
    mail_no = TextCell(label="邮单号", max_length=30, required=False)
    proof = FileField(label="回证扫描件", required=False)
    proof_missing = TextCell(label="没有回证扫描件的原因", max_length=200, required=False)
    show_when: ClassVar = {"mail_no": "mode=mail", "proof_missing": "mode=direct"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["party"].queryset = self.context.case.parties.filter(left_on__isnull=True)

    def clean(self) -> dict[str, Any]:
        """What each way of service must prove, in the order of days."""
        data = super().clean() or {}
        mode, signed = data.get("mode"), data.get("signed_on")
        data["sent_on"] = sent = data.get("sent_on") or signed
        if signed and sent and signed < sent:
            self.add_error("signed_on", f"签收日期不能早于送出日期（{sent:%Y-%m-%d}）")
        if mode == Delivery.Mode.MAIL and not data.get("mail_no"):
            self.add_error("mail_no", "邮寄送达要填邮单号")
        if mode == Delivery.Mode.DIRECT:
            if not data.get("signed_by"):
                self.add_error("signed_by", "直接送达要写签收人及与受送达人的关系")
            if not (data.get("proof") or data.get("proof_missing")):
                self.add_error("proof", "附送达回证扫描件；没有的写明原因")
        case, party = self.context.case, data.get("party")
        if refusal := refused_way(case, mode, SETTLEMENT_NAME, party=party, on=sent):
            self.add_error("mode", refusal)
        return data


class ReviewServiceForm(MoveForm):
    """调解书送达: one row for each party; in force when the last of them has it."""

    on = DateField(label="送达日期（最后一方签收之日）", past=True)
    row_sets = (
        RowSet(
            name="receipts",
            label="送达",
            form=ReviewServiceRow,
            least=1,
            most=300,
            first=True,
            fixed=True,
        ),
    )

    def __init__(self, *args: Any, case: Any, **kwargs: Any) -> None:
        sides = case.parties.filter(left_on__isnull=True).order_by("role", "seq")
        rows = [{"party": side.pk, "mode": "direct", "address": side.address} for side in sides]
        super().__init__(*args, case=case, initial={"receipts": rows}, **kwargs)

    def row_data(self, name: str) -> list[dict[str, Any]]:
        """Every row, also one that was left as it was proposed."""
        rows = [form.cleaned_data for form in self.rows[name].forms]
        return [row for row in rows if row.get("party")]

    def rows_valid(self) -> bool:
        """Every party signed once, the last of them on the day of the move."""
        if not super().rows_valid():
            return False
        receipts = self.row_data("receipts")
        times = Counter(row["party"].pk for row in receipts)
        for side in self.case.parties.filter(left_on__isnull=True).order_by("role", "seq"):
            if times[side.pk] == 0:
                self.add_error(None, f"{side.name}还没有签收的先不登记；双方都签收的才算送达")
            elif times[side.pk] > 1:
                self.add_error(None, f"{side.name}重复登记，去掉一行")
        last = max((row["signed_on"] for row in receipts), default=None)
        if last and self.cleaned_data.get("on") not in {None, last}:
            self.add_error("on", f"最后一方 {last:%Y-%m-%d} 签收，送达日期填这一天")
        return not self.errors
