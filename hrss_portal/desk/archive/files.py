"""档案: the list of ended cases as files, and one file: its index, its cover, holds."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from hrss_portal.access import keys
from hrss_portal.access import policy as policies
from hrss_portal.access.routes import get_visible_or_404, policy
from hrss_portal.audit.log import record_access
from hrss_portal.casework import file_index, retention
from hrss_portal.casework.models import Attachment, Case, CasePaper, LegalHold
from hrss_portal.casework.secrecy import require_paper
from hrss_portal.casework.workflow import workflow_of, workflows
from hrss_portal.desk.administration.pages import key_of, me
from hrss_portal.desk.cases import search_cases
from hrss_portal.desk.columns import Col, DateRange, Filter
from hrss_portal.desk.links import case_url
from hrss_portal.desk.lists import ListPage, Quick
from hrss_portal.desk.states import state_label
from hrss_portal.documents.papers import preview

NUMBERS = "序号和页数填 1 到 9999 的整数，页数不清楚的留空"
STAGES = (
    ("ended", "已办结未归档"),
    ("archived", "已归档"),
    ("over", "已过保管期限"),
    ("hold", "暂缓销毁"),
    ("destroyed", "已销毁"),
)


def by_stage(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    """Files by where they stand on their way."""
    match value:
        case "ended":
            return rows.filter(archived_on__isnull=True)
        case "over":
            return rows.filter(
                keep_until__lt=timezone.localdate(), on_hold=False, tombstone__isnull=True
            )
        case "hold":
            return rows.filter(on_hold=True)
        case "destroyed":
            return rows.filter(tombstone__isnull=False)
        case _:
            return rows.filter(archived_on__isnull=False, tombstone__isnull=True)


class Archive(ListPage):
    """Ended cases as files: which still have to be filed, which are over their time."""

    policy: ClassVar[str] = "casework.archive.run"
    model = Case
    page = "desk:archive"
    title = "档案"
    noun = "案卷"
    about = "办结的件会列在这里，整理卷内目录后由书记员归档。"
    columns: ClassVar[Sequence[Col]] = (
        Col(name="reference", label="编号", kind="code", sort="pk", link=True),
        Col(name="title", label="标题", link=True),
        Col(name="kind", label="业务", value=lambda case: workflow_of(case).label),
        Col(name="state", label="状态", kind="tag", value=state_label),
        Col(name="closed_on", label="办结", kind="date", sort="closed_on"),
        Col(name="archived_on", label="归档", kind="date", sort="archived_on"),
        Col(name="keep_until", label="保存至", kind="date", sort="keep_until"),
        Col(name="hold", label="暂缓销毁", value=lambda case: "是" if case.on_hold else None),
        Col(name="unit.name", label="承办单位", shown=False),
    )
    filters: ClassVar[Sequence[Filter]] = (
        Filter(name="stage", label="归档情况", choices=lambda: STAGES, apply=by_stage),
        Filter(
            name="kind",
            label="业务",
            choices=lambda: [(workflow.of, workflow.label) for workflow in workflows()],
        ),
        DateRange(name="closed_on", label="办结", further=True),
        DateRange(name="archived_on", label="归档", further=True),
    )
    search = staticmethod(search_cases)
    default_sort = "-closed_on"
    related = ("unit",)
    quick = tuple(Quick(label=label, query=f"stage={code}") for code, label in STAGES)
    detail = "desk:case_file"

    def rows(self) -> QuerySet[Any]:
        """Ended cases; a voided one is no file."""
        rows: QuerySet[Any] = Case.objects.filter(voided_at__isnull=True, closed_on__isnull=False)
        return rows

    def actions(self) -> list[dict[str, str]]:
        """The way to the run of the keeping periods."""
        url = reverse("desk:disposal")
        return [{"label": "到期鉴定", "url": url, "icon": "calendar-check", "kind": ""}]


def found(pk: int) -> Case:
    """The visible case, else 404."""
    rows = Case.objects.select_related("unit", "town")
    case: Case = get_visible_or_404(rows, pk=pk)
    return case


def facts_of(case: Case) -> dict[str, Any]:
    """What the pages of one file share."""
    return {
        "case": case,
        "case_link": case_url(case),
        "kind": workflow_of(case).label,
        "state": state_label(case),
        "tombstone": getattr(case, "tombstone", None),
        "holds": LegalHold._base_manager.filter(case=case.pk).select_related("set_by", "lifted_by"),
    }


@policy("login")
@keys.idempotent
def case_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The index of one file; POST orders it, takes papers in, or tells the pages once archived."""
    user, case = me(request), found(pk)
    may_edit = policies.can(user, f"{case.kind}.edit", case) and case.archived_on is None
    problems: list[str] = []
    if request.method == "POST":
        try:
            words = _change(request, case)
        except ValidationError as error:
            problems = error.messages
        else:
            messages.success(request, words)
            return redirect("desk:case_file", pk=case.pk)
    context = {
        **facts_of(case),
        "title": f"案卷 {case.reference}",
        "volumes": file_index.volumes(case, by=user),
        "parts": Attachment.Part.choices,
        "may_edit": may_edit,
        "may_count": may_edit or file_index.may_fill_pages(case, user),
        "may_hold": retention.may_hold(case, user),
        "may_unarchive": case.archived_on is not None
        and policies.can(user, f"{case.kind}.unarchive", case),
        "has_cover": file_index.cover_of(case) is not None,
        "problems": problems,
        "key": key_of(request),
    }
    status = 422 if problems else 200
    return render(request, "desk/archive/file.html", context, status=status)


