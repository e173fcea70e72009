"""公告送达: what is published, and the end of its term (办案规则 Articles 20, 46, 57)."""

from typing import Any

from django import forms

from arbitration.forms.serving import OnePaper, refused_way, too_early
from arbitration.models.choices import Procedure
from arbitration.workflows.deliveries import PAPER_NAMES, not_issued, notice_data, over_on
from hrss_portal.casework.forms import MoveForm
from hrss_portal.casework.models import Delivery
from hrss_portal.parties.fields import DateField, TextCell


class NoticeForm(OnePaper):
    """公告送达: to whom, with what, where."""

    on = DateField(label="公告发出日期", past=True)
    party = forms.ModelChoiceField(label="受送达人", queryset=None)
    doc_name = forms.ChoiceField(label="文书", choices=[(name, name) for name in PAPER_NAMES])
    media = TextCell(label="公告媒介", max_length=100)  # type: ignore[assignment] # no form assets

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["party"].queryset = self.case.parties.filter(left_on__isnull=True)

    def clean(self) -> dict[str, Any]:
        """Not on the simple track (办案规则 Article 57), and only what was issued."""
        data = super().clean() or {}
        if self.case.procedure in {Procedure.SIMPLE, Procedure.FAST}:
            self.add_error(None, "简易处理（速裁）的案件不能公告送达，先转为一般程序")
        on, doc = data.get("on"), data.get("doc_name") or ""
        if refusal := refused_way(self.case, Delivery.Mode.NOTICE, doc):
            self.add_error("doc_name", refusal)
        if on and doc and (words := not_issued(self.case, doc, on)):
            self.add_error("doc_name", words)
        if on and (words := too_early(self.case, doc, on)):
            self.add_error("on", words)
        return data


class NoticeOverForm(MoveForm):
    """公告期满: which notice; the day follows from it."""

    delivery = forms.ModelChoiceField(label="公告", queryset=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        running = self.case.deliveries.filter(state=Delivery.State.NOTICE).order_by("sent_on")
        self.fields["delivery"].queryset = running
        first = running.first()
        if first:
            self.fields["delivery"].initial = first.pk
            self.initial["on"] = over_on(first)

    def move_data(self) -> dict[str, Any]:
        """Whom the notice reached, with what, and when."""
        data = super().move_data()
        return {**data, **notice_data(data["delivery"])}
