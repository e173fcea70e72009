"""How a dispute ends: award, settlement, withdrawal; closing and archive (form A04)."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import cached_property

from arbitration.forms.courts import CourtForm
from arbitration.forms.order import not_before
from arbitration.models.choices import (
    WITHOUT_RESULT,
    ClaimKind,
    CloseMode,
    Finality,
    Handling,
)
from arbitration.workflows.completing import cannot_be_completed_on, service_completed_on
from arbitration.workflows.finality import FinalLimit, doubt, final_limit, kind_of
from arbitration.workflows.online import nothing_was_offline
from arbitration.workflows.parts import granted_in_part
from hrss_portal.access.accounts import users_in_posts
from hrss_portal.casework import file_index
from hrss_portal.casework.forms import MoveForm, RowForm, RowSet, chosen
from hrss_portal.parties.fields import CountField, DateField, MoneyField, TextCell

OF_A_COURT = ("follow_up", "party", "court_result", "ruling_on")
BY_LINE = "一行一项，文书逐项编号；在一行里写“一、…。二、…”的也按项分开"
FINALITY_OF = {
    CloseMode.FINAL_AWARD: Finality.FINAL,
    CloseMode.AWARD: Finality.NOT_FINAL,
    CloseMode.SPLIT_AWARD: Finality.SPLIT,
}


def over_claim(seq: int, awarded: Decimal, asked: Decimal) -> str:
    """That an item grants more than was asked for, both in yuan."""
    return f"第 {seq} 项支持金额 {awarded} 元多于请求的 {asked} 元"


class DecidedClaimForm(RowForm):
    """What was awarded on one claim, and whether that item is final."""

    seq = forms.IntegerField(widget=forms.HiddenInput)
    text = TextCell(required=False, disabled=True, widget=forms.HiddenInput)
    kind = forms.ChoiceField(label="请求性质", required=False, choices=chosen(ClaimKind.choices))
    awarded = MoneyField(label="支持金额（元）", required=False)
    is_final = forms.TypedChoiceField(
        label="是否终局",
        required=False,
        choices=[("", "—"), ("1", "终局"), ("0", "非终局")],
        coerce=lambda value: value == "1",
        empty_value=None,
    )
    final_reason = TextCell(
        label="与提示不一致的理由",
        max_length=300,
        required=False,
        help_text="系统提示终局、非终局可能选错而仍然这样选的，写明理由",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if str(self.prefix).endswith("-0"):  # the same for every item, so it is said once
            self.fields["is_final"].help_text = self.context.limit.words

    @property
    def heading(self) -> str:
        """The claim, and how much it asks for in yuan."""
        seq = (self.initial or {}).get("seq")
        asked = self.context.claim_amounts.get(seq)
        words = f"{seq}. {self.context.claim_texts.get(seq, '')}"
        return words if asked is None else f"{words}（请求 {asked} 元）"

    def clean(self) -> dict[str, Any]:
        """Finality follows from what the item is about and its amount, or has a reason."""
        data = super().clean() or {}
        if not data.get("seq"):
            return data
        text = self.context.claim_texts.get(data["seq"], "")
        data["kind"] = kind = data.get("kind") or kind_of(text, self.context.case.cause)
        if not kind:
            self.add_error("kind", "选这一项请求的性质")
        if data.get("is_final") is None or data.get("final_reason"):
            return data
        awarded = data.get("awarded") or Decimal(0)
        if words := doubt(kind, awarded, data["is_final"], self.context.limit):
            self.add_error("final_reason", f"{words}；仍然这样选的，写明理由")
        return data


def claim_rows(form: type[RowForm]) -> RowSet:
    """The open claims of a case, each decided in its own row before the award is worded."""
    return RowSet(name="claims", label="逐项裁决", form=form, most=40, first=True, fixed=True)


class DecidingForm(MoveForm):
    """What every award says: the day, what is awarded on each claim and why, who signs it."""

    on = DateField(label="裁决日期", past=True)
    result = TextCell(
        label="裁决主文",
        max_length=5000,
        widget=forms.Textarea({"rows": 6}),
        help_text=BY_LINE,
    )
    reasons = TextCell(
        label="查明的事实和裁决理由", max_length=20000, widget=forms.Textarea({"rows": 8})
    )
    signer = forms.ModelChoiceField(label="签发人", queryset=None)

    def __init__(self, *args: Any, case: Any, **kwargs: Any) -> None:
        names = ("seq", "text", "kind", "awarded", "is_final", "final_reason", "amount")
        rows = list(case.claims.filter(part_awarded_on=None).values(*names))
        self.claim_amounts = {row["seq"]: row.pop("amount") for row in rows}
        for row in rows:
            row["kind"] = row["kind"] or kind_of(row["text"], case.cause)
        self.claim_texts = {row["seq"]: row["text"] for row in rows}
        super().__init__(*args, case=case, initial={"claims": rows}, **kwargs)
        self.fields["signer"].queryset = users_in_posts(self.case.unit, "ARB-C", "DIR", "VDIR")
        self.fields["signer"].initial = self.user.pk

    @cached_property
    def limit(self) -> FinalLimit:
        """The limit of one final item on the day of the award; today's while no day is said."""
        try:
            on = self.fields["on"].clean(self.data.get("on"))
        except forms.ValidationError:
            on = timezone.localdate()
        return final_limit(on, self.case)

    def row_data(self, name: str) -> list[dict[str, Any]]:
        """Every claim, also one on which nothing was awarded."""
        return [
            {
                "seq": form.cleaned_data["seq"],
                "kind": form.cleaned_data.get("kind", ""),
                "awarded": form.cleaned_data.get("awarded") or Decimal(0),
                "is_final": form.cleaned_data.get("is_final"),
                "final_reason": form.cleaned_data.get("final_reason", ""),
            }
            for form in self.rows[name].forms
            if form.cleaned_data.get("seq")
        ]

    def _over_claim(self) -> list[str]:
        """Items on which more is awarded than was asked for, unless the note says why."""
        if self.cleaned_data.get("note"):
            return []
        asked = dict(self.case.claims.values_list("seq", "amount"))
        return [
            f"{over_claim(row['seq'], row['awarded'], asked[row['seq']])}；"
            "确有依据的，在“说明”里写明理由"
            for row in self.row_data("claims")
            if asked.get(row["seq"]) is not None and row["awarded"] > asked[row["seq"]]
        ]


