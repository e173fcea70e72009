"""作业与下载中心: what runs in the background, how far it is, and what came of it."""

import secrets
from typing import cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from hrss_portal.access import policy as policies
from hrss_portal.access.models import User
from hrss_portal.access.policy import NotVisible
from hrss_portal.access.routes import policy
from hrss_portal.jobs.kinds import periodic
from hrss_portal.jobs.models import Job, JobQuerySet
from hrss_portal.jobs.queue import cancel, retry
from hrss_portal.jobs.upkeep import last_sign_of_life

PAGE_ROWS = 50
MANAGE = "jobs.system.manage"


def _rows(request: HttpRequest) -> JobQuerySet:
    """The jobs that the person may see: the own ones; the administrator those of the bureau.

    Jobs that nobody asked for (the periodic ones) belong to the installation: every bureau's
    administrator sees and handles them, and nobody else.
    """
    user = cast(User, request.user)
    seen = Q(requested_by=user)
    if policies.can(user, MANAGE):
        seen |= Q(requested_by=None)
        seen |= Q(requested_by__unit__path__startswith=user.unit.root_path)
    return Job.objects.select_related("requested_by").filter(seen)


def _one(request: HttpRequest, pk: int) -> Job:
    found = _rows(request).filter(pk=pk).first()
    if found is None:
        raise NotVisible(f"jobs.job {pk}", "own-jobs")
    return found


@policy("jobs.job.view")
@never_cache
@require_GET
def jobs(request: HttpRequest) -> HttpResponse:
    """The jobs, newest first; ``show=stopped`` what stopped on errors, ``show=all`` routine too."""
    show = request.GET.get("show", "")
    rows = _rows(request).order_by("-pk")
    if show == "stopped":
        rows = rows.filter(state=Job.State.DEAD)
    elif show != "all":
        rows = rows.exclude(kind__in=[kind.code for kind in periodic()], state=Job.State.DONE)
    page = Paginator(rows, PAGE_ROWS).get_page(request.GET.get("page"))
    manages = policies.can(cast(User, request.user), MANAGE)
    return render(
        request,
        "jobs/list.html",
        {
            "title": "作业与下载中心",
            "page": page,
            "show": show,
            "manages": manages,
            "alive": last_sign_of_life() if manages else None,
        },
    )


@policy("jobs.job.view")
@never_cache
@require_GET
def job(request: HttpRequest, pk: int) -> HttpResponse:
    """One job; its state refreshes itself until it is finished."""
    found = _one(request, pk)
    page = {
        "title": found.label,
        "job": found,
        "manages": policies.can(cast(User, request.user), MANAGE),
        "key": secrets.token_urlsafe(16),
    }
    return render(request, "jobs/job.html", page)


@policy("jobs.job.view")
@never_cache
@require_GET
def status(request: HttpRequest, pk: int) -> HttpResponse:
    """The state alone, for the page that refreshes itself."""
    return render(request, "jobs/_status.html", {"job": _one(request, pk)})


@policy("jobs.job.retry")
@require_POST
def job_retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Queue a stopped job again."""
    if retry(_one(request, pk)):
        messages.success(request, "已重新排队")
    else:
        messages.info(request, "作业不在停止状态，没有重新排队")
    return redirect("jobs:job", pk=pk)


@policy("jobs.job.cancel")
@require_POST
def job_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Give up a job that waits; one that runs is left to finish."""
    if cancel(_one(request, pk)):
        messages.success(request, "已取消")
    else:
        messages.info(request, "作业已经开始或结束，不能取消")
    return redirect("jobs:job", pk=pk)
