"""The clock's arithmetic as the pages print it, and the timeline of a case."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from arbitration.models import Dispute
from hrss_portal.casework.models import Event
from tests.e2e.sites import CLERK, pk_of
from tests.kernel.deadlines.test_vectors import VECTORS

pytestmark = pytest.mark.browser
SUSPENDED = {"pause1": "2024-03-20", "resume1": "2024-04-19"}
# Started anew (a correction, a change of the claim): counted as if it had started on that day, so
# the dates are those of the vectors T02 and T07.
ANEW = [
    ("ARB-01", {"date": "2023-09-18", "restart": "2023-09-26"}, "2023-10-09"),
    ("ARB-14", {"date": "2024-03-01", "restart": "2024-04-12"}, "2024-05-27"),
]


def fixtures() -> list[tuple[str, dict[str, str], str]]:
    """Rule, what is filled in, and the day on which it ends."""
    found = list(ANEW)
    for vector in VECTORS:
        code, _, variant = vector["deadline_code"].partition("+")
        asked = {"date": vector["trigger_date"]}
        asked |= {"ext": {"extend": "max"}, "susp": SUSPENDED}.get(variant, {})
        found.append((code, asked, vector["expected_due"]))
    return found


def test_thirty_due_dates_are_printed_as_the_lawyers_counted_them(demo: Any) -> None:
    """A38: weekends, make-up working days, suspension, extension and a start anew."""
    browser = demo.enter(CLERK).request
    assert len(fixtures()) == 30
    wrong = []
    for code, asked, due in fixtures():
        page = browser.get("/deadlines/calculate/", params={"code": code, **asked}).text()
        printed = re.search(r'data-test="due">([\d-]{10})', page)
        if printed is None or printed[1] != due:
            wrong.append((code, asked, due, printed and printed[1]))
    assert wrong == []


def test_every_move_is_one_item_with_who_and_when_and_no_hour_is_invented(demo: Any) -> None:
    """A39: the case with the longest story of the demo, and one that came from last year's
    ledger, whose events have a day and no hour."""
    page = demo.enter(CLERK)
    imported = pk_of(Dispute, state="closed")
    for pk in (pk_of(Dispute, state="serving"), imported):
        page.goto(f"/arbitration/disputes/{pk}/")
        items = page.locator("[data-test=timeline] > li")
        made = Event._base_manager.filter(case=pk)
        expect(items).to_have_count(made.count())
        for words in items.locator(".meta").all_inner_texts():
            when, _, who = words.partition(" · ")
            assert re.fullmatch(r"(\d{4}-)?\d\d-\d\d( \d\d:\d\d)?", when.strip())
            assert who.strip()
            assert "00:00" not in when
