"""Addresses and calendars that the desk looks up by name."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.urls import NoReverseMatch, reverse


def url_of(name: str, *args: Any) -> str:
    """The address of a route; empty where this installation has no such page."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def working_days_counter() -> Callable[[date, date], int] | None:
    """Counts the working days after a day up to another; None where no calendar is loaded."""
    return None
