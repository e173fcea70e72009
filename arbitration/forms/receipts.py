"""送达回证: the result of each delivery (form A03)."""

from typing import Any, ClassVar

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet

from arbitration.forms.serving import UNSIGNED, WAYS, OnePaper, refused_way, too_early
from arbitration.workflows.deliveries import (
    PAPER_NAMES,
    deemed_day,
    is_of_void_paper,
    not_issued,
    told,
)
from arbitration.workflows.serving import is_another_attempt
from hrss_portal.casework.forms import chosen
from hrss_portal.casework.models import Delivery
from hrss_portal.documents.fields import FileField
from hrss_portal.parties.fields import DateField, TextCell

#: Why nobody signs, so that a paper is left or posted (办案规则 Article 20).
GROUNDS = {
    "refused": "受送达人拒绝签收",
    "stopped": "企业停业等原因无法送达，劳动者一方在十人以上",
}


def to_be_told(case: Any) -> QuerySet[Delivery]:
    """What is under way, and what came back and was not sent another time."""
    later = Delivery._base_manager.filter(
        Q(issued_paper=OuterRef("issued_paper")) | Q(issued_paper=None),
        case=OuterRef("case"),
        party=OuterRef("party"),
        doc_name=OuterRef("doc_name"),
        pk__gt=OuterRef("pk"),
    ).exclude(state=Delivery.State.VOID)
    came_back = Q(state=Delivery.State.RETURNED) & ~Exists(later)
    rows: QuerySet[Delivery] = case.deliveries.filter(Q(state=Delivery.State.SENT) | came_back)
    return rows


class SentChoice(forms.ModelChoiceField):
    """A paper that was sent; one that came back says so."""

    def label_from_instance(self, obj: Any) -> str:
        """The paper, whom it went to, and that it came back."""
        back = f"（{obj.returned_on:%Y-%m-%d} 退回，再次送达）" if obj.returned_on else ""
        return f"{obj}{back}"


