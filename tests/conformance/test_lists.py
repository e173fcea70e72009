"""Every list page asks the same number of questions for two rows and for many."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, models, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hrss_portal.access import policy, routes
from hrss_portal.access.models import User
from hrss_portal.access.roles import POST_LABELS
from hrss_portal.access.scope import acting_as_system
from hrss_portal.casework import door
from hrss_portal.casework.models import Case
from hrss_portal.desk.lists import ListPage
from tests.matrix.world import DAY, World, filled, first_case, make_case

LISTS = [
    (name, pattern.callback.view_class)
    for name, pattern in routes.routes()
    if issubclass(getattr(pattern.callback, "view_class", object), ListPage)
    and not pattern.pattern.converters
]
#: Lists that show none of the plain rows, and why.
EMPTY = {"desk:archive": "holds ended cases only"}
MOST = 26  # the session, the user with his rights, the shell, the list and its filters


def one_more(world: World, model: Any, reader: User) -> None:
    """Another row of the list's model in the reader's own office."""
    if issubclass(model, Case):
        case = make_case(world, first_case() if model is Case else model, "own")
        with door.opened():
            case.unit, case.handler = reader.unit, reader
            case.save()
        return
    values = filled(world, model, "own")
    if "unit" in values:
        values["unit"] = reader.unit
    for name in dates_that_differ(model):
        values[name] = DAY + timedelta(days=next(world.serial))
    with door.opened(), transaction.atomic():
        model(**values).save()


def reader_of(view: Any) -> str:
    """The post that reads a list in this test: the first of the staffing plan that may, and of
    those one that may change its rows as well, because that page shows the most.

    A list for everybody who is logged in is read by whoever may see its rows, then by anybody.
    """
    action = str(view.policy)
    if action.count(".") != 2:
        scope = getattr(view.model, "scope", None)
        area, noun = getattr(scope, "area", ""), getattr(scope, "noun", "")
        if issubclass(view.model, Case):
            area, noun = first_case()._meta.label_lower.split(".")
        action = f"{area}.{noun}.view" if noun else ""
    if not action:
        return next(iter(POST_LABELS))
    may = policy.posts_for(action)
    change = policy.posts_for(f"{action.rpartition('.')[0]}.edit")
    return next(iter([*(post for post in may if post in change), *may]), "")


def unread(view: Any, row: Any) -> list[str]:
    """The columns whose path names an attribute that the row, or what it leads to, has not."""
    wrong = []
    for col in view.columns:
        at: Any = row if col.value is None else None
        for step in col.name.split("."):
            if at is not None and not hasattr(at, step):
                wrong.append(f"Col(name={col.name!r})")
            at = getattr(at, step, None)
    return wrong


def dates_that_differ(model: Any) -> list[str]:
    """The days that may stand in one row only (with the unit, with the system …)."""
    unique = [one for one in model._meta.constraints if isinstance(one, models.UniqueConstraint)]
    named = {name for one in unique for name in one.fields}
    return [
        one.name
        for one in model._meta.concrete_fields
        if isinstance(one, models.DateField) and one.name in named
    ]


@pytest.mark.parametrize(("name", "view"), LISTS, ids=[name for name, _ in LISTS])
def test_the_column_chooser_offers_each_column_once(name: str, view: Any) -> None:
    for words in ([col.name for col in view.columns], [col.label for col in view.columns]):
        assert sorted(words) == sorted(set(words)), f"{name}: {view.__module__}.{view.__name__}"


@pytest.mark.parametrize(("name", "view"), LISTS, ids=[name for name, _ in LISTS])
@pytest.mark.django_db
def test_a_list_asks_the_same_for_two_rows_and_for_many(name: str, view: Any, world: World):
    model, post = view.model, reader_of(view)
    told = f"{view.__module__}.{view.__name__} ({name}, policy {view.policy}) read by post {post}"
    assert post, f"{told}: no role allows it; list '<noun>.view' in the area's roles.py"
    user = world.users[post]  # every post has an account here
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    url, counts = reverse(name), []
    for rows in (2, 40):
        with acting_as_system("test"):
            for _ in range(rows):
                one_more(world, model, user)
        client.get(url)  # what is remembered between requests is remembered
        with CaptureQueriesContext(connection) as queries:
            page = client.get(url)
        assert page.status_code == 200, f"{told}: {page.status_code}"
        if rows == 40 and name not in EMPTY:
            assert page.context["page"].rows, f"{told}: shows no row of the reader's own office"
            assert unread(view, page.context["page"].rows[0]) == [], (
                f"{told}: no such attribute; a Col's name is a path of fields, else give value="
            )
        counts.append([query["sql"] for query in queries])
    more = sorted({sql.partition(" WHERE ")[0][:300] for sql in counts[1][len(counts[0]) :]})
    assert len(counts[0]) == len(counts[1]), (
        f"{told}: asks more the more rows there are; name the relation in the list's `related` or "
        f"`prefetch`: {more}"
    )
    assert len(counts[1]) <= MOST, f"{told}: {len(counts[1])} questions, at most {MOST}"
