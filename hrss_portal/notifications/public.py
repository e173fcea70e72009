"""The answer page for outside bodies: no account, one link, one answer."""

import secrets

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from hrss_portal.access.routes import policy
from hrss_portal.access.scope import acting_as_system
from hrss_portal.notifications import tasklinks
from hrss_portal.notifications.forms import AnswerForm
from hrss_portal.notifications.models import TaskLink
from hrss_portal.notifications.throttle import too_many

CLOSED = "notifications/link_closed.html"
CHECK = "请核对链接是否完整；仍打不开的，请联系发出单位。"


@policy("task_link")
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Show the question and take the answer once.

    A token that never existed, one that was revoked and one that expired look the same; answered
    ones say so to whoever holds them.
    """
    if too_many(request, "task_link"):
        page = {"title": "打开得太频繁", "advice": "请一分钟后再打开。"}
        return render(request, CLOSED, page, status=429)
    with acting_as_system("public"):
        link = tasklinks.find(token)
        if link is not None and link.answered_at is not None:
            return render(request, "notifications/answered.html", {"title": "答复已收到"})
        if link is None or not link.is_open:
            page = {"title": "链接无效或已过期", "advice": CHECK}
            return render(request, CLOSED, page, status=404)
        return _ask(request, link)


def _ask(request: HttpRequest, link: TaskLink) -> HttpResponse:
    form = AnswerForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            tasklinks.answer(link, **form.values())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return render(request, "notifications/answered.html", {"title": "答复已收到"})
    page = {"title": link.title, "link": link, "form": form, "key": secrets.token_urlsafe(16)}
    status = 422 if form.errors else 200
    return render(request, "notifications/answer.html", page, status=status)
