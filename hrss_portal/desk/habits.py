"""Reads and keeps a user's list habits.  Cached, because every list page needs them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.cache import cache
from django.db.models import Q, Subquery
from django.db.models.functions import JSONObject

from hrss_portal.access.models import User
from hrss_portal.desk.models import ListPreference, SavedView

KEEP_SECONDS = 3600


@dataclass(frozen=True)
class View:
    """A saved view as the page offers it."""

    pk: int
    name: str
    query: str
    mine: bool


@dataclass(frozen=True)
class Habits:
    """How one user wants one list: chosen columns (empty: the default), density, size, views."""

    columns: tuple[str, ...] = ()
    density: str = ""
    size: int | None = None
    views: tuple[View, ...] = ()


def _key(user: User, page: str) -> str:
    return f"habits:{user.pk}:{page}"


def of(user: User, page: str) -> Habits:
    """The habits of a user for a list."""
    found: Habits | None = cache.get(_key(user, page))
    if found is None:
        found = _read(user, page)
        cache.set(_key(user, page), found, KEEP_SECONDS)
    return found


def _read(user: User, page: str) -> Habits:
    """Both tables in one query."""
    mine = Q(owner=user.pk) | Q(unit__isnull=False, unit=user.unit_id)
    chosen = ListPreference.objects.filter(user=user.pk, page=page)
    saved = SavedView.objects.filter(mine, page=page).order_by("pk")
    looks = JSONObject(columns="columns", density="density", size="size")
    view = JSONObject(pk="pk", name="name", query="query", owner="owner_id")
    rows = User.objects.filter(pk=user.pk).values_list(
        Subquery(chosen.values(one=looks)), ArraySubquery(saved.values(one=view))
    )
    own, views = rows.get()
    own = own or {"columns": (), "density": "", "size": None}
    return Habits(
        tuple(own["columns"]),
        own["density"],
        own["size"],
        tuple(View(one["pk"], one["name"], one["query"], one["owner"] == user.pk) for one in views),
    )


def keep(user: User, page: str, **values: Any) -> None:
    """Store what the user chose: ``columns``, ``density``, ``size``."""
    ListPreference.objects.update_or_create(user=user, page=page, defaults=values)
    cache.delete(_key(user, page))


def reset(user: User, page: str) -> None:
    """Back to the columns, density and size that the list declares."""
    ListPreference.objects.filter(user=user, page=page).delete()
    cache.delete(_key(user, page))


def save_view(user: User, page: str, name: str, query: str, *, shared: bool) -> SavedView:
    """Keep a set of filters under a name; the same name again replaces it."""
    view, _ = SavedView.objects.update_or_create(
        owner=user,
        page=page,
        name=name,
        defaults={"query": query, "unit_id": user.unit_id if shared else None},
    )
    _forget(page, [user.pk, *_colleagues(user, shared)])
    return view


def drop_view(user: User, pk: int) -> None:
    """Take away an own view; somebody else's stays."""
    for view in SavedView.objects.filter(owner=user, pk=pk):
        shared = view.unit_id is not None
        view.delete()
        _forget(view.page, [user.pk, *_colleagues(user, shared)])


def _colleagues(user: User, shared: bool) -> Sequence[int]:
    if not shared:
        return ()
    return list(User.objects.filter(unit=user.unit_id).values_list("pk", flat=True))


def _forget(page: str, users: Sequence[int]) -> None:
    cache.delete_many([f"habits:{pk}:{page}" for pk in users])
