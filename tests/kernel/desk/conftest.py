"""A fixed day, the rules, and a browserless visitor of the pages."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client

from hrss_portal.access.models import User
from tests.factories.deadlines import shipped_rules


@pytest.fixture
def today() -> Iterator[Any]:
    """Thursday 16 November 2023, nine in the morning; the test may travel on."""
    with time_machine.travel("2023-11-16T09:00:00+08:00", tick=False) as traveller:
        yield traveller


@pytest.fixture
def rules(db: None) -> None:
    """The legal rules and the calendar."""
    shipped_rules()


@pytest.fixture
def pages(settings: Any, db: None) -> None:
    """The routes with pages of cases."""
    settings.ROOT_URLCONF = "tests.kernel.desk.urls"


@pytest.fixture
def visit(pages: None) -> Callable[[User], Client]:
    """``visit(user)`` is a client logged in as the user."""

    def enter(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return enter
