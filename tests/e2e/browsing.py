"""What the browser tests share: the flags of Chromium, what a page may not do, log-in without a
form, axe and the measurements inside a page."""

import json
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.signals import request_finished, request_started
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response

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
AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
PATIENCE = 10_000  # ms; a page that takes longer is broken


def missing(what: str) -> None:
    """Without a browser the tests are skipped on a desk, and fail where everything must run."""
    if os.environ.get("CI"):
        pytest.fail(f"{what} is missing; ./portal test installs it")
    pytest.skip(f"no {what}")


def chromium() -> str | None:
    """The browser's path: ``$CHROMIUM``, or the machine's."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


class Window:
    """Opens pages of one server as somebody, and remembers what they did wrong."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.browser, self.url = browser, url
        self.contexts: list[BrowserContext] = []
        self.wrong: list[str] = []

    def context(self, user: User | None, **options: Any) -> BrowserContext:
        """A browser of its own (cookies, storage), with the user logged in."""
        context = self.browser.new_context(base_url=self.url, **options)
        context.set_default_timeout(PATIENCE)
        self.contexts.append(context)
        if user is not None:
            cookie = {"name": "sessionid", "value": session_of(user), "url": self.url}
            context.add_cookies([cookie])  # type: ignore[list-item]
        context.on("request", self.watch_request)
        context.on("response", self.watch_response)
        context.on("console", self.watch_console)
        context.on("weberror", lambda error: self.wrong.append(f"script: {error.error}"))
        return context

    def page(self, user: User | None, width: int = 1366, height: int = 768, **options: Any) -> Page:
        """A page in a browser of its own."""
        size = {"width": width, "height": height}
        return self.context(user, viewport=size, **options).new_page()

    def watch_request(self, request: Request) -> None:
        """Nothing leaves the host (A67)."""
        if not request.url.startswith((self.url, "data:", "blob:", "about:")):
            self.wrong.append(f"leaves the host: {request.url}")

    def watch_response(self, response: Response) -> None:
        """Every file that a page asks for is there, and no page breaks."""
        document = response.request.resource_type == "document"
        if response.status >= 500 or (response.status == 404 and not document):
            self.wrong.append(f"{response.status} {response.url}")

    def watch_console(self, line: ConsoleMessage) -> None:
        """Errors and broken content security policy; a form sent back with 422 is no error."""
        loading = line.text.startswith("Failed to load resource")
        if line.type == "error" and not loading:
            self.wrong.append(f"console: {line.text}")

    def shoot(self, folder: Path) -> None:
        """A picture of every page that is open, to see where a test stood."""
        folder.mkdir(parents=True, exist_ok=True)
        pages = [page for context in self.contexts for page in context.pages]
        for number, page in enumerate(pages):
            page.screenshot(path=str(folder / f"last-{number}.png"), full_page=True)

    def close(self) -> None:
        """Close everything and tell what went wrong."""
        for context in self.contexts:
            context.close()
        assert self.wrong == []


def session_of(user: User) -> str:
    """The key of a session in which the user is logged in."""
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    with acting_as_system("test"):
        store.save()
    return str(store.session_key)


def axe(page: Page) -> list[str]:
    """The serious and critical violations of the page: rule, and the first elements."""
    if not AXE.exists():
        missing("axe-core")
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(AXE.read_text(encoding="utf-8") + ";0")
    page.evaluate(UNCOVERED)
    options = {"runOnly": {"type": "tag", "values": list(TAGS)}, "resultTypes": ["violations"]}
    found = page.evaluate(f"axe.run(document, {json.dumps(options)})")
    return [
        f"{one['id']}: " + " | ".join(node["html"][:160] for node in one["nodes"][:3])
        for one in found["violations"]
        if one["impact"] in {"serious", "critical"}
    ]


