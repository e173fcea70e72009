"""Periods of figures: inclusive local dates; an open start is a stock as at the end."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone


@dataclass(frozen=True)
class Period:
    """From and to, both inclusive; ``frm`` None means everything up to ``to``."""

    frm: date | None
    to: date

    def __post_init__(self) -> None:
        if self.frm and self.frm > self.to:
            raise ValueError("起始日期晚于截止日期")

    def previous(self) -> "Period":
        """The same days of the year before; 29 February becomes 28 February."""
        return Period(self.frm and year_before(self.frm), year_before(self.to))

    def months(self) -> list["Period"]:
        """The calendar months of the period, the first and last cut to it."""
        start = self.frm or self.to.replace(day=1)
        found = []
        while start <= self.to:
            end = min(month_end(start), self.to)
            found.append(Period(start, end))
            start = end + timedelta(days=1)
        return found


def year_before(day: date) -> date:
    """The same day one year earlier."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def month_end(day: date) -> date:
    """The last day of the month of ``day``."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def months_back(to: date, count: int) -> Period:
    """The period of ``count`` calendar months that ends on ``to``."""
    index = to.year * 12 + to.month - count
    return Period(date(index // 12, index % 12 + 1, 1), to)


def month_of(text: str) -> Period:
    """The month ``YYYY-MM``.  Raises ``ValueError`` for anything else."""
    first = date.fromisoformat(f"{text}-01")
    return Period(first, month_end(first))


def starts_at(day: date) -> datetime:
    """The first instant of a local day, for columns that hold a moment."""
    return timezone.make_aware(datetime.combine(day, time.min))
