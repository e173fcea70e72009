"""What the pages of this app share."""

from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from hrss_portal.access.models import User
from hrss_portal.access.policy import can

Crumbs = list[tuple[str, str]]


def show(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """A page with its title, its place, and the key that makes its form count once."""
    place: Crumbs = [("期限规则", reverse("deadlines:rules")), *context.pop("place", [])]
    title = context["title"]
    crumbs = place if place[-1][0] == title else [*place, (title, "")]
    return render(
        request,
        f"deadlines/{template}.html",
        {"crumbs": crumbs, "key": uuid4().hex, **context},
        status=status,
    )


def person(request: HttpRequest) -> User:
    """The member of staff behind a request that has passed its policy."""
    assert isinstance(request.user, User)  # noqa: S101 - the middleware has seen to it
    return request.user


def home_of(request: HttpRequest) -> str:
    """The region of the person's bureau; empty where none is set."""
    unit = person(request).unit
    return str(unit.root.region) if unit else ""


def may(request: HttpRequest, action: str) -> bool:
    """Whether the user may do something here (``rule.propose``)."""
    return can(person(request), f"deadlines.{action}")
