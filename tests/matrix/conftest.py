"""One world for all tests of the matrix on a worker, in one transaction that is never committed."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from hrss_portal.access.scope import acting_as_system
from tests.cast import first_county, second_county
from tests.factories.deadlines import shipped_rules
from tests.matrix import table
from tests.matrix.routing import pages
from tests.matrix.visiting import Visitor
from tests.matrix.world import World, build


@pytest.fixture(scope="package")
def matrix_media(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where the files of the world lie: longer than for one test."""
    return str(tmp_path_factory.mktemp("matrix"))


@pytest.fixture(autouse=True)
def _matrix_files(_fresh: None, settings: Any, matrix_media: str) -> None:
    """Requests find the files of the world."""
    settings.MEDIA_ROOT = matrix_media


@pytest.fixture(scope="package")
def db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The database for all tests of this folder; what they write is never committed."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="package")
def world(db: None, matrix_media: str) -> Iterator[World]:
    """Accounts, rows and rules; further rows are made when a route first needs them."""
    with override_settings(MEDIA_ROOT=matrix_media):
        shipped_rules()
        with acting_as_system("test"):
            made = build(first_county(), second_county())
        yield made


@pytest.fixture(scope="package")
def visitor(world: World) -> Visitor:
    """A browser with a session of every account, made when it first asks."""
    return Visitor()


@pytest.fixture(scope="package")
def found(pytestconfig: pytest.Config) -> Iterator[dict[str, list[table.Row]]]:
    """Route → the rows that it answered; the table is written from it where that is asked for."""
    rows: dict[str, list[table.Row]] = {}
    yield rows
    if pytestconfig.getoption("--write-tables"):
        table.write(rows, set(pages()))
