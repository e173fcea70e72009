"""Rules, days and parameters for tests.  Legal values are the shipped ones."""

from datetime import date
from decimal import Decimal
from typing import Any

from hrss_portal.access.scope import acting_as_system
from hrss_portal.deadlines.loading import load_all
from hrss_portal.deadlines.models import CalendarDay, CalendarYear, LegalRule, Parameter


def shipped_rules() -> None:
    """All shipped rules, days and parameters in the database."""
    with acting_as_system("test"):
        load_all()


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
