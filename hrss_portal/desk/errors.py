"""The pages for what went wrong: what happened, what to do, whom to ask, a number to quote."""

import sys
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader

from hrss_portal.access.addresses import client_address
from hrss_portal.audit.log import record_refusal

AWAY = "数据库暂时没有应答，这一次没有保存。已保存的数据不受影响，请一两分钟后再试。"
READING = {"GET", "HEAD"}


def request_id(request: HttpRequest) -> str:
    """The number of this request as the error page shows it."""
    return str(getattr(request, "request_id", ""))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, and 413 where the upload was too large."""
    if isinstance(exception, RequestDataTooBig):
        return render(request, "413.html", status=413)
    status = 400 if isinstance(exception, SuspiciousOperation) else 404
    return render(request, "404.html", status=status)


def denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: which post does this, and who holds it."""
    context = {
        "because": getattr(exception, "because", ""),
        "holders": getattr(exception, "holders", ()),
    }
    return render(request, "403.html", context, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: nothing there, or nothing that this user may know of."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, drawn without the frame: whatever broke may break the frame as well; 503 where the
    database is away."""
    if isinstance(sys.exception(), OperationalError | InterfaceError):
        return busy(request, AWAY)
    return _plain("500.html", request, 500, saved=request.method not in READING)


def busy(request: HttpRequest, because: str = "") -> HttpResponse:
    """503: under maintenance, or the database did not answer in time."""
    return _plain("503.html", request, 503, because=because)


def unreadable(request: HttpRequest) -> HttpResponse:
    """400 for characters that cannot be stored."""
    return _plain("400.html", request, 400)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose token has gone stale or that another site sent; logged as any other."""
    match = request.resolver_match
    record_refusal(
        route=match.view_name if match else request.path,
        method=request.method or "",
        rule=f"csrf {reason}",
        address=client_address(request),
    )
    return _plain("403_csrf.html", request, 403)


def _plain(template: str, request: HttpRequest, status: int, **context: Any) -> HttpResponse:
    page = loader.get_template(template)
    return HttpResponse(page.render({"request_id": request_id(request), **context}), status=status)
