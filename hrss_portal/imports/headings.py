"""Which heading of a sender's table is which column of ours.

Three tiers, the better wins: the column's own heading, its declared synonyms, the common list.
Two candidates in one tier are reported, never guessed.  A unit of money in a heading is the unit of
its column; one that is not known is reported: 元 read as 万元 would be wrong by four digits.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from hrss_portal.areas import Column, Sheet
from hrss_portal.imports.cells import as_text, key
from hrss_portal.imports.reading import RawRow
from hrss_portal.imports.registry import other_words
from hrss_portal.parties import money
from hrss_portal.parties.fields import MoneyField

BRACKETS = re.compile(r"[(\[【{〔][^()\[\]【】{}〔〕]*[)\]】}〕]")
TRAILING = re.compile(r".(?:[十百千]?[万亿]|[百千美欧日港])元$")
MARKS = re.compile(r"[*:：、,，。.;；_\-—/\\\"'“”]+$|^[*※★☆]+")
STATED = re.compile(r"单位:")  # as ``key`` folds it
#: A unit of money with the next label run on to it, as ``key`` folds: 单位:万元制表日期:2023年.
#: Only labels that stand there: a town may be called 万佛湖镇.
RUN_ON = re.compile(
    r"(?:[十百千]?[万亿]|[十百千])?元(?=(?:填[报表制]|制[表单]|编[制报]|报送|日期|时间|审[核批]|联系"
    r"|负责|统计|截[至止]|经办|计量|年度)[^:]{0,6}:)"
)
WAYS = {
    0: "列名一致",
    1: "同义列名",
    2: "常用同义列名",
    8: "上次的对应",
    9: "人工指定",
}


@dataclass(frozen=True)
class Heading:
    """One heading of the sender: column (1 is A), words as written, candidates to compare."""

    column: int
    words: str
    candidates: tuple[str, ...]


@dataclass
class Matches:
    """The outcome: column number → (name of our column, tier), and what a person must decide."""

    found: dict[int, tuple[str, int]] = field(default_factory=dict)
    ambiguous: list[dict[str, object]] = field(default_factory=list)
    unknown: list[Heading] = field(default_factory=list)


def bare(text: str) -> str:
    """A normalised heading without brackets, leading stars and closing marks."""
    inner = BRACKETS.sub("", key(text))
    return MARKS.sub("", inner)


def without_unit(text: str) -> str:
    """A heading as ``bare`` gives it, without a unit of money written behind: 金额万元."""
    inner = bare(text)
    found = TRAILING.search(inner)
    return MARKS.sub("", inner[: found.start() + 1]) if found else inner


def unit(text: str) -> str:
    """The money unit that a heading names in brackets or at its end, or the empty string.

    A currency or two units at once come back as written; ``money.known`` tells.
    """
    for words in BRACKETS.findall(key(text)):
        if found := money.unit_in(words[1:-1]):
            return found
    trailing = TRAILING.search(bare(text))
    return money.unit_in(trailing[0][1:]) if trailing else ""


def in_unit(heading: str, name: str) -> str:
    """Our heading with another unit: 裁决金额（元） in 万元 is 裁决金额（万元）."""
    return f"{bare(heading) if unit(heading) else heading}（{name}）"


def letter(column: int) -> str:
    """A column number as Excel shows it (1 is A, 28 is AB)."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


