"""Units of money: what people write beside an amount, and how many yuan one of it is.

A form, a sheet and the interface for programs read amounts with this one reader.  What it does not
know it refuses: an amount off by four digits is worse than none.
"""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

UNITS = {
    "元": Decimal(1),
    "万元": Decimal(10_000),
    "亿元": Decimal(100_000_000),
    "千元": Decimal(1_000),
    "百元": Decimal(100),
    "十万元": Decimal(100_000),
    "百万元": Decimal(1_000_000),
    "千万元": Decimal(10_000_000),
    "角": Decimal("0.1"),
    "分": Decimal("0.01"),
}
KNOWN = "元、千元、万元、百万元、亿元"
YUAN = re.compile(r"人民币|rmb|cny|[¥￥]")
FOREIGN = re.compile(r"[美欧日港澳台加英韩卢]元|[^民]币|镑|usd|eur|hkd|gbp|jpy|mop|twd|[$€£]")
SIZED = re.compile(r"(?:[十百千]?[万亿]|[十百千])?[元圆]")
SHORT = re.compile(r"[十百千]?[万亿]|[百千角分]")
AMOUNT = re.compile(r"([-+]?(?:\d+(?:\.\d*)?|\.\d+))(.*)")
GROUPED = re.compile(r"(?<=\d),(?=\d{3}(?!\d)|\d{4}(?!\d))")  # thousands, or 万 as in 12,0000
LONGEST = 12  # a longer tail of an amount is no unit but a remark


@dataclass(frozen=True)
class Amount:
    """Exact yuan, the unit that counted, and whether it stood beside the number itself."""

    yuan: Decimal
    unit: str
    own_unit: bool = False


def plain(text: str) -> str:
    """Text for comparing units: NFKC, lower case, no spaces, no word for the yuan itself."""
    return YUAN.sub("", "".join(unicodedata.normalize("NFKC", text).casefold().split()))


def unit_in(words: str) -> str:
    """The unit that words such as 单位：人、万元 or 元/月 name, "" when they name none.

    Words that speak of money in a unit we do not know, or in two units, come back as they are;
    ``known`` tells them apart.
    """
    text = plain(words)
    if FOREIGN.search(text):
        return words.strip()
    found = {word.replace("圆", "元") for word in SIZED.findall(text)}
    if not found and SHORT.fullmatch(text):
        found = {text if text in UNITS else f"{text}元"}
    if len(found) == 1 and found <= UNITS.keys():
        return found.pop()
    return words.strip() if found else ""


def known(unit: str) -> bool:
    """Whether a unit can be converted."""
    return unit in UNITS


def amount_of(value: Any, *, unit: str) -> Amount:
    """The amount that a number or a text names; a unit in the text goes before ``unit``.

    Raises ``ValidationError`` for what is no amount and for a unit that is not known.
    """
    if isinstance(value, int | float | Decimal):
        number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
        if not number.is_finite():
            raise ValidationError("填写金额，只写数字", code="amount")
        return Amount(number * UNITS[unit], unit)
    text = GROUPED.sub("", plain(str(value)))
    found = AMOUNT.fullmatch(text.removesuffix("整"))
    if not found or len(found[2]) > LONGEST or re.search(r"\d", found[2]):
        raise ValidationError(
            "“%(text)s”不是金额，只写数字（单位：%(unit)s）",
            code="amount",
            params={"text": text[:30], "unit": unit},
        )
    own = _own_unit(found[2])
    return Amount(Decimal(found[1]) * UNITS[own or unit], own or unit, bool(own))


def _own_unit(words: str) -> str:
    """The unit beside a number, "" for none; unlike a heading's words it must be nothing else."""
    whole = words.replace("圆", "元")
    for unit in (whole, f"{whole}元"):
        if unit in UNITS and whole:
            return unit
    if whole:
        raise ValidationError(
            "不认得金额单位“%(unit)s”，只认 %(known)s，请换算后再填",
            code="unit",
            params={"unit": words, "known": KNOWN},
        )
    return ""


def in_words(yuan: Decimal) -> str:
    """Yuan for a message: 35,000 元, 1,234.5 元."""
    return f"{yuan.normalize():,f} 元"
