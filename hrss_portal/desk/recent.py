"""The pages that a user opened last: a convenience kept in the cache, so that GET writes no row.

Losing the cache loses the strip and nothing else.
"""

import re
from dataclasses import asdict, dataclass

from django.core.cache import cache

from hrss_portal.desk.reachable import still_seen

KEPT = 8
#: Year and number; the words before them are the same for all cases of a kind.
NUMBERED = re.compile(r"〔\d{4}〕[^\s号]*号?")
DAYS = 30


@dataclass(frozen=True)
class Opened:
    """One page: its address and what it is called."""

    url: str
    label: str
    draft: bool = False

    @property
    def short(self) -> str:
        """What tells one page from the next on a narrow chip: ``…〔2026〕12号`` of a numbered
        case, else the whole label."""
        found = NUMBERED.search(self.label)
        return f"…{found[0]}" if found else self.label


def _key(user_id: int) -> str:
    return f"recent:{user_id}"


def opened(user_id: int) -> list[Opened]:
    """The pages, newest first."""
    return [Opened(**entry) for entry in cache.get(_key(user_id), [])]


def seen(user_id: int) -> list[Opened]:
    """Those of the pages whose record the acting user still sees."""
    kept = opened(user_id)
    urls = still_seen(entry.url for entry in kept)
    return [entry for entry in kept if entry.url in urls]


def remember(user_id: int, url: str, label: str) -> None:
    """Put a page first; the ninth falls out."""
    rest = [entry for entry in opened(user_id) if entry.url != url]
    kept = [Opened(url, label[:40]), *rest][:KEPT]
    cache.set(_key(user_id), [asdict(entry) for entry in kept], DAYS * 86400)