WIDER = """() => {
  const wide = document.documentElement.scrollWidth - innerWidth;
  if (wide <= 0) return "";
  const over = [...document.querySelectorAll("main *, .topbar *")].filter((e) => {
    const box = e.getBoundingClientRect();
    return box.width && box.right > innerWidth + 1 && !e.closest(".table-wrap, .scroll");
  });
  return wide + "px: " + over.slice(0, 3).map((e) => e.outerHTML.slice(0, 120)).join(" | ");
}"""
SHIFT = """() => new Promise((done) => {
  let sum = 0;
  const moved = [];
  const place = (box) => Math.round(box.x) + "," + Math.round(box.y);
  new PerformanceObserver((list) => list.getEntries().forEach((e) => {
    if (e.hadRecentInput) return;
    sum += e.value;
    e.sources.forEach(({ node, previousRect, currentRect }) => moved.push(
      place(previousRect) + " to " + place(currentRect) + " "
      + (node ? node.outerHTML || node.textContent : "").replace(/\\s+/g, " ").slice(0, 90)));
  })).observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => setTimeout(() => done([sum, moved.slice(0, 6).join(" | ")]), 60));
})"""
# What happens to lie under the bar at the foot of the screen is one scroll away, and not small.
UNCOVERED = """document.querySelectorAll(".form-foot").forEach((e) => {
  e.style.position = "static";
})"""
CONTROLS = "a, button, input, select, textarea, summary"
SMALL = """(controls) => [...document.querySelectorAll(controls)].filter((e) => {
  const box = e.getBoundingClientRect();
  if (!box.width || !box.height || e.closest(".visually-hidden, .skip")) return false;
  if (e.closest("label, .ts-control")) return false;
  const words = "p, li, dd, .crumbs, .notice, .query span";
  if (e.matches("a, summary") && e.closest(words)) return false;
  const clip = getComputedStyle(e).clipPath;
  if (clip !== "none" || getComputedStyle(e).opacity === "0") return false;
  return box.width < 23.5 || box.height < 23.5;
}).map((e) => e.outerHTML.slice(0, 140))"""


def wider(page: Page) -> str:
    """What sticks out of the screen to the right; empty where nothing does."""
    return str(page.evaluate(WIDER))


def shift(page: Page) -> tuple[float, str]:
    """The layout shift since the page was opened (CLS, no unit), and what moved from where."""
    value, moved = page.evaluate(SHIFT)
    return float(value), str(moved)


def small(page: Page) -> list[str]:
    """Controls under 24 by 24 pixels that do not stand among words (WCAG 2.5.8)."""
    return list(page.evaluate(SMALL, CONTROLS))


class Answering:
    """Knows the server's threads that are answering a request.

    A closed page leaves its last request running; the tables are emptied after it, not under it.
    Threads, not a sum: a request of the window before may end under this one, and a request that
    this process sends by itself (Django's test client) is nobody's to wait for.
    """

    def __init__(self) -> None:
        self.busy: set[threading.Thread] = set()
        self.changed = threading.Condition()

    def begin(self, **signal: Any) -> None:
        """A request came in."""
        if (thread := threading.current_thread()) is not threading.main_thread():
            with self.changed:
                self.busy.add(thread)

    def end(self, **signal: Any) -> None:
        """Its answer has been sent, or nobody wants it any more."""
        with self.changed:
            self.busy.discard(threading.current_thread())
            self.changed.notify_all()

    def idle(self) -> bool:
        """Whether nobody is answering; a thread that is gone answers no more."""
        return not any(thread.is_alive() for thread in self.busy)

    def wait(self) -> None:
        """Until nothing is being answered; raises ``AssertionError`` when that does not come."""
        with self.changed:
            assert self.changed.wait_for(self.idle, timeout=60), f"still answering: {self.busy}"


@contextmanager
def fresh_window(browser: Browser, url: str) -> Iterator[Window]:
    """A window that tells what went wrong when it is closed."""
    window, answering = Window(browser, url), Answering()
    request_started.connect(answering.begin)
    request_finished.connect(answering.end)
    try:
        yield window
    finally:
        try:
            window.close()
            answering.wait()
        finally:
            request_started.disconnect(answering.begin)
            request_finished.disconnect(answering.end)
