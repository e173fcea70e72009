"""Pages of the frame: workbench, to do, search, quick intake, settings, and their small posts."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar, cast

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from hrss_portal import areas
from hrss_portal.access import modules
from hrss_portal.access import policy as policies
from hrss_portal.access.models import User
from hrss_portal.access.routes import get_visible_or_404, policy
from hrss_portal.casework import own_days
from hrss_portal.casework.models import Case, Follow
from hrss_portal.casework.workflow import workflow_of, workflows
from hrss_portal.desk import badges, drafts, finding, habits
from hrss_portal.desk.cases import (
    CASE_COLUMNS,
    CaseList,
    by_clock,
    by_stage,
    worked_by,
)
from hrss_portal.desk.clockface import GLYPHS, face_of, tell
from hrss_portal.desk.columns import Col, Filter
from hrss_portal.desk.links import case_url, url_of, working_days_counter
from hrss_portal.desk.lists import ListPage, Quick
from hrss_portal.desk.models import ListPreference
from hrss_portal.desk.sides import title_with_parties
from hrss_portal.desk.states import state_label, state_tag

SHOWN = 12
GROUPS = (
    ("overdue", "超期"),
    ("task", "到期未办"),
    ("due", "临近"),
    ("ok", "正常"),
    ("paused", "中止"),
)
STATES = {"task": "due"}  # looks like what is near: no term of the law is over


def me(request: HttpRequest) -> User:
    """The member of staff; every page here needs one."""
    return cast(User, request.user)


@policy("login")
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """W1: what is to be done first, the own month, what was left half-written."""
    user = me(request)
    todo = badges.todo(user)
    today = timezone.localdate()
    first = own_days.first_to_do(today)
    rows = own_days.named(todo.select_related("handler").prefetch_related("parties"))
    urgent = list(rows.order_by(first, "pk")[:SHOWN])
    followed = [one.case for one in _followed(user)]
    tell([*urgent, *followed])
    groups = [by_clock(todo, code) for code, _ in GROUPS]
    work = months_work(user)
    late, *counted = badges.lengths(
        user, by_clock(todo, "overdue"), *groups, *(rows for _, rows, _ in work)
    )
    context = {
        "title": "工作台",
        "rows": [_line(case) for case in urgent],
        "total": badges.counts(user, fresh=True).todo,
        "duties": areas.duties(user, modules.without(user.unit.root_id)),
        "groups": [
            {
                "state": STATES.get(code, code),
                "label": label,
                "count": count,
                "glyph": GLYPHS[STATES.get(code, code)],
                "url": f"{reverse('desk:todo')}?clock={code}",
            }
            for (code, label), count in zip(GROUPS, counted, strict=False)
            if count
        ],
        "intakes": intakes(user),
        "month": month_lines(work, counted[len(GROUPS) :], late),
        "saved_drafts": drafts.seen(user)[:8],
        "followed": [_line(case) for case in followed],
        "empty_links": [],
    }
    return render(request, "desk/home.html", context)


def _followed(user: User) -> QuerySet[Follow]:
    """The eight cases that the user followed last, of those that the user sees."""
    rows = Follow.objects.filter(user=user, case__in=Case.objects.all())
    return rows.select_related("case").prefetch_related("case__parties").order_by("-since")[:8]


def _line(case: Case) -> dict[str, Any]:
    """One case as the workbench shows it."""
    face = face_of(case, today=timezone.localdate(), working_days=working_days_counter())
    return {
        "reference": case.reference,
        "title": title_with_parties(case),
        "kind": workflow_of(case).label,
        "url": case_url(case),
        "face": face,
        "state": state_label(case),
        "tag": state_tag(case),
    }


def intakes(user: User) -> list[dict[str, str]]:
    """The kinds of case that the user may take in, with their pages."""
    made = []
    for workflow in workflows():
        app, model = workflow.of.split(".")
        url = url_of(f"{app}:{model}_open")
        if url and policies.can(user, f"{workflow.of}.open"):
            area = str(workflow.model._meta.app_config.verbose_name)
            label = f"{workflow.open_label}：{workflow.label}"
            made.append({"label": label, "url": url, "area": area, "code": workflow.of})
    return made


def months_work(user: User) -> list[tuple[str, QuerySet[Any], str]]:
    """The user's own month by kind of case: words, cases, and the list that shows just those."""
    first = timezone.localdate().replace(day=1)
    made = []
    for workflow in workflows():
        app, model = workflow.of.split(".")
        url = url_of(f"{app}:{model}_list")
        if not url or not policies.can(user, f"{workflow.of}.view"):
            continue
        rows: QuerySet[Any] = workflow.model._default_manager.all()
        ended = by_stage(rows, "closed").filter(handler=user.pk, closed_on__gte=first)
        query = f"stage=closed&mine=handler&closed_on_from={first}"
        made += [
            (f"办结{workflow.label}", ended, f"{url}?{query}"),
            (f"办理{workflow.label}", worked_by(rows, user, first), f"{url}?worked={first}"),
        ]
    return made


def month_lines(
    work: Sequence[tuple[str, QuerySet[Any], str]], counted: Sequence[int], late: int
) -> list[dict[str, Any]]:
    """The numbers of ``months_work`` as the workbench shows them, and what of the 待办 is late."""
    lines = [
        {"label": label, "value": value, "unit": "件", "url": url}
        for (label, _, url), value in zip(work, counted, strict=True)
        if value
    ]
    todo = f"{reverse('desk:todo')}?clock=overdue"
    return [*lines, {"label": "超期在办", "value": late, "unit": "件", "url": todo}]


def kind_choices() -> list[tuple[str, str]]:
    """The kinds of case for a filter."""
    return [(workflow.of, workflow.label) for workflow in workflows()]


class Todo(ListPage):
    """K04: what waits for the user, over all areas."""

    policy: ClassVar[str] = "login"
    model = Case
    page = "desk:todo"
    title = "待办"
    noun = "待办"
    about = "分到名下、还没有分派、等待审批的办件会列在这里。"
    columns = (
        CASE_COLUMNS[0],
        Col(name="title", label="标题", link=True, value=title_with_parties),
        Col(name="kind", label="业务", value=lambda case: workflow_of(case).label),
        *CASE_COLUMNS[2:],
    )
    filters = (
        Filter(name="kind", label="业务", choices=kind_choices),
        Filter(
            name="clock",
            label="时限",
            choices=lambda: [*GROUPS, ("today", "今天到期")],
            apply=by_clock,
        ),
    )
    search = staticmethod(CaseList.search)
    told = staticmethod(own_days.named)
    default_sort = "due_on"
    related = ("handler", "town", "unit")
    prefetch = ("parties",)
    quick = (
        Quick(label="全部", query=""),
        Quick(label="超期", query="clock=overdue"),
        Quick(label="今天到期", query="clock=today"),
        Quick(label="到期未办", query="clock=task"),
    )

    def rows(self) -> Any:
        """What the badge counts."""
        return badges.todo(self.user)

    def row_url(self, row: Any) -> str:
        """The page of the case in its area."""
        return case_url(row)


@policy("login")
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """K05: persons, employers, cases by number or words, menu entries; by initials as well."""
    words = request.GET.get("q", "").strip()[:60]
    found = finding.find(me(request), words) if words else []
    if direct := finding.direct(found, words):
        return redirect(direct)
    context = {
        "words": words,
        "groups": found,
        "nothing": f"没有找到“{words}”",
        "no_links": [],
        "page_state": "ready" if found else "empty",
    }
    return render(request, "desk/search.html", context)


@policy("login")
@require_GET
def badge(request: HttpRequest) -> HttpResponse:
    """The numbers on the frame, counted now."""
    counts = badges.counts(me(request), fresh=True)
    return JsonResponse({"todo": counts.todo, "unread": counts.unread})


@policy("login")
@require_POST
def draft(request: HttpRequest) -> HttpResponse:
    """Keep what a form holds, every few seconds."""
    try:
        drafts.save(
            me(request),
            request.POST["key"],
            label=request.POST.get("title", ""),
            body=request.POST["data"],
        )
    except (KeyError, ValueError):
        return JsonResponse({"error": "草稿没有存上：内容不完整，请刷新页面再填"}, status=400)
    return JsonResponse({"saved": f"{timezone.localtime():%H:%M}"})


@policy("login")
@require_POST
def draft_drop(request: HttpRequest) -> HttpResponse:
    """Throw a draft away and go back to the empty form."""
    drafts.drop(me(request), request.POST.get("key", ""))
    messages.success(request, "草稿已删除")
    return redirect(_back(request))


@policy("login")
@require_POST
def list_habits(request: HttpRequest) -> HttpResponse:
    """Columns, density, size, and saved views of a list."""
    user, post = me(request), request.POST
    page = post.get("page", "")[:80]
    match post.get("do"):
        case "columns":
            size = post.get("size", "")
            density = post.get("density", "")
            known = density in ListPreference.Density.values
            habits.keep(
                user,
                page,
                columns=[name[:40] for name in post.getlist("columns")][:60],
                size=int(size) if size in {"20", "50", "100"} else None,
                density=density if known else "",
            )
        case "reset":
            habits.reset(user, page)
        case "save_view" if post.get("name", "").strip():
            habits.save_view(
                user,
                page,
                post["name"].strip()[:20],
                post.get("query", "")[:1000],
                shared=post.get("shared") == "1",
            )
            messages.success(request, f"已保存视图“{post['name'].strip()[:20]}”")
        case "drop_view" if post.get("view", "").isdecimal():
            habits.drop_view(user, int(post["view"]))
    return redirect(_back(request))


@policy("login")
@require_POST
def follow(request: HttpRequest) -> HttpResponse:
    """Follow a case, or stop."""
    pk = request.POST.get("case", "")
    case = get_visible_or_404(Case, pk=pk if pk.isdecimal() else 0)
    row, made = Follow.objects.get_or_create(user=me(request), case=case)
    if not made:
        row.delete()
    messages.success(request, "已关注，有新进展会提醒" if made else "已取消关注")
    return redirect(case_url(case))


@policy("login")
@require_GET
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """From a case's plain address, as messages carry it, to its page in its area."""
    found = get_visible_or_404(Case, pk=pk)
    url = case_url(found)
    if not url:
        raise Http404
    return redirect(url)


@policy("login")
@require_GET
def settings(request: HttpRequest) -> HttpResponse:
    """K21: what the portal keeps of the user's habits, and the way back to the defaults."""
    user = me(request)
    since = timezone.now() - timedelta(days=90)
    context = {
        "title": "个人设置",
        "preferences": ListPreference.objects.filter(user=user).order_by("page"),
        "saved_drafts": [one for one in drafts.seen(user) if one.saved_at >= since],
    }
    return render(request, "desk/settings.html", context)


def _back(request: HttpRequest) -> str:
    wanted = request.POST.get("back") or request.headers.get("referer", "")
    path = wanted.split("?draft=use")[0]
    if url_has_allowed_host_and_scheme(
        path, {request.get_host()}, require_https=request.is_secure()
    ):
        return path
    return reverse("desk:home")
