"""What the rows of many questions have in common, so that an index finds them.

A query that answers several questions compares each row with all of them.  Everything here is
*necessary* for a row to be counted by at least one of the questions; what a row must satisfy to be
counted by one of them stays ``engine.condition``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Model, Q

from hrss_portal.casework.models import Case
from hrss_portal.indicators.declare import MonthlyFlow, RowIndicator
from hrss_portal.indicators.paths import ONE_DAY, upper_bound
from hrss_portal.indicators.periods import Period

Bound = date | datetime


@dataclass
class Spans:
    """Which values of one date column are asked for: from the first up to before the second (None:
    without end), and whether rows without a date are too."""

    spans: list[tuple[Bound, Bound | None]] = field(default_factory=list)
    with_empty: bool = False

    def condition(self, lookup: str) -> Q:
        """The spans as one condition; those that touch or overlap are one."""
        found = Q(**{f"{lookup}__isnull": True}) if self.with_empty else Q()
        for first, end in _joined(self.spans):
            inside = Q(**{f"{lookup}__gte": first})
            found |= inside if end is None else inside & Q(**{f"{lookup}__lt": end})
        return found


def _joined(spans: Iterable[tuple[Bound, Bound | None]]) -> list[tuple[Bound, Bound | None]]:
    made: list[tuple[Bound, Bound | None]] = []
    for first, end in sorted(spans, key=lambda one: one[0]):
        before = made[-1][1] if made else first
        if not made or (before is not None and first > before):
            made.append((first, end))
        elif before is not None and (end is None or end > before):
            made[-1] = (made[-1][0], end)
    return made


def of_kind(model: type[Model]) -> Q:
    """Every row of a kind of case has this kind already; saying so lets the indexes serve that
    begin with it."""
    if issubclass(model, Case) and model is not Case:
        return Q(kind=model._meta.label_lower)
    return Q()


def is_bounded(item: RowIndicator, period: Period) -> bool:
    """Whether a figure over a period asks for a part of its table by a date."""
    return _span(item, period) is not None


def window(model: type[Model], asked: Iterable[tuple[RowIndicator, Period]]) -> Q:
    """The dates that at least one of some questions asks for; everything where one is unbounded."""
    by_lookup: dict[str, Spans] = {}
    for item, period in asked:
        found = _span(item, period)
        if found is None:
            return Q()
        lookup, last_before, to = found
        spans = by_lookup.setdefault(lookup, Spans())
        end = None if to is None else upper_bound(model, lookup, to)
        spans.spans.append((upper_bound(model, lookup, last_before), end))
        spans.with_empty |= to is None
    wanted = Q()
    for lookup, spans in by_lookup.items():
        wanted |= spans.condition(lookup)
    return wanted


def _span(item: RowIndicator, period: Period) -> tuple[str, date, date | None] | None:
    """The date column of a figure, the day before the first that counts, and the last.

    Without a last day: what had not ended by the period's end, so an empty date counts too.
    """
    until = item.closed if isinstance(item, MonthlyFlow) else item.until
    if until:
        return until, period.to, None
    if item.dated_by and item.period == "flow" and period.frm:
        return item.dated_by, period.frm - ONE_DAY, period.to
    return None


def common_words(items: Iterable[RowIndicator]) -> Q:
    """The codes of own columns (a move, a state) that all of some figures ask for."""
    shared: dict[str, set[str]] | None = None
    for item in items:
        mine = _words(item.where)
        if shared is None:
            shared = mine
        else:
            shared = {name: shared[name] | mine[name] for name in shared.keys() & mine.keys()}
    return Q(**{f"{name}__in": sorted(words) for name, words in sorted((shared or {}).items())})


def _words(where: Any) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    if not isinstance(where, Mapping):
        return found
    for lookup, value in where.items():
        name, _, kind = lookup.partition("__")
        values = [value] if not kind else value if kind == "in" else []
        if values and all(isinstance(one, str) for one in values):
            found[name] = {str(one) for one in values}
    return found


def asks_elsewhere(where: Any) -> bool:
    """Whether a condition asks other tables row by row (``Exists``), as terms that were kept."""
    if not isinstance(where, Q):
        return False
    return any(
        asks_elsewhere(child) if isinstance(child, Q) else not isinstance(child, tuple)
        for child in where.children
    )
