"""Which figures a person may see: the figure's own policy and the right to the rows behind it.

A figure whose rows are invisible would read as zero, so it is hidden instead, and the page says how
many are hidden.  Whoever drafts a report, or reads a board of the whole bureau, reads the totals of
the figures in it all the same; the rows stay those of the own scope, and the pages say how many
there are in all.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from django.db.models import Model, Q

from hrss_portal.access import policy
from hrss_portal.access.models import User
from hrss_portal.access.policy import Decision, Refused, Scope, visible
from hrss_portal.access.scope import acting_as_system
from hrss_portal.indicators import catalogue
from hrss_portal.indicators.declare import Indicator, RowIndicator
from hrss_portal.indicators.engine import Ask, model_of
from hrss_portal.indicators.orgs import of_unit
from hrss_portal.indicators.rows import Part, RowSet, rows

WHOLE = "全局"
PART = "按您可见的办件统计"


def may_see(user: User, code: str) -> bool:
    """Whether a user may see a figure: with its rows, or as a total of the bureau."""
    return sees_rows(user, code) or gets_total(user, code)


def sees_rows(user: User, code: str) -> bool:
    """Whether a user may see a figure and open rows behind it."""
    item = catalogue.get(code)
    if not policy.can(user, item.policy):
        return False
    if isinstance(item, RowIndicator):
        action = rows_action(item)
        return not action or policy.can(user, action)
    return all(sees_rows(user, part) for part in catalogue.parts(item))


def answers_for(user: User, code: str) -> bool:
    """Whether a user may set something beside a figure, or hand it out: it counts more than what
    is in one's own hands."""
    return gets_total(user, code) or _beyond_own(user, code)


def _beyond_own(user: User, code: str) -> bool:
    item = catalogue.get(code)
    if isinstance(item, RowIndicator):
        action = rows_action(item)
        return not action or policy.beyond_own(user, action)
    return all(_beyond_own(user, part) for part in catalogue.parts(item))


def gets_total(user: User, code: str) -> bool:
    """Whether a user reads the bureau's total of a figure whose rows are not all the user's."""
    if not policy.can(user, catalogue.get(code).policy) or counts_all(user, code):
        return False
    root = user.unit.root
    return any(
        policy.can_at(user, holder.policy, root)
        and any(code in catalogue.with_parts(one) for one in holder.codes)
        for holder in catalogue.carriers()
    )


def asked_as(user: User, code: str, question: Ask) -> Ask:
    """The question as it is put for a user: a total is that of the user's own bureau.

    Raises ``Refused`` for the total of another one.
    """
    if not gets_total(user, code):
        return question
    root = user.unit.root
    if question.org is None:
        return replace(question, org=of_unit(root))
    if not question.org.path.startswith(root.path):
        raise Refused(catalogue.get(code).policy, Decision(False, "out-of-scope", "不是本局的数"))
    return question


@contextmanager
def reading(user: User, code: str) -> Iterator[None]:
    """Inside, the figure is read as the user may: in the own scope, or whole for a total."""
    if not gets_total(user, code):
        yield
        return
    with acting_as_system("report"):
        yield


def by_reading(user: User, codes: list[str]) -> list[list[str]]:
    """The codes in groups that are read together: those of the own scope, those as totals."""
    totals = [code for code in codes if gets_total(user, code)]
    own = [code for code in codes if code not in set(totals)]
    return [group for group in (own, totals) if group]


def own_rows(user: User, code: str, question: Ask, part: Part = "num") -> RowSet:
    """The rows of a figure within the user's scope, also of tables without a scoped manager."""
    found = rows(code, question, part=part)
    pairs = zip(found.leaves, found.querysets, strict=True)
    found.querysets = [query.filter(reach(user, leaf.model)) for leaf, query in pairs]
    return found


def reach(user: User, model: type[Model]) -> Q:
    """Which rows of a table a user sees; a table without a scope is common to all."""
    return visible(user, model) if isinstance(getattr(model, "scope", None), Scope) else Q()


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
    whole = all(counts_all(user, code) or gets_total(user, code) for code in codes)
    return WHOLE if whole else PART


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
