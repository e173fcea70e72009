"""Filters of figures: ``key=value;key=a|b`` over declared dimensions, and nothing else.

The same text stands in the command line, in a link and in a frozen figure, so it has one canonical
form (keys and values sorted).
"""

from collections.abc import Mapping

Filters = tuple[tuple[str, tuple[str, ...]], ...]


class BadFilter(ValueError):
    """A filter that cannot be read, names an unknown key or an unknown value; says how to mend."""


def parse(text: str) -> Filters:
    """Read a filter; full-width separators are taken too.  Raises ``BadFilter``."""
    text = text.translate(str.maketrans("；＝｜", ";=|")).strip()
    found: dict[str, tuple[str, ...]] = {}
    for part in filter(None, (piece.strip() for piece in text.split(";"))):
        key, equals, values = part.partition("=")
        options = tuple(sorted({value.strip() for value in values.split("|") if value.strip()}))
        if not equals or not key.strip() or not options:
            raise BadFilter(f"筛选“{part}”要写成 键=值 或 键=值|值")
        if key.strip() in found:
            raise BadFilter(f"筛选键“{key.strip()}”写了两次，多个值用 | 隔开")
        found[key.strip()] = options
    return tuple(sorted(found.items()))


def of(mapping: Mapping[str, object]) -> Filters:
    """Filters from a mapping of key to a value or a list of values."""
    return tuple(
        sorted(
            (
                key,
                tuple(sorted(map(str, value)))
                if isinstance(value, list | tuple | set | frozenset)
                else (str(value),),
            )
            for key, value in mapping.items()
        )
    )


def text(filters: Filters) -> str:
    """The canonical text of filters."""
    return ";".join(f"{key}={'|'.join(values)}" for key, values in filters)


def adding(filters: Filters, key: str, value: str) -> Filters:
    """The filters narrowed to one value of one key, as a cell of a breakdown links to."""
    return tuple(sorted({**dict(filters), key: (value,)}.items()))
