"""Decisions beside the award: part award, correction; what came late, what was taken over."""

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils import timezone

from arbitration.forms.ending import DecidedClaimForm, DecidingForm, claim_rows, over_claim
from arbitration.forms.order import not_before
from arbitration.models.choices import AwardError
from arbitration.workflows.awards import Award, corrigible
from arbitration.workflows.finality import doubt, final_limit, kind_of
from arbitration.workflows.posts import PARTY_ROLES
from hrss_portal.casework import corrected
from hrss_portal.casework.forms import MoveForm
from hrss_portal.casework.models import CasePaper
from hrss_portal.parties.fields import DateField, MoneyField, TextCell


class PartClaimForm(DecidedClaimForm):
    """One claim that is still open: whether it is decided now, and what is awarded on it."""

    is_decided = forms.BooleanField(label="本次先行裁决", required=False)
    field_order = ("seq", "text", "is_decided")
    show_when: ClassVar = dict.fromkeys(
        ("kind", "awarded", "is_final", "final_reason"), "is_decided="
    )

    def clean(self) -> dict[str, Any]:
        """Nothing is asked of a claim that waits for the award."""
        return super().clean() if self.cleaned_data.get("is_decided") else self.cleaned_data


class PartAwardForm(DecidingForm):
    """先行裁决: the claims whose facts are clear already (调解仲裁法 Article 43)."""

    row_sets = (claim_rows(PartClaimForm),)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["result"].help_text = "只写本次先行裁决的部分，一项一行"

    def row_data(self, name: str) -> list[dict[str, Any]]:
        """The claims that are decided now."""
        decided = {
            form.cleaned_data.get("seq")
            for form in self.rows[name].forms
            if form.cleaned_data.get("is_decided")
        }
        return [row for row in super().row_data(name) if row["seq"] in decided]

    def clean(self) -> dict[str, Any]:
        """What was tried is decided: not before the day of the hearing."""
        data = super().clean() or {}
        heard = corrected.last(self.case, "hear")
        not_before(self, data, "on", heard.on if heard else None, "开庭日期")
        return data

    def rows_valid(self) -> bool:
        """Some claims, not all that are left, and all of them final or none."""
        if not super().rows_valid():
            return False
        decided = self.row_data("claims")
        finals = {row["is_final"] for row in decided}
        if not decided:
            self.add_error(None, "勾选本次先行裁决的请求")
        elif len(decided) == len(self.claim_texts):
            self.add_error(None, "余下的请求全部裁决的，办“签发裁决书”")
        elif finals not in ({True}, {False}):
            self.add_error(None, "先行裁决的各项都选终局或都选非终局；两种都有的，分别办理")
        for words in self._over_claim():
            self.add_error(None, words)
        return not self.errors

    def move_data(self) -> dict[str, Any]:
        """Whether this part award is final; the case has no outcome yet."""
        data = super().move_data()
        return {**data, "is_final": all(row["is_final"] for row in data["claims"])}


class AwardChoice(forms.ModelChoiceField):
    """One of the issued awards of a case, by its day, kind and number."""

    def __init__(self, found: list[Award], **kwargs: Any) -> None:
        self.words = {one.paper.pk: str(one) for one in found}
        rows = CasePaper.objects.filter(pk__in=self.words).order_by("event_id", "pk")
        only = rows.first() if len(found) == 1 else None
        super().__init__(queryset=rows, initial=only, required=only is None, **kwargs)

    def clean(self, value: Any) -> Any:
        """Where there is only one, that one is meant."""
        return super().clean(value) or self.initial

    def label_from_instance(self, obj: Any) -> str:
        """As ``Award`` says it."""
        return self.words.get(obj.pk, str(obj))


