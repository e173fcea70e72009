"""The words around a number, exactly as an official report prints it.

Pure functions over exact decimals.  Rounding is half-up from the exact value, never from a value
that was already rounded.  Rules: GB/T 15835 for numerals; the styles are those that the bureau's
yearly report uses (余 strictly above a round floor, 以上 inclusive, 同比上升/下降 without a sign).
"""

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal, localcontext

from hrss_portal.indicators.declare import Style

SCALES = {"": Decimal(1), "万": Decimal(10_000), "亿": Decimal(100_000_000)}
SMALLER = {"亿": "万", "万": "", "": ""}
NO_VALUE = "—"
MOST_DECIMALS = 6


def divide(numerator: Decimal | int, denominator: Decimal | int) -> Decimal | None:
    """The quotient to 50 digits, enough to round as the exact fraction would; None for x/0."""
    if not denominator:
        return None
    with localcontext() as context:
        context.prec = 50
        return Decimal(numerator) / Decimal(denominator)


def rounded(value: Decimal, decimals: int) -> Decimal:
    """Half-up to a number of decimals; 31.25 gives 31.3, -31.25 gives -31.3."""
    with localcontext() as context:
        context.prec = 60
        return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def plain(value: Decimal) -> str:
    """A decimal as digits, never with an exponent or a negative zero."""
    return f"{abs(value) if value == 0 else value:f}"


def number(value: Decimal, style: Style) -> str:
    """The number with its unit and nothing else: ``25.73万人次``, ``224.70万人``, ``80.1%``."""
    if style.unit == "%":
        return f"{_percent(value, style.decimals)}%"
    scale: str = style.scale
    decimals = style.decimals
    if scale and not rounded(value / SCALES[scale], decimals):  # 0.00亿元 would say nothing
        while scale and abs(value) < SCALES[scale]:
            scale, decimals = SMALLER[scale], 2
        decimals = 0 if not scale and value == value.to_integral_value() else decimals
    return f"{plain(rounded(value / SCALES[scale], decimals))}{scale}{style.unit}"


def _percent(value: Decimal, decimals: int) -> str:
    """A percentage; 99.99 % never becomes 100 and 0.01 % never 0 by rounding."""
    percent = value * 100
    while (
        decimals < MOST_DECIMALS
        and percent not in (0, 100)
        and rounded(percent, decimals) in (0, 100)
        and 0 < percent < 100
    ):
        decimals += 1
    return plain(rounded(percent, decimals))


def over(value: Decimal, style: Style) -> str:
    """``1000余人``: 余 only strictly above the floor; below the first step the number itself."""
    scale = SCALES[style.scale]
    step = Decimal(style.step) if style.step else _step(value, style)
    floor = value // step * step
    if floor <= 0:
        return number(value, replace(style, scale="", decimals=0))
    text = f"{plain(rounded(floor / scale, style.decimals))}{style.scale}"
    return f"{text}{'余' if value > floor else ''}{style.unit}"


def _step(value: Decimal, style: Style) -> Decimal:
    if style.scale:
        return SCALES[style.scale].scaleb(-style.decimals)
    return Decimal(10) ** max(len(str(int(abs(value)))) - 2, 0)


def least(value: Decimal, style: Style) -> str:
    """``90%以上`` when the value reaches the floor, otherwise the number itself."""
    if style.floor is None or value < style.floor:
        return number(value, style)
    decimals = 0 if (style.floor * 100) % 1 == 0 else style.decimals
    return f"{number(style.floor, replace(style, decimals=decimals))}以上"


def change(
    value: Decimal | None, style: Style, *, previous: Decimal | None, points: bool = False
) -> str:
    """``同比上升12.7%``, ``同比下降12.2%``, ``同比持平``; for rates ``同比提高1.2个百分点``.

    Without a base it says so; a base of zero has no percentage.
    """
    if previous is None:
        return "上年同期无数据"
    if value is None:
        return "上年同期为0"
    for band in style.bands:
        if band.low <= value < band.high:
            return band.words
    if value == 0:
        return f"{style.prefix}持平"
    if points:
        amount = plain(rounded(abs(value) * 100, style.decimals))
        return f"{style.prefix}{'提高' if value > 0 else '下降'}{amount}个百分点"
    word = "上升" if value > 0 else "下降"
    return f"{style.prefix}{word}{_percent_change(abs(value), style.decimals)}%"


def _percent_change(value: Decimal, decimals: int) -> str:
    percent = value * 100
    while decimals < MOST_DECIMALS and percent and not rounded(percent, decimals):
        decimals += 1
    return plain(rounded(percent, decimals))


def printed(
    value: Decimal | None,
    style: Style,
    *,
    previous: Decimal | None = None,
    points: bool = False,
) -> str:
    """The figure as the report prints it: number, unit and the words of its style."""
    if style.words == "change":
        return change(value, style, previous=previous, points=points)
    if value is None:
        return NO_VALUE
    text = {"over": over, "least": least}.get(style.words, number)(value, style)
    return claim(value, style) or counterclaim(style).format(n=text)


def claim(value: Decimal, style: Style) -> str:
    """The words that stand instead of the number where the claim holds: 均无超期, 全部办结."""
    for band in style.bands:
        if band.low <= value < band.high:
            return band.words
    if value == 0:
        return style.zero
    return style.full if style.unit == "%" and value == 1 else ""


def counterclaim(style: Style) -> str:
    """The sentence around the number where a claim does not hold."""
    return (style.zero and style.some) or (style.full and style.part) or "{n}"


def base_text(value: Decimal | None) -> str | None:
    """A value as the commands write it: exact where it is finite, else six decimals, as text."""
    if value is None:
        return None
    if value == value.to_integral_value():
        return plain(value.to_integral_value())
    return plain(rounded(value, 6).normalize())


def with_parts(
    value: Decimal | None, style: Style, numerator: Decimal | None, denominator: Decimal | None
) -> str:
    """A rate as pages show it: ``97.03%（327/337）``."""
    if value is None:
        return NO_VALUE
    text = number(value, style)
    if numerator is None or denominator is None:
        return text
    return f"{text}（{grouped(numerator)}/{grouped(denominator)}）"


def with_n(printed: str, n: Decimal | None) -> str:
    """A median or percentile as pages show it, with the rows it stands on: ``23.0天（n=40）``."""
    return printed if n is None else f"{printed}（n={grouped(n)}）"


def grouped(value: Decimal) -> str:
    """A number with thousands separators and no needless zeros: ``11,359``."""
    return f"{Decimal(base_text(value) or 0):,f}"
