"""Figures by town, channel, month or an area's own dimension, and their thirteen-month trend.

Every cell carries the question that gives it, so every cell links to its rows.
"""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models.functions import TruncMonth

from hrss_portal.indicators import catalogue, wording
from hrss_portal.indicators.declare import (
    NOT_FILLED,
    Indicator,
    Ratio,
    RowIndicator,
    YearOnYear,
)
from hrss_portal.indicators.dimensions import name_lookup, value_words
from hrss_portal.indicators.engine import (
    Ask,
    aggregate_of,
    as_decimal,
    dimensions_of,
    model_of,
    selection,
)
from hrss_portal.indicators.figures import Reader
from hrss_portal.indicators.filters import BadFilter
from hrss_portal.indicators.orgs import is_unit, town_names
from hrss_portal.indicators.paths import field_of
from hrss_portal.indicators.periods import Period, month_end, months_back

TREND_MONTHS = 13
Groups = dict[str, tuple[str, Decimal | None]]


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One group of a breakdown: filter key, words, exact value, printed number, its question."""

    key: str
    label: str
    value: Decimal | None
    printed: str
    question: Ask

    def as_json(self) -> dict[str, str | None]:
        """The shape that the ``by`` list of the command promises."""
        return {"key": self.key, "label": self.label, "value": wording.base_text(self.value)}


def dimension_labels(code: str) -> dict[str, str]:
    """The dimensions by which a figure can be broken down, with their headings."""
    item = catalogue.get(code)
    if isinstance(item, RowIndicator):
        return {key: found.label for key, found in dimensions_of(item).items()}
    maps = [dimension_labels(part) for part in catalogue.parts(item)]
    if not maps:
        return {}
    return {key: label for key, label in maps[0].items() if all(key in other for other in maps)}


def breakdown(code: str, by: str, question: Ask) -> list[Cell]:
    """The figure by one dimension.  Raises ``BadFilter`` for a dimension it does not have.

    Towns come in the order of their codes, months in time, others by size.
    """
    if by not in dimension_labels(code) and by != "month":
        raise BadFilter(f"指标 {code} 不能按“{by}”分组")
    item = catalogue.get(code)
    if by == "month":
        return _by_month(item, question)
    groups = _grouped(item, by, question)
    cells = [
        Cell(
            key=key,
            label=label,
            value=value,
            printed=_printed(item, value),
            question=question.narrowed(by, key),
        )
        for key, (label, value) in groups.items()
    ]
    if by == "town":
        return sorted(cells, key=lambda cell: cell.key)
    return sorted(cells, key=lambda cell: (-(cell.value or Decimal(0)), cell.key))


def _printed(item: Indicator, value: Decimal | None) -> str:
    if value is None:
        return wording.NO_VALUE
    return wording.number(value, item.style)


def _grouped(item: Indicator, by: str, question: Ask) -> Groups:
    if isinstance(item, Ratio):
        return _ratio_groups(item, by, question)
    if isinstance(item, YearOnYear):
        now = _grouped(catalogue.get(item.base), by, question)
        before = _grouped(catalogue.get(item.base), by, question.previous())
        points = isinstance(catalogue.get(item.base), Ratio)
        return {
            key: (label, _change(value, before.get(key, (label, None))[1], points=points))
            for key, (label, value) in now.items()
        }
    if not isinstance(item, RowIndicator):
        raise BadFilter(f"指标 {item.code} 没有明细，不能分组")
    return _row_groups(item, by, question)


def _change(now: Decimal | None, before: Decimal | None, *, points: bool) -> Decimal | None:
    """The change as the whole figure has it: a fraction, of a rate the difference in ``points``."""
    if now is None or before is None:
        return None
    if points:
        return now - before
    return wording.divide(now - before, before) if before else None


def _ratio_groups(item: Ratio, by: str, question: Ask) -> Groups:
    numerators = _summed(item.num, by, question)
    denominators = _summed(item.den, by, question)
    found: Groups = {}
    for key, (label, denominator) in denominators.items():
        numerator = numerators.get(key, (label, Decimal(0)))[1] or Decimal(0)
        value = wording.divide(numerator, denominator or 0)
        found[key] = (label, 1 - value if item.complement and value is not None else value)
    return found


def _summed(codes: tuple[str, ...], by: str, question: Ask) -> Groups:
    found: Groups = {}
    for code in codes:
        for key, (label, value) in _grouped(catalogue.get(code), by, question).items():
            before = found.get(key, (label, Decimal(0)))[1] or Decimal(0)
            found[key] = (label, before + (value or 0))
    return found


def _row_groups(item: RowIndicator, by: str, question: Ask) -> Groups:
    model = model_of(item)
    lookup = dimensions_of(item)[by].lookup
    field = field_of(model, lookup)
    if field.is_relation and is_unit(field.related_model):
        return _town_groups(item, lookup, question)
    path = name_lookup(model, lookup)
    return {
        key: (label, as_decimal(item, value))
        for raw, value in _values(item, path, question)
        for key, label in [value_words(model, path, raw)]
    }


def _values(item: RowIndicator, path: str, question: Ask) -> list[tuple[Any, Any]]:
    return list(
        selection(item, question)
        .order_by()
        .values(path)
        .annotate(figure_read=aggregate_of(item))
        .values_list(path, "figure_read")
    )


def _town_groups(item: RowIndicator, lookup: str, question: Ask) -> Groups:
    """By township; villages belong to theirs.  What does not add up is read a town at a time."""
    names = town_names()
    found: Groups = {}
    several: set[str] = set()
    for unit, raw in _values(item, lookup, question):
        code, label = names[unit] if unit is not None else (NOT_FILLED, NOT_FILLED)
        if code in found:
            several.add(code)
        before = found.get(code, (label, Decimal(0)))[1] or Decimal(0)
        found[code] = (label, before + (as_decimal(item, raw) or 0))
    if item.kind in ("distinct", "duration"):
        reader = Reader()
        key = next(k for k, d in dimensions_of(item).items() if d.lookup == lookup)
        asks = {code: question.narrowed(key, code) for code in sorted(several)}
        reader.prepare([(item.code, one) for one in asks.values()])
        for code, one in asks.items():
            found[code] = (found[code][0], reader.measure(item.code, one).value)
    return found


def _by_month(item: Indicator, question: Ask, reader: Reader | None = None) -> list[Cell]:
    """Flows by calendar month of the period; stocks as they stood at the end of each month."""
    periods = question.period.months() if question.period.frm else months_of_year(question.period)
    values = monthly_values(item, question, periods, reader)
    return [
        Cell(
            key=f"{period.to:%Y-%m}",
            label=f"{period.to:%Y-%m}",
            value=value,
            printed=_printed(item, value),
            question=replace(question, period=_month_period(item, period)),
        )
        for period, value in zip(periods, values, strict=True)
    ]


def months_of_year(period: Period) -> list[Period]:
    """The months of the year up to a stock's day."""
    return Period(date(period.to.year, 1, 1), period.to).months()


