"""Pages of files, papers, templates and number series."""

import io
import secrets
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hrss_portal.access import keys
from hrss_portal.access import policy as policies
from hrss_portal.access.models import User
from hrss_portal.access.policy import NotVisible
from hrss_portal.access.routes import get_visible_or_404, policy
from hrss_portal.audit.log import record_access
from hrss_portal.documents.forms import SeriesForm, TemplateForm, VoidForm
from hrss_portal.documents.kinds import (
    COMMON_TAGS,
    PaperKind,
    number_series,
    paper_kind,
    paper_kinds,
)
from hrss_portal.documents.models import File, Paper, PaperTemplate, SeriesFormat
from hrss_portal.documents.numbers import wording
from hrss_portal.documents.papers import is_intact, void_paper
from hrss_portal.documents.preview import Block, blocks_of
from hrss_portal.documents.series import example, propose_wording
from hrss_portal.documents.sniffing import WORD
from hrss_portal.documents.templates import (
    own_templates,
    propose_shipped,
    propose_template,
    template_for,
)
from hrss_portal.documents.uploads import may_open, sees_paper

PAGE_ROWS = 50
#: A stored file can do nothing on our pages, even if a browser were persuaded to show it.
SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"


def who(request: HttpRequest) -> User:
    """The person logged in (the route's policy has made sure of one)."""
    return cast(User, request.user)


def attachment(content: Any, name: str, content_type: str) -> FileResponse:
    """A download that no browser will run or keep."""
    response = FileResponse(content, as_attachment=True, filename=name, content_type=content_type)
    # Django names only what has ``read``; rows of bytes would be saved as "download.xlsx"
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    response["Content-Security-Policy"] = SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@policy("login")
@require_GET
def download(request: HttpRequest, pk: int) -> FileResponse:
    """Hand a file over to whoever may open its record; logged before the data leaves."""
    file = get_object_or_404(File, pk=pk)
    if not may_open(who(request), file):
        raise NotVisible(f"documents.file {pk}", "file-owner")
    if file.expires_on is not None and file.expires_on < timezone.localdate():
        raise Http404
    record_access(
        "open",
        subject_type=file.owner_label or "documents.file",
        subject_id=file.owner_id or file.pk,
        label=file.name,
        fields=[f"file:{file.pk}"],
        case_id=file.owner_id if file.owner_label == "casework.case" else None,
    )
    return attachment(file.content.open("rb"), file.name, file.content_type)


@policy("documents.paper.view")
@require_GET
def papers(request: HttpRequest) -> HttpResponse:
    """文书登记簿: the issued papers that the person may see, newest first."""
    wanted = request.GET.get("q", "").strip()
    rows = Paper.objects.select_related("unit", "issued_by").order_by("-pk")
    for data_class, asks in Paper.asking_for().items():
        rows = rows.filter(~asks | policies.with_class(who(request), Paper, data_class))
    if wanted:
        rows = rows.filter(Q(number__contains=wanted) | Q(title__contains=wanted))
    page = Paginator(rows, PAGE_ROWS).get_page(request.GET.get("page"))
    return render(
        request, "documents/papers.html", {"title": "文书登记簿", "page": page, "q": wanted}
    )


def _readable_or_404(request: HttpRequest, pk: int) -> Paper:
    """The visible paper, where the user has the data classes that it asks for, else 404."""
    rows = Paper.objects.select_related("file", "unit", "case_paper__case")
    found: Paper = get_visible_or_404(rows, pk=pk)
    if not sees_paper(who(request), found):
        raise NotVisible(f"documents.paper {pk}", "data-class")
    return found


@policy("documents.paper.view")
@never_cache
@require_GET
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """One issued paper: what it says, whether its file is intact, and its void."""
    found = _readable_or_404(request, pk)
    printing = "print" in request.GET
    how = "print" if printing else "view"
    record_access(how, subject_type="documents.paper", subject_id=pk, label=str(found))
    blocks: list[Block] = []
    if not found.outside_because:
        with found.file.content.open("rb") as stored:
            blocks = blocks_of(stored.read())
    return render(
        request,
        "documents/paper.html",
        {
            "title": str(found),
            "paper": found,
            "blocks": blocks,
            "intact": is_intact(found),
            "form": VoidForm(),
            "may_void": policies.can(who(request), "documents.paper.void", found),
            "key": secrets.token_urlsafe(16),
            "print_now": printing,
        },
    )


@policy("documents.paper.void")
@require_POST
def paper_void(request: HttpRequest, pk: int) -> HttpResponse:
    """Declare a paper void, with the reason."""
    found = _readable_or_404(request, pk)
    policies.require(who(request), "documents.paper.void", found)
    try:
        void_paper(found, by=who(request), reason=request.POST.get("reason", ""))
    except ValidationError as error:
        messages.error(request, "；".join(error.messages))
    else:
        messages.success(
            request, f"{found} 已作废，编号不再使用；要重新制发的，回到办件页的“文书”办理"
        )
    return redirect("documents:paper", pk=pk)


