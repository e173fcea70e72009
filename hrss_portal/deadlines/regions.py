"""Regions of dated rules: from a county up to the whole country.

A rule or a parameter of a region applies below it.  The chain of a county never contains another
province, so no value can be borrowed from one.
"""

from functools import cache

from hrss_portal.deadlines.tables import read

NATION = "CN"
SUFFIXES = ("省", "壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "市")


@cache
def parents() -> dict[str, str]:
    """What each known region belongs to, from ``data/regions.csv``."""
    return {row["region"]: row["parent"] for row in read("regions.csv")}


@cache
def names() -> dict[str, str]:
    """Known regions by their division code (GB/T 2260): two, four or six digits."""
    return {row["code"]: row["region"] for row in read("regions.csv") if row["code"]}


def chain(region: str) -> tuple[str, ...]:
    """The region and everything above it, the most special first, ``CN`` last.

    ``region`` is a known name (``霍邱县``), a path from the province down (``安徽/六安市/某县``),
    or a division code (``341522``), as units carry it.  An unknown single name stands directly
    below the country; an unknown county code below its province.
    """
    if region.isdigit():
        found = list(_by_code(region))
    else:
        found = [_plain(part) for part in reversed(region.split("/")) if part.strip()]
    while found and found[-1] in parents():
        found.append(parents()[found[-1]])
    return tuple(dict.fromkeys((*(name for name in found if name != NATION), NATION)))


def is_known(region: str) -> bool:
    """Whether a name, path or code leads to a region that is known, or is the country itself."""
    return region == NATION or any(part in parents() for part in chain(region))


def holds_in(region: str, home: str) -> bool:
    """Whether what is settled for ``region`` holds at ``home``: it is home or lies above it.

    A bureau without a region (``home`` empty) settles for any.
    """
    return not home or chain(region)[0] in chain(home)


def _by_code(code: str) -> list[str]:
    """County, city, province of a division code; a county without a name keeps its code."""
    county = code[:6]
    parts = [county[:end] for end in (6, 4, 2) if county[:end] and not county[:end].endswith("00")]
    named = [names()[part] for part in parts if part in names()]
    complete = county in names() or len(county) < 6 or county.endswith("00")
    return named if complete else [county, *named]


def _plain(name: str) -> str:
    """A province by its short name, as the tables write it; other names as they are."""
    name = name.strip()
    for suffix in SUFFIXES:
        short = name.removesuffix(suffix)
        if short != name and parents().get(short) == NATION:
            return short
    return name
