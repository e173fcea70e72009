"""All declared figures, by code, and the checks that keep the declarations honest."""

import hashlib
import inspect
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from functools import lru_cache

from django.apps import apps
from django.core.checks import CheckMessage, Error
from django.core.exceptions import FieldDoesNotExist

from hrss_portal import areas
from hrss_portal.indicators.declare import (
    ANY_BOARD,
    Board,
    BoardLine,
    Indicator,
    MonthlyFlow,
    Printed,
    Ratio,
    RowIndicator,
    Target,
    YearOnYear,
)
from hrss_portal.indicators.paths import field_of


class UnknownIndicator(LookupError):
    """A code that no app declares."""


@lru_cache(maxsize=1)
def _declared() -> tuple[tuple[str, Indicator | Board | Printed], ...]:
    return tuple(
        (config.label, item)
        for config in areas.portal_apps()
        for item in config.declared["indicators"]
    )


@lru_cache(maxsize=1)
def indicators() -> dict[str, Indicator]:
    """Every figure by code, in the order of the apps and their lists."""
    return {item.code: item for _, item in _declared() if isinstance(item, Indicator)}


@lru_cache(maxsize=1)
def boards() -> dict[str, Board]:
    """Every board by code."""
    return {item.code: item for _, item in _declared() if isinstance(item, Board)}


def carriers() -> list[Board | Printed]:
    """The boards with a policy of their own, and what prints figures."""
    found = [item for _, item in _declared() if isinstance(item, Board | Printed)]
    return [item for item in found if item.policy != ANY_BOARD]


def with_parts(code: str) -> set[str]:
    """A code and those that its figure is made of, at any depth."""
    return {code}.union(*(with_parts(part) for part in parts(get(code))))


def forget() -> None:
    """Read the declarations again; tests that declare figures of their own call it."""
    for cached in (_declared, indicators, boards, area_of):
        cached.cache_clear()


def get(code: str) -> Indicator:
    """The figure of a code.  Raises ``UnknownIndicator``."""
    try:
        return indicators()[code]
    except KeyError:
        raise UnknownIndicator(code) from None


@lru_cache(maxsize=1024)
def area_of(code: str) -> str:
    """The label of the app that declares a code.  Raises ``UnknownIndicator``."""
    for label, item in _declared():
        if item.code == code:
            return label
    raise UnknownIndicator(code)


def parts(item: Indicator) -> tuple[str, ...]:
    """The codes that a composed figure is made of."""
    if isinstance(item, Ratio):
        return item.num + item.den
    if isinstance(item, YearOnYear):
        return (item.base,)
    return ()


def definition_hash(code: str) -> str:
    """Twelve hex digits that change when what the figure counts changes, its parts included.

    The way of printing is not part of it: a figure with one more decimal is the same figure.
    """
    item = get(code)
    text = _canonical(item) + "".join(definition_hash(part) for part in parts(item))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _canonical(value: object) -> str:
    if callable(value) and not is_dataclass(value):
        return inspect.getsource(value)
    if is_dataclass(value):
        skipped = {"style", "label", "owner", "definition", "good", "policy", "basis"}
        named = (
            f"{field.name}={_canonical(getattr(value, field.name))}"
            for field in fields(value)
            if field.name not in skipped
        )
        return f"{type(value).__name__}({','.join(named)})"
    if isinstance(value, dict):
        return repr(sorted((key, _canonical(item)) for key, item in value.items()))
    return repr(value)


def check(app_configs: object = None, **kwargs: object) -> list[CheckMessage]:
    """System check: codes unique and prefixed, models, fields and parts exist."""
    found: list[CheckMessage] = []
    seen: set[str] = set()
    prefixes = {config.label: config.code for config in areas.work_areas()}
    for label, item in _declared():
        if item.code in seen:
            found.append(Error(f"two indicators are called {item.code}", id="indicators.E001"))
        seen.add(item.code)
        prefix = prefixes.get(label)
        if prefix and not item.code.startswith(f"{prefix}."):
            found.append(Error(f"{item.code} must start with {prefix}.", id="indicators.E002"))
        if isinstance(item, Printed):
            problems = _unknown(item.codes)
        else:
            problems = _board_problems(item) if isinstance(item, Board) else _problems(item)
        found += [Error(f"{item.code}: {words}", id="indicators.E003") for words in problems]
    return found


def _problems(item: Indicator) -> Iterator[str]:
    for part in parts(item):
        if part not in indicators():
            yield f"no indicator is called {part}"
    if isinstance(item, Target) and item.measures not in indicators():
        yield f"no indicator is called {item.measures}"
    if isinstance(item, RowIndicator):
        yield from _row_problems(item)


def _row_problems(item: RowIndicator) -> Iterator[str]:
    try:
        model = apps.get_model(item.of)
    except (LookupError, ValueError):
        yield f"no model is called {item.of}"
        return
    if item.period == "flow" and not item.dated_by and not callable(item.where):
        yield "a flow needs dated_by, or a condition that reads the period"
    for lookup in filter(None, _lookups(item)):
        try:
            field_of(model, lookup)
        except FieldDoesNotExist as error:
            yield str(error)


def _lookups(item: RowIndicator) -> Iterable[str]:
    yield from (item.dated_by, item.until, item.unit)
    for name in ("field", "key", "start", "end", "received", "closed"):
        yield getattr(item, name, "")
    for dimension in item.dimensions.values():
        yield dimension if isinstance(dimension, str) else dimension.lookup


def _unknown(codes: Iterable[str]) -> Iterator[str]:
    for code in filter(None, codes):
        if code not in indicators():
            yield f"no indicator is called {code}"


def _board_problems(board: Board) -> Iterator[str]:
    for line in board.lines:
        wanted = line if isinstance(line, BoardLine) else BoardLine(code=line)
        yield from _unknown((wanted.code, wanted.target))
    for code in board.monthly:
        if not isinstance(indicators().get(code), MonthlyFlow):
            yield f"{code} is no monthly table"
