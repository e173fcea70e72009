"""The rows behind a figure: the same selection as its value, in a stable order, page by page.

``num`` are the rows that the value counts, ``den`` the rows of a rate's denominator, ``previous``
those of the same period of the year before.  A composed part may take rows of several models.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from django.db.models import Count as CountOf
from django.db.models import F, Min, Model, QuerySet
from django.db.models import Sum as SumOf
from django.utils import timezone

from hrss_portal.indicators import catalogue
from hrss_portal.indicators.declare import (
    Constant,
    Distinct,
    Duration,
    Indicator,
    MonthlyFlow,
    Ratio,
    RowIndicator,
    Sum,
    Target,
    YearOnYear,
)
from hrss_portal.indicators.engine import (
    SECONDS_A_DAY,
    Ask,
    days_between,
    key_expression,
    model_of,
    selection,
)
from hrss_portal.indicators.models import AnnualTarget, tasks
from hrss_portal.indicators.row_names import named, related
from hrss_portal.indicators.wording import base_text

Part = Literal["num", "den", "previous"]


class NoRows(LookupError):
    """A figure that has no such part: a constant has no rows, a count no denominator."""


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """One simple figure inside a composed one, with the question it is asked."""

    item: Indicator
    question: Ask

    @property
    def model(self) -> type[Model]:
        """The model of the rows."""
        return AnnualTarget if isinstance(self.item, Target) else model_of(_row(self.item))

    def queryset(self) -> QuerySet[Any]:
        """The rows by primary key, each with ``figure_amount`` and for Distinct ``figure_key``."""
        if isinstance(self.item, Target):
            return (
                tasks(self.item.measures, self.question)
                .annotate(figure_amount=F("value"))
                .select_related(*related(AnnualTarget))
                .order_by("pk")
            )
        item = _row(self.item)
        found = selection(item, self.question)
        if isinstance(item, Distinct):
            found = _one_a_key(item, found)
        elif isinstance(item, Sum):
            found = found.annotate(figure_amount=F(item.field))
        elif isinstance(item, Duration):
            found = found.annotate(figure_amount=days_between(item))
        return found.select_related(*related(found.model)).order_by("pk")

    def dated_by(self) -> str:
        """The path of the date that a row is listed under, or nothing."""
        if isinstance(self.item, Target):
            return ""
        item = _row(self.item)
        return item.received if isinstance(item, MonthlyFlow) else item.dated_by


def _row(item: Indicator) -> RowIndicator:
    if not isinstance(item, RowIndicator):
        raise NoRows(item.code)
    return item


def _one_a_key(item: Distinct, found: QuerySet[Any]) -> QuerySet[Any]:
    """Of the rows that share a key only the first, so that the list is as long as the figure."""
    first = (
        found.annotate(figure_key=key_expression(item))
        .values("figure_key")
        .annotate(first=Min("pk"))
        .values("first")
    )
    return (
        model_of(item)
        ._default_manager.filter(pk__in=first)
        .annotate(figure_key=key_expression(item))
    )


def leaves(code: str, question: Ask, part: Part = "num") -> list[Leaf]:
    """The simple figures whose rows make up a part.  Raises ``NoRows``."""
    item = catalogue.get(code)
    if part == "previous":
        base = item.base if isinstance(item, YearOnYear) else code
        return leaves(base, question.previous())
    if isinstance(item, Ratio):
        codes = item.num if part == "num" else item.den
        return [leaf for one in codes for leaf in leaves(one, question)]
    if isinstance(item, YearOnYear):
        return leaves(item.base, question if part == "num" else question.previous())
    if isinstance(item, Constant) or part == "den":
        raise NoRows(code)
    return [Leaf(item=item, question=question)]


class RowSet:
    """The rows of one part: countable, summable, sliceable, with ``querysets`` to list them."""

    def __init__(self, found: list[Leaf], part: Part = "num") -> None:
        """Nothing is read until it is asked for."""
        self.leaves = found
        self.part = part
        self.querysets = [leaf.queryset() for leaf in found]

    @property
    def queryset(self) -> QuerySet[Any]:
        """The only queryset of a simple figure.  Raises ``NoRows`` for a composed part."""
        if len(self.querysets) != 1:
            raise NoRows("composed")
        return self.querysets[0]

    def count(self) -> int:
        """How many rows."""
        return sum(found.count() for found in self.querysets)

    def total(self) -> Decimal:
        """The sum of the amounts; rows that only count weigh one each."""
        return sum(
            (self._total(*pair) for pair in zip(self.leaves, self.querysets, strict=True)),
            Decimal(0),
        )

    def _total(self, leaf: Leaf, found: QuerySet[Any]) -> Decimal:
        if isinstance(leaf.item, Sum | Target):
            return found.aggregate(total=SumOf("figure_amount"))["total"] or Decimal(0)
        if isinstance(leaf.item, Duration):
            total = found.aggregate(total=SumOf("figure_amount"))["total"]
            return Decimal(str(total.total_seconds())) / SECONDS_A_DAY if total else Decimal(0)
        return Decimal(found.aggregate(total=CountOf("pk"))["total"])

    def __iter__(self) -> Iterator[Any]:
        for found in self.querysets:
            yield from found

    def __getitem__(self, wanted: slice) -> list[Any]:
        return [row for _, row in self.slice(wanted.start or 0, wanted.stop)]

    def slice(self, start: int, stop: int | None) -> list[tuple[Leaf, Any]]:
        """The rows from ``start`` up to ``stop``, each with the simple figure that it is behind."""
        found: list[tuple[Leaf, Any]] = []
        for leaf, rows_ in zip(self.leaves, self.querysets, strict=True):
            size = rows_.count()
            if start < size and (stop is None or stop > 0):
                found += [(leaf, row) for row in rows_[start:stop]]
            start, stop = max(start - size, 0), None if stop is None else stop - size
        return found

    def page(self, *, limit: int, after: str = "") -> list[dict[str, Any]]:
        """Rows as the command writes them, after the place ``next_after`` gave (or a plain pk).

        Raises ``ValueError`` for a place that cannot be read.
        """
        index, _, pk = after.rpartition(":")
        at = int(index or 0)
        found: list[dict[str, Any]] = []
        for number in range(at, len(self.leaves)):
            rows_ = self.querysets[number]
            if pk and number == at:
                rows_ = rows_.filter(pk__gt=int(pk))
            for row in rows_[: limit - len(found)]:
                found.append(as_row(self.leaves[number], row, self.part))
                self._place = f"{number}:{row.pk}"
            if len(found) >= limit:
                break
        return found

    def next_after(self) -> str:
        """Where the page just read ended, for the next one."""
        place = getattr(self, "_place", "")
        return place.removeprefix("0:") if len(self.leaves) == 1 else place


def rows(code: str, question: Ask, *, part: Part = "num") -> RowSet:
    """The rows behind a figure.  Raises ``NoRows`` and what the figure itself raises."""
    return RowSet(leaves(code, question, part), part)


def as_row(leaf: Leaf, row: Any, part: Part) -> dict[str, Any]:
    """One row in the shape that ``figure_rows`` promises; amounts in base units."""
    return {
        "model": row._meta.label_lower,
        "pk": row.pk,
        "key": key_of_row(row),
        "on": date_of(leaf, row),
        "amount": base_text(amount_of(row)),
        "part": part,
    }


def amount_of(row: Any) -> Decimal:
    """What a row adds to the figure: its amount, its days, or one."""
    amount = getattr(row, "figure_amount", None)
    if amount is None:
        return Decimal(0 if hasattr(row, "figure_amount") else 1)
    if hasattr(amount, "total_seconds"):
        return Decimal(str(amount.total_seconds())) / SECONDS_A_DAY
    return Decimal(amount)


def key_of_row(row: Any) -> str:
    """A key for programmes: what Distinct tells apart, the number people quote, or the primary key.

    Pages and files show people ``row_names.named``.
    """
    return str(getattr(row, "figure_key", None) or named(row).number or row.pk)


def date_of(leaf: Leaf, row: Any) -> str | None:
    """The day under which a row is listed, ISO."""
    return _day(_follow(row, leaf.dated_by()))


def _follow(row: Any, lookup: str) -> Any:
    for name in filter(None, lookup.split("__")):
        row = getattr(row, name, None)
    return row if lookup else None


def _day(value: Any) -> str | None:
    if isinstance(value, datetime):
        return timezone.localdate(value).isoformat()
    return value.isoformat() if isinstance(value, date) else None
