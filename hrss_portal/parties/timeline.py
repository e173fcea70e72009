"""The timeline of the 360 page, filled by apps above.

``parties`` knows nothing of cases.  An app above adds the dotted path of a provider to
``timeline_providers`` in its ``AppConfig.ready``; a provider is called
``provider(party, user=user) -> Iterable[Entry]`` and returns what ``user`` may see of the party and
of every row merged into it (``row_ids``).  It also says how many entries it holds back.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.module_loading import import_string

from hrss_portal.access.models import User
from hrss_portal.parties.models import Party

timeline_providers: list[str] = []


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing that happened: when, who, what, and in which area.

    ``at`` is a date where the hour is not known.  ``open`` marks what is not finished yet.
    """

    at: date | datetime
    title: str
    by: str = ""
    note: str = ""
    url: str = ""
    area: str = ""
    open: bool = False
    system: bool = False
    details: Sequence[str] = ()
    files: Sequence[Any] = ()


@dataclass(frozen=True)
class Timeline:
    """The entries, newest first, with how many each area has and how many are not shown."""

    entries: Sequence[Entry]
    areas: Sequence[tuple[str, int]]
    open: int
    hidden: int


def row_ids(party: Party) -> list[int]:
    """The numbers of the standing row and of every row merged into it."""
    standing = party.standing_id
    model: Any = type(party)
    followers = model._base_manager.filter(merged_into_id=standing).order_by("pk")
    return [standing, *followers.values_list("pk", flat=True)]


def of(party: Party, *, user: User, area: str = "", limit: int = 200) -> Timeline:
    """Everything the providers tell of a party, of one area if given."""
    found: list[Entry] = []
    hidden = 0
    for path in timeline_providers:
        told: Iterable[Entry | int] = import_string(path)(party, user=user)
        for one in told:
            if isinstance(one, int):
                hidden += one
            else:
                found.append(one)
    counts = Counter(entry.area for entry in found if entry.area)
    shown = [entry for entry in found if not area or entry.area == area]
    shown.sort(key=_moment, reverse=True)
    return Timeline(
        shown[:limit],
        sorted(counts.items()),
        sum(entry.open for entry in found),
        hidden,
    )


def _moment(entry: Entry) -> str:
    return entry.at.isoformat()
