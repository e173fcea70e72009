"""Pages of reports: list, the report with every number linked, sections, files, then and now."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hrss_portal.access.policy import can, require
from hrss_portal.access.routes import get_visible_or_404, policy
from hrss_portal.documents.models import File
from hrss_portal.indicators.posting import once, page
from hrss_portal.jobs.models import Job
from hrss_portal.reports import editing, exporting, freezing, writers, writing
from hrss_portal.reports import narrative as plan
from hrss_portal.reports.composed import Composed, NotReady, Paragraph, Use
from hrss_portal.reports.forms import (
    FeedbackForm,
    HandoverForm,
    SectionForm,
    StartForm,
    TextsForm,
)
from hrss_portal.reports.models import Handover, Report, Section

#: What may be done to a section, and the right it takes: leaving it out weighs as much as a check.
ACT_RIGHTS = {"check": "check", "omit": "check", "lock": "lock", "reopen": "lock"}


@dataclass(frozen=True, kw_only=True)
class Words:
    """Some words of the page twin: plain, a figure with its state and rows, or a gap."""

    text: str
    url: str = ""
    state: str = ""
    word: str = ""
    mark: str = ""
    title: str = ""


@policy("reports.report.view")
@require_http_methods(["GET", "HEAD", "POST"])
@once
def report_list(request: HttpRequest) -> HttpResponse:
    """All reports of the bureau; a new draft starts here."""
    user: Any = request.user
    today = timezone.localdate()
    initial = {"frm": today.replace(month=1, day=1), "to": today}
    form = StartForm(request.POST or None, initial=initial)
    if request.method == "POST":
        require(user, "reports.report.add")
        if form.is_valid():
            given = form.cleaned_data
            report = writing.start(
                given["narrative"],
                org=user.unit.root,
                frm=given["frm"],
                to=given["to"],
                by=user,
            )
            return redirect("reports:report", pk=report.pk)
    reports = Report.objects.select_related("org", "created_by").order_by("-to_on", "-pk")
    context = {
        "title": "报告",
        "form": form,
        "reports": reports,
        "may_start": can(user, "reports.report.add"),
    }
    return page(request, "reports/report_list.html", context)


@policy("reports.report.view")
@require_safe
def report_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The report as it would be printed, each number linked to its rows and marked by its check."""
    report = get_visible_or_404(Report, pk=pk)
    user: Any = request.user
    composed = writing.composed_of(report)
    states = writing.figure_states(report, composed)
    waiting = sum(state in (writing.UNCHECKED, writing.CHANGED) for state in states.values())
    draft = report.state == Report.State.DRAFT
    context = {
        "title": composed.title,
        "report": report,
        "composed": composed,
        "sections": _sections(report, composed, states, user),
        "waiting": waiting,
        "obstacles": freezing.obstacles(report, composed) if draft else [],
        "omitted": len(freezing.omitted(report)),
        "texts_form": TextsForm(
            story=plan.load(report.narrative),
            names=composed.texts,
            initial=report.texts | {"version": report.version},
        ),
        "files": File.objects.filter(owner_label="reports.report", owner_id=report.pk),
        "jobs": _jobs(report),
        "handovers": report.handovers.select_related("by"),
        "handover_form": HandoverForm(initial={"sent_on": timezone.localdate()}),
        "may_edit": can(user, "reports.report.edit", report) and draft,
        "may_lock": can(user, "reports.section.lock") and draft,
        "may_freeze": can(user, "reports.report.freeze"),
        "crumbs": [("报告", reverse("reports:reports")), (composed.title, "")],
    }
    return page(request, "reports/report.html", context)


def _jobs(report: Report) -> Any:
    found = Job.objects.filter(kind="reports.export", payload__report=report.pk)
    return found.exclude(state="done").order_by("-pk")[:5]


