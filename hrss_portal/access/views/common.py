"""What the administration pages share."""

from typing import Any, TypeVar, cast

from django.core.paginator import Page, Paginator
from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpRequest

from hrss_portal.access.models import User
from hrss_portal.access.policy import NotVisible, visible

Row = TypeVar("Row", bound=Model)
PAGE = 50


def me(request: HttpRequest) -> User:
    """The person of a request whose policy needed one."""
    return cast(User, request.user)


def page_of(request: HttpRequest, model: type[Model], verb: str = "view") -> Q:
    """The rows of a model of ``access`` that the person may see."""
    return visible(me(request), model, verb)


def mine_or_404(request: HttpRequest, model: type[Row], pk: int, verb: str = "view") -> Row:
    """One row within the person's rights; a hidden one answers as an absent one, and is logged."""
    found = model._default_manager.filter(page_of(request, model, verb), pk=pk).first()
    if found is None:
        if model._default_manager.filter(pk=pk).exists():
            raise NotVisible(f"{model._meta.label} {pk}", "hidden")
        raise Http404
    return found


def paged(request: HttpRequest, rows: QuerySet[Any]) -> Page:
    """The page of a list that the address asks for."""
    return Paginator(rows, PAGE).get_page(request.GET.get("page"))
