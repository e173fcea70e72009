"""Ends or locks sessions that may not go on, and lets a request in only by its route's policy."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.core.signing import BadSignature, TimestampSigner
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from hrss_portal.access import modules, policy, refusal_words, routes
from hrss_portal.access.addresses import client_address
from hrss_portal.access.models import User
from hrss_portal.access.scope import acting_as
from hrss_portal.audit import context
from hrss_portal.audit.log import record_refusal

Respond = Callable[[HttpRequest], HttpResponse]
SEEN = "portal_seen"
PAGE_METHODS = ("GET", "HEAD", "POST")  # other methods belong to the interface for programs
GUARDED, LOCKED = "guarded", "locked"
OPEN_WHEN_LOCKED = frozenset({"access:lock", "access:unlock", "access:logout"})
OPEN_WHEN_STALE_PASSWORD = frozenset({"access:password_change", "access:logout"})
_signer = TimestampSigner(salt="hrss_portal.access.seen")


def is_idle(request: HttpRequest) -> bool:
    """Whether the session has been left alone for ``IDLE_LOCK_SECONDS``.

    The time of the last request travels in a signed cookie, so that reading a page writes nothing.
    A session of the log-in page without a fresh cookie of its own counts as idle.
    """
    mark = request.session.get(GUARDED)
    if mark is None:
        return False
    try:
        seen = _signer.unsign(request.COOKIES.get(SEEN, ""), max_age=settings.IDLE_LOCK_SECONDS)
    except BadSignature:
        return True
    return seen != mark


def is_background(request: HttpRequest) -> bool:
    """Whether a page asks for itself (badges, progress): a GET of a script for data."""
    wants_data = request.headers.get("Accept") == "application/json"
    return "X-Background" in request.headers or (request.method == "GET" and wants_data)


class SessionGuardMiddleware:
    """Locks an idle session in place and keeps a person with an expired password on that page.

    Disabled accounts and raised session epochs need nothing here: the session's hash no longer
    fits and Django treats the request as not logged in.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        known = request.user.is_authenticated
        locked = known and (request.session.get(LOCKED, False) or is_idle(request))
        request.is_locked = locked  # type: ignore[attr-defined]
        response = self.get_response(request)
        if request.user.is_authenticated:
            if not request.is_locked:  # type: ignore[attr-defined]
                self._seen(request, response)
        elif known:
            response.delete_cookie(SEEN)
        if known or request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store, private")
        return response

    def _seen(self, request: HttpRequest, response: HttpResponse) -> None:
        if is_background(request):
            return  # a page refreshing itself is nobody being there
        response.set_cookie(
            SEEN,
            _signer.sign(request.session.get(GUARDED, "")),
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Sends the person to the lock or password page, unless the route is open to anybody."""
        if not request.user.is_authenticated or routes.policy_of(view) in routes.OPEN:
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        if getattr(request, "is_locked", False) and name not in OPEN_WHEN_LOCKED:
            return _send(request, "access:lock")
        if request.user.must_change_password and name not in OPEN_WHEN_STALE_PASSWORD:
            return _send(request, "access:password_change")
        return None


def _send(request: HttpRequest, name: str) -> HttpResponse:
    """To another page and back; a fragment request moves the whole page, a POST is not repeated."""
    here = request.get_full_path() if request.method == "GET" else request.META.get("HTTP_REFERER")
    if request.headers.get("X-Background"):
        return HttpResponse(status=423)  # the page locks itself when it hears this
    if request.headers.get("HX-Request"):
        here = request.headers.get("HX-Current-URL")
    target = reverse(name) + "?" + urlencode({"next": here or "/"})
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    return redirect(target)


class PolicyMiddleware:
    """Refuses by policy before the view runs, and runs the view as its user.

    Refusals raised inside the view (``Refused``, ``NotVisible``) arrive here after the request's
    transaction has been rolled back, which is why they are logged here and nowhere else.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response
        if missing := routes.undeclared():
            raise ImproperlyConfigured(
                "these routes declare no policy: " + ", ".join(sorted(missing))
            )

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with self._acting(request):
            return self.get_response(request)

    def _acting(self, request: HttpRequest) -> AbstractContextManager[Any]:
        if isinstance(request.user, User):
            return acting_as(request.user)
        return context.actor(None, "未登录", "public")

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Compares the route's policy with the user's rights."""
        needed = routes.policy_of(view)
        if needed is None:
            raise ImproperlyConfigured(f"{request.path} declares no policy")
        if needed.startswith("api:"):
            return None
        if request.method not in PAGE_METHODS:
            return HttpResponseNotAllowed(PAGE_METHODS)
        if needed in routes.OPEN:
            return None
        if not isinstance(request.user, User):
            return _send(request, "access:login")
        name = request.resolver_match.view_name if request.resolver_match else ""
        if modules.hides_route(request.user, name):
            self._log(request, "module-off", "")
            raise Http404
        decision = policy.SYSTEM_MAY if needed == "login" else policy.decide(request.user, needed)
        return None if decision else self._denied(request, policy.Refused(needed, decision))

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Logs refusals after the rollback; a hidden object goes on as the plain 404."""
        if isinstance(error, policy.NotVisible):
            self._log(request, error.rule, error.subject)
            return None
        if isinstance(error, policy.Refused):
            return self._denied(request, error)
        if isinstance(error, PermissionDenied):
            self._log(request, "denied", str(error))
        return None

    def _denied(self, request: HttpRequest, error: policy.Refused) -> HttpResponse:
        subject = "" if error.obj is None else f"{error.obj._meta.label} {error.obj.pk}"
        self._log(request, f"{error.decision.rule} {error.action}", subject)
        user = request.user if isinstance(request.user, User) else None
        page = {
            "what": refusal_words.action_words(error.action),
            "because": error.decision.because,
            "people": refusal_words.whom_to_ask(error.action, user) if user else [],
        }
        return render(request, "access/denied.html", page, status=403)

    def _log(self, request: HttpRequest, rule: str, subject: str) -> None:
        match = request.resolver_match
        record_refusal(
            route=match.view_name if match else request.path,
            method=request.method or "",
            rule=rule,
            subject=subject,
            address=client_address(request),
        )
