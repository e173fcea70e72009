"""The working calendar: which days are worked, and why not the others.

Days come from the yearly notices of the State Council's general office.  A year without a notice
is *provisional*: weekends rest, and so do the holidays that the 全国年节及纪念日放假办法 fixes; no
make-up day and no bridge is guessed.  Nothing here reads the database or raises for an unknown
year.
"""

import csv
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

DATA = Path(__file__).resolve().parent / "data"
WEEKDAYS = "一二三四五六日"
HOLIDAY, WORKDAY, CLOSED = "holiday", "makeup_workday", "closed"
ONE_DAY = timedelta(days=1)
FIRST_THIRTEEN_DAY_YEAR = 2025  # 办法 as amended on 2024-11-10: 除夕 and 2 May added


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day that differs from its weekday: a holiday, a make-up working day, a local closing."""

    kind: str
    name: str


class Calendar:
    """Working days of one region.

    ``days`` holds the days that notices (or the bureau) name, ``published`` the years whose notice
    is loaded.
    """

    def __init__(self, days: Mapping[date, SpecialDay], published: Iterable[int]) -> None:
        self.days = dict(days)
        self.published = frozenset(published)
        self._working: dict[int, list[int]] = {}

    def special(self, day: date) -> SpecialDay | None:
        """What a notice or the 办法 says about a day, if anything."""
        found = self.days.get(day)
        if found is None and day.year not in self.published:
            name = statutory_days(day.year).get(day)
            return SpecialDay(HOLIDAY, name) if name else None
        return found

    def is_working(self, day: date) -> bool:
        """Whether offices work on that day."""
        special = self.special(day)
        if special is not None:
            return special.kind == WORKDAY
        return day.weekday() < 5

    def is_provisional(self, day: date) -> bool:
        """Whether that day's year still waits for its holiday notice."""
        return day.year not in self.published

    def why(self, day: date) -> str:
        """In Chinese: what kind of day it is."""
        weekday = f"周{WEEKDAYS[day.weekday()]}"
        suffix = "（暂定，待放假通知）" if self.is_provisional(day) else ""
        special = self.special(day)
        if special is None:
            return (f"{weekday}，工作日" if day.weekday() < 5 else f"{weekday}，休息日") + suffix
        if special.kind == WORKDAY:
            return f"{weekday}，{special.name}调休上班，工作日"
        if special.kind == CLOSED:
            return f"{weekday}，本地停止办公（{special.name}）"
        return f"{weekday}，{special.name}放假{suffix}"

    def add_working(self, day: date, count: int) -> date:
        """The ``count``-th working day after ``day`` (before it, if negative); 0 is ``day``."""
        if count < 0:
            return self._back(day, -count)
        year, ordinal = day.year, day.toordinal()
        while count:
            days = self._year(year)
            at = bisect_right(days, ordinal)
            if len(days) - at >= count:
                return date.fromordinal(days[at + count - 1])
            count -= len(days) - at
            year += 1
        return day

    def _back(self, day: date, count: int) -> date:
        year, ordinal = day.year, day.toordinal()
        while True:
            days = self._year(year)
            at = bisect_left(days, ordinal)
            if at >= count:
                return date.fromordinal(days[at - count])
            count -= at
            year -= 1

    def working_between(self, after: date, until: date) -> int:
        """How many working days lie in ``(after, until]``; 0 when ``until`` is not later."""
        if until <= after:
            return 0
        low, high = after.toordinal(), until.toordinal()
        return sum(
            bisect_right(days, high) - bisect_right(days, low)
            for days in map(self._year, range(after.year, until.year + 1))
        )

    def on_or_after(self, day: date) -> date:
        """The first working day that is not before ``day``."""
        return self.add_working(day - ONE_DAY, 1)

    def on_or_before(self, day: date) -> date:
        """The last working day that is not after ``day``."""
        return self.add_working(day + ONE_DAY, -1)

    def working_days(self, year: int) -> int:
        """How many working days the year has."""
        return len(self._year(year))

    def _year(self, year: int) -> list[int]:
        if year not in self._working:
            start, end = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
            self._working[year] = [
                ordinal
                for ordinal in range(start, end + 1)
                if self.is_working(date.fromordinal(ordinal))
            ]
        return self._working[year]


@cache
def lunar_festivals() -> dict[int, dict[str, date]]:
    """春节, 清明, 端午, 中秋 of each year, from ``data/lunar_festivals.csv``."""
    with (DATA / "lunar_festivals.csv").open(encoding="utf-8", newline="") as file:
        return {
            int(row["year"]): {
                name: date.fromisoformat(row[name])
                for name in ("spring_festival", "qingming", "dragon_boat", "mid_autumn")
            }
            for row in csv.DictReader(file)
        }


@cache
def statutory_days(year: int) -> Mapping[date, str]:
    """The holidays that the 办法 itself fixes: 13 days from 2025, 11 before.

    Years outside the lunar table give the solar holidays only.
    """
    thirteen = year >= FIRST_THIRTEEN_DAY_YEAR
    days = {date(year, 1, 1): "元旦", date(year, 5, 1): "劳动节"}
    if thirteen:
        days[date(year, 5, 2)] = "劳动节"
    days |= {date(year, 10, day): "国庆节" for day in (1, 2, 3)}
    lunar = lunar_festivals().get(year)
    if lunar:
        first = lunar["spring_festival"]
        offsets = range(-1 if thirteen else 0, 3)
        days |= {first + timedelta(days=offset): "春节" for offset in offsets}
        for key, name in (("qingming", "清明节"), ("dragon_boat", "端午节")):
            days[lunar[key]] = name
        days.setdefault(lunar["mid_autumn"], "中秋节")
    return days
