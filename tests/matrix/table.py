"""The table of expected answers: ``route, policy, method, place, answers``.

``answers`` lists each status with the posts that get it; whoever is not listed is shut out by the
policy (403).  Places with the same answers stand in one row.
"""

import csv
import fcntl
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TextIO

from hrss_portal.access.roles import POST_LABELS
from tests.matrix.world import ABSENT, COLLEAGUE, OWN

PATH = Path(__file__).with_name("expected.csv")
HEADING = ("route", "policy", "method", "place", "answers")
ANYWHERE = "-"
ORDER = (ANYWHERE, OWN, COLLEAGUE, "sibling", "office", "county", ABSENT)
METHODS = ("GET", "POST")
Row = tuple[str, str, str, str, str]


class Answers:
    """What one route answered, by method, place and status."""

    def __init__(self, route: str, policy: str) -> None:
        self.route = route
        self.policy = policy
        self.found: dict[tuple[str, str], dict[int, set[str]]] = defaultdict(
            lambda: defaultdict(set)
        )

    def add(self, method: str, place: str, status: int, people: list[str]) -> None:
        """Note that these posts got a status."""
        self.found[method, place][status].update(people)

    def rows(self) -> list[Row]:
        """The rows of the table."""
        merged: dict[tuple[str, str], list[str]] = defaultdict(list)
        for method in METHODS:
            for place in ORDER:
                if (method, place) in self.found:
                    merged[method, words(self.found[method, place])].append(place)
        return [
            (self.route, self.policy, method, " ".join(places), answers)
            for (method, answers), places in merged.items()
        ]


def words(by_status: Mapping[int, set[str]]) -> str:
    """``"200 ARB CLK; 404 MED"``, posts in the order of the staffing plan, or ``"200 all"``."""
    if len(by_status) == 1 and set(POST_LABELS) in by_status.values():
        return f"{next(iter(by_status))} all"
    return "; ".join(
        " ".join([str(status), *(post for post in POST_LABELS if post in people)])
        for status, people in sorted(by_status.items())
    )


@cache
def expected() -> dict[str, list[Row]]:
    """The table in the repository: route → its rows."""
    with PATH.open(encoding="utf-8", newline="") as file:
        return _by_route(_read(file))


def _read(file: TextIO) -> list[Row]:
    return [(r[0], r[1], r[2], r[3], r[4]) for r in csv.reader(file) if tuple(r) != HEADING]


def _by_route(rows: list[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(row)
    return dict(found)


def write(fresh: Mapping[str, list[Row]], routes: set[str]) -> None:
    """Replace the rows of the routes asked, drop those of routes that are gone.

    Under a lock, because each worker of a parallel run writes its share.
    """
    with PATH.open("a+", encoding="utf-8", newline="") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        kept = [row for row in _read(file) if row[0] in routes and row[0] not in fresh]
        rows = [*kept, *(row for rows in fresh.values() for row in rows)]
        file.truncate(0)
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADING)
        writer.writerows(sorted(rows, key=_place_in))


def _place_in(row: Row) -> tuple[str, int, int]:
    return row[0], METHODS.index(row[2]), ORDER.index(row[3].split(" ", 1)[0])
