"""先予执行裁决: which claims, how much of each, on which conditions."""

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
    """How much of one claim that is still open is enforced ahead; nothing: it is not."""

    seq = forms.IntegerField(widget=forms.HiddenInput)
    amount = MoneyField(label="先予执行金额（元）", required=False)

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
        """No more than is left of a claim that is open and says its amount."""
        data = super().clean() or {}
        amount = data.get("amount")
        if amount is None:
            return data
        claim = self.context.claims.get(data.get("seq"))
        if claim is None:
            self.add_error("amount", "选本案还没有裁决的请求")
        elif amount <= 0:
            self.add_error("amount", "填写先予执行的金额，不先予执行的留空")
        elif claim.amount is None:
            words = f"第{claim.seq}项请求没有金额，不能先予执行；先在“增加、变更请求”里写明金额"
            self.add_error("amount", words)
        elif amount > self.context.left[claim.seq]:
            self.add_error("amount", f"还能先予执行的最多 {self.context.left[claim.seq]} 元")
        return data


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
        ordered = [one for one in self.rows["claims"].forms if one.cleaned_data.get("amount")]
        seqs = {one.cleaned_data["seq"] for one in ordered}
        if not ordered or len(seqs) < len(ordered):
            self.add_error(None, "填写先予执行的金额，一项请求一行")
        for one in ordered:
            self._check_kind(one)
        return not self.errors and not any(one.errors for one in ordered)

    def _check_kind(self, row: Any) -> None:
        """What is not of the kind is refused; where that is unclear, the note says why it is."""
        kind = self.cleaned_data.get("ahead_kind")
        if not kind:
            return
        claim = self.claims[row.cleaned_data["seq"]]
        words, certain = doubt_of_kind(claim.text, self.case.cause, kind)
        if words and (certain or not self.cleaned_data.get("note")):
            row.add_error("amount", words)

    def row_data(self, name: str) -> list[dict[str, Any]]:
        """The claims that are ordered ahead, each with its words and its amount in yuan."""
        return [
            {
                "seq": form.cleaned_data["seq"],
                "text": self.claims[form.cleaned_data["seq"]].text,
                "amount": form.cleaned_data["amount"],
            }
            for form in self.rows[name].forms
            if form.cleaned_data.get("amount")
        ]

    def move_data(self) -> dict[str, Any]:
        """The order's amount is the sum of its claims."""
        data = super().move_data()
        return {**data, "ahead_amount": sum((row["amount"] for row in data["claims"]), Decimal())}
