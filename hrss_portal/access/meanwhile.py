"""What people changed between the reading of a batch of rows and its landing.

A sheet reads its rows in few statements and decides what becomes of each; until it writes, a page
may store something else.  So every row that a sheet is about to change is locked first; one that
changed is read again, and a cell that somebody stored otherwise keeps its row out.
"""

from collections.abc import Mapping
from typing import Any


def lock(model: Any, read: Mapping[int, int]) -> dict[int, Any]:
    """Locks rows of a model with ``version`` until the transaction ends, in order of their keys.

    ``read`` holds the version at which each row was read, by key.  Returns those that changed since
    as they stand now, by key; None for one that is gone.
    """
    if not read:
        return {}
    rows = model._base_manager.filter(pk__in=read).order_by("pk")
    now = dict(rows.select_for_update(of=("self",)).values_list("pk", "version"))
    late = [pk for pk, version in read.items() if now.get(pk) != version]
    fresh = model._base_manager.in_bulk(late) if late else {}
    return {pk: fresh.get(pk) for pk in late}


def overtaken(told: Mapping[str, Any], was: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """The names of the told values that somebody stored otherwise since ``was`` was read."""
    return [name for name, value in told.items() if now[name] != was[name] and now[name] != value]


def words(row: Any, what: str = "改过这一项，请核对后再导入") -> str:
    """What is said at a cell that stays as it is stored; ``row`` knows who changed it last, None
    where nobody is named."""
    if row is None:
        return f"导入期间有人{what}"
    who = row.updated_by.name if row.updated_by else "系统"
    return f"导入期间{who}{what}"