class RectificationForm(MoveForm):
    """补正: an error of writing or counting, or what was left out (办案规则 Article 54).

    One decision corrects one award; a ledger's case has no paper to choose.  Of a decision that
    ended the case without an award only slips of the pen are corrected: it grants nothing.
    """

    on = DateField(label="决定日期", past=True)
    error_kind = forms.ChoiceField(label="补正的情形", choices=AwardError.choices)
    wrong = TextCell(
        label="原文（遗漏事项写遗漏在何处）",
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
    )
    right = TextCell(label="补正为", max_length=2000, widget=forms.Textarea({"rows": 3}))
    claim = forms.ModelChoiceField(
        label="涉及哪一项请求", queryset=None, required=False, help_text="支持金额算错的才选"
    )
    corrected = MoneyField(label="该项补正后的支持金额（元）", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["claim"].queryset = self.case.claims.all()
        self.awards = corrigible(self.case)
        if self.awards:
            self.fields["award"] = AwardChoice(self.awards, label="补正哪一份裁决书（决定书）")
            self.order_fields(["on", "award"])
        if self.awards and all(one.is_decision for one in self.awards):
            writing = [pair for pair in AwardError.choices if pair[0] == AwardError.WRITING]
            self.fields["error_kind"].choices = writing
            for name in ("claim", "corrected"):
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """An amount belongs to a claim of that award, and to an error that changes amounts."""
        data = super().clean() or {}
        award = next((one for one in self.awards if one.paper == data.get("award")), None)
        label = "决定日期" if award and award.is_decision else "裁决日期"
        not_before(self, data, "on", award.on if award else None, label)
        if award and award.is_decision and data.get("error_kind") != AwardError.WRITING:
            self.add_error("error_kind", f"{award.name}没有裁决金额、请求，只补正文字错误")
        claim, corrected = data.get("claim"), data.get("corrected")
        if (claim is None) != (corrected is None):
            self.add_error("corrected", "请求和补正后的金额要一起填")
        if claim is None or corrected is None:
            return data
        if award and claim.seq not in award.seqs:
            self.add_error("claim", f"{award} 没有裁决这一项请求")
        if data.get("error_kind") == AwardError.WRITING:
            self.add_error("corrected", "文字错误不改支持金额；金额算错、遗漏的，选相应的情形")
        if not data.get("note"):
            for words in self._doubts(claim, corrected):
                self.add_error("corrected", f"{words}；确有依据的，在“说明”里写明理由")
        return data

    def _doubts(self, claim: Any, corrected: Decimal) -> list[str]:
        """What speaks against an amount, as on the form of the award and on its day.

        A doubt that the amount of the award met already had its reason there.
        """
        found = []
        if claim.amount is not None and corrected > claim.amount:
            found.append(over_claim(claim.seq, corrected, claim.amount))
        if claim.is_final is None:
            return found
        made_on = claim.part_awarded_on or self.case.closed_on or timezone.localdate()
        kind = claim.kind or kind_of(claim.text, self.case.cause)
        limit = final_limit(made_on, self.case)
        words = doubt(kind, corrected, claim.is_final, limit)
        had = doubt(kind, claim.awarded or Decimal(0), claim.is_final, limit)
        return [*found, words] if words and not had else found


class OverdueForm(MoveForm):
    """逾期告知: whom, and when; that a term of trial is over any party or third person is told."""

    on = DateField(label="告知日期", past=True)
    party = forms.ModelChoiceField(
        label="告知的当事人", queryset=None, help_text="一次告知一方；几方都要告知的，分别办理"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = tuple(PARTY_ROLES) if self.case.accepted_on else ("applicant",)
        self.fields["party"].queryset = self.case.parties.filter(role__in=roles, left_on=None)

    def clean(self) -> dict[str, Any]:
        """Who was told goes into the timeline."""
        data = super().clean() or {}
        if party := data.get("party"):
            told = f"告知{PARTY_ROLES[party.role]}{party.name}"
            data["note"] = f"{told}：{data['note']}" if data.get("note") else told
        return data


class TakeOverForm(MoveForm):
    """接受移送: from where, and the day from which the term counts (办案规则 Article 46)."""

    on = DateField(label="接受移送之日", past=True)
    transferred_from = TextCell(
        label="移送的仲裁委员会",
        max_length=100,
        help_text="写全称",
    )
    their_number = TextCell(
        label="对方案号", max_length=60, required=False, help_text="移送函上的案号，没有的不填"
    )

    def move_data(self) -> dict[str, Any]:
        """The day goes with the case: the term of trial counts from it."""
        return {**super().move_data(), "transferred_in_on": self.cleaned_data["on"]}
