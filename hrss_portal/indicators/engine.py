"""The engine behind every figure: one condition gives both the value and the rows.

``condition()`` turns a declared figure and a question (period, organisation, filters) into one
``Q``; ``selection()`` is the queryset under it.  The value aggregates that selection, the list of
rows is that selection, so they cannot differ.  Queries go through the default manager of the
model, so what the acting user may not see is in neither.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db.models import (
    Aggregate,
    Avg,
    DurationField,
    ExpressionWrapper,
    F,
    FloatField,
    Model,
    Q,
    QuerySet,
)
from django.db.models import Count as CountOf
from django.db.models import Sum as SumOf
from django.db.models.functions import Coalesce

from hrss_portal.casework.workflow import workflows
from hrss_portal.indicators import filters as filter_text
from hrss_portal.indicators.bounds import of_kind
from hrss_portal.indicators.declare import (
    Dimension,
    Distinct,
    Duration,
    MonthlyFlow,
    RowIndicator,
    Sum,
)
from hrss_portal.indicators.dimensions import dimension_condition
from hrss_portal.indicators.filters import BadFilter, Filters
from hrss_portal.indicators.orgs import Org, org_condition
from hrss_portal.indicators.paths import (
    ONE_DAY,
    field_of,
    has_field,
    lookups_in,
    spans_many,
    upper_bound,
)
from hrss_portal.indicators.periods import Period

SECONDS_A_DAY = 86_400


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One question to a figure: over which period, for whom, under which filters."""

    period: Period
    org: Org | None = None
    filters: Filters = ()

    def previous(self) -> "Ask":
        """The same question about the year before."""
        return replace(self, period=self.period.previous())

    def narrowed(self, key: str, value: str) -> "Ask":
        """The same question for one value of one dimension."""
        return replace(self, filters=filter_text.adding(self.filters, key, value))


def ask(
    *,
    frm: date | None,
    to: date,
    org: Org | None = None,
    filters: Mapping[str, object] | Filters | str = (),
) -> Ask:
    """A question from plain values.  Raises ``BadFilter`` and ``ValueError`` (period)."""
    if isinstance(filters, str):
        filters = filter_text.parse(filters)
    elif isinstance(filters, Mapping):
        filters = filter_text.of(filters)
    return Ask(period=Period(frm, to), org=org, filters=filters)


class PercentileCont(Aggregate):
    """PostgreSQL's interpolated percentile of an expression."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(%(percentile)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()

    def __init__(self, expression: Any, *, percentile: float, **extra: Any) -> None:
        super().__init__(expression, percentile=percentile, **extra)


def model_of(item: RowIndicator) -> type[Model]:
    """The model whose rows a figure takes."""
    return apps.get_model(item.of)


def dimensions_of(item: RowIndicator) -> dict[str, Dimension]:
    """The dimensions that a figure knows, by key: town, and channel where its kind has any."""
    model = model_of(item)
    found: dict[str, Dimension] = {}
    for name, label in (("town", "乡镇"), ("channel", "渠道")):
        if has_field(model, name) and not (name == "channel" and _has_no_channels(item)):
            found[name] = Dimension(lookup=name, label=label)
    if item.dated_by:
        found["month"] = Dimension(lookup=item.dated_by, label="月份")
    for name, dimension in item.dimensions.items():
        found[name] = _labelled(model, name, dimension)
    return found


def _has_no_channels(item: RowIndicator) -> bool:
    """Whether the kind of case names no channels, so that a breakdown would only say 未填."""
    return any(found.of == item.of and not found.channels for found in workflows())


def _labelled(model: type[Model], name: str, dimension: str | Dimension) -> Dimension:
    if isinstance(dimension, str):
        dimension = Dimension(lookup=dimension)
    if dimension.label:
        return dimension
    label = {"town": "乡镇", "channel": "渠道"}.get(name)
    return replace(dimension, label=label or str(field_of(model, dimension.lookup).verbose_name))


def condition(item: RowIndicator, question: Ask) -> Q:
    """Everything that a row must satisfy to be counted, as one condition."""
    return period_condition(item, question.period) & standing(item, question)


def standing(item: RowIndicator, question: Ask) -> Q:
    """The condition without the period's dates: kind, organisation, filters, not voided."""
    model = model_of(item)
    found = _where(item, question.period)
    if has_field(model, "voided_at"):
        found &= Q(voided_at__isnull=True)
    found &= org_condition(
        model, question.org, unit=item.unit, town=_town_lookup(item), own=item.reach == "own"
    )
    known = dimensions_of(item)
    for key, values in question.filters:
        if key not in known:
            names = "、".join(known) or "无"
            raise BadFilter(f"指标 {item.code} 没有筛选键“{key}”，可用：{names}")
        found &= dimension_condition(model, key, known[key], values)
    if isinstance(item, Distinct):
        found &= Q(**{f"{item.key}__isnull": False})
    if isinstance(item, Duration):
        found &= Q(**{f"{item.start}__isnull": False, f"{item.end}__isnull": False})
    return found