class AwardForm(DecidingForm):
    """签发裁决书: finality is tested item by item (办案规则 Article 50)."""

    result_open = TextCell(
        label="非终局部分的裁决主文",
        max_length=5000,
        required=False,
        widget=forms.Textarea({"rows": 4}),
        help_text="终局与非终局分别制作时填，一行一项；上面一栏只写终局部分",
    )
    defence = TextCell(
        label="被申请人答辩意见",
        max_length=5000,
        required=False,
        widget=forms.Textarea({"rows": 4}),
    )
    field_order = ("on", "result", "result_open", "reasons", "defence", "signer")
    row_sets = (claim_rows(DecidedClaimForm),)

    def rows_valid(self) -> bool:
        """Each item says whether it is final."""
        if not super().rows_valid():
            return False
        unsaid = [
            form.cleaned_data["seq"]
            for form in self.rows["claims"].forms
            if form.cleaned_data.get("seq") and form.cleaned_data.get("is_final") is None
        ]
        if unsaid:
            text = "、".join(str(seq) for seq in unsaid)
            self.add_error(None, f"第 {text} 项请求没有选是否终局")
        for words in self._over_claim():
            self.add_error(None, words)
        finals = {row["is_final"] for row in self.row_data("claims")}
        if finals == {True, False} and not self.cleaned_data.get("result_open"):
            self.add_error("result_open", "终局与非终局分别制作裁决书，填写非终局部分的主文")
        return not self.errors

    def move_data(self) -> dict[str, Any]:
        """The outcome follows from the items: all final, none final, or separate documents."""
        data = super().move_data()
        finals = {row["is_final"] for row in data["claims"]}
        if finals == {True}:
            outcome = CloseMode.FINAL_AWARD
        elif finals == {True, False}:
            outcome = CloseMode.SPLIT_AWARD
        else:
            outcome = CloseMode.AWARD
        if outcome == CloseMode.SPLIT_AWARD:
            data["result_final"] = data["result"]
            data["result"] = f"{data['result']}\n{data['result_open']}"
        data["outcome"] = outcome
        data["finality"] = FINALITY_OF[outcome]
        data["awarded"] = granted_in_part(self.case)
        data["awarded"] += sum((row["awarded"] for row in data["claims"]), Decimal(0))
        return data