def _sections(
    report: Report, composed: Composed, states: dict[str, writing.FigureState], user: Any
) -> list[dict[str, Any]]:
    """The paragraphs by section, with the section's own state above them."""
    sections = {section.code: section for section in writing.sections_of(report)}
    offices = writers.offices_of(report, [section.owner for section in sections.values()])
    uses = {use.id: use for use in composed.uses}
    gaps = Counter(found["section"] for found in composed.missing)
    groups: list[dict[str, Any]] = []
    draft = report.state == Report.State.DRAFT
    for paragraph in composed.paragraphs:
        if not groups or groups[-1]["code"] != paragraph.section:
            section = sections.get(paragraph.section)
            office = offices.get(section.owner, report.org) if section else report.org
            groups.append(
                {
                    "code": paragraph.section,
                    "section": section,
                    "gaps": gaps[paragraph.section],
                    "may_edit": bool(draft and section) and writers.may_at(user, "edit", office),
                    "may_check": bool(draft and section) and writers.may_at(user, "check", office),
                    "paragraphs": [],
                }
            )
        groups[-1]["paragraphs"].append((paragraph.kind, _words(report, paragraph, uses, states)))
    return groups


def _words(
    report: Report,
    paragraph: Paragraph,
    uses: dict[str, Use],
    states: dict[str, writing.FigureState],
) -> list[Words]:
    found = []
    for piece in paragraph.pieces:
        use = uses.get(piece.use)
        if use is None:
            found.append(Words(text=piece.text, mark=piece.mark))
            continue
        state = states[use.id]
        title = f"{use.label}，{use.frm or ''}至{use.to}，取数 {use.as_of[:16]}，{state.word}"
        url = reverse("reports:figure", args=[report.pk, use.id]) if use.rows_url else ""
        found.append(
            Words(text=piece.text, url=url, state=state.kind, word=state.word, title=title)
        )
    return found


def _section_of(request: HttpRequest, pk: int, code: str, verb: str) -> Section:
    get_visible_or_404(Report, pk=pk)
    section: Section = get_visible_or_404(
        Section.objects.select_related("report__org"), report=pk, code=code
    )
    user: Any = request.user
    if verb in ("edit", "check"):
        writers.require_writer(user, verb, section)
    else:
        require(user, f"reports.section.{verb}", section)
    return section


@policy("reports.section.edit")
@require_http_methods(["GET", "HEAD", "POST"])
@once
def section_page(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """The text of one section."""
    section = _section_of(request, pk, code, "edit")
    user: Any = request.user
    story = plan.load(section.report.narrative)
    initial = {
        "body": editing.shown(section.body, story.texts),
        "awaiting": "\n".join(section.awaiting),
        "version": section.version,
    }
    form = SectionForm(request.POST or None, initial=initial, story=story)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            writing.edit(
                section,
                body=given["body"],
                awaiting=given["awaiting"],
                version=given["version"],
                by=user,
            )
        except writing.Stale:
            return _stale(request, section, form)
        except ValidationError as error:
            form.add_error("body", error)
        except NotReady as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "已保存，本节回到待填，请重新核数")
            return redirect(f"{reverse('reports:report', args=[pk])}#{code}")
    names = editing.names()
    context = {
        "title": str(section),
        "section": section,
        "form": form,
        "uses": [(use, names.get(use.code, "")) for use in editing.uses(section)],
        "figures": sorted(names.values()),
        "crumbs": [
            ("报告", reverse("reports:reports")),
            (section.report.title, reverse("reports:report", args=[pk])),
            (str(section), ""),
        ],
    }
    return page(request, "reports/section.html", context)


def _stale(request: HttpRequest, section: Section, form: SectionForm) -> HttpResponse:
    """Somebody was quicker: their text and mine on one page, mine can be copied."""
    section.refresh_from_db()
    texts = form.story.texts
    context = {
        "title": str(section),
        "theirs": editing.shown(section.body, texts),
        "mine": editing.shown(form.cleaned_data["body"], texts),
        "section": section,
        "form": form,
        "page_state": "error",
    }
    return page(request, "reports/section_stale.html", context, status=409)


@policy("reports.section.view")
@require_POST
@once
def section_act(request: HttpRequest, pk: int, code: str, verb: str) -> HttpResponse:
    """核数, 本期不编入, 锁定 or 重开 of one section."""
    if verb not in ACT_RIGHTS:
        raise Http404
    section = _section_of(request, pk, code, ACT_RIGHTS[verb])
    user: Any = request.user
    version, reason = _version(request), request.POST.get("reason", "")
    try:
        if verb == "check":
            writing.check(section, by=user, version=version)
        elif verb == "omit":
            writing.omit(section, reason=reason, by=user, version=version)
        elif verb == "lock":
            writing.lock(section, by=user, version=version)
        else:
            writing.reopen(section, reason=reason, version=version)
    except writing.Stale:
        messages.error(request, f"{section} 刚被别人改过，看过最新内容再办")
    except (NotReady, ValidationError) as error:
        messages.error(request, _words_of_error(error))
    else:
        messages.success(request, f"{section}：{section.get_state_display()}")
    return redirect(f"{reverse('reports:report', args=[pk])}#{code}")


