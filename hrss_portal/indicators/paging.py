"""Pages of rows for the pager of the desk's templates."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

SIZE = 50
SHOWN = 2


@dataclass(frozen=True)
class PageLink:
    """One number of the pager; neither number nor address is a gap, no address is this page."""

    number: int = 0
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Page:
    """Where a page of rows stands among all of them."""

    total: int
    first_row: int
    last_row: int
    links: list[PageLink]
    previous_url: str
    next_url: str
    capped: bool = False


def page_of(total: int, number: int, url: Callable[[int], str], *, size: int = SIZE) -> Page:
    """The page ``number`` (from one) of ``total`` rows; too large a number gives the last."""
    pages = max(1, -(-total // size))
    number = min(max(number, 1), pages)
    wanted = sorted({1, pages, *range(max(1, number - SHOWN), min(pages, number + SHOWN) + 1)})
    links: list[PageLink] = []
    for at in wanted:
        if links and links[-1].number != at - 1:
            links.append(PageLink())
        links.append(PageLink(at, "" if at == number else url(at)))
    return Page(
        total=total,
        first_row=(number - 1) * size + 1 if total else 0,
        last_row=min(number * size, total),
        links=links,
        previous_url=url(number - 1) if number > 1 else "",
        next_url=url(number + 1) if number < pages else "",
    )


def number_of(text: Any) -> int:
    """A page number from a query string; anything else is the first page."""
    return int(text) if str(text).isdigit() else 1
