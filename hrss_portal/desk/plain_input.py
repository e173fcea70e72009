"""What no form of the portal ever sends is refused before a view sees it."""

from collections.abc import Callable, Iterable
from itertools import chain
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict

from hrss_portal.access import routes
from hrss_portal.desk import errors

NUL = "\x00"


class PlainInputMiddleware:
    """Answers 400 where an address or a form holds U+0000, which PostgreSQL cannot store.

    The interface for programs reads what it is sent itself and answers in its own form.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith("/api/"):
            return self.get_response(request)
        if NUL in request.path or _has_nul(request.GET):
            return errors.unreadable(request)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Looks at what a form sent."""
        needed = routes.policy_of(view) or ""
        if request.method != "POST" or needed.startswith("api:") or not _has_nul(request.POST):
            return None
        return errors.unreadable(request)


def _has_nul(sent: QueryDict) -> bool:
    texts: Iterable[str] = chain.from_iterable((name, *values) for name, values in sent.lists())
    return any(NUL in text for text in texts)
