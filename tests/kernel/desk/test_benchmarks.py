"""docs/performance.md speaks of what the benchmarks print: the same names, the same goals."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from hrss_portal.access.scope import acting_as_system
from hrss_portal.desk.benchmarks import deadlines, startup
from hrss_portal.desk.benchmarks.measuring import Report

PAGE = (Path(settings.BASE_DIR) / "docs" / "performance.md").read_text("utf-8")


def rows_of(heading: str) -> list[list[str]]:
    """The cells of every table row under a heading, the tables' heads and rules left out."""
    part = PAGE.split(f"`bench {heading}`\n", 1)[1].split("\n## ", 1)[0]
    rows = [
        [cell.strip().strip("`") for cell in line.strip("|").split("|")]
        for line in re.findall(r"^\|.*\|$", part, re.MULTILINE)
    ]
    return [
        [cell.replace("`", "") for cell in row] for row in rows if row[0] and "---" not in row[0]
    ]


def told(report: Report) -> list[str]:
    """The names that the report prints, in order: variants, then ratios with their goals."""
    goals = [f"{one.name} {one.goal}" for one in report.ratios]
    return [*(one.name for one in report.variants), *goals]


def on_the_page(heading: str) -> list[str]:
    """The same from the page."""
    found = []
    for row in rows_of(heading):
        if row[0] in {"variant", "ratio"}:
            continue
        goal = re.search(r"[≥≤] [\d.]+$", row[2]) if len(row) == 4 and row[3] in WORDS else None
        found.append(f"{row[0]} {SIGNS[goal[0][0]]}{goal[0][1:]}" if goal else row[0])
    return found


WORDS = {"reached", "missed"}
SIGNS = {"≥": ">=", "≤": "<="}


@pytest.mark.django_db(transaction=True)
def test_the_page_names_what_the_scan_is_measured_by() -> None:
    with acting_as_system("test"):
        report = deadlines.run(rounds=1, rows=400)
    assert on_the_page("deadlines") == told(report)


def test_the_page_names_what_a_start_is_measured_by(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(startup, "start", lambda arguments: None)
    assert on_the_page("startup") == told(startup.run(rounds=1))
