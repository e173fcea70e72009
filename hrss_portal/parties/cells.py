"""Reading what people write in cells and boxes: text, days, amounts, whole numbers.

Exact or refused: an error cell, scientific notation, a two-digit year or a month without a day is
never guessed.  Everything here raises ``ValidationError`` with words that say what to do.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

_ERRORS = re.compile(r"^#(REF!|N/A|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA)$")
_EXCEL_EPOCH = date(1899, 12, 30)
_SERIALS = range(18264, 73051)  # 1950-01-01 to 2099-12-31
_PATTERNS = (
    re.compile(r"^(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})$"),
    re.compile(r"^(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})$"),
    re.compile(r"^(?P<y>\d{4})年(?P<m>\d{1,2})月(?P<d>\d{1,2})[日号]?$"),
)
_SHORT = (
    re.compile(r"^(?P<m>\d{1,2})[-/.](?P<d>\d{1,2})$"),
    re.compile(r"^(?P<m>\d{1,2})月(?P<d>\d{1,2})[日号]?$"),
)
_MIDNIGHT = re.compile(r"[ T]00:00(:00(\.0+)?)?(Z|\+08:00)?$")
_CHINESE_DAY = re.compile(r"^([〇○零Ｏ0一二三四五六七八九]{4})年(.{1,3})月(.{1,4})[日号]$")
_DIGITS = {character: value for value, character in enumerate("〇一二三四五六七八九")} | {
    "零": 0,
    "○": 0,
    "0": 0,
    "O": 0,
}


def text_of(value: Any) -> str:
    """A value as text: whole numbers without ``.0``, days as ISO.  Error cells are refused."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return (
            value.isoformat(" ", "seconds")
            if value.time() != value.min.time()
            else value.date().isoformat()
        )
    if isinstance(value, date):
        return value.isoformat()
    text = str(value)
    if _ERRORS.match(text.strip().upper()):
        raise ValidationError(
            "单元格是公式错误 %(text)s，请在原表改好后重传",
            code="error_cell",
            params={"text": text},
        )
    if "\ufffd" in text:
        raise ValidationError("这里有乱码，请把文件另存为 xlsx 后重传", code="characters")
    return text


def day_of(value: Any, *, short: bool = False) -> date:
    """The day a value names.  ``short`` allows a day without a year (this year)."""
    if isinstance(value, datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _day_of_number(value)
    text = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text_of(value))).strip()
    text = _MIDNIGHT.sub("", text).replace(" ", "").rstrip("。")
    if chinese := _CHINESE_DAY.match(text):
        return _chinese_day(*chinese.groups())
    for pattern in _PATTERNS:
        if found := pattern.match(text):
            return _day(found["y"], found["m"], found["d"])
    for pattern in _SHORT if short else ():
        if found := pattern.match(text):
            return _day(timezone.localdate().year, found["m"], found["d"])
    raise _not_a_day(text)


def _day_of_number(value: float) -> date:
    if float(value).is_integer():
        number = int(value)
        if number in _SERIALS:
            return _EXCEL_EPOCH + timedelta(days=number)
        if 19000101 <= number <= 21001231:
            digits = str(number)
            return _day(digits[:4], digits[4:6], digits[6:])
    raise _not_a_day(text_of(value))


def _day(year: Any, month: Any, day: Any) -> date:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise ValidationError(
            "没有 %(y)s 年 %(m)s 月 %(d)s 日这一天，请检查",
            code="date",
            params={"y": year, "m": int(month), "d": int(day)},
        ) from None


def _chinese_day(year: str, month: str, day: str) -> date:
    try:
        digits = "".join(str(_DIGITS[character]) for character in year)
        return _day(digits, chinese_number(month), chinese_number(day))
    except KeyError:
        raise _not_a_day(f"{year}年{month}月{day}日") from None


