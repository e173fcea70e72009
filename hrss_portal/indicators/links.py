"""Addresses of figures: every number on a page is a link to the rows under the same conditions."""

from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from hrss_portal.indicators import filters as filter_text
from hrss_portal.indicators.engine import Ask
from hrss_portal.indicators.row_names import case_of


def conditions(question: Ask, **more: str) -> str:
    """The query string of a question."""
    period = question.period
    params = {
        "from": period.frm.isoformat() if period.frm else "",
        "to": period.to.isoformat(),
        "org": question.org.spec if question.org else "",
        "filter": filter_text.text(question.filters),
        **more,
    }
    return urlencode({name: value for name, value in params.items() if value})


def rows_url(code: str, question: Ask, part: str = "") -> str:
    """The rows behind a figure, or behind one part of it."""
    return f"{reverse('indicators:rows', args=[code])}?{conditions(question, part=part)}"


def figure_url(code: str, question: Ask) -> str:
    """The page of a figure."""
    return f"{reverse('indicators:figure', args=[code])}?{conditions(question)}"


def monthly_url(code: str, question: Ask, part: str) -> str:
    """The rows behind one cell of a monthly table."""
    return f"{reverse('indicators:monthly_rows', args=[code])}?{conditions(question, part=part)}"


def record_url(row: Any) -> str:
    """The page of a row's record: its own, or that of the case it belongs to."""
    for holder in (row, case_of(row), getattr(row, "case", None)):
        address = getattr(holder, "get_absolute_url", None)
        if address is not None:
            return str(address())
    return ""