class SettlementForm(MoveForm):
    """仲裁调解书."""

    on = DateField(label="达成协议日期", past=True)
    result = TextCell(
        label="调解协议内容",
        max_length=5000,
        widget=forms.Textarea({"rows": 6}),
        help_text=BY_LINE,
    )
    awarded = MoneyField(
        label="协议金额（元）", help_text="不含已经先行裁决的金额，先行裁决的自动计入"
    )
    signer = forms.ModelChoiceField(label="签发人", queryset=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["signer"].queryset = users_in_posts(self.case.unit, "ARB-C", "ARB")
        self.fields["signer"].initial = self.user.pk

    def clean(self) -> dict[str, Any]:
        """More than the open claims ask for is agreed on only with a reason in the note."""
        data = super().clean() or {}
        amounts = self.case.claims.filter(part_awarded_on=None).values_list("amount", flat=True)
        asked = sum((amount or Decimal(0) for amount in amounts), Decimal(0))
        agreed = data.get("awarded")
        if agreed is not None and agreed > asked and None not in amounts and not data.get("note"):
            self.add_error(
                "awarded",
                f"协议金额 {agreed} 元多于请求的 {asked} 元；确有依据的，在“说明”里写明理由",
            )
        return data

    def move_data(self) -> dict[str, Any]:
        """The outcome follows from the move; what a part award granted counts with it."""
        data = super().move_data()
        data["awarded"] += granted_in_part(self.case)
        return {**data, "outcome": CloseMode.MEDIATED}


class RetractionForm(MoveForm):
    """反悔: who goes back on a settlement that not every party has (调解仲裁法 Article 42)."""

    on = DateField(label="反悔日期", past=True)
    party = forms.ModelChoiceField(label="反悔的当事人", queryset=None)
    note = TextCell(
        label="反悔的情况（怎样提出、有无书面材料）",
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["party"].queryset = self.case.parties.filter(left_on__isnull=True)


class RevocationForm(MoveForm):
    """撤销案件: it should not have been accepted (办案规则 Article 32)."""

    reject_reason = TextCell(label="撤销理由", max_length=1000, widget=forms.Textarea({"rows": 3}))

    def move_data(self) -> dict[str, Any]:
        """The outcome follows from the move."""
        return {**super().move_data(), "outcome": CloseMode.REVOKED}


class TerminationForm(MoveForm):
    """终止审理: a party sued and the court took the case (办案规则 Article 48)."""

    court_filed_on = DateField(label="法院受理日期", past=True)
    reject_reason = TextCell(
        label="当事人起诉及法院立案情况", max_length=1000, widget=forms.Textarea({"rows": 3})
    )

    def move_data(self) -> dict[str, Any]:
        """The outcome follows from the move."""
        return {**super().move_data(), "outcome": CloseMode.TERMINATED}


class ClosingForm(CourtForm):
    """A04 结案审批表, as the handler puts it before the head."""

    on = DateField(label="报请日期", past=True)
    served_on = DateField(label="送达完成日", past=True, required=False)
    perform_by = DateField(
        label="文书确定的履行期限届满日",
        required=False,
        help_text="申请强制执行的二年自此起算；文书没有规定的填生效日期",
    )
    handling = forms.ChoiceField(
        label="办理方式", required=False, choices=chosen(Handling.choices), help_text="不知道的留空"
    )
    offline_step = TextCell(
        label="线下办理的环节", max_length=100, required=False, help_text="如：线下送达、线下开庭"
    )
    note = TextCell(label="承办人意见", max_length=1000, widget=forms.Textarea({"rows": 3}))
    field_order = ("on", "served_on", *OF_A_COURT)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("handling", "offline_step", "court_result"):
            self.fields[name].initial = getattr(self.case, name)
        if steps := self.case.offline_steps():
            self.fields["handling"].initial = Handling.OFFLINE
            self.fields["offline_step"].initial = self.case.offline_step or "、".join(steps)
        completed = service_completed_on(self.case)
        self.fields["served_on"].initial = completed or self.case.served_on
        self.fields["follow_up"].initial = self.case.follow_up
        if self.case.outcome in WITHOUT_RESULT:
            for name in (*OF_A_COURT, "perform_by"):
                del self.fields[name]

    def move_data(self) -> dict[str, Any]:
        """What was not asked, because there is nothing to sue over, stays as it is unknown."""
        unasked = {"follow_up": self.case.follow_up, "court_result": self.case.court_result}
        return {**unasked, "party": None, "perform_by": None, **super().move_data()}

    def clean(self) -> dict[str, Any]:
        """A step off line makes the whole case one that was not handled on line; the service was
        completed when the deliveries say so."""
        data = super().clean() or {}
        day = data.get("served_on")
        if day and (words := cannot_be_completed_on(self.case, day)):
            self.add_error("served_on", words)
        not_before(self, data, "perform_by", self.case.closed_on, "文书作出的日期")
        not_before(self, data, "on", data.get("served_on"), "送达完成日")
        if data.get("handling") == Handling.ONLINE:
            for words in nothing_was_offline(self.case, data):
                self.add_error("handling", words)
        if data.get("offline_step") or self.case.offline_steps():
            data["handling"] = Handling.OFFLINE
        return data


class ArchiveForm(MoveForm):
    """立卷归档."""

    on = DateField(label="归档日期", past=True)
    file_pages = CountField(
        label="卷宗页数",
        low=1,
        high=9999,
        help_text="已制发的文书、送达回证归档时自动编入卷内目录，页数归档后在“案卷”里逐件填",
    )

    def clean_file_pages(self) -> int:
        """No fewer pages than the index already lists."""
        pages: int = self.cleaned_data["file_pages"]
        counted = file_index.pages_counted(self.case)
        if pages < counted:
            raise forms.ValidationError(f"卷内目录已登记 {counted} 页，卷宗页数不能比它少")
        return pages
