"""Whether what a figure claims of all rows was recorded of all of them, and the words if not."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from hrss_portal.indicators import catalogue, wording
from hrss_portal.indicators.declare import Indicator, Ratio
from hrss_portal.indicators.engine import Ask


@dataclass(frozen=True, kw_only=True)
class Covered:
    """Of how many rows a claim is recorded, and how many rows it speaks of; with their words."""

    known: Decimal
    whole: Decimal
    known_words: str
    whole_words: str

    @property
    def is_partial(self) -> bool:
        """Whether of some rows nothing is recorded."""
        return self.known < self.whole


def covered_in_part(
    item: Indicator, question: Ask, total: Callable[[tuple[str, ...], Ask], Decimal]
) -> Covered | None:
    """Of how many rows the matter is recorded; None where of all that the claim speaks of.

    ``total`` sums figures by code.
    """
    basis = item.basis
    if basis is None:
        return None
    codes = basis.known or (item.den if isinstance(item, Ratio) else ())
    known = total(codes, question)
    whole = max(total((code,), question) for code in basis.whole)
    style = catalogue.get(codes[0]).style
    found = Covered(
        known=known,
        whole=whole,
        known_words=wording.number(known, style),
        whole_words=wording.number(whole, style),
    )
    return found if found.is_partial else None


def partly(value: Decimal, item: Indicator, covered: Covered) -> str:
    """The figure where of some rows nothing is recorded: the sentence names its basis."""
    basis, style = item.basis, item.style
    assert basis is not None  # noqa: S101 -- only such figures are covered in part
    if not covered.known and basis.none:
        words = basis.none
    else:
        words = basis.full if wording.claim(value, style) else basis.part
    return words.format(
        n=wording.number(value, style), known=covered.known_words, whole=covered.whole_words
    )
