"""Putting an entry right in the browser: first what follows from it, on a page that fits."""

from typing import Any

import pytest

from hrss_portal.casework.models import Event
from tests.e2e.browsing import axe, wider
from tests.e2e.sites import SITES

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("name", ["correct-day", "correct-claim"])
def test_what_follows_is_shown_before_anything_is_stored(name: str, demo: Any) -> None:
    site = next(one for one in SITES if one.name == name)
    page = demo.enter(site.who)
    page.goto(site.address())
    before = Event._base_manager.filter(move="correct").count()
    if name == "correct-claim":
        page.fill("[name=amount]", "8765.43")
    else:
        day = page.input_value("[name=on]")
        page.fill("[name=on]", f"{day[:8]}{max(int(day[8:]) - 1, 1):02}")
    page.fill("[name=reason]", "笔误")
    page.click("[data-test=submit]")
    page.wait_for_selector("[data-test=tried]")
    found = []
    for width in (1366, 360):
        page.set_viewport_size({"width": width, "height": 800})
        found += [f"axe {width} {one}" for one in axe(page)]
        if wide := wider(page):
            found.append(f"wider than {width}: {wide}")
    assert not found, "\n".join(found)
    assert page.inner_text("[data-test=submit]") == "确认更正"
    assert Event._base_manager.filter(move="correct").count() == before
