"""The tables that ship with the portal (``data/*.csv``), read as they stand.

Sources are named row by row; the meaning of the columns is in docs/rules.md.  Nothing here touches
the database: ``loading`` stores these rows, tests compute with them directly.
"""

import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache

from hrss_portal.deadlines.calendar import DATA, Calendar, SpecialDay
from hrss_portal.deadlines.spec import RuleSpec

Row = dict[str, str]


def read(name: str) -> list[Row]:
    """One of the data files as rows of text."""
    with (DATA / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def rule_rows() -> list[Row]:
    """Every shipped rule version: the legal table, the earlier versions that it notes, and the
    terms that no law sets and that every office needs (a day written on an assignment slip)."""
    return [*read("deadlines.csv"), *read("deadlines_history.csv"), *read("house_rules.csv")]


def day_rows() -> Iterator[Row]:
    """Every shipped calendar day, published years first."""
    yield from read("holidays.csv")
    yield from read("holidays_2027_provisional.csv")


def parameter_rows() -> list[Row]:
    """Rates, limits and thresholds, and what the bureau settles for itself about counting."""
    return [*read("rates_and_limits.csv"), *read("local_settings.csv")]


def condition_rows() -> list[Row]:
    """The conditions of the declared rule sets."""
    return read("conditions.csv")


@cache
def labels(kind: str) -> dict[str, str]:
    """Chinese names of the tables' codes: ``app`` (its work), ``actor`` (whose duty), ``unit``."""
    return {row["code"]: row["label"] for row in read("labels.csv") if row["kind"] == kind}


def optional_date(text: str) -> date | None:
    """An ISO date, or None where the cell is empty."""
    return date.fromisoformat(text) if text else None


def spec_of(row: Row) -> RuleSpec:
    """A row of the rule table as arithmetic needs it."""
    return RuleSpec(
        code=row["code"],
        name=row["name_zh"],
        trigger_event=row["trigger_event"],
        length=Decimal(row["length"]),
        unit=row["unit"],
        counting=row["counting_rule"],
        nature=row["nature"],
        sureness=row["sureness"],
        region=row["region"],
        basis=row["legal_basis_zh"],
        warn_before=row["warn_before"],
        extendable=bool(row["extension"]),
        ext_length=int(row["ext_length"]) if row["ext_length"] else None,
        ext_unit=row["ext_unit"],
        valid_from=optional_date(row["valid_from"]),
        valid_to=optional_date(row["valid_to"]),
    )


def shipped_calendar() -> Calendar:
    """The calendar of the shipped notices alone, for tests and checks without a database."""
    days = {
        date.fromisoformat(row["date"]): SpecialDay(row["kind"], row["name"]) for row in day_rows()
    }
    return Calendar(days, {int(row["notice_year"]) for row in read("holidays.csv")})
