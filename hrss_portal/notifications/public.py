"""The answer page for outside bodies: no account, one link, one answer."""

import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from hrss_portal.access.public import Rows, public_page
from hrss_portal.notifications import tasklinks
from hrss_portal.notifications.forms import AnswerForm
from hrss_portal.notifications.models import TaskLink

CHECK = "请核对链接是否完整；仍打不开的，请联系发出单位。"


def the_link(request: HttpRequest, token: str) -> Rows:
    """The link of a token, if there is one."""
    return {TaskLink: Q(token_hash=tasklinks.fingerprint(token))}


@public_page("task_link", sees=the_link, per="token", absent=("链接无效或已过期", CHECK))
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Show the question and take the answer once.

    A token that never existed, one that was revoked and one that expired look the same; answered
    ones say so to whoever holds them.
    """
    link = tasklinks.find(token)
    if link is not None and link.answered_at is not None:
        return render(request, "notifications/answered.html", {"title": "答复已收到"})
    if link is None or not link.is_open:
        raise Http404
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
    key = secrets.token_urlsafe(16)
    page: dict[str, Any] = {"title": link.title, "link": link, "form": form, "key": key}
    status = 422 if form.errors else 200
    return render(request, "notifications/answer.html", page, status=status)
