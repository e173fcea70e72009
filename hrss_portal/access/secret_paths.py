"""Addresses that hold a secret: a code or a token in the path is left out of every log.

Which argument of which route is a secret, the public page declares once (``PublicPage.per``).
Whatever stands in its place is taken out, valid or not, with or without what follows it.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.urls import URLPattern, URLResolver, get_resolver

MASK = "***"
ARGUMENT = re.compile(r"<(?:[^:>]+:)?([^>]+)>")
#: A secret goes on to the end of its part of the path; blanks belong to it, as to a typed code.
SECRET = r"[^/?#\"'\\\n]+"  # noqa: S105 - a pattern, no secret
OTHER = r"[^/?#\s]+"
_busy: list[bool] = []


def hide(text: str) -> str:
    """The text with the secret of each address in it replaced by ``***``.

    Before the routes are known there is no request, and nothing to hide.
    """
    if "/" not in text or _busy or not apps.ready:
        return text
    _busy.append(True)  # reading the routes may log
    try:
        found = pattern(settings.ROOT_URLCONF)
    except (ImproperlyConfigured, ImportError):  # no route answers then
        return text
    finally:
        _busy.clear()
    return found.sub(lambda match: match[1] + MASK, text) if found else text


@cache
def pattern(routes: str) -> re.Pattern[str] | None:
    """What is before a secret (group 1), and the secret, in the routes in use (``ROOT_URLCONF``);
    None where no route has one."""
    heads = sorted({head for _, head in secret_routes()})
    if not heads:
        return None
    return re.compile(f"({'|'.join(heads)}){SECRET}", re.IGNORECASE)


def secret_routes(
    patterns: Iterable[URLPattern | URLResolver] | None = None,
) -> Iterator[tuple[str, str]]:
    """Each route with a secret in its path: the written route up to the secret, and its pattern.

    ``patterns``: other routes than the portal's.
    """
    for route, secret in _walk(patterns or get_resolver().url_patterns, "/"):
        head = route[: _place(route, secret)]
        parts = ARGUMENT.split(head)
        yield head, OTHER.join(re.escape(part) for part in parts[::2])


def _walk(patterns: Iterable[URLPattern | URLResolver], before: str) -> Iterator[tuple[str, str]]:
    for one in patterns:
        route = f"{before}{one.pattern}"
        if isinstance(one, URLResolver):
            yield from _walk(one.url_patterns, route)
            continue
        secret = getattr(getattr(one.callback, "page", None), "per", "")
        if secret and _place(route, secret) >= 0:
            yield route, secret


def _place(route: str, argument: str) -> int:
    """Where an argument stands in a route; -1: nowhere."""
    places = (found.start() for found in ARGUMENT.finditer(route) if found[1] == argument)
    return next(places, -1)
