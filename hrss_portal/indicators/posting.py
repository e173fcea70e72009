"""Forms of figures and reports: shown with a key of their own, and answered once for each key."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from uuid import uuid4

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from hrss_portal.casework.idempotency import KeyReused, claim, fingerprint

FIELD = "_key"
View = TypeVar("View", bound=Callable[..., HttpResponse])


def new_key() -> str:
    """A key for one form; templates call it once for each form of a page."""
    return uuid4().hex


def page(request: HttpRequest, template: str, context: dict[str, Any], **more: Any) -> HttpResponse:
    """A page whose forms carry ``{{ new_key }}``."""
    return render(request, template, {"new_key": new_key, **context}, **more)


def once(view: View) -> View:
    """The same form sent again gets the answer of the first time and has no second effect.

    A form that comes back with errors keeps its key.  The views themselves are safe to repeat
    (states and versions guard them), so a client without a key is served as well.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = request.POST.get(FIELD, "")[:64]
        if request.method != "POST" or not key:
            return view(request, *args, **kwargs)
        with transaction.atomic():
            return _answer(request, key, lambda: view(request, *args, **kwargs))

    return guarded  # type: ignore[return-value]


def _answer(request: HttpRequest, key: str, act: Callable[[], HttpResponse]) -> HttpResponse:
    user: Any = request.user
    sent = request.POST.copy()
    for name in (FIELD, "csrfmiddlewaretoken"):
        sent.pop(name, None)
    try:
        claimed = claim(user, request.path[:120], key, fingerprint(sent.urlencode().encode()))
    except KeyReused:
        messages.error(request, "这张表已经提交过，内容后来又有改动，请核对后再办")
        return HttpResponseRedirect(request.get_full_path())
    if claimed.earlier is not None and claimed.earlier.location:
        return HttpResponseRedirect(claimed.earlier.location)
    response = act()
    if isinstance(response, HttpResponseRedirect):
        claimed.answer(status=response.status_code, location=response.url)
    else:
        transaction.set_rollback(True)
    return response
