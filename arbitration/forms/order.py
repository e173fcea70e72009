"""The days that a form names keep their order: what is asked for comes before what is decided."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms

from hrss_portal.casework.requests import open_request


def not_before(
    form: forms.Form, data: Mapping[str, Any], name: str, first: date | None, what: str
) -> None:
    """An error on a day that lies before the one on which ``what`` happened; none where one of them
    is not known."""
    day = data.get(name)
    if day and first and day < first:
        form.add_error(name, f"不能早于{what} {first:%Y-%m-%d}")


def not_before_the_request(form: Any, data: Mapping[str, Any], approval: str) -> None:
    """What was asked for is decided on its day or later."""
    if asked := open_request(form.case, approval):
        not_before(form, data, "on", asked.counts_on or asked.on, f"{asked.label}的日期")
