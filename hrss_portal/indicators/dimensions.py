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
from hrss_portal.casework.models import Case
from hrss_portal.casework.workflow import Workflow, workflows
from hrss_portal.indicators.declare import NOT_FILLED, NOT_RECORDED, Dimension
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
            wanted |= _one(model, key, dimension.lookup, value)
    return wanted


def words_of(model: type[Model], lookup: str) -> dict[str, str]:
    """The words of a field's stored codes: its choices, or for a case's channel, result and state
    what the workflows declare; nothing for a field that holds plain values."""
    field = field_of(model, lookup)
    if field.flatchoices:
        return {str(code): str(label) for code, label in field.flatchoices}
    if field.model is not Case:
        return {}
    found: dict[str, str] = {}
    for workflow in workflows():
        if not issubclass(model, Case) or issubclass(workflow.model, model):
            found = _workflow_words(workflow, field.name) | found
    return found


def _workflow_words(workflow: Workflow, name: str) -> dict[str, str]:
    if name == "channel":
        return dict(workflow.channels)
    if name == "outcome":
        return dict(workflow.outcomes)
    if name == "state":
        return {state.code: state.label for state in workflow.states}
    return {}


def _empty(field: Field, lookup: str) -> Q:
    found = Q(**{f"{lookup}__isnull": True})
    return found | Q(**{lookup: ""}) if _is_text(field) else found


def _is_text(field: Field) -> bool:
    return field.get_internal_type() in ("CharField", "TextField")


def _one(model: type[Model], key: str, lookup: str, value: str) -> Q:
    field = field_of(model, lookup)
    if isinstance(field, DateField):
        return _month(field, key, lookup, value)
    if field.is_relation:
        return _related(field, key, lookup, value)
    if words := words_of(model, lookup):
        return _choice(model, words, key, lookup, value)
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


def _choice(model: type[Model], words: dict[str, str], key: str, lookup: str, value: str) -> Q:
    """A code or its words; a code that is no longer declared still finds the rows that carry it."""
    stored = {code for code, label in words.items() if value in (code, label)}
    if not stored and model._default_manager.filter(**{lookup: value}).exists():
        stored = {value}
    if not stored:
        raise BadFilter(f"筛选“{key}={value}”：可填 {'、'.join(words.values())}")
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


def empty_words(model: type[Model], lookup: str) -> str:
    """What stands for an empty value: 未登记 for the way in which a case came, else 未填."""
    field = field_of(model, lookup)
    return NOT_RECORDED if field.model is Case and field.name == "channel" else NOT_FILLED


def value_words(model: type[Model], lookup: str, value: Any) -> tuple[str, str]:
    """(filter key, label) of a raw group value."""
    if value is None or value == "":
        return NOT_FILLED, empty_words(model, lookup)
    if isinstance(field_of(model, lookup), BooleanField):
        word = "是" if value else "否"
        return word, word
    return str(value), words_of(model, lookup).get(str(value), str(value))
