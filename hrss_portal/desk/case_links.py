"""Cases that belong together, also across areas: shown on both pages, tied and parted by hand."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from hrss_portal.access import keys
from hrss_portal.access import policy as policies
from hrss_portal.access.routes import policy
from hrss_portal.casework import moves
from hrss_portal.casework.models import Case, CaseLink
from hrss_portal.desk.administration.pages import ReasonForm, form_page, me, say
from hrss_portal.desk.archive.files import found
from hrss_portal.desk.cases import plain_number
from hrss_portal.desk.finding import SCANNED
from hrss_portal.desk.links import case_url
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


@policy("login")
@keys.idempotent
def tie(request: HttpRequest, pk: int) -> HttpResponse:
    """Tie another case to this one; the older of the two comes first."""
    user, case = me(request), found(pk)
    policies.require(user, f"{case.kind}.edit", case)
    form = LinkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data: dict[str, Any] = form.cleaned_data
        other: Case = data["number"]
        if other.pk == case.pk:
            form.add_error("number", "这就是本件，填另一件的编号")
        else:
            earlier, later = sorted((case, other), key=lambda one: (one.opened_on, one.pk))
            moves.link(earlier, later, kind=data["kind"], by=user, reason=data["reason"])
            messages.success(request, f"已关联 {other.reference}，两件的页面上都能看到")
            return redirect(case_url(case))
    return form_page(
        request,
        form,
        title=f"关联办件 {case.reference}",
        submit="关联此件",
        back=case_url(case) or reverse("desk:home"),
        intro="两件各办各的，只是互相看得到；没有权限看另一件的人只知道有关联。",
    )


@policy("login")
@keys.idempotent
def untie(request: HttpRequest, pk: int, link: int) -> HttpResponse:
    """Part two cases that were tied by mistake; who did it and why stays in the change log."""
    user, case = me(request), found(pk)
    policies.require(user, f"{case.kind}.edit", case)
    row = CaseLink.objects.filter(Q(earlier=case.pk) | Q(later=case.pk), pk=link).first()
    if row is None and request.method != "POST":
        raise Http404
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            if row is not None:
                moves.unlink(row, reason=form.cleaned_data["reason"])
        except ValidationError as error:
            say(request, form, error)
        else:
            messages.success(request, "已取消关联")
            return redirect(case_url(case))
    return form_page(
        request,
        form,
        title=f"取消关联 {case.reference}",
        submit="取消关联",
        back=case_url(case) or reverse("desk:home"),
    )
