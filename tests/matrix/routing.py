"""The routes of the portal and the addresses to ask them at."""

from functools import cache
from typing import Any

from django.db import models
from django.urls import URLPattern, reverse

from hrss_portal.access import routes
from hrss_portal.access.scope import Scope, acting_as_system
from hrss_portal.casework import door
from tests.matrix import targets
from tests.matrix.table import ANYWHERE
from tests.matrix.world import (
    ABSENT,
    COLLEAGUE,
    NEVER,
    OWN,
    PLACES,
    World,
    filled,
    model_named,
)

SHARED = tuple(place for place in PLACES if place != OWN)


@cache
def pages() -> dict[str, URLPattern]:
    """Route → pattern of everything for people; the interface for programs has its own tokens."""
    return {
        name: pattern
        for name, pattern in routes.routes()
        if not policy_of(pattern).startswith("api:")
    }


@cache
def interface() -> dict[str, URLPattern]:
    """Route → pattern of the interface for programs."""
    return {
        name: pattern for name, pattern in routes.routes() if policy_of(pattern).startswith("api:")
    }


def policy_of(pattern: URLPattern) -> str:
    """What the route needs."""
    return str(routes.policy_of(pattern.callback))


def addresses(name: str, post: str, world: World) -> dict[str, str]:
    """Place → address of the route for the holder of a post.

    A route over no row of anybody has one address.  A row that lies in several places (rules are
    common to all) counts in the first of them.
    """
    pattern = pages()[name]
    asked = targets.arguments(pattern)
    told = {key: value for key, value in targets.words_of(name, pattern).items() if key in asked}
    parts = targets.parts_of(pattern)
    missing = set(asked) - set(told) - {"pk"} - set(parts)
    assert not missing, f"say in tests/matrix/targets.py what {missing} of {name} are"
    if "pk" not in asked:
        return {ANYWHERE: reverse(name, kwargs=told)}
    model = targets.model_of(name, pattern)
    assert model, f"say in tests/matrix/targets.py which model the pk of {name} names"
    kind = model_named(model) if isinstance(model, str) else model  # a model, or makes the row
    found: dict[str, str] = {}
    with acting_as_system("test"):
        keys = {OWN: f"{OWN} {post}", COLLEAGUE: f"{COLLEAGUE} {post}"}
        for place in (OWN, *([COLLEAGUE] if in_hands(kind) else []), *SHARED):
            row = world.row(kind, keys.get(place, place))
            more = {part: part_of(world, part, row, keys.get(place, place)) for part in parts}
            url = reverse(name, kwargs={**told, **more, "pk": row.pk})
            if url not in found.values():
                found[place] = url
    never = dict.fromkeys(parts, NEVER)
    found[ABSENT] = reverse(name, kwargs={**told, **never, "pk": NEVER})
    return found


def in_hands(kind: Any) -> bool:
    """Whether rows of a kind are in somebody's hands, so that a colleague's row is another."""
    scope = getattr(kind, "scope", None)
    return not isinstance(scope, Scope) or bool(scope.own)


def part_of(world: World, part: str, row: models.Model, place: str) -> int:
    """The key of the row that belongs to another row, made at first use."""
    label, link = targets.PARTS[part]
    model = model_named(label)
    known = model._base_manager.filter(**{link: row.pk}).first()
    if known is None:
        target = model._meta.get_field(link).remote_field.model
        values = filled(world, model, place)
        known = model(**(values | {link: target._base_manager.get(pk=row.pk)}))
        with door.opened():  # an Event is one
            known.save()
    return known.pk
