"""送达: papers sent, the result of each delivery, public notice (form A03)."""

from datetime import date
from typing import Any

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
    not_issued,
)
from arbitration.workflows.one_paper import told_apart
from arbitration.workflows.serving import papers_at_acceptance
from hrss_portal.casework.forms import MoveForm, RowForm, RowSet
from hrss_portal.casework.models import Delivery
from hrss_portal.parties.fields import TextCell

SIMPLE_TRACKS = {Procedure.SIMPLE, Procedure.FAST}
#: Public notice has its own move: the head approves it and its days are not counted.
WAYS = [(value, label) for value, label in Delivery.Mode.choices if value != "notice"]
#: 留置 and 张贴 say how a paper was left with whom who would not sign: results, not ways to send.
UNSIGNED = {Delivery.Mode.LEFT, Delivery.Mode.POSTED}
WAYS_TO_SEND = [(value, label) for value, label in WAYS if value not in UNSIGNED]
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
