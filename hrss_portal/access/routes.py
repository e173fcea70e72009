"""Each route says what it needs, and a portal with a route that does not say so will not start.

``@policy("area.noun.verb")`` needs a person who may do that; ``"login"`` any person logged in;
``"entry"`` nobody: the way in; ``"public"`` nobody either, on a page that ``access.public`` makes;
``"api:area.noun.verb"`` a client of the interface, checked by its authentication classes.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model, QuerySet
from django.http import Http404
from django.urls import URLPattern, URLResolver, get_resolver

from hrss_portal.access import policy as decisions
from hrss_portal.access.scope import current

View = TypeVar("View", bound=Callable[..., Any])
PUBLIC = "public"
OPEN = frozenset({PUBLIC, "entry"})
PLAIN = frozenset({"entry", "login"})


def policy(needed: str) -> Callable[[View], View]:
    """Declares what a view needs.  Raises ``ValueError`` for words that name no policy; a public
    page is declared by ``access.public.public_page``.

    Put it outermost, above other decorators; a class view carries the attribute ``policy``.
    """
    if needed not in PLAIN:
        decisions.split(needed.removeprefix("api:"))

    def declare(view: View) -> View:
        view.policy = needed  # type: ignore[attr-defined]
        return view

    return declare


def policy_of(view: Callable[..., Any]) -> str | None:
    """The declared policy of a view function, class view, DRF view or viewset; None if none."""
    for holder in (view, getattr(view, "view_class", None), getattr(view, "cls", None)):
        found = getattr(holder, "policy", None)
        if isinstance(found, str):
            return found
    return None


def routes() -> Iterator[tuple[str, URLPattern]]:
    """Every route of the URLconf: its full name (or its pattern where unnamed) and its pattern."""
    yield from _walk(get_resolver().url_patterns, "")


def _walk(
    patterns: Iterable[URLPattern | URLResolver], space: str
) -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _walk(pattern.url_patterns, inner)
        else:
            yield (f"{space}{pattern.name}" if pattern.name else str(pattern.pattern)), pattern


def undeclared() -> list[str]:
    """The routes whose view declares no policy, by name."""
    return [name for name, pattern in routes() if policy_of(pattern.callback) is None]


def get_visible_or_404(source: type[Model] | QuerySet, **lookup: Any) -> Any:
    """The one visible object, else 404: the same answer for hidden and absent, but a hidden one is
    logged as a refusal.  ``source`` is a scoped model or a queryset of one."""
    queryset = source if isinstance(source, QuerySet) else source._default_manager.all()
    try:
        return queryset.get(**lookup)
    except (ObjectDoesNotExist, ValueError, OverflowError) as error:
        if isinstance(error, ObjectDoesNotExist) and _is_hidden(queryset.model, lookup):
            named = ", ".join(f"{key}={value}" for key, value in lookup.items())
            raise decisions.NotVisible(f"{queryset.model._meta.label} {named}", "hidden") from None
        raise Http404 from None


def _is_hidden(model: type[Model], lookup: dict[str, Any]) -> bool:
    state = current()
    if state is None or state.user is None:
        return False
    return bool(model._base_manager.filter(**lookup).exists())
