"""Cells as the reader hands them over, and their text as a form field wants it."""

import datetime
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

SERIAL_1900 = datetime.date(1899, 12, 30)
SERIAL_1904 = datetime.date(1904, 1, 1)
SERIAL_FIRST, SERIAL_LAST = 61, 109_575  # 1900-03-01 (before it Excel miscounts) to 2199-12-31
EXACT_LIMIT = 10**15  # beyond it a number in Excel no longer keeps every digit
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad\u202a\u202c\u202d\u202e"))
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\0", "＝", "＋", "－", "＠")  # formula starters


@dataclass(frozen=True)
class Special:
    """A cell that has no value to import: ``error`` (with Excel's word) or ``formula``."""

    kind: str
    words: str = ""


Cell = str | int | float | bool | datetime.date | datetime.datetime | datetime.time | Special | None


REVIVERS: dict[str, Callable[[str], Cell]] = {
    "d": datetime.date.fromisoformat,
    "t": datetime.datetime.fromisoformat,
    "e": lambda words: Special("error", words),
    "f": lambda _: Special("formula"),
    "h": str,
}


def revive(value: Any) -> Cell:
    """A cell from the reader's JSON.  Text loses invisible characters, nothing else."""
    if value is None or isinstance(value, (int, float)):
        return value
    if isinstance(value, str):
        return tidy(value) or None
    kind, inside = next(iter(value.items()))
    return REVIVERS[kind](inside)


def freeze(value: Cell) -> Any:
    """The JSON twin of ``revive``, for staging."""
    if isinstance(value, datetime.datetime):
        return {"t": value.isoformat()}
    if isinstance(value, datetime.date):
        return {"d": value.isoformat()}
    if isinstance(value, Special):
        return {"e": value.words} if value.kind == "error" else {"f": 1}
    return str(value) if isinstance(value, datetime.time) else value


def tidy(text: str) -> str:
    """Trims every kind of space and drops zero-width marks; rare characters stay untouched.

    One apostrophe that our own CSV defence put before a formula starter is taken off again.
    """
    text = text.translate(INVISIBLE).strip()
    if len(text) > 1 and text[0] == "'" and starts_formula(text[1:]):
        return text[1:]
    return text


def starts_formula(text: str) -> bool:
    """Whether a spreadsheet might calculate a text; spaces and line ends in front hide nothing."""
    return text.startswith(DANGEROUS) or text.translate(INVISIBLE).lstrip().startswith(DANGEROUS)


def as_text(value: Cell) -> str:
    """What a person sees in the cell, near enough for matching, masks and the error workbook."""
    if value is None:
        return ""
    if isinstance(value, Special):
        return value.words
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime.datetime):
        return value.isoformat(" ", "minutes").removesuffix(" 00:00")
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def serial_date(value: int | float, *, date1904: bool = False) -> datetime.date | None:
    """The date of an Excel serial number (days), or None when it is no exact, plausible date.

    Source: Excel's two date systems; 45246 is 2023-11-16 in the usual one.
    """
    if isinstance(value, bool) or value != int(value):
        return None
    first = SERIAL_1904 if date1904 else SERIAL_1900
    if not SERIAL_FIRST <= value <= SERIAL_LAST:
        return None
    return first + datetime.timedelta(days=int(value))


def key(text: str) -> str:
    """A heading or code for comparing: NFKC, lower case, without spaces and line breaks.

    NFKC turns ① into 1, so this is never stored or printed.
    """
    folded = unicodedata.normalize("NFKC", text.translate(INVISIBLE)).casefold()
    return "".join(folded.split())
