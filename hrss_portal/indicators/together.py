"""Reading many figures with few queries, each over no more rows than its questions ask for.

Figures over one table share a query whose aggregates each have their own ``FILTER``; its WHERE is
the union of the asked periods.  A figure that asks another table row by row has a query of its own
for all its periods: there the other table stands in the WHERE and is asked once, not once for each
period.  Figures that no date bounds are read apart from those that one does.
"""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count as CountOf
from django.db.models import Exists, Model, Q

from hrss_portal.access.models import Unit
from hrss_portal.indicators.bounds import (
    asks_elsewhere,
    common_words,
    is_bounded,
    of_kind,
    window,
)
from hrss_portal.indicators.declare import Duration, RowIndicator
from hrss_portal.indicators.engine import (
    Ask,
    aggregate_of,
    as_decimal,
    condition,
    model_of,
    period_condition,
    selection,
    standing,
)
from hrss_portal.indicators.paths import lookups_in, spans_many

AGGREGATES_A_QUERY = 400  # far below the columns that one answer of the database may have
Pair = tuple[RowIndicator, Ask]


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What was read for one question; ``length`` is n, the rows that a duration stands on."""

    item: RowIndicator
    question: Ask
    value: Decimal | None
    length: Decimal | None = None


def read_together(wanted: list[Pair]) -> Iterator[Reading]:
    """The values of the questions that share a query with another one; the rest is left out."""
    for pairs in _batches(wanted):
        for start in range(0, len(pairs), AGGREGATES_A_QUERY):
            part = pairs[start : start + AGGREGATES_A_QUERY]
            if len(part) > 1:
                yield from _read(part)


def _batches(wanted: list[Pair]) -> list[list[Pair]]:
    """The questions that one query answers.  What joins to-many tables is read by itself."""
    found: dict[Hashable, list[Pair]] = {}
    for item, question in wanted:
        only = condition(item, question)
        if any(spans_many(model_of(item), lookup) for lookup in lookups_in(only)):
            continue
        key: Hashable = (item.of, is_bounded(item, question.period))
        if asks_elsewhere(item.where):
            key = (item.code, question.org, question.filters, key)
        found.setdefault(key, []).append((item, question))
    return list(found.values())


def _read(pairs: list[Pair]) -> Iterator[Reading]:
    item, question = pairs[0]
    model = model_of(item)
    where = window(model, [(one, asked.period) for one, asked in pairs]) & of_kind(model)
    apart = asks_elsewhere(item.where)
    if apart:  # one figure: only the periods of its questions differ
        where &= standing(item, question)
    else:
        where &= common_words(one for one, _ in pairs)
    rows = _aggregated(model, where, pairs, only=_dates if apart else condition)
    for number, (one, asked) in enumerate(pairs):
        length = rows.get(f"length_{number}")
        yield Reading(
            item=one,
            question=asked,
            value=as_decimal(one, rows[f"figure_{number}"]),
            length=None if length is None else Decimal(length),
        )


def _dates(item: RowIndicator, question: Ask) -> Q:
    """The dates alone, inside rows that satisfy everything else."""
    return period_condition(item, question.period)


def _aggregated(
    model: type[Model], where: Q, pairs: list[Pair], *, only: Callable[[RowIndicator, Ask], Q]
) -> dict[str, Any]:
    aggregates: dict[str, Any] = {}
    for number, (item, question) in enumerate(pairs):
        asked = only(item, question)
        aggregates[f"figure_{number}"] = aggregate_of(item, only=asked)
        if isinstance(item, Duration):
            aggregates[f"length_{number}"] = CountOf("pk", filter=asked)
    found: dict[str, Any] = model._default_manager.filter(where).aggregate(**aggregates)
    return found


def any_rows(wanted: list[Pair]) -> list[bool]:
    """Whether each question has rows at all, in one query; it stops at the first row of each."""
    if not wanted:
        return []
    asked = {
        f"any_{number}": Exists(selection(item, question))
        for number, (item, question) in enumerate(wanted)
    }
    return list(Unit.objects.order_by().values_list(*asked.values())[:1].get())
