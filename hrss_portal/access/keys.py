"""A form sent twice has one effect: the hidden key, and the answer it led to."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast
from uuid import uuid4

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.crypto import salted_hmac
from django.utils.module_loading import import_string

from hrss_portal.access.models import User

CLAIM = "hrss_portal.casework.idempotency.claim"  # an app above: named as text
REUSED = "hrss_portal.casework.idempotency.KeyReused"
FIELD = "_key"
UNCOUNTED = frozenset({FIELD, "csrfmiddlewaretoken"})
Respond = TypeVar("Respond", bound=Callable[..., HttpResponse])


def new() -> str:
    """A key for a form that is about to be shown."""
    return uuid4().hex


def fingerprint(request: HttpRequest) -> str:
    """The keyed hash of what was sent, without the key and the token; files by name and size.

    It is stored: without the portal's key nobody can guess a number or a code back from it.
    """
    parts = [
        f"{name}={value}"
        for name, values in sorted(request.POST.lists())
        if name not in UNCOUNTED
        for value in values
    ]
    parts += [
        f"{name}:{file.name}:{file.size}"
        for name, files in sorted(request.FILES.lists())
        for file in files
    ]
    return salted_hmac(FIELD, "\n".join(parts), algorithm="sha256").hexdigest()


def once(request: HttpRequest, act: Callable[[], HttpResponse]) -> HttpResponse:
    """Run ``act`` once for the key that the form carries; the same form again gets the answer.

    A key counts for one address: the forms of a page that end this row or that may share it.

    The key, the effect and the answer are one transaction.  Only a redirect is remembered: a form
    that comes back with errors keeps its key and may be sent again.  Without a key the form is
    refused: it was not made by a page.  On a public page nobody's account counts, whoever is logged
    in; the answer to a success leads to a page that its address alone may open.
    """
    key = request.POST.get(FIELD, "")[:64]
    if not key:
        return _stale(request, "这个页面的表单不完整，请刷新后重填")
    user = None if is_public(request) else cast(User, request.user)
    with transaction.atomic():
        try:
            claimed = import_string(CLAIM)(user, request.path[:120], key, fingerprint(request))
        except import_string(REUSED):
            return _stale(request, "这张表已经提交过，内容后来又有改动。请从列表重新打开")
        if claimed.earlier is not None and claimed.earlier.location:
            return HttpResponseRedirect(claimed.earlier.location)
        response = act()
        if isinstance(response, HttpResponseRedirect):
            claimed.answer(status=response.status_code, location=response.url)
        else:
            transaction.set_rollback(True)
    return response


def is_public(request: HttpRequest) -> bool:
    """Whether the form stands on a public page (``access.public``)."""
    return getattr(request, "is_public_page", False)


def idempotent(view: Respond) -> Respond:
    """``once`` for a whole POST view; GET passes."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        return once(request, lambda: view(request, *args, **kwargs))

    return guarded  # type: ignore[return-value]


def _stale(request: HttpRequest, because: str) -> HttpResponse:
    if is_public(request):
        page = {"title": "没有提交", "advice": because}
        return render(request, "access/public_closed.html", page, status=409)
    return render(request, "desk/stale.html", {"because": because}, status=409)
