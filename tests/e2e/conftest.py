"""A browser over a running portal.  Skipped where no Chromium is at hand (``$CHROMIUM``)."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from hrss_portal.access.models import User
from hrss_portal.access.scope import acting_as_system

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, headless."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip("no Chromium")
    # Playwright's loop runs in this thread; the database is used by the test, not by the loop.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        yield opened
        opened.close()


@pytest.fixture
def enter(browser: Browser, live_server: Any, settings: Any) -> Iterator[Callable[..., Page]]:
    """``enter(user)`` is a page of a browser in which the user is logged in."""
    settings.SESSION_COOKIE_SECURE = False
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def open_page(user: User, width: int = 1366, height: int = 768) -> Page:
        store = SessionStore()
        store[SESSION_KEY] = str(user.pk)
        store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        store[HASH_SESSION_KEY] = user.get_session_auth_hash()
        with acting_as_system("test"):
            store.save()
        context = browser.new_context(
            viewport={"width": width, "height": height}, base_url=live_server.url
        )
        cookie = {"name": "sessionid", "value": store.session_key, "url": live_server.url}
        context.add_cookies([cookie])  # type: ignore[list-item]
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on(
            "console",
            lambda line: errors.append(line.text) if "Content Security" in line.text else None,
        )
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []
