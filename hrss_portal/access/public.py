"""Pages that anybody may open: the one way to declare them.

``@public_page("progress", sees=…)`` makes the view's policy "public" and keeps for every such page:

- it reads only the rows that ``sees`` names (``scope.acting_as_public``), whoever opens it;
- it is slowed down per address, and per secret where the page has one;
- no session, no cookie, no script, no request to another host; a form needs no token of a session,
  because no session gives it any power;
- ``Http404`` inside is answered with one page and status 404, the same for what never was, what is
  forged and what is over.  What is to be told apart is told by the view (an answered task link);
- what it says of one matter is kept by no proxy, its address goes to no other site and into no
  search engine.

Its template extends ``base_public.html``.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.db.models import Model, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from hrss_portal.access.routes import PUBLIC
from hrss_portal.access.scope import acting_as_public, acting_as_system, current
from hrss_portal.access.throttle import MINUTE, PER_MINUTE, too_many, too_many_of

View = Callable[..., HttpResponse]
Rows = Mapping[type[Model], Q]
#: What a public page may load: its own styles and pictures, and pictures that it holds itself.
LOADS = {
    "default-src": ["'none'"],
    "script-src": ["'none'"],
    "connect-src": ["'none'"],
    "font-src": ["'none'"],
    "object-src": ["'none'"],
    "style-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
    "form-action": ["'self'"],
}


@dataclass(frozen=True, kw_only=True)
class PublicPage:
    """How a public page is guarded.

    ``name``: of its brakes.  ``sees(request, **arguments)``: the rows that it may read, by model;
    worked out before the view runs, so that every answer asks the same questions.  ``per``: the
    argument of the route, or the field of the form, that holds a token or code.  ``tries``: how
    many from one address in ``seconds`` (a whole office may share one); ``tries_each``: of one
    token or code.  ``absent``: title and advice where nothing is found.  ``keeps``: seconds for
    which a page that says nothing of anybody may be kept by browsers and proxies; 0 for all others.
    """

    name: str
    sees: Callable[..., Rows]
    per: str = ""
    tries: int = PER_MINUTE
    tries_each: int = PER_MINUTE
    seconds: int = MINUTE
    absent: tuple[str, str] = ("没有找到", "请核对后再试。")
    keeps: int = 0

    def is_tired(self, request: HttpRequest, arguments: Mapping[str, Any]) -> bool:
        """Whether the address, or the secret, was tried too often."""
        secret = self.secret_of(request, arguments)
        by_secret = bool(secret) and too_many_of(
            secret, self.name, self.tries_each, seconds=self.seconds
        )
        return too_many(request, self.name, self.tries, seconds=self.seconds) or by_secret

    def secret_of(self, request: HttpRequest, arguments: Mapping[str, Any]) -> str:
        """The token or code that was given; empty without one."""
        return str(arguments.get(self.per) or request.POST.get(self.per, ""))

    def answer(self, view: View, request: HttpRequest, arguments: dict[str, Any]) -> HttpResponse:
        """What the page answers."""
        request.is_public_page = True  # type: ignore[attr-defined]
        if self.is_tired(request, arguments):
            advice = "请一分钟后再打开。" if self.seconds <= MINUTE else "请过一会儿再打开。"
            response = _say(request, "打开得太频繁", advice, 429)
            response["Retry-After"] = str(self.seconds)
            return response
        with acting_as_public(self.sees(request, **arguments)):
            try:
                return view(request, **arguments)
            except Http404:
                return _say(request, *self.absent, 404)


def public_page(name: str, *, sees: Callable[..., Rows], **more: Any) -> Callable[[View], View]:
    """Declare a view as a public page; ``more``: the other fields of ``PublicPage``."""
    page = PublicPage(name=name, sees=sees, **more)

    def declare(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, **arguments: Any) -> HttpResponse:
            return _guarded(page.answer(view, request, arguments), page)

        guarded = require_http_methods(["GET", "HEAD", "POST"])(answer)
        guarded = csrf_exempt(sensitive_post_parameters()(guarded))
        guarded.policy, guarded.page = PUBLIC, page  # type: ignore[attr-defined]
        return guarded

    return declare


def nothing(request: HttpRequest, **arguments: Any) -> Rows:
    """``sees`` of a page that reads no row of anybody."""
    return {}


@contextmanager
def recording() -> Iterator[None]:
    """What a public page was asked to keep is written by the system, whose answers it never shows.

    Wrap the one act (an answer taken, a rating kept) and nothing that is read for the page.  Where
    somebody is acting already (a clerk enters the same by hand) it changes nothing.
    """
    state = current()
    if state is None or state.sees is None:
        yield
        return
    with acting_as_system(PUBLIC):
        yield


def _say(request: HttpRequest, title: str, advice: str, status: int) -> HttpResponse:
    page = {"title": title, "advice": advice}
    return render(request, "access/public_closed.html", page, status=status)


def _guarded(response: HttpResponse, page: PublicPage) -> HttpResponse:
    may_keep = page.keeps and response.status_code == 200
    kept = f"public, max-age={page.keeps}" if may_keep else "no-store, private"
    response["Cache-Control"] = kept
    response["Referrer-Policy"] = "no-referrer"
    if not page.keeps:
        response["X-Robots-Tag"] = "noindex, nofollow"
    response._csp_replace = LOADS  # type: ignore[attr-defined]
    response.is_public = True  # type: ignore[attr-defined]
    return response


class PublicPageMiddleware:
    """Takes back every cookie that another middleware put on a public page.

    Stands outside the session's middleware, which would renew or delete the cookie of a member of
    staff who opens the page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if getattr(response, "is_public", False):
            response.cookies.clear()
            del response["Vary"]
        return response
