"""Visits that follow from the declarations: an area's pages are visited without a line in sites.py.

Of every area: its lists and its boards.  Of an area that sites.py does not name: the intake and the
detail page of each kind of case as well, seen by a post that may, on rows of its ``demo`` folder.
"""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse

from hrss_portal.access import policy, routes
from hrss_portal.areas import WorkArea, work_areas
from hrss_portal.desk import demo
from hrss_portal.indicators.declare import Board
from tests.e2e.sites import SITES, Site

PLAIN = {one.url for one in SITES if isinstance(one.url, str)}


def staff_by_post() -> dict[str, str]:
    """The staff number of the first demo account that holds each post."""
    found: dict[str, str] = {}
    with (demo.DATA / "demo_users.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            for post in row["posts"].split():
                found.setdefault(post, row["staff_no"])
    return found


STAFF = staff_by_post()


def who(action: str) -> str:
    """The account that opens a page: the first post of the staffing plan that may."""
    for post in policy.posts_for(action):
        if post in STAFF:
            return STAFF[post]
    raise AssertionError(f"no demo account may do {action}: add a Role to the area's roles.py")


def derived() -> list[Site]:
    """The visits of every area that sites.py does not make already."""
    return [
        site
        for area in work_areas()
        for site in (*pages(area), *boards(area))
        if site.url not in PLAIN
    ]


def pages(area: WorkArea) -> Iterator[Site]:
    """Lists; where the area is new to sites.py, intake and detail too."""
    is_new = not any(url.startswith(f"/{area.label}/") for url in PLAIN)
    cases = {flow.of.partition(".")[2] for flow in area.declared["workflows"]}
    for name, pattern in routes.routes():
        space, _, page = name.partition(":")
        action = str(routes.policy_of(pattern.callback))
        noun, _, kind = page.rpartition("_")
        if space != area.label or action.count(".") != 2:
            continue
        if kind == "list" or (is_new and kind == "open"):
            yield Site(f"{noun}-{kind}", who(action), reverse(name))
        elif is_new and kind == "detail" and noun in cases:
            model = pattern.callback.view_class.model
            yield Site(f"{noun}-{kind}", who(action), first_row(name, model))


def first_row(name: str, model: Any) -> Callable[[], str]:
    """The address of the first demo row."""

    def address() -> str:
        pk = model._base_manager.order_by("pk").values_list("pk", flat=True).first()
        folder = Path(settings.BASE_DIR) / model._meta.app_label / "demo"
        assert pk, f"the demo county has no row of {model._meta.label}: add one to {folder}"
        return reverse(name, args=[pk])

    return address


def boards(area: WorkArea) -> Iterator[Site]:
    """Every board that the area declares."""
    for one in area.declared["indicators"]:
        if isinstance(one, Board):
            yield Site(f"board-{one.code}", who(one.policy), f"/boards/{one.code}/")
