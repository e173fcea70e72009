"""Which addresses that were kept for a user still lead to records that the user sees.

What is kept names the record (a page's title, a draft's label), so a case that went out of sight is
left out of the strip of recent pages and of the drafts.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model
from django.urls import Resolver404, resolve

from hrss_portal.access.scoping import Scope


def still_seen(urls: Iterable[str]) -> set[str]:
    """The addresses that name no record, or one that the acting user sees."""
    found: set[str] = set()
    asked: dict[type[Model], dict[str, int]] = {}
    for url in urls:
        model, pk = _record_of(url)
        if model is None:
            found.add(url)
        else:
            asked.setdefault(model, {})[url] = pk
    for model, wanted in asked.items():
        rows = model._default_manager.filter(pk__in=set(wanted.values()))
        seen = set(rows.values_list("pk", flat=True))
        found |= {url for url, pk in wanted.items() if pk in seen}
    return found


def _record_of(url: str) -> tuple[type[Model] | None, int]:
    """The scoped model and key of the record whose page an address is; (None, 0) for others."""
    try:
        match = resolve(url)
    except Resolver404:
        return None, 0
    view: Any = getattr(match.func, "view_class", None)
    for holder in (view, getattr(view, "register", None)):
        model = getattr(holder, "model", None)
        if isinstance(getattr(model, "scope", None), Scope) and "pk" in match.kwargs:
            return model, match.kwargs["pk"]
    return None, 0
