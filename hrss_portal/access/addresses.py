"""From which address a request comes: one answer for the lock-out, the logs and the brakes."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The address of whoever asks, "" where it cannot be told.

    Each of our ``PROXY_COUNT`` proxies appends the address that called it to ``X-Forwarded-For``,
    so the caller is the one that many places from the right; what stands further left he may have
    invented (RFC 7239, section 8.1).  Without a proxy the header is the caller's own word and does
    not count.
    """
    direct = str(request.META.get("REMOTE_ADDR", ""))
    header = request.META.get("HTTP_X_FORWARDED_FOR", "")
    told = [part.strip() for part in header.split(",") if part.strip()]
    proxies: int = settings.PROXY_COUNT
    found = told[-proxies] if 0 < proxies <= len(told) else direct
    try:
        return str(ip_address(found.strip("[]")))
    except ValueError:
        return ""
