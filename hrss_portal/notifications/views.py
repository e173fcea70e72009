"""Pages for staff: inbox, announcements, outbox, endpoints, task links."""

import secrets
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hrss_portal.access import policy as policies
from hrss_portal.access.models import User
from hrss_portal.access.policy import NotVisible
from hrss_portal.access.routes import get_visible_or_404, policy
from hrss_portal.audit.log import record_access
from hrss_portal.notifications import inbox as box
from hrss_portal.notifications import tasklinks
from hrss_portal.notifications.forms import (
    AnnouncementForm,
    EndpointForm,
    EnteredAnswerForm,
    KindForm,
)
from hrss_portal.notifications.models import (
    Announcement,
    Endpoint,
    MessageKind,
    OutboxMessage,
    TaskLink,
)
from hrss_portal.notifications.outbox import resend

PAGE_ROWS = 50


def who(request: HttpRequest) -> User:
    """The person logged in (the route's policy has made sure of one)."""
    return cast(User, request.user)


def new_key() -> str:
    """A fresh idempotency key for a form."""
    return secrets.token_urlsafe(16)


def own_or_404(request: HttpRequest, model: type[Model], pk: int) -> Any:
    """A row of the actor's bureau; another bureau's is answered as one that is not there."""
    return get_visible_or_404(
        model._default_manager.filter(bureau=who(request).unit.root_id), pk=pk
    )


@policy("notifications.notice.view")
@never_cache
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """The unread lines, which is what the badge counts; ``show=all`` the read ones as well."""
    show = request.GET.get("show", "")
    user = who(request)
    rows = box.notices(user) if show == "all" else box.unread_notices(user)
    page = Paginator(rows, PAGE_ROWS).get_page(request.GET.get("page"))
    return render(
        request,
        "notifications/inbox.html",
        {"title": "消息", "page": page, "show": show, "key": new_key()},
    )


