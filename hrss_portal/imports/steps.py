"""What all pages of the import have in common: the five steps, finding the batch, the guards."""

import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from hrss_portal.access import policy as policies
from hrss_portal.access.models import User
from hrss_portal.access.routes import get_visible_or_404
from hrss_portal.areas import Sheet
from hrss_portal.imports import registry
from hrss_portal.imports.fixing import Stale
from hrss_portal.imports.landing import NotPossible
from hrss_portal.imports.models import Batch
from hrss_portal.jobs.models import Job

INLINE_BYTES = 800_000  # larger files are read, and
INLINE_ROWS = 2_000  # larger batches are landed, by a job
STEPS = (
    ("upload", "上传"),
    ("columns", "认表"),
    ("fix", "修正"),
    ("confirm", "确认"),
    ("result", "结果"),
)
Page = Callable[..., HttpResponse]


def who(request: HttpRequest) -> User:
    """The person logged in (the route's policy has made sure of one)."""
    return cast(User, request.user)


def sheet_or_404(request: HttpRequest, code: str) -> Sheet:
    """A declared sheet that this person may import; 404 for an unknown code, else ``Refused``."""
    try:
        found = registry.sheet(code)
    except registry.UnknownSheet:
        raise Http404 from None
    policies.require(who(request), found.policy)
    return found


def batch_or_404(request: HttpRequest, pk: int) -> Batch:
    """A visible batch whose sheet this person may import."""
    batch: Batch = get_visible_or_404(Batch.objects.select_related("unit", "owner"), pk=pk)
    sheet_or_404(request, batch.sheet_code)
    return batch


def step_of(batch: Batch) -> str:
    """The page on which a batch goes on."""
    if batch.state in {Batch.State.UPLOADED, Batch.State.RECOGNISED}:
        return "columns"
    if batch.state in {Batch.State.FIXING, Batch.State.READY}:
        return "fix" if batch.rejected or batch.state == Batch.State.FIXING else "confirm"
    return "result"


def to_step(batch: Batch, step: str = "") -> HttpResponse:
    """On to a step of the batch, or to the one where it stands."""
    return redirect(f"imports:{step or step_of(batch)}", pk=batch.pk)


def frame(batch: Batch, current: str, **more: Any) -> dict[str, Any]:
    """What every step's page needs: title, steps with links, hidden fields."""
    reached = {"columns": 1, "fix": 2, "confirm": 3, "result": 4}[step_of(batch)]
    steps = [
        {
            "label": label,
            "number": number + 1,
            "current": name == current,
            "url": reverse(f"imports:{name}", args=[batch.pk]) if 0 < number <= reached < 4 else "",
        }
        for number, (name, label) in enumerate(STEPS)
    ]
    return {
        "title": f"导入{batch.title}",
        "batch": batch,
        "steps": steps,
        "key": secrets.token_urlsafe(16),
        "crumbs": [("表格导入", reverse("imports:batches")), (batch.title, "")],
        **more,
    }


def guarded(view: Page) -> Page:
    """A POST of a step: done once per form key and never without one, stale pages answered with
    409, refusals in words.

    The view takes the batch instead of its number.
    """

    @wraps(view)
    def page(request: HttpRequest, pk: int, **more: Any) -> HttpResponse:
        batch = batch_or_404(request, pk)
        if request.method != "POST":
            return view(request, batch, **more)
        key = request.POST.get("_key", "")[:64]
        if not key:
            messages.error(request, "这个页面的表单不完整，请刷新后再办")
            return to_step(batch)
        if key == batch.last_key:
            return to_step(batch)
        try:
            response = view(request, batch, **more)
        except Stale:
            return stale(request, batch)
        except NotPossible as refused:
            messages.error(request, str(refused))
            return to_step(batch)
        if response.status_code == 302:
            Batch.objects.filter(pk=batch.pk).update(last_key=key)
        return response

    return page


def stale(request: HttpRequest, batch: Batch) -> HttpResponse:
    """Somebody else changed the batch first."""
    page = {
        "title": "有人先改了",
        "back": reverse("imports:batch", args=[batch.pk]),
        "changed_by": batch.owner.name if batch.owner else "",
        "changed_at": batch.updated_at,
        "fields": [],
    }
    return render(request, "409.html", page, status=409)


def version_of(request: HttpRequest) -> int:
    """The version of the batch that the form was made from."""
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def job_of(batch: Batch) -> Job | None:
    """The running or last job of a batch."""
    return Job.objects.filter(pk=batch.job_id).first() if batch.job_id else None


def is_working(batch: Batch) -> bool:
    """Whether a job of the batch has not finished."""
    job = job_of(batch)
    return job is not None and not job.is_finished
