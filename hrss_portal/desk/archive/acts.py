"""What is done to one file: hold and lift, take out of the archive, void; each with its reason."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from hrss_portal.access import keys
from hrss_portal.access import policy as policies
from hrss_portal.access.routes import policy
from hrss_portal.casework import moves, retention
from hrss_portal.casework.models import Case
from hrss_portal.desk.administration.pages import ReasonForm, form_page, me, say
from hrss_portal.desk.archive.files import found
from hrss_portal.desk.links import case_url
from hrss_portal.parties.fields import TextCell


class HoldForm(ReasonForm):
    """Why a file is kept, and by which letter."""

    reason = TextCell(label="事由", max_length=200, help_text="如 诉讼、审计、纪检调卷")
    file_ref = TextCell(label="来文文号", max_length=80, required=False)


def _file(case: Case) -> str:
    return reverse("desk:case_file", args=[case.pk])


def _act(
    request: HttpRequest,
    form: ReasonForm,
    work: Callable[[dict[str, Any]], Any],
    done: str,
    back: str,
    **page: str,
) -> HttpResponse:
    """Ask for the reason, then do the work once and go back with the words."""
    if request.method == "POST" and form.is_valid():
        try:
            work(form.cleaned_data)
        except ValidationError as error:
            say(request, form, error)
        else:
            messages.success(request, done)
            return redirect(back)
    return form_page(request, form, back=back, **page)


@policy("casework.hold.set")
@keys.idempotent
def hold(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the file from destruction."""
    user, case = me(request), found(pk)
    return _act(
        request,
        HoldForm(request.POST or None),
        lambda data: retention.hold(case, by=user, **data),
        "已设定暂缓销毁，到期也不会列入销毁清单",
        _file(case),
        title=f"暂缓销毁 {case.reference}",
        submit="设定暂缓销毁",
    )


@policy("casework.hold.set")
@keys.idempotent
def lift(request: HttpRequest, pk: int) -> HttpResponse:
    """End the hold."""
    user, case = me(request), found(pk)
    return _act(
        request,
        ReasonForm(request.POST or None),
        lambda data: retention.lift(case, by=user, reason=data["reason"]),
        "已解除暂缓销毁",
        _file(case),
        title=f"解除暂缓销毁 {case.reference}",
        submit="解除暂缓销毁",
    )


@policy("login")
@keys.idempotent
def unarchive(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the file out of the archive for a correction."""
    user, case = me(request), found(pk)
    policies.require(user, f"{case.kind}.unarchive", case)
    return _act(
        request,
        ReasonForm(request.POST or None),
        lambda data: retention.unarchive(case, by=user, reason=data["reason"]),
        "已撤销归档，更正后重新归档",
        _file(case),
        title=f"撤销归档 {case.reference}",
        submit="撤销归档",
        intro="撤销后案卷可以更正，理由留在时间轴里；更正完由书记员重新归档，保存期限重新计算。",
    )


@policy("login")
@keys.idempotent
def void(request: HttpRequest, pk: int) -> HttpResponse:
    """Void a case entered by mistake: it keeps its number and no longer counts."""
    user, case = me(request), found(pk)
    policies.require(user, f"{case.kind}.void", case)
    return _act(
        request,
        ReasonForm(request.POST or None),
        lambda data: moves.void(case, by=user, reason=data["reason"]),
        "已作废，编号不再使用",
        case_url(case) or reverse("desk:home"),
        title=f"作废 {case.reference}",
        submit="作废此件",
        intro="作废的件留在库里，注明理由，不再计入任何数字，时限停止；编号不再使用。",
    )
