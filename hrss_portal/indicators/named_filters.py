"""The query bar of a page of figures: one named box per dimension, and the chips of what is chosen.

A box posts its value under the dimension's name (``is-town=城关镇``); the address of a link keeps
the canonical text (``filter=town=城关镇``).  Both are read, a box wins over the text.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Model, Q
from django.http import QueryDict

from hrss_portal.access.models import Unit
from hrss_portal.indicators import catalogue, filters
from hrss_portal.indicators.breakdown import dimension_labels
from hrss_portal.indicators.declare import NOT_FILLED, Dimension, Indicator, RowIndicator
from hrss_portal.indicators.dimensions import (
    dimension_condition,
    empty_words,
    name_lookup,
    value_words,
    words_of,
)
from hrss_portal.indicators.engine import dimensions_of, model_of
from hrss_portal.indicators.filters import BadFilter, Filters
from hrss_portal.indicators.orgs import TOWN_KINDS, is_unit
from hrss_portal.indicators.paths import field_of

PREFIX = "is-"
MOST_OPTIONS = 200
SPLIT_BY_PERIOD = "month"  # the period boxes say it already


@dataclass(frozen=True, kw_only=True)
class Box:
    """One named filter: what may be chosen, and what is."""

    key: str
    label: str
    value: str
    options: list[tuple[str, str]]

    @property
    def name(self) -> str:
        """The name that the form posts."""
        return f"{PREFIX}{self.key}"


@dataclass(frozen=True, kw_only=True)
class Chip:
    """A chosen condition in words, and the address without it."""

    label: str
    value: str
    url: str


def given_filters(query: QueryDict) -> Filters:
    """The filters of an address: its text and its boxes.  Raises ``BadFilter``."""
    found = dict(filters.parse(query.get("filter", "")))
    for name, value in query.items():
        if name.startswith(PREFIX) and str(value).strip():
            options = filters.parse(f"{name.removeprefix(PREFIX)}={value}")
            found |= dict(options)
    return tuple(sorted(found.items()))


def knows(code: str, chosen: Filters) -> bool:
    """Whether a figure can be narrowed by every chosen dimension, to the chosen values."""
    known = dimension_labels(code)
    return all(key in known and _takes(code, key, given) for key, given in chosen)


def _takes(code: str, key: str, given: Iterable[str]) -> bool:
    """Whether these values are values of the dimension: the channel of one kind is none of
    another's."""
    model, dimension = _reads(code, key)
    try:
        dimension_condition(model, key, dimension, given)
    except BadFilter:
        return False
    return True


def boxes(codes: Iterable[str], chosen: Filters) -> list[Box]:
    """The boxes for some figures: a dimension counts where all that know it mean the same field."""
    values = {key: "|".join(given) for key, given in chosen}
    return [
        Box(
            key=key,
            label=dimension_labels(code)[key],
            value=values.get(key, ""),
            options=_options(code, key, values.get(key, "")),
        )
        for key, code in _shared_dimensions(codes).items()
    ]


def _shared_dimensions(codes: Iterable[str]) -> dict[str, str]:
    """Each dimension's key with the first figure that knows it."""
    first: dict[str, str] = {}
    meanings: dict[str, set[Any]] = {}
    for code in codes:
        for key in dimension_labels(code):
            first.setdefault(key, code)
            meanings.setdefault(key, set()).add(_meaning(code, key))
    return {
        key: code
        for key, code in first.items()
        if len(meanings[key]) == 1 and key != SPLIT_BY_PERIOD
    }


def _meaning(code: str, key: str) -> Any:
    """The field that a dimension reads, towns being towns wherever they stand."""
    model, dimension = _reads(code, key)
    field = field_of(model, dimension.lookup)
    return "unit" if is_unit(field.related_model) else (field, dimension.label)


def _reads(code: str, key: str) -> tuple[type[Model], Dimension]:
    leaf = next(_leaves(catalogue.get(code)))
    return model_of(leaf), dimensions_of(leaf)[key]


def _leaves(item: Indicator) -> Iterator[RowIndicator]:
    if isinstance(item, RowIndicator):
        yield item
    for part in catalogue.parts(item):
        yield from _leaves(catalogue.get(part))


def _options(code: str, key: str, chosen: str) -> list[tuple[str, str]]:
    """What a box offers; several values at once (from a link) are one more line."""
    model, dimension = _reads(code, key)
    found = [
        *_values(model, key, dimension.lookup),
        (NOT_FILLED, empty_words(model, dimension.lookup)),
    ]
    if chosen and chosen not in dict(found):
        found.append((chosen, _value_words(model, dimension.lookup, chosen.split("|"))))
    return found


def _values(model: type[Model], key: str, lookup: str) -> list[tuple[str, str]]:
    field = field_of(model, lookup)
    if is_unit(field.related_model):
        kinds = {"kind__in": TOWN_KINDS[:1]} if key == "town" else {}
        units = Unit.objects.filter(is_active=True, **kinds).order_by("path")
        named = units.values_list("pk", "code", "name")[:MOST_OPTIONS]
        return [(code or f"#{pk}", name) for pk, code, name in named]
    if words := words_of(model, lookup):
        return list(words.items())
    if isinstance(field, BooleanField):
        return [("是", "是"), ("否", "否")]
    path = name_lookup(model, lookup)
    rows = model._default_manager.order_by(path).values_list(path, flat=True).distinct()
    kept = rows.exclude(**{f"{path}__isnull": True})[:MOST_OPTIONS]
    pairs = [value_words(model, path, value) for value in kept]
    return [pair for pair in pairs if pair[0] != NOT_FILLED]


def words(code: str, chosen: Filters) -> str:
    """The chosen conditions as a line of words: 乡镇：城关镇；程序：速裁."""
    return "；".join(f"{label}：{value}" for label, value in _worded(code, chosen))


def _worded(code: str, chosen: Filters) -> Iterator[tuple[str, str]]:
    labels = dimension_labels(code)
    for key, given in chosen:
        if key not in labels:
            yield key, "或".join(given)
            continue
        model, dimension = _reads(code, key)
        yield labels[key], _value_words(model, dimension.lookup, given)


def _value_words(model: type[Model], lookup: str, given: Iterable[str]) -> str:
    """The words of chosen values: a unit's name for its code, a choice's label for its code."""
    given = list(given)
    if is_unit(field_of(model, lookup).related_model):
        pks = [int(value[1:]) for value in given if value[:1] == "#" and value[1:].isdigit()]
        named = Unit.objects.filter(Q(code__in=given) | Q(pk__in=pks))
        known = {
            spec: name
            for pk, code, name in named.values_list("pk", "code", "name")
            for spec in (code, f"#{pk}")
        }
    else:
        known = {**words_of(model, lookup), NOT_FILLED: empty_words(model, lookup)}
    return "或".join(known.get(value, value) for value in given)


def chips(codes: list[str], chosen: Filters, query: QueryDict) -> list[Chip]:
    """Every chosen condition with the address that leaves it out."""
    found = []
    for key, given in chosen:
        code = next((code for code in codes if key in dimension_labels(code)), None)
        one = ((key, given),)
        label, value = next(_worded(code, one)) if code else (key, "或".join(given))
        found.append(Chip(label=label, value=value, url=_without(key, chosen, query)))
    return found


def _without(key: str, chosen: Filters, query: QueryDict) -> str:
    params = query.copy()
    for name in [name for name in params if name.startswith(PREFIX) or name == "page"]:
        del params[name]
    params["filter"] = filters.text(tuple(pair for pair in chosen if pair[0] != key))
    return f"?{params.urlencode()}"