def _version(request: HttpRequest) -> int:
    """The version that the form was opened with; anything that is no number is none."""
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() else 0


def _words_of_error(error: Exception) -> str:
    return "；".join(error.messages) if isinstance(error, ValidationError) else str(error)


@policy("reports.section.edit")
@require_POST
@once
def report_texts(request: HttpRequest, pk: int) -> HttpResponse:
    """The texts that staff fill in; one that the page did not ask stays as it was."""
    report = get_visible_or_404(Report, pk=pk)
    user: Any = request.user
    require(user, "reports.report.edit", report)
    form = TextsForm(request.POST, story=plan.load(report.narrative), names=request.POST)
    if not form.is_valid():
        messages.error(request, "填写的文字没有保存：每项最多 200 字")
        return redirect("reports:report", pk=pk)
    texts = dict(form.cleaned_data)
    try:
        version = texts.pop("version")
        writing.fill_texts(report, report.texts | texts, version=version)
    except writing.Stale:
        messages.error(request, "这些文字刚被别人改过，看过最新内容再改")
    except NotReady as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "已保存")
    return redirect("reports:report", pk=pk)


@policy("reports.report.export")
@require_POST
@once
def report_export(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks for a file; the job's progress and the file appear on the report's page."""
    report = get_visible_or_404(Report, pk=pk)
    try:
        exporting.request_export(report, request.POST.get("kind", ""), by=request.user)
    except NotReady as error:
        messages.error(request, f"不能导出正式稿。{error}")
    except ValueError:
        raise Http404 from None
    else:
        messages.success(request, "已开始生成，完成后在本页“文件”里下载")
    return redirect("reports:report", pk=pk)


@policy("reports.report.freeze")
@require_http_methods(["GET", "HEAD", "POST"])
@once
def report_freeze(request: HttpRequest, pk: int) -> HttpResponse:
    """定格: shows what will be kept; afterwards text and figures never change."""
    report = get_visible_or_404(Report, pk=pk)
    user: Any = request.user
    require(user, "reports.report.freeze", report)
    if request.method == "POST":
        try:
            freezing.freeze(report, by=user)
        except NotReady as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "已定格。此后业务数据再改，本报告的文字和数不变")
        return redirect("reports:report", pk=pk)
    composed = writing.composed_of(report)
    context = {
        "title": f"定格：{report.title}",
        "report": report,
        "composed": composed,
        "obstacles": freezing.obstacles(report, composed),
        "omitted": freezing.omitted(report),
        "crumbs": [
            ("报告", reverse("reports:reports")),
            (report.title, reverse("reports:report", args=[pk])),
            ("定格", ""),
        ],
    }
    return page(request, "reports/freeze.html", context)


@policy("reports.report.send")
@require_POST
@once
def report_send(request: HttpRequest, pk: int) -> HttpResponse:
    """报送: to whom and when."""
    report = get_visible_or_404(Report, pk=pk)
    user: Any = request.user
    require(user, "reports.report.send", report)
    form = HandoverForm(request.POST)
    if form.is_valid():
        try:
            writing.hand_over(report, by=user, **form.cleaned_data)
            messages.success(request, "已登记报送")
        except NotReady as error:
            messages.error(request, str(error))
    else:
        messages.error(request, "填写报送对象和日期")
    return redirect("reports:report", pk=pk)


@policy("reports.report.send")
@require_http_methods(["GET", "HEAD", "POST"])
@once
def handover_page(request: HttpRequest, pk: int, handover: int) -> HttpResponse:
    """Receipt, score and remarks of the level above."""
    report = get_visible_or_404(Report, pk=pk)
    found = get_object_or_404(Handover, pk=handover, report=report)
    form = FeedbackForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "已登记反馈")
        return redirect("reports:report", pk=pk)
    context = {"title": f"反馈：{found.sent_to}", "report": report, "form": form}
    return page(request, "reports/handover.html", context)
