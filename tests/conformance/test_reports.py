"""The narratives that ship fit the bureau that ships."""

import csv
from pathlib import Path

import pytest

from hrss_portal.access import setup
from hrss_portal.reports import narrative

OFFICES = Path(setup.__file__).parent / "data" / "offices.csv"


def names_of_offices() -> set[str]:
    """Every name by which an office of the shipped staffing plan is known."""
    with OFFICES.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    others = {name for row in rows for name in (row["short_name"], *row["synonyms"].split("|"))}
    return {row["name"] for row in rows} | others - {""}


@pytest.mark.parametrize("code", narrative.codes())
def test_every_section_belongs_to_an_office_of_the_staffing_plan(code: str) -> None:
    sections = [one for one in narrative.load(code).sections if not one.is_heading_only]
    assert sections
    known = names_of_offices()
    strangers = {one.heading: one.owner for one in sections if one.owner not in known}
    assert strangers == {}, "责任股室不在 hrss_portal/access/data/offices.csv 里，改正其中一处"
