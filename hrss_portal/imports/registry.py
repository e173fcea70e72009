"""The sheets that the apps declare, found by code, and the headings that people write for them."""

import csv
from collections import defaultdict
from functools import cache
from pathlib import Path

from hrss_portal.areas import Column, Sheet, declared
from hrss_portal.imports.cells import key

SYNONYMS = Path(__file__).parent / "data" / "column_synonyms.csv"


class UnknownSheet(LookupError):
    """No app declares a sheet with this code."""


def sheets() -> tuple[Sheet, ...]:
    """All declared sheets, by code."""
    return tuple(sorted(declared("imports"), key=lambda sheet: sheet.code))


def sheet(code: str) -> Sheet:
    """The sheet with a code such as ``X10``.  Raises ``UnknownSheet``."""
    for found in sheets():
        if found.code == code:
            return found
    raise UnknownSheet(code)


@cache
def groups() -> tuple[frozenset[str], ...]:
    """Groups of headings that mean one thing (data/column_synonyms.csv), normalised."""
    found: dict[str, set[str]] = defaultdict(set)
    with SYNONYMS.open(encoding="utf-8") as lines:
        for line in csv.DictReader(lines):
            found[line["field_en"]] |= {key(line["canonical_zh"]), key(line["variant_zh"])}
    return tuple(frozenset(words) for words in found.values())


def other_words(column: Column) -> frozenset[str]:
    """Headings, normalised, that the common list holds for the same thing as this column."""
    heading = key(column.heading)
    return frozenset().union(*(group for group in groups() if heading in group)) - {heading}
