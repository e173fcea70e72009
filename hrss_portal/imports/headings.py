"""Which heading of a sender's table is which column of ours.

Three tiers, the better wins: the column's own heading, its declared synonyms, the common list.
Two candidates in one tier are reported, never guessed.  Units in brackets must agree: 元 read as
万元 would be wrong by four digits.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from hrss_portal.areas import Column, Sheet
from hrss_portal.imports.cells import key
from hrss_portal.imports.registry import other_words

BRACKETS = re.compile(r"[(\[【{〔][^()\[\]【】{}〔〕]*[)\]】}〕]")
MONEY_UNITS = ("元", "万元", "亿元", "千元", "百元", "分", "角")
MARKS = re.compile(r"[*:：、,，。.;；_\-—/\\\"'“”]+$|^[*※★☆]+")
WAYS = {
    0: "列名一致",
    1: "同义列名",
    2: "常用同义列名",
    3: "单位不同",
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


def unit(text: str) -> str:
    """The money unit in the brackets of a heading, or the empty string."""
    for words in BRACKETS.findall(key(text)):
        if words[1:-1].split("/")[0] in MONEY_UNITS:
            return str(words[1:-1].split("/")[0])
    return ""


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
        self.units = {column.name: unit(column.heading) for column in sheet.columns}
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
            for form in (key(words), bare(words)):
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
        winner = winners[0]
        theirs, ours = unit(winner.words), self.units[name]
        if theirs and ours and theirs != ours:
            matches.ambiguous.append(_other_unit(name, winner, theirs, ours))
            return
        matches.found[winner.column] = (name, best)

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


def _other_unit(name: str, heading: Heading, theirs: str, ours: str) -> dict[str, object]:
    return {"kind": "unit", "name": name, "column": heading.column, "words": heading.words} | {
        "theirs": theirs,
        "ours": ours,
    }


def problem_words(problem: Mapping[str, object], sheet: Sheet) -> str:
    """An open question about headings as a sentence."""
    titles = {column.name: column.heading for column in sheet.columns}
    if problem["kind"] == "columns":
        names = "、".join(f"“{titles[name]}”" for name in _texts(problem["names"]))
        return f"{_place(problem)}可能是{names}，请指定是哪一个。"
    if problem["kind"] == "unit":
        title = titles[str(problem["name"])]
        return (
            f"{_place(problem)}的单位是{problem['theirs']}，本表的“{title}”要求{problem['ours']}。"
            f"请在原表换算成{problem['ours']}，改好列名再上传。"
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
