"""送达: papers sent, the result of each delivery, public notice (form A03)."""

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from arbitration.models.choices import Procedure
from arbitration.workflows.addresses import refused_electronic
from arbitration.workflows.awards import award_of
from arbitration.workflows.deliveries import (
    EARLY_PAPERS,
    NO_SIMPLE_SERVICE,
    NOT_SIGNED_FOR,
    PAPER_NAMES,
    SETTLEMENT,
    deemed_day,
    not_issued,
    papers_at_acceptance,
    told,
)
from arbitration.workflows.one_paper import told_apart
from hrss_portal.casework.forms import MoveForm, RowForm, RowSet, chosen
from hrss_portal.casework.models import Delivery
from hrss_portal.documents.fields import FileField
from hrss_portal.parties.fields import DateField, TextCell

SIMPLE_TRACKS = {Procedure.SIMPLE, Procedure.FAST}
#: Public notice has its own move: the head approves it and its days are not counted.
WAYS = [(value, label) for value, label in Delivery.Mode.choices if value != "notice"]
#: 留置 and 张贴 say how a paper was left with whom who would not sign: results, not ways to send.
UNSIGNED = {Delivery.Mode.LEFT, Delivery.Mode.POSTED}
WAYS_TO_SEND = [(value, label) for value, label in WAYS if value not in UNSIGNED]
#: Why nobody signs, so that a paper is left or posted (办案规则 Article 20).
GROUNDS = {
    "refused": "受送达人拒绝签收",
    "stopped": "企业停业等原因无法送达，劳动者一方在十人以上",
}
#: What goes out before acceptance, or instead of it.
BEFORE_ACCEPTANCE = {"不予受理通知书", "管辖告知书"} | EARLY_PAPERS


def refused_way(
    case: Any, mode: Any, doc_name: Any, *, party: Any = None, on: date | None = None
) -> str:
    """Why a paper may not be served this way; empty where it may.

    A settlement is signed for (调解仲裁法 Article 42, 民诉法解释 Article 133); by telephone or
    message go only some papers of the simple track (办案规则 Article 59); by electronic means what
    is sent on the day ``on`` to a party who agreed to it.
    """
    if mode == Delivery.Mode.ELECTRONIC and party:
        is_result = doc_name in NO_SIMPLE_SERVICE
        return refused_electronic(party, on, is_result=is_result, region=case.unit.rules_region)
    if doc_name in SETTLEMENT and mode in NOT_SIGNED_FOR:
        return "调解书由当事人签收，拒收的按送达前反悔办理"
    if mode != Delivery.Mode.PHONE:
        return ""
    if doc_name in NO_SIMPLE_SERVICE:
        return "裁决书、调解书不能用简便方式送达（办案规则第五十九条）"
    if case.procedure not in SIMPLE_TRACKS:
        return "简便方式送达只用于简易处理（速裁）的案件（办案规则第五十九条）"
    return ""


def too_early(case: Any, doc_name: str, on: date) -> str:
    """Why a paper of the case cannot have gone out on that day; empty where it can.

    Nothing goes out before the application came in, nor, but for what precedes acceptance,
    before the case was accepted.
    """
    if on < case.opened_on:
        return f"收到申请是 {case.opened_on:%Y-%m-%d}，文书不能在此之前送出、送达"
    accepted = None if doc_name in BEFORE_ACCEPTANCE else case.accepted_on
    if accepted and on < accepted:
        return f"本案 {accepted:%Y-%m-%d} 受理，文书不能在此之前送出、送达"
    return ""


class PaperChoice(forms.ModelChoiceField):
    """One of several papers of one name: a notice by its hearing, a decision by number and day."""

    def label_from_instance(self, obj: Any) -> str:
        """The hearing that the paper was called for; of a decision what it is about."""
        data = obj.event.data if obj.event else {}
        starts = parse_datetime(str(data.get("starts_at") or ""))
        if starts:
            return f"{timezone.localtime(starts):%Y-%m-%d %H:%M} 开庭"
        number = obj.paper.number if obj.paper else ""
        award = award_of(obj.case.specific, (data.get("award") or {}).get("id")) if data else None
        of = f"（{award.name} {award.number}）" if award else ""
        day = (obj.event.counts_on or obj.event.on) if obj.event else obj.called_on
        return " ".join(filter(None, (f"{day:%Y-%m-%d}", f"{obj.label}{of}", number)))


