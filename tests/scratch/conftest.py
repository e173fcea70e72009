"""A fixed day, the rules, the tags, and a visitor of the pages."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from hrss_portal.access.models import User
from tests.cast import County
from tests.factories import activities as make
from tests.factories.deadlines import shipped_rules


@pytest.fixture(autouse=True)
def today() -> Iterator[Any]:
    """Thursday 16 November 2023, nine in the morning; the test may travel on."""
    with time_machine.travel("2023-11-16T09:00:00+08:00", tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def _tags(county: County) -> None:
    """The legal rules, the topics and the campaigns."""
    shipped_rules()
    make.tags(county)


@pytest.fixture
def visit_as(db: None) -> Callable[[User], Client]:
    """``visit_as(user)`` is a client logged in as the user."""

    def enter(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return enter


@pytest.fixture(autouse=True)
def _rested():
    cache.clear()


@pytest.fixture
def pages(office_clerk):
    """The browser of the office."""
    browser = Client()
    browser.force_login(office_clerk)
    return browser
