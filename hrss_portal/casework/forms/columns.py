"""The form field of a column, the portal's own for days, money and towns."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db import models

from hrss_portal.parties.fields import (
    CountField,
    DateField,
    MoneyField,
    TextCell,
    TownField,
)

#: How the columns end whose day may lie ahead: plans, terms of office, ends, days to be met.
LIES_AHEAD = (
    "_by",
    "_until",
    "due_on",
    "due_given",
    "ends_on",
    "ended_on",
    "expires_on",
    "dissolved_on",
    "follow_up_on",
    "from_on",
    "planned_on",
    "starts_on",
    "started_on",
    "to_on",
)


def portal_field(column: models.Field, **kwargs: Any) -> forms.Field | None:
    """The form field of a model column, with the portal's own fields for dates, money, towns.

    A day tells what happened, so it is today or earlier, but for the columns of ``LIES_AHEAD``.
    """
    options: dict[str, Any] = {
        "label": column.verbose_name,
        "required": not column.blank,
        "help_text": column.help_text,
    }
    match column:
        case models.DateField() if not isinstance(column, models.DateTimeField):
            return DateField(past=not column.name.endswith(LIES_AHEAD), **options)
        case models.DecimalField(decimal_places=2):
            return MoneyField(**options)
        case models.PositiveIntegerField() | models.PositiveSmallIntegerField():
            return CountField(**options)
        case models.ForeignKey(name="town"):
            return TownField(**options)
        case models.TextField():
            return TextCell(widget=forms.Textarea({"rows": 3}), **options)
        case models.URLField():
            kwargs["assume_scheme"] = "https"
    return column.formfield(**kwargs)


def chosen(values: Sequence[Any]) -> list[tuple[Any, str]]:
    """Choices with an empty first line."""
    return [("", "—"), *values]
