"""Severe by default: what would be a surprise in production is a failure here.

Warnings are errors, an undefined template variable fails the test, sockets reach this machine
only, a queryset without an order comes back shuffled, and a change without an actor is refused by
the database as everywhere else.
"""

import os
import random
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache as cache_of
from functools import partial
from pathlib import Path
from typing import Any

import pgtrigger
import psycopg2
import pytest
from django.apps import apps
from django.apps.registry import Apps
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.models import QuerySet
from django.template.base import FilterExpression
from django.template.defaultfilters import default, default_if_none
from django.test import TransactionTestCase
from whitenoise.base import WhiteNoise

from hrss_portal.access.models import User
from hrss_portal.access.scope import acting_as, acting_as_system
from hrss_portal.celery import app as celery
from tests.server_lock import server

pytest_plugins = ["tests.cast"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--write-tables`` writes the tables that a test compares with (expected answers, headings)
    as they are now, so that the change can be reviewed as a difference."""
    parser.addoption("--write-tables", action="store_true", help="write the compared tables anew")


def pytest_configure(config: pytest.Config) -> None:
    """Sets what differs from production: cheap hashes, plain static names, an own cache."""
    config.addinivalue_line("filterwarnings", "error")
    config.addinivalue_line("filterwarnings", "ignore::ImportWarning")
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    celery.conf.broker_url = "memory://"
    config.option.itv = True  # pytest-django: fail on undefined template variables


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """This process's database is a copy of a migrated one where the run has made one."""
    if name := os.environ.get("PORTAL_TEST_TEMPLATE"):
        connection.settings_dict["TEST"]["TEMPLATE"] = name


@pytest.fixture(scope="session", autouse=True)
def _closed_sockets() -> Iterator[None]:
    """Only unix sockets and this machine: the portal works on an intranet without the Internet."""
    real = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        host = address[0] if isinstance(address, tuple) else ""
        if self.family != socket.AF_UNIX and not (
            host in {"localhost", "::1"} or host.startswith("127.")
        ):
            raise OSError(f"tests open no connection to {address}")
        real(self, address)

    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", connect)
    yield
    patch.undo()


@pytest.fixture(scope="session", autouse=True)
def _shuffled_querysets() -> Iterator[None]:
    """A queryset without an order has none: whoever relies on one finds out here."""
    real = QuerySet._fetch_all

    def fetch(self: QuerySet) -> None:
        fresh = self._result_cache is None
        real(self)
        if fresh and len(self._result_cache) > 1 and not self.ordered:
            random.shuffle(self._result_cache)

    patch = pytest.MonkeyPatch()
    patch.setattr(QuerySet, "_fetch_all", fetch)
    yield
    patch.undo()


@pytest.fixture(scope="session", autouse=True)
def _defaults_may_be_undefined() -> Iterator[None]:
    """``{{ x|default:"y" }}`` says what to show without x; any other undefined variable fails."""
    real = FilterExpression.resolve

    def resolve(self: FilterExpression, context: Any, ignore_failures: bool = False) -> Any:
        optional = bool(self.filters) and self.filters[0][0] in {default, default_if_none}
        return real(self, context, ignore_failures=ignore_failures or optional)

    patch = pytest.MonkeyPatch()
    patch.setattr(FilterExpression, "resolve", resolve)
    yield
    patch.undo()


@pytest.fixture(scope="session", autouse=True)
def _logs_may_be_emptied_between_tests() -> Iterator[None]:
    """Tests that commit empty their tables afterwards; the logs refuse that to everybody else."""
    real = TransactionTestCase._fixture_teardown

    def teardown(self: TransactionTestCase) -> None:
        with pgtrigger.ignore():
            real(self)

    patch = pytest.MonkeyPatch()
    patch.setattr(TransactionTestCase, "_fixture_teardown", teardown)
    yield
    patch.undo()


@pytest.fixture(scope="session", autouse=True)
def _static_files_are_looked_at_once() -> Iterator[None]:
    """Each ``Client()`` builds the middlewares, and WhiteNoise looks at every static file for each.

    Those of the run stay as they are, so what was found first holds; a folder of a test's own is
    looked at as ever.
    """
    real = WhiteNoise.update_files_dictionary
    known: dict[str, dict[str, Any]] = {}
    ours = os.path.join(os.path.abspath(settings.STATIC_ROOT), "")

    def update(self: WhiteNoise, root: str, prefix: str) -> None:
        if root != ours or self.files:
            real(self, root, prefix)
        elif prefix in known:
            self.files.update(known[prefix])
        else:
            real(self, root, prefix)
            known[prefix] = dict(self.files)

    patch = pytest.MonkeyPatch()
    patch.setattr(WhiteNoise, "update_files_dictionary", update)
    yield
    patch.undo()


@pytest.fixture(autouse=True)
def _fresh(tmp_path: Path, settings: Any) -> None:
    """An empty cache and an own folder for files."""
    settings.MEDIA_ROOT = tmp_path / "media"
    cache.clear()


@pytest.fixture
def acting() -> Iterator[Callable[..., Any]]:
    """``acting(user)`` runs the rest of the test as the user, ``acting("test")`` as the system.

    Calling it again replaces the one before.
    """
    stack = ExitStack()

    def enter(who: User | str = "test", purpose: str = "request") -> Any:
        stack.close()
        scope = acting_as_system(who) if isinstance(who, str) else acting_as(who, purpose)
        return stack.enter_context(scope)

    yield enter
    stack.close()


@pytest.fixture
def second_connection() -> Callable[..., Any]:
    """``with second_connection() as cursor:`` works in a connection of its own (for races)."""

    @contextmanager
    def open_second() -> Iterator[Any]:
        params = connection.get_connection_params()
        other = psycopg2.connect(**{k: v for k, v in params.items() if k != "cursor_factory"})
        other.autocommit = True
        try:
            with other.cursor() as cursor:
                yield cursor
        finally:
            other.close()

    return open_second


@pytest.fixture(scope="module")
def server_alone() -> Iterator[None]:
    """The tests of the file run while no other process of the run that asks works on the server."""
    with server(alone=True):
        yield


@pytest.fixture(scope="module")
def server_shared() -> Iterator[None]:
    """The tests of the file run while nobody has the server to himself."""
    with server(alone=False):
        yield


@pytest.fixture(scope="module")
def swappable_models_known() -> Iterator[None]:
    """Django remembers for each foreign key whether its model can be swapped, but every state of a
    migration empties that memory: the portal's own models, which stay as they are, keep theirs."""
    patch = pytest.MonkeyPatch()
    known = cache_of(partial(Apps.get_swappable_settings_name.__wrapped__, apps))
    patch.setattr(apps, "get_swappable_settings_name", known)
    yield
    patch.undo()
