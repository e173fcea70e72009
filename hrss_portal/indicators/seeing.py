"""Which figures a person may see: the figure's own policy and the right to the rows behind it.

A figure whose rows are invisible would read as zero, so it is hidden instead, and the page says how
many are hidden.
"""

from collections.abc import Mapping
from typing import Any

from hrss_portal.access import policy
from hrss_portal.access.models import User
from hrss_portal.indicators import catalogue
from hrss_portal.indicators.declare import Indicator, RowIndicator
from hrss_portal.indicators.engine import model_of

WHOLE = "全局"
PART = "按您可见的办件统计"


def may_see(user: User, code: str) -> bool:
    """Whether a user may see a figure and open its rows."""
    item = catalogue.get(code)
    if not policy.can(user, item.policy):
        return False
    if isinstance(item, RowIndicator):
        action = rows_action(item)
        return not action or policy.can(user, action)
    return all(may_see(user, part) for part in catalogue.parts(item))


def counts_all(user: User, code: str) -> bool:
    """Whether a figure counts the rows of the user's whole bureau, not only some units' or one's
    own."""
    item = catalogue.get(code)
    if isinstance(item, RowIndicator):
        action = rows_action(item)
        return not action or policy.can_at(user, action, user.unit.root)
    return all(counts_all(user, part) for part in catalogue.parts(item))


def reach_words(user: User, codes: list[str]) -> str:
    """Whose rows the figures of a page count, in words for the page."""
    return WHOLE if all(counts_all(user, code) for code in codes) else PART


def rows_action(item: RowIndicator) -> str:
    """The action that reads the rows of a figure; empty for tables that anybody may read."""
    model = model_of(item)
    scope = getattr(model, "scope", None)
    if not isinstance(scope, policy.Scope):
        return ""
    if scope.area and scope.noun and not scope.kind:
        return f"{scope.area}.{scope.noun}.view"
    kind = _kind(item)
    return f"{kind}.view" if kind.count(".") == 1 else ""


def _kind(item: Indicator) -> str:
    """``<area>.<noun>``: from the condition on the kind, otherwise the model itself."""
    where: Any = getattr(item, "where", None)
    if isinstance(where, Mapping):
        for name in ("kind", "case__kind"):
            if name in where:
                return str(where[name])
    return str(getattr(item, "of", ""))


def visible_codes(user: User, codes: list[str]) -> tuple[list[str], int]:
    """The codes that a user may see, and how many are hidden."""
    seen = [code for code in codes if may_see(user, code)]
    return seen, len(codes) - len(seen)
