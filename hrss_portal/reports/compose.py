"""A narrative with its figures filled in: paragraphs of pieces, each figure with its question.

What cannot be filled stays visible as 【待填：…】.
"""

import operator
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from hrss_portal.indicators import catalogue, wording
from hrss_portal.indicators import filters as filter_text
from hrss_portal.indicators.breakdown import is_stock
from hrss_portal.indicators.engine import Ask
from hrss_portal.indicators.figures import Figure, Reader
from hrss_portal.indicators.filters import BadFilter
from hrss_portal.indicators.links import rows_url
from hrss_portal.indicators.orgs import UnknownOrg
from hrss_portal.indicators.parameters import UnknownParameter, parameter
from hrss_portal.indicators.periods import Period
from hrss_portal.reports import narrative as plan
from hrss_portal.reports.composed import Composed, Paragraph, Piece, SectionText, Use
from hrss_portal.reports.narrative import (
    Bound,
    Choice,
    Filled,
    Line,
    LineKind,
    Named,
    Narrative,
    Node,
    Parametric,
    Plain,
)

CLAIMS = re.compile(r"统一|均|全部|全程(?!\S*率)|一律")  # words that speak of all rows
NUMERALS = "一二三四五六七八九十"
COMPARE: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


def numeral(number: int) -> str:
    """一, 二 … 十, 十一 … up to 九十九, for run-in items and headings."""
    if number <= 10:
        return NUMERALS[number - 1]
    tens, ones = divmod(number, 10)
    return f"{NUMERALS[tens - 1] if tens > 1 else ''}十{NUMERALS[ones - 1] if ones else ''}"


def day_zh(day: date) -> str:
    """2023年11月16日, without leading zeros."""
    return f"{day.year}年{day.month}月{day.day}日"


