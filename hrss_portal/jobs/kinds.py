"""The kinds of work that the apps declare in their ``jobs.py``."""

from functools import cache

from hrss_portal import areas
from hrss_portal.areas import JobKind


@cache
def kinds() -> dict[str, JobKind]:
    """Every declared kind by its code."""
    return {kind.code: kind for kind in areas.declared("jobs")}


def kind_of(code: str) -> JobKind | None:
    """The kind with this code, or None when an older release declared it."""
    return kinds().get(code)


def periodic() -> list[JobKind]:
    """The kinds that the scheduler inserts by itself."""
    return [kind for kind in kinds().values() if kind.every or kind.at]
