"""Numbers inside rules and proper names: a dated parameter, never a count.

They come from two places: the parameter tables of ``deadlines`` (rates and limits, with their
legal basis) and ``data/parameters.csv`` for numbers that are part of a name (三方会议, 百名仲裁员).
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from hrss_portal.deadlines import lookup

TABLE = Path(__file__).parent / "data" / "parameters.csv"


class UnknownParameter(LookupError):
    """A parameter code that is in no table on the day asked for."""


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A parameter in force: value, unit as printed, since when, and where it is written."""

    code: str
    name: str
    value: Decimal
    unit: str
    valid_from: date | None
    words: str = ""
    note: str = ""

    @property
    def printed(self) -> str:
        """As the name writes it (``三方``), otherwise the number with its unit: ``20万元``."""
        return self.words or f"{self.value.normalize():f}{self.unit}"


@lru_cache(maxsize=1)
def named() -> Sequence[Parameter]:
    """The numbers that are part of names, from the table in this app."""
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return tuple(
            Parameter(
                code=row["code"],
                name=row["name"],
                value=Decimal(row["value"]),
                unit=row["unit"],
                valid_from=date.fromisoformat(row["valid_from"]) if row["valid_from"] else None,
                words=row["words"],
                note=row["note"],
            )
            for row in csv.DictReader(lines)
        )


def parameter(code: str, on: date, region: str | None = None) -> Parameter:
    """The parameter in force on a day, the latest version first.  Raises ``UnknownParameter``."""
    found = [
        row
        for row in named()
        if row.code == code and (row.valid_from is None or row.valid_from <= on)
    ]
    if found:
        return max(found, key=lambda row: row.valid_from or date.min)
    return _from_rates(code, on, region)


def _from_rates(code: str, on: date, region: str | None) -> Parameter:
    try:
        row = lookup.parameter(code, on, region)
        value = row.number
    except (LookupError, ValueError) as error:
        raise UnknownParameter(f"{code}：{error}") from error
    return Parameter(
        code=code,
        name=row.name,
        value=value,
        unit=row.unit,
        valid_from=row.valid_from,
        note=row.legal_basis,
    )
