"""The sides of a case in one line, persons masked as in lists."""

from collections.abc import Sequence
from typing import Any

from hrss_portal.casework.models import Case
from hrss_portal.parties.identifiers import mask_names


def first_names(names: Sequence[str]) -> str:
    """The first two names and how many there are: ``张三、李四等11人``."""
    return "、".join(names[:2]) + (f"等{len(names)}人" if len(names) > 2 else "")


def title_with_parties(case: Case) -> str:
    """The title and the sides, persons masked as in lists: ``劳动报酬（张*，某公司）``."""
    sides: dict[str, list[Any]] = {}
    for party in sorted(case.parties.all(), key=lambda one: (one.role, one.seq)):
        sides.setdefault(party.role, []).append(party)
    words = []
    for parties in sides.values():
        names = first_names([party.name for party in parties])
        words.append(names if parties[0].employer_id else mask_names(names))
    return f"{case.title}（{'，'.join(words)}）" if words else case.title
