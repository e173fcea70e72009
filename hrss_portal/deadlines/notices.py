"""Reads a holiday notice, as text or as CSV, and holds it against the calendar library.

A notice is the yearly 国务院办公厅 notice on holidays.  Nothing is stored here: what is read is
shown, corrected, proposed by one person and confirmed by a second.
"""

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import zip_longest

import chinese_calendar
from chinese_calendar import constants
from django.core.exceptions import ValidationError

from hrss_portal.deadlines.calendar import (
    HOLIDAY,
    ONE_DAY,
    WEEKDAYS,
    WORKDAY,
    Calendar,
    SpecialDay,
    statutory_days,
)

LONGEST_BLOCK = 20
ITEM = re.compile(r"[一二三四五六七八九十]+、([^：:]{2,12})[：:]")
WEEKDAY_NOTE = re.compile(r"[（(][^（）()]*[）)]")
DAY = r"(?:(\d{4})年)?(\d{1,2})月(\d{1,2})日"
OFF = re.compile(DAY + r"(?:至(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日)?(?:放假|休息)")
ON = re.compile(DAY)
KINDS = {
    "holiday": HOLIDAY,
    "放假": HOLIDAY,
    "makeup_workday": WORKDAY,
    "调休上班": WORKDAY,
    "上班": WORKDAY,
}


@dataclass(frozen=True, slots=True, order=True)
class NoticeDay:
    """One day of a notice: off or worked, and for which holiday."""

    date: date
    kind: str
    name: str

    @property
    def weekday(self) -> str:
        """``周五``."""
        return f"周{WEEKDAYS[self.date.weekday()]}"

    @property
    def day_type(self) -> str:
        """statutory, weekend or bridge for a day off; empty for a make-up day."""
        if self.kind == WORKDAY:
            return ""
        if self.date in statutory_days(self.date.year):
            return "statutory"
        return "weekend" if self.date.weekday() >= 5 else "bridge"


def read_notice(text: str, year: int) -> list[NoticeDay]:
    """The days that a notice names, in order.

    ``text`` is the notice's own wording (``一、元旦：1月1日（周四）至3日（周六）放假调休…``) or
    CSV with ``date,kind,name``.  Raises ``ValidationError`` with every line that cannot be read.
    """
    first = text.strip().splitlines()[0] if text.strip() else ""
    days = _from_csv(text) if first.lstrip("\ufeff").startswith("date,") else _from_text(text, year)
    if not days:
        raise ValidationError(
            "没有读出放假安排：粘贴通知中“一、元旦：…”各条，或 date,kind,name 的表。"
        )
    return _checked(days, year)


def _from_csv(text: str) -> list[NoticeDay]:
    days, errors = [], []
    for number, row in enumerate(csv.DictReader(text.lstrip("\ufeff \n").splitlines()), start=2):
        try:
            day = date.fromisoformat((row.get("date") or "").strip())
            kind = KINDS[(row.get("kind") or "").strip()]
        except (ValueError, KeyError):
            errors.append(f"第{number}行：日期写成 2027-01-01，种类写 holiday 或 makeup_workday")
            continue
        days.append(NoticeDay(day, kind, (row.get("name") or "").strip()))
    if errors:
        raise ValidationError(errors)
    return days


def _from_text(text: str, year: int) -> list[NoticeDay]:
    plain = WEEKDAY_NOTE.sub("", re.sub(r"\s", "", text))
    found = list(ITEM.finditer(plain))
    days: list[NoticeDay] = []
    for item, following in zip_longest(found, found[1:]):
        body = plain[item.end() : following.start() if following else len(plain)]
        days += _item(item[1], body, year)
    return days


def _item(name: str, body: str, year: int) -> Iterable[NoticeDay]:
    """One holiday: days off from the sentences with 放假, make-up days from those with 上班."""
    for sentence in re.split(r"[。；]", body):
        if sentence.endswith("上班"):
            for found in ON.finditer(sentence):
                yield NoticeDay(_day(found[1] or year, found[2], found[3]), WORKDAY, name)
        elif "鼓励" not in sentence and (block := OFF.search(sentence)):
            yield from _block(name, block, year)


def _block(name: str, found: re.Match[str], year: int) -> Iterable[NoticeDay]:
    first = _day(found[1] or year, found[2], found[3])
    last = first
    if found[6]:
        last = _day(found[4] or first.year, found[5] or found[2], found[6])
    if not 0 <= (last - first).days < LONGEST_BLOCK:
        raise ValidationError(f"{name}：{first} 至 {last} 不像一个假期，请核对。")
    for n in range((last - first).days + 1):
        yield NoticeDay(first + timedelta(days=n), HOLIDAY, name)


def _day(year: int | str, month: str, day: str) -> date:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise ValidationError(f"没有 {year}年{month}月{day}日 这一天。") from None


def _checked(days: Sequence[NoticeDay], year: int) -> list[NoticeDay]:
    """In order, each day once, within the year (or the days around New Year)."""
    errors: list[str] = []
    seen: dict[date, str] = {}
    for day in sorted(days):
        if day.date in seen:
            errors.append(f"{day.date} 出现两次（{seen[day.date]}、{day.name}）")
        seen[day.date] = day.name
        if not date(year - 1, 12, 20) <= day.date <= date(year + 1, 1, 10):
            errors.append(f"{day.date} 不属于{year}年的安排")
        if not day.name:
            errors.append(f"{day.date} 没有写节日名称")
    if errors:
        raise ValidationError(errors)
    return sorted(days)


def missing_holidays(days: Sequence[NoticeDay], year: int) -> list[str]:
    """Statutory holidays of the year that a notice does not give off: almost surely a slip."""
    off = {day.date for day in days if day.kind == HOLIDAY}
    return [f"{day} {name}" for day, name in sorted(statutory_days(year).items()) if day not in off]


def library_days(year: int) -> list[NoticeDay]:
    """What the installed calendar library holds for a year; empty when it does not know it."""
    off = {day: name for day, name in constants.holidays.items() if day.year == year}
    worked = {day: name for day, name in constants.workdays.items() if day.year == year}
    labels = {holiday.value: holiday.chinese for holiday in constants.Holiday}
    return sorted(
        [
            *(NoticeDay(day, HOLIDAY, labels[name]) for day, name in off.items()),
            *(NoticeDay(day, WORKDAY, labels[name]) for day, name in worked.items()),
        ]
    )


def cross_check(year: int, days: Iterable[NoticeDay]) -> list[str] | None:
    """The days of the year on which the library disagrees; None when it does not know the year."""
    special = {day.date: SpecialDay(day.kind, day.name) for day in days}
    ours = Calendar(special, {year})
    differing, day = [], date(year, 1, 1)
    while day.year == year:
        try:
            theirs = chinese_calendar.is_workday(day)
        except NotImplementedError:
            return None
        if theirs != ours.is_working(day):
            differing.append(
                f"{day}：{ours.why(day)}；节假日库为{'工作日' if theirs else '休息日'}"
            )
        day += ONE_DAY
    return differing


def as_csv(days: Iterable[NoticeDay]) -> str:
    """The days as the CSV that ``read_notice`` reads back."""
    return "\n".join(["date,kind,name", *(f"{day.date},{day.kind},{day.name}" for day in days)])