@policy("notifications.notice.read")
@require_POST
def notice_read(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one line as read and go where it leads."""
    notice = get_visible_or_404(box.notices(who(request)), pk=pk)
    box.mark_read(who(request), pk)
    return redirect(notice.url or "notifications:inbox")


@policy("notifications.notice.read")
@require_POST
def notice_read_all(request: HttpRequest) -> HttpResponse:
    """Mark every line as read."""
    count = box.mark_read(who(request))
    messages.success(request, f"{count} 条消息已标为已读")
    return redirect("notifications:inbox")


@policy("notifications.announcement.edit")
@require_http_methods(["GET", "POST"])
def announcements(request: HttpRequest) -> HttpResponse:
    """The announcements of the bureau, and a new one."""
    root = who(request).unit.root
    form = AnnouncementForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        new = form.save(commit=False)
        new.unit, new.created_by = root, who(request)
        new.save()
        messages.success(request, "公告已发布")
        return redirect("notifications:announcements")
    page = {
        "title": "公告",
        "rows": Announcement.objects.filter(unit=root).select_related("created_by")[:100],
        "now": timezone.now(),
        "form": form,
        "key": new_key(),
    }
    status = 422 if form.errors else 200
    return render(request, "notifications/announcements.html", page, status=status)


@policy("notifications.announcement.edit")
@require_POST
def announcement_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End an announcement now."""
    rows = Announcement.objects.filter(unit=who(request).unit.root)
    found = get_visible_or_404(rows, pk=pk)
    now = timezone.now()
    if found.from_at < now < found.until_at:
        found.until_at = now
        found.save(update_fields=["until_at"])
        messages.success(request, "公告已结束")
    return redirect("notifications:announcements")


@policy("notifications.outbox.view")
@never_cache
@require_GET
def outbox(request: HttpRequest) -> HttpResponse:
    """What left or is to leave the bureau, and what is not certain."""
    state = request.GET.get("state", "")
    bureau = who(request).unit.root_id
    rows = OutboxMessage.objects.filter(bureau=bureau).select_related("kind").order_by("-pk")
    if state in OutboxMessage.State.values:
        rows = rows.filter(state=state)
    page = Paginator(rows, PAGE_ROWS).get_page(request.GET.get("page"))
    kinds = MessageKind.objects.filter(bureau=bureau)
    return render(
        request,
        "notifications/outbox.html",
        {
            "title": "外发消息",
            "page": page,
            "state": state,
            "states": OutboxMessage.State.choices,
            "kinds": [(kind, KindForm(instance=kind)) for kind in kinds],
            "endpoints": Endpoint.objects.filter(bureau=bureau),
            "form": EndpointForm(),
            "key": new_key(),
        },
    )


@policy("notifications.outbox.resend")
@require_POST
def message_resend(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a failed or uncertain message again, because a person says so."""
    resend(own_or_404(request, OutboxMessage, pk))
    messages.success(request, "已重新排队发送")
    return redirect("notifications:outbox")


@policy("notifications.outbox.edit")
@require_POST
def kind_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the delivery guarantee of a kind."""
    kind = own_or_404(request, MessageKind, pk)
    form = KindForm(request.POST, instance=kind)
    if form.is_valid():
        form.save()
        messages.success(request, f"“{kind.label}”的送达保证已保存")
    return redirect("notifications:outbox")


@policy("notifications.outbox.edit")
@require_POST
def endpoint_add(request: HttpRequest) -> HttpResponse:
    """Register an address; its signing secret is shown this once."""
    form = EndpointForm(request.POST, instance=Endpoint(bureau_id=who(request).unit.root_id))
    if not form.is_valid():
        messages.error(
            request, "；".join(str(e) for errors in form.errors.values() for e in errors)
        )
        return redirect("notifications:outbox")
    endpoint = form.save(commit=False)
    endpoint.secret = secrets.token_urlsafe(32)
    endpoint.save()
    page = {"title": "对接地址已登记", "endpoint": endpoint, "secret": endpoint.secret}
    return render(request, "notifications/endpoint.html", page)


@policy("notifications.outbox.edit")
@require_POST
def endpoint_switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Switch an address off or on."""
    endpoint = own_or_404(request, Endpoint, pk)
    endpoint.is_active = request.POST.get("active") == "1"
    endpoint.save(update_fields=["is_active"])
    return redirect("notifications:outbox")


@policy("notifications.task_link.view")
@never_cache
@require_http_methods(["GET", "POST"])
def task_link(request: HttpRequest, pk: int) -> HttpResponse:
    """One question to an outside body: its answer, or entering the reply with proof."""
    link = get_visible_or_404(TaskLink.objects.select_related("created_by", "entered_by"), pk=pk)
    if not tasklinks.may_see(who(request), link):
        raise NotVisible(f"notifications.tasklink {pk}", "link-owner")
    if request.method == "POST":
        policies.require(who(request), "notifications.task_link.answer", link)
    form = EnteredAnswerForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            tasklinks.answer(link, entered_by=who(request), **form.values())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "答复已代录")
            return redirect("notifications:task_link", pk=pk)
    record_access("view", subject_type="notifications.tasklink", subject_id=pk, label=link.title)
    page = {
        "title": link.title,
        "link": link,
        "files": link.files.order_by("pk"),
        "form": form,
        "may_answer": policies.can(who(request), "notifications.task_link.answer", link),
        "key": new_key(),
    }
    return render(request, "notifications/task_link.html", page, status=422 if form.errors else 200)


@policy("notifications.task_link.revoke")
@require_POST
def task_link_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Close an open link."""
    link = get_visible_or_404(TaskLink, pk=pk)
    if not tasklinks.may_see(who(request), link):
        raise NotVisible(f"notifications.tasklink {pk}", "link-owner")
    if tasklinks.revoke(link):
        messages.success(request, "链接已撤回，对方不能再答复")
    return redirect("notifications:task_link", pk=pk)
