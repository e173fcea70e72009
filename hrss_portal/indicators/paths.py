"""Reading lookup paths: the field at the end, and whether a join on the way multiplies rows."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import DateTimeField, F, Field, Model, Q
from django.db.models.constants import LOOKUP_SEP

from hrss_portal.indicators.periods import starts_at

ONE_DAY = timedelta(days=1)


def walk(model: type[Model], lookup: str) -> Iterator[Any]:
    """The fields along a lookup path, up to the first part that is no field (``__gte``)."""
    current: type[Model] | None = model
    for name in lookup.split(LOOKUP_SEP):
        if current is None:
            return
        meta = current._meta
        try:
            found: Any = meta.pk if name == "pk" else meta.get_field(name)
        except FieldDoesNotExist:
            attnames = {field.attname: field for field in meta.concrete_fields}
            if name not in attnames:
                return
            found = attnames[name]
        yield found
        current = found.related_model if found.is_relation else None


def field_of(model: type[Model], lookup: str) -> Field:
    """The concrete field that a path ends in.  Raises ``FieldDoesNotExist``."""
    found = list(walk(model, lookup))
    if len(found) != len(lookup.split(LOOKUP_SEP)):
        raise FieldDoesNotExist(f"{model._meta.label} has no path {lookup}")
    return found[-1]


def has_field(model: type[Model], lookup: str) -> bool:
    """Whether a path ends in a field of the model."""
    try:
        field_of(model, lookup)
    except FieldDoesNotExist:
        return False
    return True


def spans_many(model: type[Model], lookup: str) -> bool:
    """Whether a path crosses a to-many relation, so that a join would repeat rows."""
    return any(
        field.is_relation and (field.one_to_many or field.many_to_many)
        for field in walk(model, lookup)
    )


def lookups_in(condition: Q) -> Iterator[str]:
    """Every lookup path that a condition names, on either side."""
    for child in condition.children:
        if isinstance(child, Q):
            yield from lookups_in(child)
        elif isinstance(child, tuple):
            yield child[0]
            if isinstance(child[1], F):
                yield str(child[1].name)  # type: ignore[attr-defined]


def upper_bound(model: type[Model], lookup: str, day: date) -> date | datetime:
    """The first date or instant after a day, as the column at a path holds it."""
    following = day + ONE_DAY
    if isinstance(field_of(model, lookup), DateTimeField):
        return starts_at(following)
    return following