class OnePaper(MoveForm):
    """Which paper it is, asked only while several papers of one name are there."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.several = told_apart(self.case)
        if self.several:
            keys = [row.pk for rows in self.several.values() for row in rows]
            rows = self.case.papers.filter(pk__in=keys)
            self.fields["issued_paper"] = PaperChoice(
                label="是哪一份",
                queryset=rows.select_related("event", "paper", "case").order_by("pk"),
                required=False,
                help_text=f"有几份同名文书的选：{'、'.join(self.several)}",
            )

    def clean(self) -> dict[str, Any]:
        """Papers of one name are told apart; where there is one it is meant."""
        data = super().clean() or {}
        row = data.get("delivery")
        doc = data.get("doc_name") or (row.doc_name if row else "")
        meant = self.several.get(doc)
        if meant is None:
            data.pop("issued_paper", None)
        elif chosen_paper := data.get("issued_paper"):
            sent = data.get("sent_on") or (row.sent_on if row else None) or data.get("on")
            if chosen_paper not in meant:
                self.add_error("issued_paper", f"选的不是{doc}")
            elif sent and sent < (made := chosen_paper.paper.issued_on):
                words = f"这一份{doc}是 {made:%Y-%m-%d} 制发的，送出、送达不能早于这一天"
                self.add_error("issued_paper", words)
        elif not (row and row.issued_paper_id):
            self.add_error("issued_paper", f"有几份{doc}，选是哪一份")
        return data


class SendRow(RowForm):
    """One paper to one party."""

    party = forms.ModelChoiceField(label="受送达人", queryset=None)
    doc_name = forms.ChoiceField(label="文书", choices=[(name, name) for name in PAPER_NAMES])
    mode = forms.ChoiceField(
        label="送达方式",
        choices=WAYS_TO_SEND,
        help_text="留置、张贴的，送达时办“登记送达结果”",
    )
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
        refusal = refused_way(
            self.context.case,
            data.get("mode"),
            data.get("doc_name"),
            party=data.get("party"),
            on=self.context.cleaned_data.get("on"),
        )
        if refusal:
            self.add_error("mode", refusal)
        doc, on = data.get("doc_name"), self.context.cleaned_data.get("on")
        if doc and on and (words := not_issued(self.context.case, doc, on)):
            self.add_error("doc_name", words)
        return data


class SendForm(MoveForm):
    """发出副本及通知: what each party gets on acceptance, one row for each paper."""

    row_sets = (RowSet(name="deliveries", label="送达", form=SendRow, least=1, most=300),)

    def __init__(self, *args: Any, case: Any, **kwargs: Any) -> None:
        most = self.row_sets[0].most
        rows = [
            {"party": party.pk, "doc_name": name, "mode": "mail", "address": party.address}
            for party, name in papers_at_acceptance(case)[:most]
        ]
        super().__init__(*args, case=case, initial={"deliveries": rows}, **kwargs)

    def move_data(self) -> dict[str, Any]:
        """Each delivery with the name it went to."""
        data = super().move_data()
        for row in data["deliveries"]:
            row["recipient"] = row["party"].name
        return data


class DeliveryForm(OnePaper):
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
        label="送达方式",
        required=False,
        choices=chosen(WAYS),
        help_text="已登记发出的，与发出时不同才选；留置、张贴在这里选",
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
        waiting = self.case.deliveries.filter(
            state__in=(Delivery.State.SENT, Delivery.State.RETURNED)
        )
        self.fields["delivery"].queryset = waiting
        if len(only := waiting[:2]) == 1:
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
        party = data.get("party") or (row.party if row else None)
        sent = data.get("sent_on") or (row.sent_on if row else None)
        refusal = refused_way(self.case, mode, doc, party=party, on=sent)
        if refusal and not data.get("returned_on"):
            self.add_error("mode", refusal)
        self._check_days(data, doc)
        day, came_back = sent or data.get("signed_on"), bool(data.get("returned_on"))
        if day and (words := not_issued(self.case, doc, day, even_void=came_back)):
            self.add_error("doc_name", words)
        return data

    def _check_mode(self, data: dict[str, Any], mode: str) -> None:
        signed = data.get("signed_on")
        if mode == Delivery.Mode.MAIL and not data.get("mail_no") and not data.get("delivery"):
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
        row = data.get("delivery")
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
        return {**data, **told(party, doc, on)}
