"""Monthly tables that reconcile: carried over + received = closed + pending, line by line."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from django.db.models import Case, F, Q, QuerySet, When
from django.db.models import Count as CountOf
from django.db.models.functions import Greatest

from hrss_portal.indicators import catalogue, wording
from hrss_portal.indicators.declare import MonthlyFlow
from hrss_portal.indicators.engine import Ask, model_of, standing, under
from hrss_portal.indicators.paths import ONE_DAY, upper_bound
from hrss_portal.indicators.periods import Period

MonthPart = Literal["carried", "received", "closed", "pending"]
PARTS: tuple[tuple[MonthPart, str], ...] = (
    ("carried", "期初结转"),
    ("received", "本期受理"),
    ("closed", "本期办结"),
    ("pending", "期末在办"),
)
COMPARED: tuple[MonthPart, MonthPart] = ("received", "closed")


@dataclass(frozen=True, kw_only=True)
class MonthLine:
    """One month, or the whole period, of a monthly table."""

    label: str
    question: Ask
    carried: int
    received: int
    closed: int
    pending: int
    before: tuple[int, int]

    @property
    def last_year(self) -> list[tuple[MonthPart, int, Decimal | None]]:
        """Received and closed of the same days a year before, and the change as a fraction, None
        against nothing."""
        return [
            (part, was, wording.divide(getattr(self, part) - was, was))
            for part, was in zip(COMPARED, self.before, strict=True)
        ]

    @property
    def reconciles(self) -> bool:
        """Whether the line adds up; the page marks one that does not."""
        return self.carried + self.received == self.closed + self.pending


def _monthly(code: str) -> MonthlyFlow:
    item = catalogue.get(code)
    if not isinstance(item, MonthlyFlow):
        raise TypeError(f"{code} is no monthly table")
    return item


def _with_closing(item: MonthlyFlow, question: Ask) -> QuerySet[Any]:
    """The rows that were received, with the day they count as closed: never before receipt."""
    model = model_of(item)
    received = Q(**{f"{item.received}__isnull": False})
    closed = Case(
        When(**{f"{item.closed}__isnull": False}, then=Greatest(F(item.closed), F(item.received)))
    )
    return under(model, standing(item, question) & received).annotate(figure_closed=closed)


def _part(item: MonthlyFlow, period: Period, part: MonthPart) -> Q:
    """The condition of one cell."""
    if period.frm is None:
        raise ValueError("月度表要有起始日期")
    if part == "received":
        return _between(item, item.received, period)
    if part == "closed":
        return _between(item, "figure_closed", period)
    day = period.to if part == "pending" else period.frm - ONE_DAY
    return not_after_on(item, item.received, day) & (
        Q(figure_closed__isnull=True) | ~not_after_on(item, "figure_closed", day)
    )


def _between(item: MonthlyFlow, lookup: str, period: Period) -> Q:
    assert period.frm is not None  # noqa: S101 -- checked by the caller
    return not_after_on(item, lookup, period.to) & ~not_after_on(item, lookup, period.frm - ONE_DAY)


def not_after_on(item: MonthlyFlow, lookup: str, day: date) -> Q:
    """The day of a column, or of the computed closing, is ``day`` or earlier."""
    model = model_of(item)
    typed = item.closed if lookup == "figure_closed" else lookup
    return Q(**{f"{lookup}__lt": upper_bound(model, typed, day)})


def _touched(item: MonthlyFlow, first: Period, last: Period) -> Q:
    """The rows that some cell between two periods counts: received by the end, and received or
    closed since the beginning, or still open."""
    model = model_of(item)
    assert first.frm is not None  # noqa: S101 -- the months of a table begin
    day = first.frm - ONE_DAY
    since = Q(**{f"{item.closed}__isnull": True})
    for lookup in (item.received, item.closed):
        since |= Q(**{f"{lookup}__gte": upper_bound(model, lookup, day)})
    return since & not_after_on(item, item.received, last.to)


def part_rows(code: str, question: Ask, part: MonthPart) -> QuerySet[Any]:
    """The rows behind one cell.  Raises ``TypeError`` for a code that is no monthly table."""
    item = _monthly(code)
    return _with_closing(item, question).filter(_part(item, question.period, part)).order_by("pk")


def table(code: str, question: Ask) -> list[MonthLine]:
    """The months of the period and a last line for the whole of it, from one query."""
    item = _monthly(code)
    periods = question.period.months()
    whole = Period(periods[0].frm, periods[-1].to)
    wanted = [*periods, whole]
    aggregates = {
        f"{part}_{number}": CountOf("pk", filter=_part(item, period, part))
        for number, period in enumerate(wanted)
        for part, _ in PARTS
    }
    aggregates |= {
        f"{part}_before_{number}": CountOf("pk", filter=_part(item, period.previous(), part))
        for number, period in enumerate(wanted)
        for part in COMPARED
    }
    asked = _with_closing(item, question).filter(_touched(item, periods[0].previous(), whole))
    counts = asked.aggregate(**aggregates)
    return [
        MonthLine(
            label="合计" if period is whole else f"{period.to:%Y-%m}",
            question=replace(question, period=period),
            before=(counts[f"received_before_{number}"], counts[f"closed_before_{number}"]),
            **{part: counts[f"{part}_{number}"] for part, _ in PARTS},
        )
        for number, period in enumerate(wanted)
    ]
