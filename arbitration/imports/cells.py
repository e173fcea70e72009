"""The plain cells of the area's sheets: words, and names of people or organisations."""

from functools import partial
from typing import Any

from hrss_portal.parties.fields import NamesField, TextCell


def text(length: int, **options: Any) -> partial:
    """A cell of words that may be empty unless ``required``."""
    return partial(TextCell, max_length=length, **{"required": False, **options})


def names(length: int, **options: Any) -> partial:
    """A cell of names, none of them a number, that may be empty unless ``required``."""
    return partial(NamesField, max_length=length, **{"required": False, **options})
