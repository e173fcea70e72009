"""Cases that belong together, also across areas: shown on both pages, tied and parted by hand."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404

from hrss_portal.casework import moves
from hrss_portal.casework.models import Case, CaseLink
from hrss_portal.desk.acting import CaseAct
from hrss_portal.desk.administration.pages import ADMIN_FORM, ReasonForm
from hrss_portal.desk.cases import plain_number
from hrss_portal.desk.finding import SCANNED
from hrss_portal.parties.fields import TextCell

BY_HAND = [pair for pair in CaseLink.Kind.choices if pair[0] != CaseLink.Kind.FOLLOWS]


class LinkForm(ReasonForm):
    """Which case belongs with this one, and how."""

    number = TextCell(
        label="另一件的编号", max_length=60, help_text="案号、收件号、外部编号，或扫描件上的二维码"
    )
    kind = forms.ChoiceField(label="关系", choices=BY_HAND)
    field_order = ("number", "kind", "reason")

    def clean_number(self) -> Case:
        """The one visible case of that number."""
        text = self.cleaned_data["number"]
        scanned, number = SCANNED.fullmatch(text), plain_number(text)
        named = Q(number=number) | Q(intake_no=number) | Q(external_no=text)
        rows = list(Case.objects.filter(Q(pk=scanned[1]) if scanned else named)[:2])
        if not rows:
            raise forms.ValidationError("没有这个编号的办件，或不在您的可见范围内")
        if len(rows) > 1:
            raise forms.ValidationError("有几件是这个编号，改填案号或收件号")
        return rows[0]


class Tie(CaseAct):
    """Tie another case to this one; the older of the two comes first."""

    template_name = ADMIN_FORM
    title, submit = "关联办件", "关联此件"
    intro = "两件各办各的，只是互相看得到；没有权限看另一件的人只知道有关联。"

    def make(self, thing: Any, data: Any = None) -> LinkForm:
        """Which case, how, and why."""
        return LinkForm(data)

    def act(self, thing: Any, form: Any) -> str:
        """Tie them."""
        data: dict[str, Any] = form.cleaned_data
        other: Case = data["number"]
        if other.pk == thing.pk:
            raise ValidationError({"number": "这就是本件，填另一件的编号"})
        earlier, later = sorted((thing, other), key=lambda one: (one.opened_on, one.pk))
        moves.link(earlier, later, kind=data["kind"], by=self.user, reason=data["reason"])
        return f"已关联 {other.reference}，两件的页面上都能看到"


class Untie(CaseAct):
    """Part two cases that were tied by mistake; who did it and why stays in the change log."""

    template_name = ADMIN_FORM
    title = submit = "取消关联"

    def find(self, **place: Any) -> Any:
        """The case; the tie may be gone already when the form is sent."""
        case = super().find(**place)
        rows = CaseLink.objects.filter(Q(earlier=case.pk) | Q(later=case.pk), pk=place["link"])
        self.row = rows.first()
        if self.row is None and self.request.method != "POST":
            raise Http404
        return case

    def make(self, thing: Any, data: Any = None) -> ReasonForm:
        """Why."""
        return ReasonForm(data)

    def act(self, thing: Any, form: Any) -> str:
        """Part them."""
        if self.row is not None:
            moves.unlink(self.row, reason=form.cleaned_data["reason"])
        return "已取消关联"
