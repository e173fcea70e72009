"""Rules, days and parameters for tests.  Legal values are the shipped ones."""

from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any

from django.db import connection, transaction

from hrss_portal.access.scope import acting_as_system
from hrss_portal.deadlines import lookup
from hrss_portal.deadlines.loading import load_all
from hrss_portal.deadlines.models import (
    CalendarDay,
    CalendarYear,
    Condition,
    LegalRule,
    Parameter,
)

SHIPPED = (LegalRule, CalendarYear, CalendarDay, Parameter, Condition)

#: What ``load_all`` wrote into an empty database, by table, as PostgreSQL copies it.
_shelf: dict[str, str] = {}


def shipped_rules() -> None:
    """All shipped rules, days and parameters in the database.

    Read from the shipped files once in each process; every further test copies the rows.
    """
    with acting_as_system("test"), transaction.atomic(), connection.cursor() as cursor:
        was_empty = not any(model._base_manager.exists() for model in SHIPPED)
        if was_empty and _shelf:
            for table, rows in _shelf.items():
                cursor.copy_expert(f"COPY {table} FROM STDIN", StringIO(rows))
            lookup._calendar.cache_clear()  # the rows have their first moments: told apart no more
            return
        load_all()
        if was_empty:
            for model in SHIPPED:
                cursor.copy_expert(f"COPY {model._meta.db_table} TO STDOUT", kept := StringIO())
                _shelf[model._meta.db_table] = kept.getvalue()


def rule(code: str = "TST-01", **values: Any) -> LegalRule:
    """A rule of ten working days that holds from 2020 on; keywords replace its values."""
    plain = {
        "app": "test",
        "name_zh": "试验期限",
        "trigger_event": "收到之日",
        "length": Decimal(10),
        "unit": "working_day",
        "counting_rule": "NEXT_DAY_WD",
        "legal_basis_zh": "《试验规定》第1条",
        "sureness": "V1",
        "nature": "statutory",
        "valid_from": date(2020, 1, 1),
    }
    return LegalRule.objects.create(code=code, **(plain | values))


def parameter(code: str = "TST-RATE", **values: Any) -> Parameter:
    """A rate of 10 percent that holds from 2020 on."""
    plain = {"name": "试验费率", "value": "10", "unit": "percent", "sureness": "V1"}
    return Parameter.objects.create(
        code=code, **({"valid_from": date(2020, 1, 1)} | plain | values)
    )


def closing(day: date, reason: str = "台风", region: str = "霍邱县") -> CalendarDay:
    """A local closing of one day."""
    year, _ = CalendarYear.objects.get_or_create(year=day.year)
    return CalendarDay.objects.create(
        date=day, kind=CalendarDay.Kind.CLOSED, name=reason, region=region, year=year
    )
