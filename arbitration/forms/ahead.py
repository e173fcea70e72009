"""先予执行裁决: how much of which claims was asked for and is ordered, on which conditions."""

from decimal import Decimal
from typing import Any

from django import forms

from arbitration.forms.order import not_before
from arbitration.models.choices import AheadKind
from arbitration.workflows.ahead import doubt_of_kind, left_of
from arbitration.workflows.deliveries import side_of
from hrss_portal.access.accounts import users_in_posts
from hrss_portal.casework.forms import MoveForm, RowForm, RowSet, chosen
from hrss_portal.parties.fields import DateField, MoneyField, TextCell


class AheadClaimForm(RowForm):
    """How much of one claim that is still open was asked for ahead, and how much is ordered."""

    seq = forms.IntegerField(widget=forms.HiddenInput)
    asked = MoneyField(label="申请先予执行金额（元）", required=False)
    amount = MoneyField(label="裁决先予执行金额（元）", required=False)

    @property
    def heading(self) -> str:
        """The claim, how much it asks for, and what is left of it, in yuan."""
        claim = self.context.claims.get((self.initial or {}).get("seq"))
        if claim is None:
            return ""
        if claim.amount is None:
            return f"{claim}（没有写金额，不能先予执行）"
        return f"{claim}（请求 {claim.amount} 元，还能先予执行 {self.context.left[claim.seq]} 元）"

    def clean(self) -> dict[str, Any]:
        """Ordered is no more than was asked for, asked for no more than is left of the claim."""
        data = super().clean() or {}
        asked, amount = data.get("asked"), data.get("amount")
        if self.errors or (asked is None and amount is None):
            return data
        if words := self._refused(data.get("seq"), asked):
            self.add_error("asked", words)
        elif amount is not None and amount <= 0:
            self.add_error("amount", "填写先予执行的金额，不先予执行的留空")
        elif amount is not None and amount > asked:
            self.add_error("amount", f"裁决的不能多于申请的 {asked} 元")
        return data

    def _refused(self, seq: int | None, asked: Decimal | None) -> str:
        """Why so much of the claim cannot be asked for ahead; nothing where it can."""
        claim = self.context.claims.get(seq)
        if claim is None:
            return "选本案还没有裁决的请求"
        if claim.amount is None:
            return f"第{claim.seq}项请求没有金额，不能先予执行；先在“增加、变更请求”里写明金额"
        if not asked or asked < 0:
            return "填写申请人申请先予执行的金额"
        left = self.context.left[claim.seq]
        return f"还能先予执行的最多 {left} 元" if asked > left else ""


class AheadForm(MoveForm):
    """先予执行裁决, with its two conditions (调解仲裁法 Article 44, 办案规则 Article 51)."""

    on = DateField(label="裁决日期", past=True)
    asked_on = DateField(label="申请日期", past=True)
    party = forms.ModelChoiceField(
        label="申请人", queryset=None, help_text="追索劳动报酬等的劳动者"
    )
    ahead_kind = forms.ChoiceField(
        label="追索的项目",
        choices=chosen(AheadKind.choices),
        help_text="与填了金额的请求一致；不同项目分别办理",
    )
    is_clear = forms.BooleanField(
        label="当事人之间权利义务关系明确",
        error_messages={"required": "权利义务关系不明确的，不能裁决先予执行"},
    )
    is_urgent = forms.BooleanField(
        label="不先予执行将严重影响申请人的生活",
        error_messages={"required": "不影响申请人生活的，不能裁决先予执行"},
    )
    result = TextCell(
        label="裁决主文",
        max_length=5000,
        widget=forms.Textarea({"rows": 4}),
        help_text="印在先予执行裁决书上，写明支付什么、多少、何时",
    )
    reasons = TextCell(
        label="符合先予执行条件的事实和理由",
        max_length=5000,
        widget=forms.Textarea({"rows": 5}),
    )
    court_name = TextCell(
        label="移送执行的人民法院", max_length=60, help_text="印在移送函上，写全称"
    )
    signer = forms.ModelChoiceField(label="签发人", queryset=None)
    field_order = ("asked_on", "party", "ahead_kind", "is_clear", "is_urgent", "on")
    row_sets = (
        RowSet(
            name="claims",
            label="先予执行的请求",
            form=AheadClaimForm,
            most=40,
            first=True,
            fixed=True,
        ),
    )

    def __init__(self, *args: Any, case: Any, **kwargs: Any) -> None:
        self.claims = {claim.seq: claim for claim in case.claims.filter(part_awarded_on=None)}
        self.left = left_of(case, self.claims.values())
        rows = [{"seq": seq} for seq in self.claims]
        super().__init__(*args, case=case, initial={"claims": rows}, **kwargs)
        self.fields["party"].queryset = self.case.parties.filter(left_on__isnull=True)
        self.fields["signer"].queryset = users_in_posts(self.case.unit, "ARB-C", "DIR", "VDIR")
        self.fields["signer"].initial = self.user.pk

    def clean(self) -> dict[str, Any]:
        """A worker asks for it, and then it is decided, in a case that was accepted."""
        data = super().clean() or {}
        not_before(self, data, "on", data.get("asked_on"), "申请日期")
        not_before(self, data, "on", self.case.accepted_on, "受理日期")
        party = data.get("party")
        if party and side_of(party) != "worker":
            self.add_error("party", "先予执行由追索劳动报酬等的劳动者申请")
        return data

    def rows_valid(self) -> bool:
        """Some claims, each once, and each of the kind that is ordered."""
        if not super().rows_valid():
            return False
        asked = [one for one in self.rows["claims"].forms if one.cleaned_data.get("asked")]
        seqs = {one.cleaned_data["seq"] for one in asked}
        ordered = [one for one in asked if one.cleaned_data.get("amount")]
        if not ordered or len(seqs) < len(asked):
            self.add_error(None, "填写先予执行的金额，申请的和裁决的都填，一项请求一行")
        for one in asked:
            self._check_kind(one)
        return not self.errors and not any(one.errors for one in asked)

    def _check_kind(self, row: Any) -> None:
        """What is not of the kind is refused; where that is unclear, the note says why it is."""
        kind = self.cleaned_data.get("ahead_kind")
        if not kind:
            return
        claim = self.claims[row.cleaned_data["seq"]]
        words, certain = doubt_of_kind(claim.text, self.case.cause, kind)
        if words and (certain or not self.cleaned_data.get("note")):
            row.add_error("asked", words)

    def row_data(self, name: str) -> list[dict[str, Any]]:
        """The claims of which something was asked for ahead: key, words, both amounts in yuan."""
        return [
            {
                "claim": self.claims[form.cleaned_data["seq"]].pk,
                "seq": form.cleaned_data["seq"],
                "text": self.claims[form.cleaned_data["seq"]].text,
                "asked": form.cleaned_data["asked"],
                "amount": form.cleaned_data.get("amount") or Decimal(),
            }
            for form in self.rows[name].forms
            if form.cleaned_data.get("asked")
        ]

    def move_data(self) -> dict[str, Any]:
        """What was asked for and what is ordered is the sum over the claims."""
        data = super().move_data()
        rows = data["claims"]
        return {
            **data,
            "ahead_asked": sum((row["asked"] for row in rows), Decimal()),
            "ahead_amount": sum((row["amount"] for row in rows), Decimal()),
        }
