"""Browsers over a running portal: one with the cast of a test, one over the demo county.

The demo county is built once per run, in a database of its own; its tests share it and make
their own cases.  ``$CHROMIUM`` names the browser; in CI a missing browser is a failure.
"""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import override_settings
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from hrss_portal.access.models import User
from hrss_portal.desk import demo as demo_county
from tests.e2e.browsing import FLAGS, Window, chromium, fresh_window, missing


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--shots`` keeps pictures of the pages in PORTAL_VAR/shots."""
    parser.addoption("--shots", action="store_true", help="keep pictures of the pages")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, headless."""
    found = chromium()
    if found is None:
        missing("Chromium")
    # Playwright's loop runs in this thread; the database is used by the test, not by the loop.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        yield opened
        opened.close()


@pytest.fixture
def enter(browser: Browser, live_server: Any, settings: Any) -> Iterator[Callable[..., Page]]:
    """``enter(user)`` is a page of a browser in which the user of the cast is logged in."""
    settings.SESSION_COOKIE_SECURE = False
    with fresh_window(browser, live_server.url) as window:
        yield window.page


class Demo:
    """The demo county in the browser: log in as its people, find its cases, run its jobs."""

    def __init__(self, window: Window, passwords: dict[str, str], folder: Path) -> None:
        self.window, self.passwords, self.folder = window, passwords, folder

    def user(self, staff_no: str) -> User:
        """A member of staff; see hrss_portal/desk/data/demo_users.csv."""
        return User.objects.get(staff_no=staff_no)

    def enter(self, staff_no: str | None, **options: Any) -> Page:
        """A page in which the person is logged in; without a number, nobody is."""
        return self.window.page(self.user(staff_no) if staff_no else None, **options)

    def work(self) -> None:
        """What the workers do: run the jobs that are due."""
        call_command("jobs_run_due")


@pytest.fixture(scope="session")
def demo_server(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[LiveServer, str, dict[str, str], Path]]:
    """The demo county in a database of its own, and a server for it."""
    folder = tmp_path_factory.mktemp("demo")
    with django_db_blocker.unblock():
        # Without a test that is marked for a database, pytest-django has renamed none.
        worker = os.environ.get("PYTEST_XDIST_WORKER", "")
        name = f"{connection.settings_dict['NAME']}_demo{worker}"
        make_database(name)
        try:
            with on_database(name), override_settings(VAR_DIR=folder, MEDIA_ROOT=folder / "media"):
                call_command("migrate", verbosity=0)
                call_command("load_data")
                demo_county.build()
            logins = json.loads((folder / "demo_logins.json").read_text(encoding="utf-8"))
            server = LiveServer("localhost")
            words = {row["staff_no"]: row["password"] for row in logins}
            yield server, name, words, folder
            server.stop()
        finally:
            drop_database(name)


@pytest.fixture
def demo(
    demo_server: Any, browser: Browser, django_db_blocker: Any, settings: Any, request: Any
) -> Iterator[Demo]:
    """The demo county; every test of it works on the same rows."""
    server, name, words, folder = demo_server
    settings.VAR_DIR, settings.MEDIA_ROOT = folder, folder / "media"
    with (
        django_db_blocker.unblock(),
        on_database(name),
        fresh_window(browser, server.url) as window,
    ):
        yield Demo(window, words, folder)
        if request.config.getoption("--shots"):
            window.shoot(Path(settings.STATIC_ROOT).parent / "shots")


class on_database:  # noqa: N801 - reads as a statement
    """All connections of this process, the server's threads included, use another database."""

    def __init__(self, name: str) -> None:
        self.name, self.before = name, ""

    def __enter__(self) -> None:
        self.before = connection.settings_dict["NAME"]
        connection.close()
        connection.settings_dict["NAME"] = self.name

    def __exit__(self, *error: object) -> None:
        connection.close()
        connection.settings_dict["NAME"] = self.before


def make_database(name: str) -> None:
    """An empty database; one that a killed run left behind goes."""
    drop_database(name)
    with connection._nodb_cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(f'CREATE DATABASE "{name}"')


def drop_database(name: str) -> None:
    """Gone, whoever is still connected."""
    with connection._nodb_cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