@policy("documents.paper.view")
@require_GET
def paper_file(request: HttpRequest, pk: int) -> FileResponse:
    """The docx of an issued paper, or the scan of one that was made by hand."""
    found = _readable_or_404(request, pk)
    record_access("open", subject_type="documents.paper", subject_id=pk, label=str(found))
    return attachment(found.file.content.open("rb"), found.file.name, found.file.content_type)


@policy("documents.template.edit")
@require_GET
def templates(request: HttpRequest) -> HttpResponse:
    """All papers, and whether the bureau prints each with its own template."""
    own = own_templates(who(request).unit)
    rows = [
        {"kind": kind, "own": own.get(kind.code)}
        for kind in sorted(paper_kinds().values(), key=lambda kind: kind.code)
    ]
    return render(request, "documents/templates.html", {"title": "文书模板", "rows": rows})


def _kind_or_404(code: str) -> PaperKind:
    try:
        return paper_kind(code)
    except LookupError as error:
        raise Http404 from error


@policy("documents.template.edit")
@require_http_methods(["GET", "POST"])
def template(request: HttpRequest, code: str) -> HttpResponse:
    """One paper's template: what it says, which tags it may use, and handing in another."""
    kind, user = _kind_or_404(code), who(request)
    form = TemplateForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and "shipped" in request.POST:
        return _back_to_shipped(request, kind)
    if request.method == "POST" and form.is_valid():
        try:
            _, proposal = propose_template(
                kind, form.cleaned_data["file"], by=user, note=form.cleaned_data["note"]
            )
        except ValidationError as error:
            form.add_error("file", error)
        else:
            messages.success(request, f"已提交“{proposal.title}”，等第二人复核后启用")
            return redirect("documents:template", code=code)
    current = template_for(kind, user.unit)
    page = {
        "title": f"文书模板：{kind.label}",
        "kind": kind,
        "own": current.own,
        "blocks": blocks_of(current.content),
        "tags": {**kind.tags, **COMMON_TAGS},
        "history": PaperTemplate.objects.filter(kind=code, unit=user.unit.root)[:20],
        "form": form,
        "key": secrets.token_urlsafe(16),
    }
    return render(request, "documents/template.html", page, status=422 if form.errors else 200)


def _back_to_shipped(request: HttpRequest, kind: PaperKind) -> HttpResponse:
    try:
        propose_shipped(kind, by=who(request), note=request.POST.get("note", ""))
    except ValidationError as error:
        messages.error(request, "；".join(error.messages))
    else:
        messages.success(request, "已提交，等第二人复核后恢复自带模板")
    return redirect("documents:template", code=kind.code)


@policy("documents.template.edit")
@require_GET
def template_file(request: HttpRequest, code: str) -> FileResponse:
    """The docx in force, to be changed in Word or WPS and handed in again."""
    kind = _kind_or_404(code)
    content = template_for(kind, who(request).unit).content
    return attachment(io.BytesIO(content), f"{kind.label}模板.docx", WORD)


@policy("documents.series.edit")
@require_GET
def series(request: HttpRequest) -> HttpResponse:
    """Every number series with the wording of the person's bureau."""
    root = who(request).unit.root
    own = set(SeriesFormat.objects.filter(unit=root).values_list("series", flat=True))
    rows = []
    for one in sorted(number_series().values(), key=lambda one: one.code):
        prefix, pattern = wording(one.code, root)
        text = example(prefix, pattern)
        rows.append({"series": one, "example": text, "is_own": one.code in own})
    return render(request, "documents/series.html", {"title": "编号格式", "rows": rows})


@policy("documents.series.edit")
@require_http_methods(["GET", "POST"])
@keys.idempotent
def series_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Propose how the bureau writes one series; from the next number on, once confirmed."""
    declared, root = number_series().get(code), who(request).unit.root
    if declared is None:
        raise Http404
    prefix, pattern = wording(code, root)
    now = SeriesFormat(series=code, unit=root, prefix=prefix, pattern=pattern)
    shown = {"before": example(prefix, pattern)}
    form = SeriesForm(request.POST or None, instance=now, initial=shown)
    if request.method == "POST" and form.is_valid():
        try:
            propose_wording(code, by=who(request), **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"已提交，另一人复核后“{declared.label}”从下一号起按新格式")
            return redirect("documents:series")
    page = {
        "title": f"编号格式：{declared.label}",
        "form": form,
        "key": request.POST.get(keys.FIELD) or keys.new(),
    }
    return render(request, "documents/series_edit.html", page, status=422 if form.errors else 200)
