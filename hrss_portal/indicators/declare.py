"""What a work area declares about its figures.

An area's ``indicators.py`` holds one list, ``indicators``, of the frozen dataclasses below: figures
(``Count`` … ``Constant``), monthly tables (``MonthlyFlow``) and boards (``Board``).  The engine
executes them; an area writes no query of its own for a number that it reports.

Conventions: ``of`` is a model label (``"access.unit"``), every other name is a lookup path on that
model.  Amounts are in base units (元, 人, days); a rate is a fraction (0.801), never 80.1.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as default
from datetime import date
from decimal import Decimal
from typing import Literal

from django.db.models import Q

Where = Mapping[str, object] | Q | Callable[[date | None, date], Q] | None
Words = Literal["exact", "over", "least", "change"]

#: What a row counts as when its value for a dimension is empty; usable in filters and links.
NOT_FILLED = "未填"
NOT_RECORDED = "未登记"  # the word that pages show for it where a case has no channel


ANY_BOARD = "indicators.board.view"  # what every reader of figures holds


@dataclass(frozen=True, kw_only=True)
class Band:
    """Words instead of a number when ``low <= value < high`` (a change of -2 %..0: 略微下降)."""

    low: Decimal
    high: Decimal
    words: str


@dataclass(frozen=True, kw_only=True)
class Style:
    """How a number is printed.

    ``scale`` is ``""``, ``"万"`` or ``"亿"``; ``unit`` the measure word (``%`` for a rate).
    ``words``: ``over`` prints 余 strictly above the round floor (``step``, base units; by default
    the last printed digit of a scaled number, otherwise two significant digits); ``least`` prints
    ``floor`` + 以上 when the value reaches it; ``change`` prints 同比上升/下降.
    ``zero``/``full`` replace 0 and 100 %; ``some``/``part`` are the sentences when the claim does
    not hold, with ``{n}`` for the printed number.
    """

    unit: str = "件"
    scale: Literal["", "万", "亿"] = ""
    decimals: int = 0
    words: Words = "exact"
    step: int = 0
    floor: Decimal | None = None
    zero: str = ""
    some: str = ""
    full: str = ""
    part: str = ""
    bands: tuple[Band, ...] = ()
    prefix: str = "同比"


@dataclass(frozen=True, kw_only=True)
class Basis:
    """On which rows a claim over all of them (统一, 均, 全部) stands.

    ``known`` are figures whose sum is the number of rows of which the matter is recorded (of a rate
    its denominator unless given); the largest of ``whole`` is the number of rows that the sentence
    speaks of.  Where fewer are known than there are, ``full`` is printed instead of the claim,
    ``part`` around a number, ``none`` where nothing is recorded; ``{known}`` and ``{whole}`` are
    the two numbers with their units, ``{n}`` the figure's own.
    """

    whole: tuple[str, ...]
    known: tuple[str, ...] = ()
    full: str
    part: str = "{n}"
    none: str = ""


PERCENT = Style(unit="%", decimals=2)
CHANGE = Style(unit="%", decimals=1, words="change")


@dataclass(frozen=True, kw_only=True)
class Dimension:
    """A way to break a figure down and the only keys that its filters know."""

    lookup: str
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class Indicator:
    """A figure with a code that stays: the base of all kinds.

    ``definition`` says in words what is counted (the 口径 card prints it), ``version`` rises when
    its meaning changes.  ``reach`` ``own`` limits it to the bureau's own offices (本局).  ``good``
    says which direction is an improvement, so that a page can say 变好 or 变差 in words.
    ``basis``: a claim of its style over all rows is printed only where all of them are recorded.
    ``policy`` is what a user needs to see the figure and its rows.
    """

    code: str
    label: str
    definition: str = ""
    version: int = 1
    owner: str = ""
    style: Style = default(default_factory=Style)
    reach: Literal["all", "own"] = "all"
    provisional: bool = False
    good: Literal["up", "down", ""] = ""
    policy: str = "indicators.figure.view"
    basis: Basis | None = None

    @property
    def kind(self) -> str:
        """The kind as the commands name it: ``count``, ``sum``, ``ratio`` …"""
        return type(self).__name__.lower()


@dataclass(frozen=True, kw_only=True)
class RowIndicator(Indicator):
    """A figure over the rows of one model.

    ``period="flow"`` takes rows with ``dated_by`` inside from..to; ``"stock"`` takes rows that have
    begun by ``to`` (``dated_by``, when given) and have not ended (``until`` empty or after ``to``).
    ``where`` may be a function of (from, to): such a flow may leave ``dated_by`` out.
    ``unit`` is the path to the owning unit, ``""`` for tables that belong to no unit.  ``town`` and
    ``channel`` are dimensions by themselves when the model has such fields; ``month`` always is.
    """

    of: str
    dated_by: str = ""
    where: Where = None
    period: Literal["flow", "stock"] = "flow"
    until: str = ""
    unit: str = "unit"
    dimensions: Mapping[str, str | Dimension] = default(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Count(RowIndicator):
    """How many rows."""


@dataclass(frozen=True, kw_only=True)
class Sum(RowIndicator):
    """The sum of ``field`` over the rows, in base units."""

    field: str
    style: Style = default(default_factory=lambda: Style(unit="元", scale="万"))


@dataclass(frozen=True, kw_only=True)
class Distinct(RowIndicator):
    """How many different ``key`` values (家, 人) the rows name; merged parties count once."""

    key: str
    style: Style = default(default_factory=lambda: Style(unit="家"))


@dataclass(frozen=True, kw_only=True)
class Duration(RowIndicator):
    """Days from ``start`` to ``end`` over the rows that have both: median, p90 or mean, with n."""

    start: str
    end: str
    measure: Literal["median", "p90", "mean"] = "median"
    style: Style = default(default_factory=lambda: Style(unit="天", decimals=1))
    good: Literal["up", "down", ""] = "down"


@dataclass(frozen=True, kw_only=True)
class Ratio(Indicator):
    """Numerator over denominator, each the sum of one or more declared indicators, by code.

    ``complement`` gives 1 - num/den (减少30%以上).
    """

    num: tuple[str, ...]
    den: tuple[str, ...]
    complement: bool = False
    style: Style = PERCENT


@dataclass(frozen=True, kw_only=True)
class YearOnYear(Indicator):
    """Change of ``base`` against the same period of the year before.

    A fraction (-0.122) for amounts and counts; for a rate the difference in points (0.012).
    """

    base: str
    style: Style = CHANGE


@dataclass(frozen=True, kw_only=True)
class Target(Indicator):
    """The year's task for ``measures``, as the bureau entered it; base units."""

    measures: str


