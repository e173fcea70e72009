"""Optional parts of the areas (``areas.Module``), switched on or off for each bureau.

A bureau without a switch has the part.  What is off is hidden: no menu line, its pages answer as if
they did not exist, its sheets and moves are offered to nobody, its terms start no clock and remind
nobody; the rows stay as they are.
"""

from datetime import date

from django.core.cache import cache
from django.utils import timezone

from hrss_portal import areas
from hrss_portal.access.models import ModuleSwitch, User

KEPT = 60  # seconds that a bureau's switches are remembered


def declared() -> dict[str, areas.Module]:
    """The modules of all apps by their code."""
    return {one.code: one for app in areas.portal_apps() for one in app.modules}


def off(root: int, on: date | None = None) -> frozenset[str]:
    """The modules that the bureau with this key does not have on a day (today)."""
    if not declared():
        return frozenset()
    on = on or timezone.localdate()
    rows: list[tuple[str, date, bool]] | None = cache.get(_key(root))
    if rows is None:
        found = ModuleSwitch.objects.filter(unit=root).order_by("from_on", "pk")
        rows = list(found.values_list("code", "from_on", "is_on"))
        cache.set(_key(root), rows, KEPT)
    now = {code: is_on for code, since, is_on in rows if since <= on}
    return frozenset(code for code, is_on in now.items() if not is_on)


def _key(root: int) -> str:
    return f"access:modules:{root}"


def forget(root: int) -> None:
    """Reads the switches of a bureau anew."""
    cache.delete(_key(root))


def without(root: int, on: date | None = None) -> tuple[areas.Module, ...]:
    """The modules that a bureau does not have on a day (today)."""
    codes = off(root, on)
    return tuple(one for code, one in declared().items() if code in codes) if codes else ()


def is_on(code: str, root: int, on: date | None = None) -> bool:
    """Whether a bureau has a module on a day (today)."""
    return code not in off(root, on)


def hidden(root: int, kind: str, name: str, on: date | None = None) -> bool:
    """Whether a name (``kind``: routes, actions, moves, figures, terms, duties) is of a module that
    the bureau does not have on a day (today)."""
    return is_named(kind, name) and any(one.names(kind, name) for one in without(root, on))


def hides_route(user: User | None, name: str) -> bool:
    """Whether a page belongs to a module that the user's bureau does not have."""
    if user is None or not is_named("routes", name):
        return False  # most pages belong to no module: nobody's bureau has to be read
    return hidden(user.unit.root_id, "routes", name)


def is_named(kind: str, name: str) -> bool:
    """Whether some module names it; most names belong to none."""
    return any(one.names(kind, name) for one in declared().values())


def lacking(on: date) -> dict[int, tuple[areas.Module, ...]]:
    """The bureaus that lack some module on a day, by key, with these modules."""
    roots = ModuleSwitch.objects.order_by("unit").values_list("unit", flat=True).distinct()
    found = {root: without(root, on) for root in roots}
    return {root: lacks for root, lacks in found.items() if lacks}
