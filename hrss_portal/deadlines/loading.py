"""Stores the shipped tables: ``load_all()`` may run at any time and as often as one likes.

Rows that the bureau has added or superseded stay as they are: a shipped row is brought up to the
shipped text, but its end date is left alone once a newer version follows it, and a year whose
notice the bureau has loaded is not touched.
"""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from django.db import transaction

from hrss_portal.access.scope import acting_as_system
from hrss_portal.audit import context
from hrss_portal.deadlines.models import (
    CalendarDay,
    CalendarYear,
    Condition,
    Dated,
    LegalRule,
    Parameter,
)
from hrss_portal.deadlines.models import Origin as RowOrigin
from hrss_portal.deadlines.tables import (
    Row,
    condition_rows,
    day_rows,
    optional_date,
    parameter_rows,
    read,
    rule_rows,
)

DatedRow = TypeVar("DatedRow", bound=Dated)
TITLE = "国务院办公厅关于{year}年部分节假日安排的通知"
CONVERTED: dict[str, Callable[[str], Any]] = {
    "length": Decimal,
    "ext_length": lambda text: int(text) if text else None,
    "seq": int,
    "valid_from": optional_date,
    "valid_to": optional_date,
}


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many rows a load created and changed."""

    created: int
    changed: int


def load_all() -> dict[str, Loaded]:
    """Rules, calendar, parameters and conditions, in one transaction; idempotent."""
    scope = nullcontext() if context.current() else acting_as_system("migration")
    with scope, transaction.atomic():
        return {
            "rules": _load(LegalRule, rule_rows(), ("code", "region", "valid_from")),
            "calendar": _load_calendar(),
            "parameters": _load(
                Parameter, parameter_rows(), ("code", "name", "region", "valid_from")
            ),
            "conditions": _load(
                Condition, condition_rows(), ("ruleset", "seq", "region", "valid_from")
            ),
        }


def _values(row: Row) -> dict[str, Any]:
    return {name: CONVERTED.get(name, str)(text) for name, text in row.items()}


def _load(model: type[DatedRow], rows: list[Row], key: tuple[str, ...]) -> Loaded:
    def key_of(values: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(values[name] for name in key)

    stored = {key_of(vars(row)): row for row in model._default_manager.all()}
    fresh, changed = [], 0
    for values in map(_values, rows):
        old = stored.get(key_of(values))
        if old is None:
            fresh.append(model(**values))
        elif old.origin == RowOrigin.SHIPPED:
            changed += _refresh(old, values)
    model._default_manager.bulk_create(fresh)
    return Loaded(len(fresh), changed)


def _refresh(row: Dated, values: dict[str, Any]) -> bool:
    """Brings a shipped row up to the shipped text; true when something differed.

    An end date that a later version has set is never taken away or moved out again.
    """
    ended = row.valid_to is not None and (
        values["valid_to"] is None or values["valid_to"] > row.valid_to
    )
    differing = [
        name
        for name, value in values.items()
        if getattr(row, name) != value and not (name == "valid_to" and ended)
    ]
    for name in differing:
        setattr(row, name, values[name])
    if differing:
        row.save(update_fields=differing)
    return bool(differing)


def _load_calendar() -> Loaded:
    published = {int(row["notice_year"]): row["source_url"] for row in read("holidays.csv")}
    wanted = {int(row["notice_year"]): published.get(int(row["notice_year"])) for row in day_rows()}
    years = {year.pk: year for year in CalendarYear.objects.all()}
    for number, url in wanted.items():
        if number not in years:
            years[number] = CalendarYear.objects.create(
                year=number,
                status=CalendarYear.Status.PUBLISHED if url else CalendarYear.Status.PROVISIONAL,
                notice_title=TITLE.format(year=number) if url else "",
                notice_url=url or "",
            )
    ours = {number for number, year in years.items() if year.origin == RowOrigin.SHIPPED}
    stored = set(CalendarDay.objects.values_list("date", "region"))
    fresh = [
        _day(row)
        for row in day_rows()
        if int(row["notice_year"]) in ours and (date.fromisoformat(row["date"]), "CN") not in stored
    ]
    CalendarDay.objects.bulk_create(fresh)
    return Loaded(len(fresh), 0)


def _day(row: Row) -> CalendarDay:
    return CalendarDay(
        date=date.fromisoformat(row["date"]),
        kind=row["kind"],
        name=row["name"],
        day_type=row["day_type"],
        year_id=int(row["notice_year"]),
        source=row["source_url"],
    )