@dataclass(frozen=True, kw_only=True)
class Constant(Indicator):
    """A number inside a rule or a proper name: a dated parameter, not a count.

    ``parameter`` names a row of the parameter tables; its value in force on ``to`` is taken.
    """

    parameter: str


@dataclass(frozen=True, kw_only=True)
class MonthlyFlow(RowIndicator):
    """Carried over + received = closed + pending, by month.

    ``received`` and ``closed`` are date paths.  As a single figure it is the number pending at
    ``to``.  A row that was closed before it was received counts as closed on the day of receipt,
    so that every line adds up.
    """

    received: str
    closed: str
    period: Literal["flow", "stock"] = "stock"


@dataclass(frozen=True, kw_only=True)
class BoardLine:
    """One line of a board: a figure, its yearly task and the filter under which it is read."""

    code: str
    target: str = ""
    filter: str = ""
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class Board:
    """A page of figures that an area declares in the same list as its indicators.

    ``lines`` are codes or ``BoardLine``; ``monthly`` the codes of ``MonthlyFlow`` tables under it.
    Whoever holds a ``policy`` of the board's own for the whole bureau reads the bureau's totals.
    """

    code: str
    title: str
    lines: tuple[str | BoardLine, ...]
    monthly: tuple[str, ...] = ()
    policy: str = ANY_BOARD

    @property
    def codes(self) -> tuple[str, ...]:
        """The figures that it carries."""
        lines = (line if isinstance(line, str) else line.code for line in self.lines)
        return (*lines, *self.monthly)


@dataclass(frozen=True, kw_only=True)
class Printed:
    """Figures that a publication prints: who holds ``policy`` for the whole bureau reads totals."""

    code: str
    codes: tuple[str, ...]
    policy: str


def moves_of(
    of: str,
    move: str | tuple[str, ...],
    *,
    code: str,
    label: str,
    style: Style | None = None,
    definition: str = "",
    where: Mapping[str, object] | None = None,
    dimensions: Mapping[str, str | Dimension] | None = None,
) -> Count:
    """The indicator that counts how often cases of kind ``of`` made a move, by corrected day."""
    moves = (move,) if isinstance(move, str) else move
    return Count(
        code=code,
        label=label,
        definition=definition,
        style=style or Style(),
        of="casework.event",
        dated_by="counts_on",
        unit="case__unit",
        where={
            "case__kind": of,
            "move__in": moves,
            "case__voided_at__isnull": True,
            **(where or {}),
        },
        dimensions={"town": "case__town", "channel": "case__channel", **(dimensions or {})},
    )
