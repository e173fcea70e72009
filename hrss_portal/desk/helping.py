"""帮助: what a page is for, who can be asked, the number to quote; from data files of the apps.

Each app may bring a file ``help.toml``: a table per route name (``"desk:todo"``) or per beginning
of one (``"desk:retention*"``) with ``about`` (what the page is for), ``steps`` (how), and where
somebody else than the holders of the page's own policy is asked, ``ask`` (an action).
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from hrss_portal import areas
from hrss_portal.access import policy, routes
from hrss_portal.access.models import User

SHOWN = 5
NUMBER = re.compile(r"[A-Z0-9-]{1,20}")
NOBODY = "本页所有登录人员可用，有问题问本股室负责人或系统管理员"


@dataclass(frozen=True)
class Help:
    """What the panel of one page shows."""

    about: str
    steps: tuple[str, ...]
    people: tuple[str, ...]


@cache
def entries() -> Mapping[str, Mapping[str, object]]:
    """Every help text by its key."""
    found: dict[str, Mapping[str, object]] = {}
    for app in areas.portal_apps():
        found |= of_app(app)
    return found


def of_app(app: areas.PortalApp) -> Mapping[str, Mapping[str, object]]:
    """The help texts that one app brings, by their keys."""
    path = Path(app.path) / "help.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


@cache
def policies_by_route() -> Mapping[str, str]:
    """What each route needs."""
    return {name: routes.policy_of(pattern.callback) or "" for name, pattern in routes.routes()}


def text_of(route: str) -> Mapping[str, object]:
    """The text of a route: its own, else the one with the longest matching beginning."""
    known = entries()
    if route in known:
        return known[route]
    fitting = [key for key in known if key.endswith("*") and route.startswith(key[:-1])]
    return known[max(fitting, key=len)] if fitting else {}


def of(route: str, user: User) -> Help:
    """What the page is for, and whom to ask: those who hold what it needs, the user's own first."""
    text = text_of(route)
    steps = text.get("steps", ())
    return Help(
        str(text.get("about", "")),
        tuple(str(step) for step in steps) if isinstance(steps, list) else (),
        tuple(_people(str(text.get("ask") or policies_by_route().get(route, "")), user)),
    )


def _people(action: str, user: User) -> list[str]:
    if action.count(".") != 2:
        return []
    root = user.unit.path.split("/", 1)[0]
    near = policy.holders(action, user.unit).exclude(pk=user.pk).select_related("unit")
    found = list(near[:SHOWN])
    if not found:
        anyone = policy.holders(action).exclude(pk=user.pk).select_related("unit")
        found = list(anyone.filter(unit__path__startswith=f"{root}/")[:SHOWN])
    return [f"{one.name}（{one.unit}）" for one in found]


@routes.policy("login")
@require_GET
def page(request: HttpRequest, route: str) -> HttpResponse:
    """The help of one page: inside it where the page asks with a script, else on its own."""
    if route not in policies_by_route():
        raise Http404
    given = request.GET.get("number", "")
    context = {
        "title": "帮助",
        "help": of(route, cast(User, request.user)),
        "number": given if NUMBER.fullmatch(given) else getattr(request, "request_id", ""),
        "nobody": NOBODY,
    }
    inside = request.headers.get("HX-Request") == "true"
    return render(request, "desk/help_body.html" if inside else "desk/help.html", context)
