"""Addresses and calendars that the desk looks up by name."""

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any

from django.core.cache import cache
from django.urls import NoReverseMatch, reverse

from hrss_portal.deadlines.calendar import Calendar
from hrss_portal.deadlines.lookup import calendar_for, calendar_stamp
from hrss_portal.deadlines.models import LegalRule
from hrss_portal.deadlines.spec import Unit
from hrss_portal.deadlines.terms import terms


def url_of(name: str, *args: Any) -> str:
    """The address of a route; empty where this installation has no such page."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def working_days_counter() -> Callable[[date, date], int]:
    """Counts the working days after a day up to another, by the national calendar."""

    kept: list[Calendar] = []

    def count(after: date, until: date) -> int:
        if not kept:
            kept.append(_calendar(stamp()))
        return kept[0].working_between(after, until)

    return count


def counts_working_days(term: str) -> bool:
    """Whether the rule of a term counts working days; every other one counts natural days.

    Which rules do is read once a minute, as the calendar is.
    """
    codes: frozenset[str] | None = cache.get("desk:working_terms")
    if codes is None:
        rules = LegalRule.objects.filter(unit=Unit.WORKING_DAY).values_list("code", flat=True)
        working = set(rules.distinct().order_by("code"))
        codes = frozenset(one.code for one in terms() if one.rule in working)
        cache.set("desk:working_terms", codes, 60)
    return term in codes


def stamp() -> str:
    """Which calendar the screens count by; a changed day shows within a minute.

    Screens show many clocks, and asking the database for each page would cost more than the list.
    """
    found = cache.get("desk:calendar")
    if found is None:
        found = calendar_stamp()
        cache.set("desk:calendar", found, 60)
    return str(found)


@lru_cache(maxsize=4)
def _calendar(stamp: str) -> Calendar:
    return calendar_for()


def case_url(case: Any, page: str = "detail", *args: Any) -> str:
    """The address of a page of a case: detail, move, edit … of its kind's area."""
    app, model = case.kind.split(".")
    return url_of(f"{app}:{model}_{page}", case.pk, *args)
