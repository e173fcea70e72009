"""Narratives as data: the skeleton of a report, and the small language of its paragraphs.

A narrative is a TOML file in ``narratives/``; its sections are copied into a report, where staff
edit the text.  Both are read by ``parse``: plain Chinese with ``{fig:code}`` and friends, and
``[[若 code = 0 则 … 否则 …]]`` for sentences that follow a number.  Nothing is executed.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Literal

from hrss_portal.audit.commands import BadInput
from hrss_portal.indicators import catalogue
from hrss_portal.indicators.asking import day
from hrss_portal.indicators.filters import BadFilter, Filters
from hrss_portal.indicators.filters import parse as parse_filter

FOLDER = Path(__file__).parent / "narratives"
LineKind = Literal["title", "h1", "h2", "h3", "h4", "body", "item", "signature", "date", "blank"]
OPERATORS = {
    "=": "==",
    "==": "==",
    "≠": "!=",
    "!=": "!=",
    ">": ">",
    "<": "<",
    "≥": ">=",
    ">=": ">=",
    "≤": "<=",
    "<=": "<=",
}
PLACEHOLDER = re.compile(r"\{(?:(fig|num|param|text):([^{}]*)|(year|org|from|to))\}")
CHOICE = re.compile(
    r"\[\[若\s*(\S+)\s*(==|!=|>=|<=|=|≠|≥|≤|>|<)\s*(-?\d+(?:\.\d+)?)\s*则\s*(.*?)"
    r"(?:\s*否则\s*(.*?))?\]\]"
)


class UnknownNarrative(LookupError):
    """A report code for which there is no narrative."""


class NarrativeError(ValueError):
    """A placeholder that cannot be read; says in which line and how to mend it."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(f"第 {line} 行：{message}" if line else message)


@dataclass(frozen=True)
class Plain:
    """Words as they stand."""

    text: str


@dataclass(frozen=True)
class Named:
    """A word of the report itself: year, org, from, to."""

    name: str


@dataclass(frozen=True)
class Filled:
    """A text that staff fill in, by name."""

    name: str


@dataclass(frozen=True)
class Parametric:
    """A parameter in force, by code."""

    code: str


@dataclass(frozen=True)
class Bound:
    """A bound figure: with its own words, or ``bare`` as number and unit only."""

    code: str
    bare: bool = False
    filters: Filters = ()
    frm: str = ""
    to: str = ""


@dataclass(frozen=True)
class Choice:
    """Words that depend on a figure."""

    bound: Bound
    operator: str
    number: Decimal
    then: tuple["Node", ...]
    otherwise: tuple["Node", ...]


Node = Plain | Named | Filled | Parametric | Bound | Choice


@dataclass(frozen=True)
class Line:
    """One paragraph, heading or run-in item of a narrative."""

    kind: LineKind
    nodes: tuple[Node, ...]


@dataclass(frozen=True, kw_only=True)
class SectionPlan:
    """One section of the skeleton; ``awaiting`` names the figures that have no data yet."""

    code: str
    number: str
    heading: str
    level: int = 2
    owner: str = ""
    body: str = ""
    awaiting: tuple[str, ...] = ()

    @property
    def is_heading_only(self) -> bool:
        """Whether the section is a first-level heading without text of its own."""
        return self.level == 1 and not self.body and not self.awaiting


@dataclass(frozen=True, kw_only=True)
class Narrative:
    """The skeleton of one report."""

    code: str
    name: str
    title: str
    opening: str
    signature: str
    frm: str
    to: str
    sections: tuple[SectionPlan, ...]
    texts: dict[str, dict[str, str]] = field(default_factory=dict)


@lru_cache(maxsize=16)
def load(code: str) -> Narrative:
    """The narrative of a code.  Raises ``UnknownNarrative``."""
    path = FOLDER / f"{code}.toml"
    if not re.fullmatch(r"[a-z0-9-]+", code) or not path.is_file():
        raise UnknownNarrative(code)
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    sections = tuple(
        SectionPlan(**{**section, "awaiting": tuple(section.get("awaiting", ()))})
        for section in data["section"]
    )
    return Narrative(
        code=data["code"],
        name=data["name"],
        title=data["title"],
        opening=data["opening"],
        signature=data["signature"],
        frm=data["from"],
        to=data["to"],
        sections=sections,
        texts=data.get("texts", {}),
    )


