"""What people call a row of a table: the number they quote, its name, its town, who handles it.

A table whose rows stand behind figures declares it once, as it declares its ``scope``; every page,
file and report that lists rows reads it (``indicators.row_names``).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class RowLabel:
    """Paths on the row (``system__keeper``); an empty one says that there is no such thing.

    ``number`` is what people quote (案号, 文号, 证号), never the primary key.  ``name`` is a path
    or a function of the row; empty for the row's own words.  ``case`` leads to the case that the
    row hangs on: then its number, title, page, town and handler are those of the case, and the
    row's name follows the title.  ``reads`` are further relations that the name is made of.
    """

    number: str = ""
    name: str | Callable[[Any], str] = ""
    case: str = ""
    town: str = ""
    handler: str = ""
    reads: tuple[str, ...] = ()
