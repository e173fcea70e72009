"""The demonstration: what is told as sent was issued before, on the day it was decided."""

import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import arbitration
from arbitration.workflows.deliveries import MADE_HERE
from hrss_portal.access.models import User
from hrss_portal.desk.demo import Story
from tests.cast import County
from tests.factories import arbitration as make


def test_every_paper_is_issued_before_it_is_sent() -> None:
    path = Path(arbitration.__path__[0]) / "demo" / "stories.toml"
    sent = 0
    for story in tomllib.loads(path.read_text(encoding="utf-8"))["case"]:
        issued: dict[str, int] = {}
        for step in story.get("moves", ()):
            issued |= dict.fromkeys(step.get("issue", ()), step["day"])
            for row in step.get("deliveries", ()):
                kinds = MADE_HERE.get(row["doc_name"], ())
                days = [issued[kind] for kind in kinds if kind in issued]
                assert not kinds or (days and min(days) <= step["day"]), (story["day"], row)
                sent += bool(kinds)
    assert sent > 0


@pytest.mark.usefixtures("rules", "today")
def test_a_story_dates_the_papers_that_it_issues(
    county: County, clerk: User, acting: Callable[..., Any]
) -> None:
    acting("test")
    case = make.dispute(county, clerk, date(2023, 11, 10))
    story = Story({"kind": "arbitration.dispute"}, {"2003": clerk}, [], [])
    story.issue(case, {"issue": ["arb.receipt"], "by": "2003", "day": -3})
    row = case.papers.select_related("paper").get(kind="arb.receipt")
    assert (row.state, row.paper.issued_on) == ("issued", date(2023, 11, 13))