def chinese_number(text: str) -> int:
    """一 to 九十九 (also 廿, 卅 and Arabic digits).  Raises ``KeyError`` for anything else."""
    if text.isdecimal():
        return int(text)
    text = text.replace("廿", "二十").replace("卅", "三十").lstrip("〇零○")
    tens, ten, units = text.partition("十")
    if not ten:
        if len(text) != 1:
            raise KeyError(text)
        return _DIGITS[text]
    return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[units] if units else 0)


def _not_a_day(text: str) -> ValidationError:
    squeezed = text.strip()
    if re.fullmatch(r"\d{4}[-/.年]\d{1,2}月?", squeezed):
        return ValidationError("日期要写到日，如 2023-11-16", code="month")
    if re.fullmatch(r"\d{1,2}[-/.年]\d{1,2}[-/.月]\d{1,4}日?", squeezed):
        return ValidationError(
            "“%(text)s”的年份要写 4 位、放在最前，如 2023-11-16",
            code="ambiguous",
            params={"text": squeezed},
        )
    if re.fullmatch(r"\d{5}(\.\d+)?", squeezed):
        return ValidationError(
            "“%(text)s”像是表格里的日期序号，请在原表把该列设为日期格式",
            code="serial",
            params={"text": squeezed},
        )
    return ValidationError(
        "“%(text)s”看不出是哪一天，写成 2023-11-16", code="date", params={"text": squeezed[:30]}
    )


def check_range(day: date, *, earliest: date, past: bool) -> None:
    """Refuse a day before ``earliest``, after 2100 or, with ``past``, after today."""
    if day < earliest or day.year > 2100:
        raise ValidationError(
            "日期要在 %(low)s 之后、2100 年之前，请检查", code="range", params={"low": earliest}
        )
    if past and day > timezone.localdate():
        raise ValidationError("%(day)s 还没有到，请检查日期", code="future", params={"day": day})


def time_of(value: Any) -> time:
    """The time of day that a value names: ``09:00``, ``9：00``, ``0900``, ``900``, ``9点30分``."""
    if isinstance(value, datetime | time):
        return value.time() if isinstance(value, datetime) else value
    text = unicodedata.normalize("NFKC", text_of(value)).replace(" ", "")
    found = re.fullmatch(r"(\d{1,2}):(\d{2})(?::\d{2})?|(\d{1,2})(\d{2})", text)
    found = found or re.fullmatch(r"(\d{1,2})[点时](?:(\d{1,2})分?)?", text)
    parts = [part for part in found.groups() if part] if found else []
    try:
        return time(int(parts[0]), int(parts[1]) if len(parts) > 1 else 0)
    except (IndexError, ValueError):
        raise ValidationError(
            "“%(text)s”看不出是几点几分，写成 09:00 或 0900",
            code="time",
            params={"text": text[:30]},
        ) from None


def to_cents(yuan: Decimal, *, exact: bool) -> Decimal:
    """Two decimals.  A computed cell may be off by binary rounding, typed text not."""
    cents = yuan.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    allowed = Decimal(0) if exact else max(abs(yuan) * Decimal("1e-12"), Decimal("1e-6"))
    if abs(cents - yuan) > allowed:
        raise ValidationError("金额最多精确到分，请四舍五入后再填", code="decimals")
    return cents


def whole_of(value: Any) -> int:
    """The whole number that a value names."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    text = re.sub(r"[\s,，]", "", unicodedata.normalize("NFKC", text_of(value)))
    text = re.sub(r"[人名家户件个次天岁月年]$", "", text)
    if not re.fullmatch(r"[-+]?\d{1,12}", text):
        raise ValidationError("填写整数，只写数字", code="whole")
    return int(text)


def split_words(value: Any) -> list[str]:
    """The words of a cell that lists several: parted by 、 / ; , or a line break."""
    return [word for word in re.split(r"[、/;；,，\n|]+", text_of(value)) if word.strip()]


def call_choices(choices: Any) -> Iterator[tuple[Any, Any]]:
    """Choices, whether they are a list or a function that gives one."""
    yield from (choices() if callable(choices) else choices)


def flat_choices(choices: Any) -> Iterator[tuple[Any, Any]]:
    """Choices without their groups."""
    for code, label in choices:
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield code, label
