"""Money and dates as papers write them."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from importlib import import_module

from django.utils.dateparse import parse_date

CENT = Decimal("0.01")
DIGITS = "零壹贰叁肆伍陆柒捌玖"
YEAR_DIGITS = "〇一二三四五六七八九"
ENDINGS = ("。", "！", "？", "…", "；", "：", "!", "?", ";", ":")


def capital_amount(amount: Decimal | int | str) -> str:
    """Yuan in capitals: 12345.67 → 壹万贰仟叁佰肆拾伍元陆角柒分.

    Rounded half up to the cent.  整 follows 元 or 角, never 分; 零 stands for a missing 角 before
    分 (支付结算办法附件一《正确填写票据和结算凭证的基本规定》).  Raises ``ValueError`` above a
    quadrillion, where the words would no longer be read by anybody.
    """
    value = Decimal(str(amount)).quantize(CENT, ROUND_HALF_UP)
    sign, value = ("负", -value) if value < 0 else ("", value)
    if value >= Decimal(10) ** 15:
        raise ValueError("amount too large for capitals")
    yuan, cents = divmod(int(value * 100), 100)
    jiao, fen = divmod(cents, 10)
    words = f"{_capitals(yuan)}元" if yuan else ""
    if not cents:
        return f"{sign}{words or '零元'}整"
    if jiao:
        words += f"{DIGITS[jiao]}角"
    elif words:
        words += "零"
    return f"{sign}{words}{DIGITS[fen]}分" if fen else f"{sign}{words}整"


def _capitals(number: int) -> str:
    """A whole number in capitals.  The library is loaded by the first paper with an amount."""
    return str(import_module("cn2an").an2cn(number, "up"))


def money(amount: Decimal | int | str, decimals: int = 2) -> str:
    """Yuan in digits, half up, without thousands separators (as official papers write them)."""
    step = Decimal(1).scaleb(-decimals)
    return f"{Decimal(str(amount)).quantize(step, ROUND_HALF_UP):f}"


def sentence(text: str) -> str:
    """What somebody typed, as a sentence of running text: with the full stop that ends it.

    Other marks that end a sentence or lead on to the next line stay, also before a closing quote;
    nothing stays nothing.
    """
    said = str(text).strip().rstrip("，,、.")
    whole = not said or said.rstrip("”’」』")[-1:] in ENDINGS
    return said if whole else f"{said}。"


def as_date(value: date | str) -> date:
    """A date or its ISO text; ``ValueError`` for anything else."""
    if isinstance(value, date):
        return value
    found = parse_date(value[:10])
    if found is None:
        raise ValueError(f"not a date: {value!r}")
    return found


def date_zh(value: date | str) -> str:
    """2023年1月5日: Arabic digits, no leading zeros (GB/T 9704 成文日期)."""
    day = as_date(value)
    return f"{day.year}年{day.month}月{day.day}日"


def date_hanzi(value: date | str) -> str:
    """二〇二三年十一月十六日, as judgments and awards are dated."""
    day = as_date(value)
    year = "".join(YEAR_DIGITS[int(digit)] for digit in str(day.year))
    return f"{year}年{_small(day.month)}月{_small(day.day)}日"


def _small(number: int) -> str:
    tens, ones = divmod(number, 10)
    head = "" if not tens else "十" if tens == 1 else f"{YEAR_DIGITS[tens]}十"
    return head + (YEAR_DIGITS[ones] if ones else "")