def codes() -> list[str]:
    """The narratives that ship with the portal."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def parse(text: str) -> list[Line]:
    """The lines of a body.  Raises ``NarrativeError`` for the first placeholder that is wrong."""
    found = []
    for number, raw in enumerate(text.strip().splitlines(), start=1):
        line = raw.strip()
        if not line:
            continue
        kind, words = _kind(line)
        found.append(Line(kind, tuple(_nodes(words, number))))
    return found


def _kind(line: str) -> tuple[LineKind, str]:
    if line.startswith("## "):
        return "h4", line[3:].strip()
    if line.startswith("# "):
        return "h3", line[2:].strip()
    if line.startswith("- "):
        return "item", line[2:].strip().rstrip("；。;")
    return "body", line


def _nodes(text: str, line: int) -> Iterator[Node]:
    at = 0
    for match in CHOICE.finditer(text):
        yield from _plain_nodes(text[at : match.start()], line)
        code, operator, number, then, otherwise = match.groups()
        yield Choice(
            bound=_bound("fig", code, line),
            operator=OPERATORS[operator],
            number=Decimal(number),
            then=tuple(_plain_nodes(then.strip(), line)),
            otherwise=tuple(_plain_nodes((otherwise or "").strip(), line)),
        )
        at = match.end()
    yield from _plain_nodes(text[at:], line)


def _plain_nodes(text: str, line: int) -> Iterator[Node]:
    if "[[" in text or "]]" in text:
        raise NarrativeError(line, "条件句写成 [[若 指标代码 = 0 则 … 否则 …]]")
    at = 0
    for match in PLACEHOLDER.finditer(text):
        yield from _words(text[at : match.start()], line)
        kind, content, name = match.groups()
        yield Named(name) if name else _placeholder(kind, content.strip(), line)
        at = match.end()
    yield from _words(text[at:], line)


def _words(text: str, line: int) -> Iterator[Plain]:
    if "{" in text or "}" in text:
        raise NarrativeError(line, f"“{text.strip()[:20]}”里的花括号不成对，或写了没有的标记")
    if text:
        yield Plain(text)


def _placeholder(kind: str, content: str, line: int) -> Node:
    if not content:
        raise NarrativeError(line, f"{{{kind}:}} 里要写代码")
    if kind == "text":
        return Filled(content)
    if kind == "param":
        return Parametric(content)
    return _bound(kind, content, line)


def _bound(kind: str, content: str, line: int) -> Bound:
    code, _, rest = content.partition("|")
    filters, _, options = rest.partition("|")
    if "=" in filters and filters.split("=", 1)[0].strip() in ("from", "to"):
        filters, options = "", filters
    try:
        chosen = dict(pair.split("=", 1) for pair in options.split(",") if pair.strip())
        for name, value in chosen.items():
            if name.strip() not in ("from", "to") or day(value, name=name) is None:
                raise NarrativeError(line, f"“{options}”只能写 from=日期,to=日期")
        return Bound(
            code=code.strip(),
            bare=kind == "num",
            filters=parse_filter(filters),
            frm=chosen.get("from", "").strip(),
            to=chosen.get("to", "").strip(),
        )
    except (BadFilter, BadInput) as error:
        raise NarrativeError(line, str(error)) from None
    except ValueError as error:
        if isinstance(error, NarrativeError):
            raise
        raise NarrativeError(line, f"“{options}”写成 from=2023-04-01") from None


def bounds(lines: list[Line]) -> Iterator[Bound]:
    """Every figure that some lines name, in order, those of both branches of a choice included."""
    for line in lines:
        yield from _bounds_in(line.nodes)


def _bounds_in(nodes: tuple[Node, ...]) -> Iterator[Bound]:
    for node in nodes:
        if isinstance(node, Bound):
            yield node
        elif isinstance(node, Choice):
            yield node.bound
            yield from _bounds_in(node.then)
            yield from _bounds_in(node.otherwise)


def problems(text: str) -> list[str]:
    """What is wrong with a text before it is saved: unreadable places and unknown codes."""
    try:
        lines = parse(text)
    except NarrativeError as error:
        return [str(error)]
    unknown = {bound.code for bound in bounds(lines) if bound.code not in catalogue.indicators()}
    return [f"没有指标 {code}，到指标目录查代码" for code in sorted(unknown)]