def _town_lookup(item: RowIndicator) -> str:
    dimension = dimensions_of(item).get("town")
    return dimension.lookup if dimension else ""


def _where(item: RowIndicator, period: Period) -> Q:
    where = item.where
    if where is None:
        return Q()
    if isinstance(where, Q):
        return where
    if isinstance(where, Mapping):
        return Q(**where)
    return where(period.frm, period.to)


def period_condition(item: RowIndicator, period: Period) -> Q:
    """Flow: the date lies inside.  Stock: begun by ``to`` and not yet ended."""
    model = model_of(item)
    if isinstance(item, MonthlyFlow):
        return not_after(model, item.received, period.to) & (
            Q(**{f"{item.closed}__isnull": True})
            | (after(model, item.closed, period.to) & Q(**{f"{item.received}__isnull": False}))
        )
    found = Q()
    if item.dated_by:
        found &= not_after(model, item.dated_by, period.to)
        if item.period == "flow" and period.frm:
            found &= not_before(model, item.dated_by, period.frm)
    if item.until:
        found &= Q(**{f"{item.until}__isnull": True}) | after(model, item.until, period.to)
    return found


def not_before(model: type[Model], lookup: str, day: date) -> Q:
    """The date or moment at a path is on the day or later."""
    return Q(**{f"{lookup}__gte": upper_bound(model, lookup, day - ONE_DAY)})


def not_after(model: type[Model], lookup: str, day: date) -> Q:
    """The date or moment at a path is on the day or earlier."""
    return Q(**{f"{lookup}__lt": upper_bound(model, lookup, day)})


def after(model: type[Model], lookup: str, day: date) -> Q:
    """The date or moment at a path is later than the day."""
    return Q(**{f"{lookup}__gte": upper_bound(model, lookup, day)})


def selection(item: RowIndicator, question: Ask) -> QuerySet[Any]:
    """The rows that the figure counts, each once, unordered."""
    return under(model_of(item), condition(item, question))


def under(model: type[Model], wanted: Q) -> QuerySet[Any]:
    """The rows of a model under a condition; to-many joins are kept in a subquery."""
    manager = model._default_manager
    wanted = wanted & of_kind(model)
    if any(spans_many(model, lookup) for lookup in lookups_in(wanted)):
        return manager.filter(pk__in=manager.filter(wanted).values("pk"))
    return manager.filter(wanted)


def key_expression(item: Distinct) -> Any:
    """What ``Distinct`` tells apart: the key, or for a merged party the one it was merged into."""
    field = field_of(model_of(item), item.key)
    if field.is_relation and has_field(field.related_model, "merged_into"):  # type: ignore[arg-type]
        return Coalesce(f"{item.key}__merged_into", item.key)
    return F(item.key)


def days_between(item: Duration) -> Any:
    """The interval from start to end, in the database."""
    return ExpressionWrapper(F(item.end) - F(item.start), output_field=DurationField())


def aggregate_of(item: RowIndicator, *, only: Q | None = None) -> Aggregate:
    """The aggregate of a figure over its selection, or over ``only`` inside a wider query."""
    if isinstance(item, Sum):
        return SumOf(item.field, filter=only)
    if isinstance(item, Distinct):
        return CountOf(key_expression(item), distinct=True, filter=only)
    if isinstance(item, Duration):
        return _duration_aggregate(item, only)
    return CountOf("pk", filter=only)


def _duration_aggregate(item: Duration, only: Q | None) -> Aggregate:
    interval = days_between(item)
    if item.measure == "mean":
        return Avg(interval, filter=only)
    percentile = 0.5 if item.measure == "median" else 0.9
    return PercentileCont(
        interval, percentile=percentile, filter=only, output_field=DurationField()
    )


def as_decimal(item: RowIndicator, value: Any) -> Decimal | None:
    """What the database gave back, as a decimal; None where there is nothing to measure."""
    if isinstance(item, Duration):
        return None if value is None else Decimal(str(value.total_seconds())) / SECONDS_A_DAY
    return Decimal(value or 0)