class DeliveryForm(OnePaper):
    """A03 送达回证登记: what became of a paper that was sent, or a paper handed over at once.

    The day of service decides which clocks start, so the form tells the door whom it reached
    (``served_role``), with what (``served_paper``) and when (``served_on``).  What came back and is
    served again, or went another way than it was sent, is another attempt with a row of its own.
    """

    delivery = SentChoice(
        label="已发出的文书",
        queryset=None,
        required=False,
        empty_label="（未登记发出，直接登记）",
        help_text="退回以后再次送达，或者改用另一种方式的，填这一次的方式、送出日期，另记一条",
    )
    party = forms.ModelChoiceField(label="受送达人", queryset=None, required=False)
    doc_name = forms.ChoiceField(
        label="文书名称",
        required=False,
        choices=chosen([(name, name) for name in PAPER_NAMES]),
    )
    mode = forms.ChoiceField(
        label="送达方式",
        required=False,
        choices=chosen(WAYS),
        help_text="已登记发出的，与发出时不同、退回后再次送达才选；留置、张贴在这里选",
    )
    address = TextCell(label="送达地址", max_length=200, required=False)
    sent_on = DateField(label="送出日期", past=True, required=False)
    signed_on = DateField(
        label="签收日期",
        past=True,
        required=False,
        help_text="电子送达填信息到达对方的日期；留置、张贴的不填",
    )
    signed_by = TextCell(
        label="签收人及关系",
        max_length=50,
        required=False,
        help_text="如：本人；李某，受送达人的同住成年家属；单位收发室",
    )
    mail_no = TextCell(label="邮单号", max_length=30, required=False)
    refusal = TextCell(
        label="拒收（无法送达）事由",
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )
    ground = forms.ChoiceField(
        label="留置、张贴的情形",
        required=False,
        choices=chosen([*GROUNDS.items()]),
        help_text="张贴送达须选；下一栏写明具体情况",
    )
    witnesses = TextCell(
        label="见证人姓名、身份", max_length=100, required=False, help_text="留置送达填写"
    )
    returned_on = DateField(label="退回日期", past=True, required=False)
    proof = FileField(label="回证扫描件、送达照片", required=False)
    proof_missing = TextCell(
        label="没有回证扫描件的原因",
        max_length=200,
        required=False,
        help_text="直接送达没有附扫描件的，写明原因",
    )

    show_when: ClassVar = {
        "party": "delivery=|",
        "doc_name": "delivery=|",
        "mail_no": "mode=|mail",
        "ground": "mode=left|posted",
        "witnesses": "mode=left",
        "proof_missing": "mode=|direct",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        waiting = to_be_told(self.case)
        self.fields["delivery"].queryset = waiting
        only = waiting[:2]
        if len(only) == 1 and only[0].state == Delivery.State.SENT:
            self.fields["delivery"].initial = only[0]
        self.fields["party"].queryset = self.case.parties.all()

    def clean_party(self) -> Any:
        """A paper that was sent went to its own party; a box the page then hides says nothing."""
        return None if self.cleaned_data.get("delivery") else self.cleaned_data.get("party")

    def clean_doc_name(self) -> str:
        """A paper that was sent has its own name (see ``clean_party``)."""
        return "" if self.cleaned_data.get("delivery") else self.cleaned_data.get("doc_name", "")

    def clean(self) -> dict[str, Any]:
        """What each way of service must prove."""
        data = super().clean() or {}
        row = data.get("delivery")
        if data.get("mode") == Delivery.Mode.ELECTRONIC and data.get("party"):
            data["address"] = data.get("address") or data["party"].electronic_address
        self._check_complete(data)
        mode = data.get("mode") or (row.mode if row else "")
        self._check_mode(data, mode)
        doc = data.get("doc_name") or (row.doc_name if row else "")
        party = data.get("party") or (row.party if row else None)
        sent = data.get("sent_on") or (row.sent_on if row else None)
        refusal = refused_way(self.case, mode, doc, party=party, on=sent)
        if refusal and not data.get("returned_on"):
            self.add_error("mode", refusal)
        self._check_days(data, doc)
        day, came_back = sent or data.get("signed_on"), bool(data.get("returned_on"))
        if row and not came_back and not self._is_again(data) and is_of_void_paper(self.case, row):
            self.add_error("delivery", f"发出的这一份{doc}已经作废，重新制发的另行登记送达")
        if day and (words := not_issued(self.case, doc, day, even_void=came_back)):
            self.add_error("doc_name", words)
        return data

    def _is_again(self, data: dict[str, Any]) -> bool:
        """Whether this tells of another attempt to serve a paper that was sent before."""
        row = data.get("delivery")
        mode, mail_no = data.get("mode") or "", data.get("mail_no") or ""
        return row is not None and is_another_attempt(row, mode, mail_no)

    def _check_complete(self, data: dict[str, Any]) -> None:
        """What was not sent yet names everything, another attempt its own way and day."""
        row, needed = data.get("delivery"), {"mode": "送达方式", "sent_on": "送出日期"}
        if row and row.state == Delivery.State.SENT:
            del needed["mode"]
        if row is None:
            needed |= {"party": "受送达人", "doc_name": "文书名称", "address": "送达地址"}
        elif not self._is_again(data):
            return
        elif data.get("mail_no") and Delivery.Mode.MAIL not in {data.get("mode"), row.mode}:
            needed["mode"] = "送达方式（填了邮单号的，选“邮寄送达”）"
        for name, label in needed.items():
            if not data.get(name):
                self.add_error(name, f"填写{label}")

    def _check_mode(self, data: dict[str, Any], mode: str) -> None:
        signed = data.get("signed_on")
        is_first = data.get("delivery") is None or self._is_again(data)
        if mode == Delivery.Mode.MAIL and not data.get("mail_no") and is_first:
            self.add_error("mail_no", "邮寄送达要填邮单号")
        if data.get("returned_on"):
            if mode in UNSIGNED:
                self.add_error("mode", "留置、张贴的没有退回；没有送到的选当时的送达方式")
            return
        if mode in UNSIGNED:
            self._check_unsigned(data, mode)
        if mode == Delivery.Mode.DIRECT:
            self._check_direct(data)
        if mode and mode not in UNSIGNED and not signed:
            self.add_error("signed_on", "填写签收日期；没有送到的填退回日期")

    def _check_unsigned(self, data: dict[str, Any], mode: str) -> None:
        """What was left or posted has its ground and its picture, and no day of a signature."""
        if data.get("signed_on"):
            self.add_error("signed_on", "留置、张贴送达没有签收日期，送达日按送出日期推算")
        if not self._has_proof(data):
            self.add_error("proof", "留置、张贴送达要附照片或录像（办案规则第二十条）")
        if mode == Delivery.Mode.LEFT:
            needed = {
                "refusal": "留置送达要写拒收事由",
                "witnesses": "留置送达要写见证人姓名、身份",
            }
        else:
            needed = {"ground": "张贴送达要选张贴的情形", "refusal": "张贴送达要写具体情况"}
        for name, words in needed.items():
            if not data.get(name):
                self.add_error(name, f"{words}（办案规则第二十条）")
        if data.get("ground") == "stopped":
            self._check_stopped(data)

    def _check_stopped(self, data: dict[str, Any]) -> None:
        """A stopped business is a ground against ten workers or more (办案规则 Article 20)."""
        row = data.get("delivery")
        party = data.get("party") or (row.party if row else None)
        if not self.case.is_collective:
            self.add_error("ground", "劳动者一方不足十人，停业不能作为留置、张贴的情形")
        if party and not party.employer_id:
            self.add_error("ground", "企业停业只用于用人单位，受送达人不是单位")

    def _check_days(self, data: dict[str, Any], doc_name: str) -> None:
        """Sent, then signed or returned, in this order, and not before the case was there."""
        row, sent = data.get("delivery"), data.get("sent_on")
        if row and sent and sent < row.sent_on:
            self.add_error("sent_on", f"这件文书 {row.sent_on:%Y-%m-%d} 登记发出，不能早于这一天")
        sent = sent or (row.sent_on if row else None)
        if sent and (words := too_early(self.case, doc_name, sent)):
            self.add_error("sent_on", words)
        for name, label in (("signed_on", "签收日期"), ("returned_on", "退回日期")):
            if data.get(name) and sent and data[name] < sent:
                self.add_error(name, f"{label}不能早于送出日期（{sent:%Y-%m-%d}）")

    def _check_direct(self, data: dict[str, Any]) -> None:
        """Who signed, and the signed receipt itself or why it is not there."""
        if not data.get("signed_by"):
            self.add_error("signed_by", "直接送达要写签收人及与受送达人的关系")
        if not self._has_proof(data) and not data.get("proof_missing"):
            self.add_error("proof", "附送达回证扫描件；没有的写明原因")

    def _has_proof(self, data: dict[str, Any]) -> bool:
        row = None if self._is_again(data) else data.get("delivery")
        return bool(data.get("proof") or (row and row.proof_id))

    def move_data(self) -> dict[str, Any]:
        """Whom it reached, with what, and the day that counts as service."""
        data = super().move_data()
        row = data.get("delivery")
        party = data.get("party") or (row.party if row else None)
        doc = data.get("doc_name") or (row.doc_name if row else "")
        mode = data.get("mode") or (row.mode if row else "")
        sent = data.get("sent_on") or (row.sent_on if row else None) or data.get("signed_on")
        on = None
        if sent and not data.get("returned_on"):
            on = deemed_day(mode, sent, data.get("signed_on"), self.case.unit.rules_region)
        ground = data.pop("ground", "")
        if ground and mode in UNSIGNED:
            data["refusal"] = f"{GROUNDS[ground]}：{data['refusal']}"
        if row and self._is_again(data):
            data |= _another_attempt(row, data)
        return {**data, **told(party, doc, on)}


def _another_attempt(row: Delivery, data: dict[str, Any]) -> dict[str, Any]:
    """What another attempt takes from the one before it: the paper, its way, the address."""
    meant = row.issued_paper
    still_good = meant is not None and meant.paper is not None and meant.paper.voided_at is None
    return {
        "delivery": None,
        "doc_name": row.doc_name,
        "mode": data.get("mode") or row.mode,
        "address": data.get("address") or row.address,
        "issued_paper": data.get("issued_paper") or (meant if still_good else None),
    }
