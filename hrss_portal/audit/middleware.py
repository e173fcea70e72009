"""Gives each request its id, which error pages show and logs carry."""

import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from hrss_portal.audit import context

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # read over the telephone: no 0/O, 1/I/L


def new_request_id() -> str:
    """A short id such as ``E-7K3F9M``; it finds a request in the log, it proves nothing."""
    return "E-" + "".join(secrets.choice(ALPHABET) for _ in range(6))


class RequestIdMiddleware:
    """Sets ``request.request_id`` and answers it in ``X-Request-Id``."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        identifier = new_request_id()
        request.request_id = identifier  # type: ignore[attr-defined]
        with context.request(identifier):
            response = self.get_response(request)
        response["X-Request-Id"] = identifier
        return response