class Matcher:
    """The headings of one declared sheet, ready to be compared with many rows."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        own: dict[str, set[str]] = {}
        declared: dict[str, set[str]] = {}
        common: dict[str, set[str]] = {}
        for column in sheet.columns:
            self._add(own, column, [column.heading])
            self._add(declared, column, column.synonyms)
            self._add(common, column, other_words(column))
        self.tiers = (own, declared, common)

    @staticmethod
    def _add(tier: dict[str, set[str]], column: Column, words: Iterable[str]) -> None:
        for word in words:
            for form in {key(word), bare(word)}:
                tier.setdefault(form, set()).add(column.name)

    def candidates(self, heading: Heading) -> tuple[set[str], int]:
        """The names of our columns that a heading may mean, and the tier that says so.

        The words as written are asked in every tier before they are asked without brackets,
        so that 时间(起) and 时间(止) stay apart where both are declared.
        """
        for words in heading.candidates:
            for form in (key(words), bare(words), without_unit(words)):
                for number, tier in enumerate(self.tiers):
                    if form and form in tier:
                        return set(tier[form]), number
        return set(), 9

    def match(self, headings: Sequence[Heading]) -> Matches:
        """Assigns headings to columns; what is not certain is left open and reported."""
        matches = Matches()
        wishes: dict[str, list[tuple[int, Heading]]] = {}
        for heading in headings:
            names, tier = self.candidates(heading)
            if not names:
                matches.unknown.append(heading)
            elif len(names) > 1:
                matches.ambiguous.append(_which_column(heading, names))
            else:
                wishes.setdefault(names.pop(), []).append((tier, heading))
        for name, claims in wishes.items():
            self._decide(name, claims, matches)
        return matches

    def _decide(self, name: str, claims: list[tuple[int, Heading]], matches: Matches) -> None:
        best = min(tier for tier, _ in claims)
        winners = [heading for tier, heading in claims if tier == best]
        matches.unknown += [heading for tier, heading in claims if tier != best]
        if len(winners) > 1:
            matches.ambiguous.append(_which_heading(name, winners))
            return
        matches.found[winners[0].column] = (name, best)

    def score(self, headings: Sequence[Heading]) -> int:
        """How many of our columns a row names; ambiguous ones count, they are headings too."""
        return len(set().union(*(self.candidates(heading)[0] for heading in headings)))


def _which_column(heading: Heading, names: set[str]) -> dict[str, object]:
    return {"kind": "columns", "column": heading.column, "words": heading.words} | {
        "names": sorted(names)
    }


def _which_heading(name: str, headings: list[Heading]) -> dict[str, object]:
    return {"kind": "headings", "name": name} | {
        "columns": [heading.column for heading in headings],
        "words": [heading.words for heading in headings],
    }


def strange_unit(column: Column, number: int, words: str, stated: str) -> dict[str, object] | None:
    """The problem of a column of money whose heading names a unit that we cannot convert.

    ``stated`` is the unit that stands above the whole table; the heading's own goes before it.
    """
    theirs = unit(words) or stated
    if not theirs or money.known(theirs) or not isinstance(column.field(), MoneyField):
        return None
    return {"kind": "unit", "name": column.name, "column": number, "words": words} | {
        "theirs": theirs
    }


def problem_words(problem: Mapping[str, object], sheet: Sheet) -> str:
    """An open question about headings as a sentence."""
    titles = {column.name: column.heading for column in sheet.columns}
    if problem["kind"] == "columns":
        names = "、".join(f"“{titles[name]}”" for name in _texts(problem["names"]))
        return f"{_place(problem)}可能是{names}，请指定是哪一个。"
    if problem["kind"] == "unit":
        title = bare(titles[str(problem["name"])])
        return (
            f"{_place(problem)}的单位“{problem['theirs']}”不认得，不能换算成“{title}”的金额。"
            f"只认 {money.KNOWN}：请在原表换算，改好列名再上传，或不导入这一列。"
        )
    title = titles[str(problem["name"])]
    places = "、".join(
        f"{letter(int(number))}列“{words}”"
        for number, words in zip(_texts(problem["columns"]), _texts(problem["words"]), strict=True)
    )
    return f"{places}都像“{title}”，请指定用哪一列。"


def _texts(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


def _place(problem: Mapping[str, object]) -> str:
    return f"{letter(int(str(problem['column'])))}列“{problem['words']}”"


def stated_unit(rows: Iterable[RawRow]) -> str:
    """The unit of money above the headings, as official tables write it: 单位：人、万元.

    Beside it on the line often stands whose table it is (填报单位：…), which names none.  Two units
    come back as they are, for a person to say which; "" where none is stated.
    """
    found: dict[str, None] = {}
    for row in rows:
        line = "\n".join(key(as_text(cell)) for cell in row.cells)
        for stated in STATED.split(line)[1:]:
            words = stated.lstrip("\n").partition("\n")[0]
            found |= dict.fromkeys(filter(None, map(_unit_named, re.split("[、,;()]", words))))
    return "、".join(found)


def _unit_named(part: str) -> str:
    """The unit that stands alone, or with the next label run on to it; else ""."""
    named = money.plain(run_on[0] if (run_on := RUN_ON.match(part)) else part)
    found = money.unit_in(named)
    return found if found in (named, f"{named}元") else ""