def _change(request: HttpRequest, case: Case) -> str:
    """Do what the form asks; the words that say what was done."""
    if request.POST.get("do") == "gather":
        count = file_index.gather(case, by=me(request))
        return f"已编入 {count} 份文书和回证" if count else "没有新的文书和回证"
    shown = {
        entry.attachment.pk
        for volume in file_index.volumes(case, by=me(request))
        for entry in volume.entries
    }
    if request.POST.get("do") == "pages":
        pages = {pk: _pages(request.POST, pk) for pk in sorted(shown)}
        count = file_index.fill_pages(case, pages, by=me(request))
        return f"页数已保存，改动 {count} 份" if count else "页数没有改动"
    rows = {pk: _typed(request.POST, pk) for pk in sorted(shown)}
    count = file_index.arrange(case, rows, by=me(request))
    return f"卷内目录已保存，改动 {count} 份" if count else "目录没有改动"


def _typed(post: Any, pk: int) -> dict[str, Any]:
    """Order, part and pages of one line as typed.  Raises ``ValidationError``."""
    number = forms.IntegerField(min_value=1, max_value=9999)
    part = post.get(f"part-{pk}", "")
    if part not in Attachment.Part.values:
        raise ValidationError("选择正卷或副卷")
    try:
        return {
            "seq": number.clean(post.get(f"seq-{pk}", "")),
            "pages": _pages(post, pk),
            "part": part,
        }
    except ValidationError:
        raise ValidationError(NUMBERS) from None


def _pages(post: Any, pk: int) -> int | None:
    """The pages of one line as typed; None while they are not counted."""
    pages = forms.IntegerField(min_value=1, max_value=9999, required=False)
    try:
        number: int | None = pages.clean(post.get(f"pages-{pk}", ""))
    except ValidationError:
        raise ValidationError(NUMBERS) from None
    return number


@policy("login")
@require_GET
def case_file_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """卷内目录 on paper; printing is written down."""
    case = found(pk)
    record_access(
        "print",
        subject_type=case.kind,
        subject_id=case.pk,
        label=f"{case.reference} 卷内目录",
        case_id=case.pk,
    )
    context = {
        **facts_of(case),
        "title": "卷内目录",
        "volumes": file_index.volumes(case, by=me(request)),
    }
    return render(request, "desk/archive/index_sheet.html", context)


@policy("login")
@require_GET
def case_file_cover(request: HttpRequest, pk: int) -> HttpResponse:
    """The cover of the file, as the area's paper lays it out."""
    user, case = me(request), found(pk)
    kind = file_index.cover_of(case)
    if kind is None:
        raise Http404
    if not policies.can(user, kind.policy):
        raise PermissionDenied("案卷封面由经办文书的岗位打印")
    require_paper(user, case, kind.code)
    record_access(
        "print",
        subject_type=case.kind,
        subject_id=case.pk,
        label=f"{case.reference} 案卷封面",
        case_id=case.pk,
    )
    last = case.events.order_by("-on", "-pk").first()
    waiting = CasePaper(case=case, kind=kind.code, label=kind.label, event=last)
    blocks = preview(kind, kind.build_context(waiting), unit=case.unit, by=user)
    context = {"title": kind.label, "case": case, "blocks": blocks}
    return render(request, "desk/archive/cover.html", context)
