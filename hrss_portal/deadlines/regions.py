"""Regions of dated rules: from a county up to the whole country.

A rule or a parameter of a region applies below it.  The chain of a county never contains another
province, so no value can be borrowed from one.
"""

from functools import cache

from hrss_portal.deadlines.tables import read

NATION = "CN"
SUFFIXES = ("省", "自治区", "壮族自治区", "回族自治区", "维吾尔自治区")


@cache
def parents() -> dict[str, str]:
    """What each known region belongs to, from ``data/regions.csv``."""
    return {row["region"]: row["parent"] for row in read("regions.csv")}


def chain(region: str) -> tuple[str, ...]:
    """The region and everything above it, the most special first, ``CN`` last.

    ``region`` is a known name (``霍邱县``) or a path from the province down
    (``安徽/六安市/某县``); an unknown single name stands directly below the country.
    """
    names = [_plain(part) for part in reversed(region.split("/")) if part.strip()]
    known = parents()
    while names and names[-1] != NATION and names[-1] in known:
        names.append(known[names[-1]])
    return tuple(dict.fromkeys((*(name for name in names if name != NATION), NATION)))


def _plain(name: str) -> str:
    """A province by its short name, as the tables write it; other names as they are."""
    name = name.strip()
    for suffix in SUFFIXES:
        if name.endswith(suffix) and name.removesuffix(suffix) in parents():
            return name.removesuffix(suffix)
    return name
