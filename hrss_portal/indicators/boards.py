"""Boards: declared pages of figures with the year's task, the pace against it, and a trend.

A board is a ``Board`` in the same ``indicators`` list as the figures it shows.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from hrss_portal.access.models import User
from hrss_portal.indicators import catalogue, filters, links, wording
from hrss_portal.indicators.breakdown import is_stock, trend, trend_asks
from hrss_portal.indicators.declare import Board, BoardLine
from hrss_portal.indicators.engine import Ask
from hrss_portal.indicators.figures import Figure, Reader
from hrss_portal.indicators.periods import Period
from hrss_portal.indicators.seeing import asked_as, by_reading, reading

MET, AHEAD, BEHIND = "✓ 达标", "● 进度正常", "▲ 进度落后"


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One line of a board, ready to be drawn."""

    label: str
    figure: Figure
    url: str
    rows_url: str
    target: Decimal | None
    target_words: str
    target_url: str
    done: str
    pace: str
    change: Decimal | None
    good: str
    spark: list[Decimal | None]


def lines_of(board: Board) -> list[BoardLine]:
    """The lines, codes alone written out."""
    return [line if isinstance(line, BoardLine) else BoardLine(code=line) for line in board.lines]


def show(board: Board, question: Ask, seen: set[str], user: User) -> list[Shown]:
    """The lines that may be seen, with few queries for all their figures together."""
    lines = [(line, _question(line, question)) for line in lines_of(board) if line.code in seen]
    found: dict[BoardLine, Shown] = {}
    for codes in by_reading(user, [line.code for line, _ in lines]):
        asks = [(line, asked_as(user, line.code, one)) for line, one in lines if line.code in codes]
        reader = Reader()
        with reading(user, codes[0]):
            reader.prepare(
                [(line.code, one) for line, one in asks],
                compare=True,
                besides=[pair for line, one in asks for pair in _trend_asks(line, one)],
            )
            found |= {line: _shown(line, one, reader) for line, one in asks}
    return [found[line] for line, _ in lines]


def _question(line: BoardLine, question: Ask) -> Ask:
    narrowed = {**dict(question.filters), **dict(filters.parse(line.filter))}
    period = question.period
    if is_stock(catalogue.get(line.code)):
        period = Period(None, period.to)
    return Ask(period=period, org=question.org, filters=tuple(sorted(narrowed.items())))


def _shown(line: BoardLine, question: Ask, reader: Reader) -> Shown:
    item = catalogue.get(line.code)
    figure = reader.figure(line.code, question, compare=True)
    target = None
    target_url = ""
    if line.target:
        target = reader.measure(line.target, question).value
        target_url = links.rows_url(line.target, question)
    change = figure.measure.change
    return Shown(
        label=line.label or item.label,
        figure=figure,
        url=links.figure_url(line.code, question),
        rows_url=links.rows_url(line.code, question),
        target=target,
        target_words=wording.number(target, item.style) if target is not None else "",
        target_url=target_url,
        done=_done(figure.value, target),
        pace=pace(figure.value, target, question.period),
        change=None if change is None else wording.rounded(change * 100, 1),
        good=better_or_worse(change, item.good),
        spark=[cell.value for cell in _spark(line, question, reader)],
    )


def _spark(line: BoardLine, question: Ask, reader: Reader) -> list[Any]:
    if catalogue.get(line.code).kind in ("target", "constant"):
        return []
    return trend(line.code, question, reader=reader)


def _trend_asks(line: BoardLine, question: Ask) -> list[tuple[str, Ask]]:
    if catalogue.get(line.code).kind in ("target", "constant"):
        return []
    return trend_asks(line.code, question)


def _done(value: Decimal | None, target: Decimal | None) -> str:
    share = wording.divide(value, target) if value is not None and target else None
    return "" if share is None else f"{wording.plain(wording.rounded(share * 100, 1))}%"


def pace(value: Decimal | None, target: Decimal | None, period: Period) -> str:
    """Whether the year's task is met, in time with the calendar, or behind it."""
    if value is None or not target:
        return ""
    if value >= target:
        return MET
    first = date(period.to.year, 1, 1)
    days = (date(period.to.year, 12, 31) - first).days + 1
    elapsed = Decimal((period.to - first).days + 1) / days
    return AHEAD if value >= target * elapsed else BEHIND


def better_or_worse(change: Decimal | None, good: str) -> str:
    """变好 or 变差 where the figure says which direction is good; nothing otherwise."""
    if not change or not good:
        return ""
    return "变好" if (change > 0) == (good == "up") else "变差"
