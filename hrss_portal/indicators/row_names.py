"""Rows as people know them: number, name, town and handler, as the table's ``RowLabel`` says."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from hrss_portal.casework.row_labels import RowLabel
from hrss_portal.indicators.paths import has_field

PLAIN = RowLabel()
CASE_NAMES = ("town", "handler")


@dataclass(frozen=True, kw_only=True)
class Named:
    """What people call a row; ``number``, ``town`` and ``handler`` are empty where it has none."""

    number: str
    name: str
    town: str
    handler: str


def label_of(model: type[Model]) -> RowLabel:
    """What the table declares; without a declaration a row is called by its own words."""
    found: RowLabel = getattr(model, "row_label", PLAIN)
    return found


def related(model: type[Model]) -> list[str]:
    """What must be read with the rows of a table, so that naming them asks nothing more."""
    label = label_of(model)
    found = {*label.reads, *getattr(model, "named_by", ())}
    if label.case:
        found |= {f"{label.case}__{name}" for name in CASE_NAMES}
    for path in (label.town, label.handler):
        relation = _relation(model, path)
        if relation:
            found.add(relation)
    return sorted(found)


def _relation(model: type[Model], path: str) -> str:
    """The part of a path that leads over foreign keys; empty for a plain field."""
    steps: list[str] = []
    at: Any = model
    for name in filter(None, path.split("__")):
        field = at._meta.get_field(name) if has_field(at, name) else None
        if field is None or not field.is_relation:
            break
        steps.append(name)
        at = field.related_model
    return "__".join(steps)


def case_of(row: Any) -> Any:
    """The case that a row hangs on, or None."""
    return _follow(row, label_of(type(row)).case)


def named(row: Any) -> Named:
    """What people call a row.  Asks nothing where ``related`` was read with it."""
    label = label_of(type(row))
    case = case_of(row)
    if case is None:
        return Named(
            number=_words(row, label.number),
            name=_name(row, label),
            town=_words(row, label.town),
            handler=_words(row, label.handler),
        )
    return Named(
        number=case.reference,
        name=f"{case.title} · {_name(row, label)}",
        town=str(case.town or ""),
        handler=case.handler_words,
    )


def _name(row: Any, label: RowLabel) -> str:
    words = label.name(row) if callable(label.name) else _words(row, label.name)
    return words or str(row)


def _words(row: Any, path: str) -> str:
    found = _follow(row, path)
    return "" if found is None else str(found)


def _follow(row: Any, path: str) -> Any:
    for name in filter(None, path.split("__")):
        row = getattr(row, name, None)
    return row if path else None
