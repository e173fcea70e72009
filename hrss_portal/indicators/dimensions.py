"""Turning ``town=城关镇|马店镇`` into a condition, and a raw value back into words.

Values may be given as people know them: unit code or name, the label of a choice, 是/否, a name of
a referenced row, ``YYYY-MM`` for a month, ``未填`` for an empty one.  A value that cannot exist is
an error, because a figure of zero would hide the slip.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import BooleanField, DateField, DateTimeField, Field, Model, Q

from hrss_portal.access.models import Unit
from hrss_portal.indicators.declare import NOT_FILLED, Dimension
from hrss_portal.indicators.filters import BadFilter
from hrss_portal.indicators.orgs import TOWN_KINDS, is_unit
from hrss_portal.indicators.paths import field_of, has_field
from hrss_portal.indicators.periods import month_of, starts_at

YES_NO = {
    "是": True,
    "true": True,
    "1": True,
    "yes": True,
    "否": False,
    "false": False,
    "0": False,
    "no": False,
}
NAME_FIELDS = ("name", "title", "label", "code", "number")


def dimension_condition(
    model: type[Model], key: str, dimension: Dimension, values: Iterable[str]
) -> Q:
    """The rows whose dimension has one of the values.  Raises ``BadFilter``."""
    field = field_of(model, dimension.lookup)
    wanted = Q()
    for value in values:
        if value == NOT_FILLED:
            wanted |= _empty(field, dimension.lookup)
        else:
            wanted |= _one(field, key, dimension.lookup, value)
    return wanted


def _empty(field: Field, lookup: str) -> Q:
    found = Q(**{f"{lookup}__isnull": True})
    return found | Q(**{lookup: ""}) if _is_text(field) else found


def _is_text(field: Field) -> bool:
    return field.get_internal_type() in ("CharField", "TextField")


def _one(field: Field, key: str, lookup: str, value: str) -> Q:
    if isinstance(field, DateField):
        return _month(field, key, lookup, value)
    if field.is_relation:
        return _related(field, key, lookup, value)
    if field.flatchoices:
        return _choice(field, key, lookup, value)
    if isinstance(field, BooleanField):
        if value.lower() not in YES_NO:
            raise BadFilter(f"筛选“{key}={value}”：只能填 是 或 否")
        return Q(**{lookup: YES_NO[value.lower()]})
    if field.get_internal_type() == "ArrayField":
        return Q(**{f"{lookup}__contains": [value]})
    try:
        field.to_python(value)
    except Exception as error:
        raise BadFilter(f"筛选“{key}={value}”：值读不懂") from error
    return Q(**{lookup: value})


def _month(field: Field, key: str, lookup: str, value: str) -> Q:
    try:
        month = month_of(value)
    except ValueError:
        raise BadFilter(f"筛选“{key}={value}”：月份写成 2023-05") from None
    assert month.frm is not None  # noqa: S101 -- a month always starts
    first: Any = month.frm
    last: Any = date.fromordinal(month.to.toordinal() + 1)
    if isinstance(field, DateTimeField):
        first, last = starts_at(first), starts_at(last)
    return Q(**{f"{lookup}__gte": first, f"{lookup}__lt": last})


def _related(field: Field, key: str, lookup: str, value: str) -> Q:
    model: Any = field.related_model
    if is_unit(model):
        return _unit(key, lookup, value)
    named = Q()
    for name in NAME_FIELDS:
        if has_field(model, name):
            named |= Q(**{f"{lookup}__{name}": value})
    if value.startswith("#") and value[1:].isdigit():
        named |= Q(**{f"{lookup}__pk": int(value[1:])})
    if not named:
        raise BadFilter(f"筛选“{key}={value}”：用 #编号")
    return named


def _unit(key: str, lookup: str, value: str) -> Q:
    """A unit by code, name or ``#id``; a township with its villages, any other unit alone."""
    named = Q(code=value) | Q(name=value) | Q(short_name=value)
    if value.startswith("#") and value[1:].isdigit():
        named = Q(pk=int(value[1:]))
    found = Q()
    for pk, kind, path in Unit.objects.filter(named).values_list("pk", "kind", "path"):
        inside = kind in TOWN_KINDS
        found |= Q(**({f"{lookup}__path__startswith": path} if inside else {lookup: pk}))
    if not found:
        raise BadFilter(f"筛选“{key}={value}”：没有这个单位")
    return found


def _choice(field: Field, key: str, lookup: str, value: str) -> Q:
    stored = {str(code) for code, label in field.flatchoices if value in (str(code), str(label))}
    if not stored:
        labels = "、".join(str(label) for _, label in field.flatchoices)
        raise BadFilter(f"筛选“{key}={value}”：可填 {labels}")
    return Q(**{f"{lookup}__in": sorted(stored)})


def name_lookup(model: type[Model], lookup: str) -> str:
    """The path whose value names a group: the name of a referenced row, or the value itself."""
    field = field_of(model, lookup)
    if not field.is_relation or is_unit(field.related_model):
        return lookup
    related: Any = field.related_model
    for name in NAME_FIELDS:
        if has_field(related, name):
            return f"{lookup}__{name}"
    return lookup


def value_words(field: Field, value: Any) -> tuple[str, str]:
    """(filter key, label) of a raw group value."""
    if value is None or value == "":
        return NOT_FILLED, NOT_FILLED
    if isinstance(field, BooleanField):
        word = "是" if value else "否"
        return word, word
    labels = {str(code): str(label) for code, label in field.flatchoices}
    return str(value), labels.get(str(value), str(value))
