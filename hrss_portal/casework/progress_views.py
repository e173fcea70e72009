"""办件进度: the public pages, by the code on a receipt (its QR code), or by number and code."""

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from hrss_portal.access.public import Rows, public_page
from hrss_portal.casework import progress
from hrss_portal.casework.models import Case

ABSENT = (
    "没有查到",
    "收件号（案号）和查询码要与回执上印的一致。重新打印过回执的，以最后一张为准。仍查不到的，请到窗口询问。",
)


class AskForm(forms.Form):
    """What stands on the receipt."""

    number = forms.CharField(label="收件号或案号", max_length=60)
    code = forms.CharField(
        label="查询码", max_length=40, help_text="回执上十六位字母和数字，横线可以不填"
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for name, words in (("number", "填写收件号或案号"), ("code", "填写查询码")):
            self.fields[name].widget.attrs |= {"class": "i", "autocomplete": "off"}
            self.fields[name].error_messages["required"] = words


def typed(request: HttpRequest) -> Rows:
    """What the code that was typed opens."""
    return progress.rows_of(request.POST.get("code", ""))


def of_address(request: HttpRequest, code: str) -> Rows:
    """What the code in the address opens."""
    return progress.rows_of(code)


@public_page("progress", sees=typed, per="code", absent=ABSENT)
def ask(request: HttpRequest) -> HttpResponse:
    """Asks for number and code, and answers on the same page; both wrong and either wrong alike."""
    form = AskForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        page = {"title": "办件进度查询", "form": form}
        return render(request, "casework/progress.html", page, status=422 if form.errors else 200)
    case = Case.objects.first()
    if case is None or not progress.fits(case, form.cleaned_data["number"]):
        raise Http404
    return _told(request, case)


@public_page("progress", sees=of_address, per="code", absent=ABSENT)
def show(request: HttpRequest, code: str) -> HttpResponse:
    """What the QR code of a receipt opens."""
    case = Case.objects.first()
    if case is None:
        raise Http404
    return _told(request, case)


def _told(request: HttpRequest, case: Case) -> HttpResponse:
    page = {"title": "办理进度", "progress": progress.progress_of(case)}
    return render(request, "casework/progress_of.html", page)
