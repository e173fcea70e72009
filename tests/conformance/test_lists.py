"""Every list page asks the same number of questions for two rows and for many."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, models, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hrss_portal.access import routes
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
MOST = 26  # the session, the user with his rights, the shell, the list and its filters


def one_more(world: World, model: Any) -> None:
    """Another row of the list's model in the court."""
    if issubclass(model, Case):
        make_case(world, first_case() if model is Case else model, "own")
        return
    values = filled(world, model, "own")
    for name in dates_that_differ(model):
        values[name] = DAY + timedelta(days=next(world.serial))
    with door.opened(), transaction.atomic():
        model(**values).save()


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
@pytest.mark.django_db
def test_a_list_asks_the_same_for_two_rows_and_for_many(name: str, view: Any, world: World):
    model = view.model
    user = world.users["SYS" if str(view.policy).startswith(("jobs", "access")) else "ARB-C"]
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    url, counts = reverse(name), []
    for rows in (2, 40):
        with acting_as_system("test"):
            for _ in range(rows):
                one_more(world, model)
        client.get(url)  # what is remembered between requests is remembered
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        counts.append([query["sql"] for query in queries])
    more = sorted({sql.partition(" WHERE ")[0][:300] for sql in counts[1][len(counts[0]) :]})
    assert len(counts[0]) == len(counts[1]), more
    assert len(counts[1]) <= MOST
