"""How values are written on a page: amounts, rates, dates.  Pure functions, no request.

Three answers are never confused: nothing known is ``—``, none is ``0``, withheld is ``*``.
"""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from django.utils import timezone

NOTHING = "—"
WAN = Decimal(10_000)
YI = Decimal(100_000_000)


def decimal_or_none(value: Any) -> Decimal | None:
    """The value as a Decimal; None where there is none or it is no number."""
    if value is None or value == "" or isinstance(value, bool):
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def rounded(value: Decimal, places: int) -> Decimal:
    """Half-up rounding, as reports do, not the half-even of the standard library."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def count(value: Any, places: int = 0) -> str:
    """A number with thousands separators: ``1,204``; ``—`` where there is none."""
    number = decimal_or_none(value)
    return NOTHING if number is None else f"{rounded(number, places):,}"


def money(value: Any) -> str:
    """An amount of yuan as cases show it: two decimals, no unit (the heading says 元)."""
    return count(value, 2)


def wan(value: Any) -> str:
    """An amount of yuan as boards show it: 元 below ten thousand, then 万元, then 亿元."""
    number = decimal_or_none(value)
    if number is None:
        return NOTHING
    size = abs(number)
    # The unit is chosen after rounding: 99,999,999 yuan is 1.00 亿元, never 10,000.00 万元.
    if rounded(size / WAN, 2) >= WAN:
        return f"{rounded(number / YI, 2):,} 亿元"
    if size >= WAN:
        return f"{rounded(number / WAN, 2):,} 万元"
    places = 0 if number == number.to_integral_value() else 2
    return f"{rounded(number, places):,} 元"


def rate(part: Any, whole: Any, places: int = 2) -> str:
    """``97.03%（327/337）``: a rate never stands without what was divided."""
    upper, lower = decimal_or_none(part), decimal_or_none(whole)
    if upper is None or not lower:
        return NOTHING
    return f"{rounded(upper * 100 / lower, places)}%（{upper:,}/{lower:,}）"


def local(value: date | datetime) -> date | datetime:
    """An aware instant in Shanghai time; a date as it is."""
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


def day(value: Any) -> str:
    """``2023-11-16``."""
    return f"{local(value):%Y-%m-%d}" if isinstance(value, date) else NOTHING


def day_zh(value: Any) -> str:
    """``2023年11月16日``, as papers and public pages write it."""
    if not isinstance(value, date):
        return NOTHING
    value = local(value)
    return f"{value.year}年{value.month}月{value.day}日"


def moment(value: Any) -> str:
    """``2023-11-16 09:41`` for an instant, the day alone for a date: no hour is invented."""
    if isinstance(value, datetime):
        return f"{local(value):%Y-%m-%d %H:%M}"
    return day(value)


def short_moment(value: Any, today: date | None = None) -> str:
    """The same without the year where it is this year's: ``11-16 09:41``."""
    if not isinstance(value, date):
        return NOTHING
    year = (today or timezone.localdate()).year
    words = moment(value)
    return words[5:] if local(value).year == year else words


def size(value: Any) -> str:
    """A file's size: ``312 KB``, ``1.4 MB``."""
    number = decimal_or_none(value)
    if number is None:
        return NOTHING
    if number < 1024 * 1024:
        return f"{max(1, rounded(number / 1024, 0))} KB"
    return f"{rounded(number / 1024 / 1024, 1)} MB"


def change(value: Any, unit: str = "%") -> tuple[str, str]:
    """(words, direction) of a change: ``("▲ 上升12.7%", "up")``; level and unknown have neither."""
    number = decimal_or_none(value)
    if number is None:
        return NOTHING, ""
    if number == 0:
        return "持平", ""
    if number > 0:
        return f"▲ 上升{number.normalize():f}{unit}", "up"
    return f"▼ 下降{-number.normalize():f}{unit}", "down"


def worded(value: Any) -> str:
    """Any value in words."""
    match value:
        case None | "":
            return NOTHING
        case bool():
            return "是" if value else "否"
        case datetime() | date():
            return moment(value)
        case list() | tuple() | set():
            return "、".join(worded(one) for one in value) or NOTHING
        case _ if hasattr(value, "as_tuple"):
            return money(value)
        case _:
            return str(value)
