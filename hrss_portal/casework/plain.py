"""Values of a cleaned form as plain JSON for an Event, with identifiers masked."""

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.db.models import Model, QuerySet

from hrss_portal.audit.logs import mask_identifiers

HIDDEN = frozenset({"parties", "files", "file"})


def of(data: Mapping[str, Any]) -> dict[str, Any]:
    """``data`` as JSON: dates ISO, decimals as strings, models as [id, words]."""
    return {name: _plain(value) for name, value in data.items() if name not in HIDDEN}


def _plain(value: Any) -> Any:
    match value:
        case None | bool() | int() | float():
            plain: Any = value
        case Decimal():
            plain = str(value)
        case datetime() | date() | time():
            plain = value.isoformat()
        case Model():
            plain = {"id": value.pk, "text": str(value)}
        case Mapping():
            plain = of(value)
        case list() | tuple() | set() | frozenset() | QuerySet():
            plain = [_plain(item) for item in value]
        case _:
            plain = mask_identifiers(str(value))
    return plain
