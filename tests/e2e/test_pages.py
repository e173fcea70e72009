"""Every page: nothing sticks out, nothing jumps, axe is silent, and it says what it is."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from playwright.sync_api import Page

from tests.e2e.browsing import axe, shift, small, wider
from tests.e2e.derived import derived
from tests.e2e.sites import SITES, Site

pytestmark = pytest.mark.browser
WIDTHS = (1366, 1920, 768, 360)
NO_FRAME = {"login", "dispute-print"}
titles: dict[str, str] = {}


def shoot(page: Page, site: Site, width: int, request: Any) -> None:
    """Keep a picture, if asked for."""
    if request.config.getoption("--shots"):
        folder = Path(django_settings.STATIC_ROOT).parent / "shots"
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(folder / f"{site.name}-{width}.png"), full_page=width == 360)


@pytest.mark.parametrize("site", [*SITES, *derived()], ids=lambda site: site.name)
def test_a_page_fits_and_everybody_can_use_it(site: Site, demo: Any, request: Any) -> None:
    """A01: no page is wider than 360, 768, 1366 or 1920; A02: nor at 1366 with text of 200 %;
    A06: it does not jump; A08: axe at 360 and 1366; A10: its frame; A13: targets of 24 pixels."""
    page = demo.enter(site.who)
    answer = page.goto(site.address())
    assert answer.status == site.status
    found = said_of(page, site)
    value, moved = shift(page)
    if value > 0.05:
        found.append(f"moves by {value:.3f}: {moved}")
    shoot(page, site, 1366, request)
    found += [f"small {one}" for one in small(page)]
    found += [f"axe 1366 {one}" for one in axe(page)]
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800 if width == 360 else 768})
        if wide := wider(page):
            found.append(f"wider than {width}: {wide}")
    shoot(page, site, 360, request)
    found += [f"axe 360 {one}" for one in axe(page)]
    page.set_viewport_size({"width": 1366, "height": 768})
    page.evaluate("document.documentElement.style.fontSize = '28px'")
    assert page.evaluate("getComputedStyle(document.body).fontSize") == "28px"
    if wide := wider(page):
        found.append(f"wider at 200 %: {wide}")
    assert not found, "\n".join(found)


def said_of(page: Page, site: Site) -> list[str]:
    """What the page's head and frame should say and do not (A10)."""
    asked = page.evaluate(
        """() => ({
          lang: document.documentElement.lang,
          renderer: (document.querySelector("meta[name=renderer]") || {}).content || "",
          h1: document.querySelectorAll("h1").length,
          main: document.querySelectorAll("main").length,
          state: document.body.dataset.state,
          skip: document.querySelector("a, button, input:not([type=hidden])").className,
        })"""
    )
    found = []
    if (asked["lang"], asked["renderer"]) != ("zh-Hans", "webkit"):
        found.append(f"lang and renderer: {asked}")
    if (asked["h1"], asked["main"]) != (1, 1):
        found.append(f"one h1, one main: {asked}")
    if site.state and asked["state"] != site.state:
        found.append(f"state {asked['state']}, not {site.state}")
    if site.name not in NO_FRAME and "skip" not in asked["skip"]:
        found.append("the skip link is not first")
    kind = site.name.partition("-")[0] if site.status == 200 else str(site.status)
    if titles.setdefault(page.title(), kind) != kind:
        found.append(f"the title {page.title()} is that of {titles[page.title()]} as well")
    return found