def is_stock(item: Indicator) -> bool:
    """Whether a figure is read at a day rather than over a period."""
    if isinstance(item, RowIndicator):
        return item.period == "stock"
    found = [is_stock(catalogue.get(part)) for part in catalogue.parts(item)]
    return bool(found) and all(found)


def _month_period(item: Indicator, period: Period) -> Period:
    return Period(None, period.to) if is_stock(item) else period


def monthly_values(
    item: Indicator, question: Ask, periods: list[Period], reader: Reader | None = None
) -> list[Decimal | None]:
    """The figure for each of some months; simple flows with one grouped query.

    ``reader``: one that has been prepared with these months among others (``trend_asks``).
    """
    asked = [replace(question, period=_month_period(item, period)) for period in periods]
    if reader is not None and reader.knows_all(item.code, asked):
        return [reader.measure(item.code, one).value for one in asked]
    if isinstance(item, RowIndicator) and _is_dated_flow(item):
        return _monthly_flow(item, question, periods)
    figures = Reader()
    figures.prepare([(item.code, one) for one in asked])
    return [figures.measure(item.code, one).value for one in asked]


def _is_dated_flow(item: RowIndicator) -> bool:
    """Whether its months can be read with one grouped query."""
    simple = item.kind != "duration" and not callable(item.where)
    return simple and item.period == "flow" and bool(item.dated_by)


def _monthly_flow(item: RowIndicator, question: Ask, periods: list[Period]) -> list[Decimal | None]:
    span = replace(question, period=Period(periods[0].frm, periods[-1].to))
    values = (
        selection(item, span)
        .order_by()
        .annotate(figure_month=TruncMonth(item.dated_by))
        .values("figure_month")
        .annotate(figure_read=aggregate_of(item))
        .values_list("figure_month", "figure_read")
    )
    found = {f"{month:%Y-%m}": as_decimal(item, value) for month, value in values}
    return [found.get(f"{period.to:%Y-%m}", Decimal(0)) for period in periods]


def trend(
    code: str, question: Ask, *, months: int = TREND_MONTHS, reader: Reader | None = None
) -> list[Cell]:
    """The last thirteen months up to the period's end, the running month cut to it."""
    item = _drawn(code)
    span = months_back(question.period.to, months)
    return _by_month(item, replace(question, period=span), reader)


def trend_asks(code: str, question: Ask, *, months: int = TREND_MONTHS) -> list[tuple[str, Ask]]:
    """What ``trend`` asks, to be read together with other questions."""
    item = _drawn(code)
    span = months_back(question.period.to, months)
    return [
        (item.code, replace(question, period=_month_period(item, period)))
        for period in span.months()
    ]


def _drawn(code: str) -> Indicator:
    item = catalogue.get(code)
    return catalogue.get(item.base) if isinstance(item, YearOnYear) else item


def whole_month(period: Period) -> bool:
    """Whether a month is complete; the running one is drawn apart."""
    return period.to == month_end(period.to)