class Composer:
    """Fills one report.  ``question`` is the report's own period and organisation."""

    def __init__(self, story: Narrative, question: Ask, texts: dict[str, str]) -> None:
        """Nothing is read before ``compose``."""
        self.story = story
        self.question = question
        self.texts = texts
        self.reader = Reader()
        self.section = ""
        org = question.org.name if question.org else ""
        assert question.period.frm is not None  # noqa: S101 -- a report always has a first day
        self.result = Composed(
            code=story.code, title="", org=org, frm=question.period.frm, to=question.period.to
        )

    def compose(
        self, sections: list[SectionText], tell: Callable[[int, int], None] | None = None
    ) -> Composed:
        """The whole report; ``tell`` hears how many of the sections are done."""
        lines = {
            section.code: [] if section.omitted else plan.parse(section.body)
            for section in sections
        }
        known = catalogue.indicators()
        every = [bound for found in lines.values() for bound in plan.bounds(found)]
        self.reader.prepare(
            [(bound.code, self._ask(bound)) for bound in every if bound.code in known]
        )
        lines_of_title = [self._say(line) for line in self.story.title.splitlines()]
        self.result.title = "".join(lines_of_title)
        self._add("title", [Piece(text="\n".join(lines_of_title))])
        self._add("body", list(self._fill_text(self.story.opening)))
        for done, section in enumerate(sections, start=1):
            self._section(section, lines[section.code])
            if tell:
                tell(done, len(sections))
        self.section = ""
        self._add("signature", [Piece(text=self._say(self.story.signature))])
        self._add("date", [Piece(text=day_zh(self.result.to))])
        return self.result

    def _section(self, section: SectionText, lines: list[Line]) -> None:
        self.section = section.code
        heading = f"{section.number}{section.heading}"
        self._add("h1" if section.level == 1 else "h2", [Piece(text=heading)])
        if section.omitted:
            self._add("body", [Piece(text=f"本节本期不编入：{section.omitted}。")])
            return
        items: list[list[Piece]] = []
        headings = 0
        for line in lines:
            pieces = list(self._fill(line.nodes))
            if line.kind == "item":
                if pieces:
                    items.append(pieces)
                continue
            self._run_in(items)
            headings = 0 if line.kind == "h4" else headings + (line.kind == "h3")
            if line.kind == "h3":
                pieces.insert(0, Piece(text=f"{headings}．"))
            self._add(line.kind, pieces)
        self._run_in(items)
        self._awaiting(section)

    def _awaiting(self, section: SectionText) -> None:
        if not section.awaiting:
            return
        for label in section.awaiting:
            self._miss("", label)
        names = "、".join(section.awaiting)
        self._add("body", [Piece(text=f"【待填：{names}】", mark="待填")])

    def _run_in(self, items: list[list[Piece]]) -> None:
        """一是…；二是…。 in one paragraph; a single item stands without its number."""
        if not items:
            return
        pieces: list[Piece] = []
        for number, item in enumerate(items, start=1):
            if len(items) > 1:
                pieces.append(Piece(text=f"{numeral(number)}是"))
            pieces += item
            pieces.append(Piece(text="；" if number < len(items) else "。"))
        items.clear()
        self._add("body", pieces)

    def _add(self, kind: LineKind, pieces: list[Piece]) -> None:
        self.result.paragraphs.append(
            Paragraph(kind=kind, section=self.section, pieces=tuple(pieces))
        )

    def _say(self, text: str) -> str:
        return "".join(piece.text for piece in self._fill_text(text))

    def _fill_text(self, text: str) -> Iterator[Piece]:
        for line in plan.parse(text):
            yield from self._fill(line.nodes)

    def _fill(self, nodes: tuple[Node, ...]) -> Iterator[Piece]:
        for node in nodes:
            yield from self._piece(node)

    def _piece(self, node: Node) -> Iterator[Piece]:
        if isinstance(node, Plain):
            yield Piece(text=node.text)
        elif isinstance(node, Named):
            yield Piece(text=self._named(node.name))
        elif isinstance(node, Filled):
            yield self._filled(node.name)
        elif isinstance(node, Parametric):
            yield self._parameter(node.code)
        elif isinstance(node, Bound):
            yield self._figure(node)
        else:
            yield from self._choose(node)

    def _named(self, name: str) -> str:
        return {
            "year": str(self.result.to.year),
            "org": self.result.org,
            "from": day_zh(self.result.frm),
            "to": day_zh(self.result.to),
        }[name]

    def _filled(self, name: str) -> Piece:
        self.result.texts.append(name)
        text = self.texts.get(name, "").strip()
        if text:
            return Piece(text=text)
        return self._miss(name, self.story.texts.get(name, {}).get("label", name))

    def _miss(self, code: str, label: str) -> Piece:
        self.result.missing.append({"section": self.section, "code": code, "label": label})
        return Piece(text=f"【待填：{label}】", mark="待填")

    def _parameter(self, code: str) -> Piece:
        try:
            return Piece(text=parameter(code, self.result.to).printed)
        except UnknownParameter:
            return self._miss(code, f"参数 {code}")

    def _ask(self, bound: Bound) -> Ask:
        period = self.question.period
        frm = date.fromisoformat(bound.frm) if bound.frm else period.frm
        if is_stock(catalogue.get(bound.code)):
            frm = None
        to = date.fromisoformat(bound.to) if bound.to else period.to
        return replace(self.question, period=Period(frm, to), filters=bound.filters)

    def _read(self, bound: Bound) -> tuple[Figure, Ask] | None:
        if bound.code not in catalogue.indicators():
            return None
        question = self._ask(bound)
        try:
            return self.reader.figure(bound.code, question, compare=True), question
        except (BadFilter, UnknownOrg, UnknownParameter):
            return None

    def _figure(self, bound: Bound) -> Piece:
        read = self._read(bound)
        if read is None or (read[0].value is None and read[0].override is None):
            return self._miss(bound.code, _label(bound.code))
        return self._used(*read, bare=bound.bare)

    def _used(self, shown: Figure, question: Ask, *, bare: bool = False, words: str = "") -> Piece:
        use = _use(f"{len(self.result.uses) + 1}", self.section, shown, question, bare, words)
        self.result.uses.append(use)
        return Piece(text=use.printed, use=use.id)

    def _choose(self, choice: Choice) -> Iterator[Piece]:
        """The branch that the figure calls for.  Words that state a figure without printing it are
        themselves the figure's words, so that they link to its rows.  Where of some rows nothing is
        recorded, a claim over all of them gives way to the figure's own words, which say so."""
        read = self._read(choice.bound)
        if read is None:
            yield self._miss(choice.bound.code, _label(choice.bound.code))
            return
        shown, question = read
        value = shown.override.value if shown.override else shown.value
        if value is None:
            yield self._miss(choice.bound.code, _label(choice.bound.code))
            return
        holds = COMPARE[choice.operator](value, choice.number)
        nodes = choice.then if holds else choice.otherwise
        if len(nodes) == 1 and isinstance(nodes[0], Plain):
            claimed = shown.is_partial and CLAIMS.search(nodes[0].text)
            yield self._used(shown, question, words="" if claimed else nodes[0].text)
        else:
            yield from self._fill(nodes)


def _label(code: str) -> str:
    """What people call a figure; the code of one that no area declares."""
    known = catalogue.indicators()
    return known[code].label if code in known else code


def _use(number: str, section: str, shown: Figure, question: Ask, bare: bool, words: str) -> Use:
    item = catalogue.get(shown.code)
    measure, text = shown.measure, wording.base_text
    override = shown.override
    value = override.value if override else measure.value
    printed = words or shown.printed
    if bare and value is not None:
        printed = wording.number(value, shown.style)
    return Use(
        id=number,
        section=section,
        code=shown.code,
        label=shown.label,
        printed=printed,
        value=text(measure.value),
        numerator=text(measure.numerator),
        denominator=text(measure.denominator),
        previous=text(measure.previous),
        frm=question.period.frm.isoformat() if question.period.frm else None,
        to=question.period.to.isoformat(),
        org=shown.org,
        org_spec=question.org.spec if question.org else "",
        filters=filter_text.text(question.filters),
        definition=catalogue.definition_hash(shown.code),
        version=item.version,
        as_of=shown.as_of.isoformat(timespec="seconds"),
        provisional=shown.provisional,
        override=_override(shown),
        rows_url=rows_url(shown.code, question),
    )


def _override(shown: Figure) -> dict[str, str] | None:
    found = shown.override
    if found is None:
        return None
    value = wording.base_text(found.value) or ""
    return {"value": value, "reason": found.reason, "by": found.by_name}


def from_plan(story: Narrative) -> list[SectionText]:
    """The sections as the narrative ships them."""
    return [
        SectionText(
            code=section.code,
            number=section.number,
            heading=section.heading,
            level=section.level,
            body=section.body,
            awaiting=section.awaiting,
        )
        for section in story.sections
    ]
