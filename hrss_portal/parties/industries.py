"""Industries (GB/T 4754-2017) and the size class of an enterprise (statistical rule of 2017).

Large, medium and small need *all* listed lower limits; one indicator below the limit of small makes
a micro enterprise.  Finance, education, health, public administration and railways are not
classified.
"""

import csv
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from hrss_portal.parties.choices import Size

_DATA = Path(__file__).parent / "data"
_INDICATORS = {"headcount": "从业人员", "revenue": "营业收入", "assets": "资产总额"}


@dataclass(frozen=True)
class Division:
    """A two-digit division and the section (A to T) it belongs to."""

    code: str
    name: str
    section: str
    section_name: str

    def __str__(self) -> str:
        return f"{self.section}{self.code} {self.name}"


@cache
def divisions() -> dict[str, Division]:
    """All 97 divisions by their two digits."""
    with (_DATA / "industries.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["division"]: Division(
                row["division"], row["division_zh"], row["section"], row["section_zh"]
            )
            for row in csv.DictReader(file)
        }


def choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Choices for a select box, grouped by section."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for division in divisions().values():
        label = f"{division.section} {division.section_name}"
        groups.setdefault(label, []).append((division.code, f"{division.code} {division.name}"))
    return list(groups.items())


def synonyms() -> dict[str, str]:
    """How sheets may write a division: its name or section letter with digits (C13)."""
    found: dict[str, str] = {}
    for division in divisions().values():
        label = f"{division.code} {division.name}"
        found |= {division.name: label, f"{division.section}{division.code}": label}
    return found


@dataclass(frozen=True)
class Limit:
    """The lower limits of one indicator in one industry (people, or 万元)."""

    indicator: str
    large: Decimal
    medium: Decimal
    small: Decimal


@dataclass(frozen=True)
class SizeRule:
    """The rule for one industry."""

    industry: str
    codes: tuple[tuple[str, str], ...]
    limits: tuple[Limit, ...]
    sureness: str

    def covers(self, code: str) -> bool:
        """Whether the rule is for this division (two digits) or group (three digits)."""
        return any(low <= code <= high for low, high in self.codes if len(low) == len(code))


@cache
def size_rules() -> tuple[SizeRule, ...]:
    """The rules of ``data/size_classes.csv``."""
    rows: dict[str, list[dict[str, str]]] = {}
    with (_DATA / "size_classes.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            rows.setdefault(row["industry_zh"], []).append(row)
    return tuple(
        SizeRule(
            industry,
            tuple(_span(part) for part in group[0]["codes"].split()),
            tuple(_limit(row) for row in group),
            group[0]["sureness"],
        )
        for industry, group in rows.items()
    )


def _span(text: str) -> tuple[str, str]:
    low, _, high = text.partition("-")
    return low, high or low


def _limit(row: dict[str, str]) -> Limit:
    return Limit(
        row["indicator"],
        Decimal(row["large_min"]),
        Decimal(row["medium_min"]),
        Decimal(row["small_min"]),
    )


@dataclass(frozen=True)
class SizeVerdict:
    """The size class (empty: cannot be said) and why."""

    size: str
    why: str


def size_of(
    industry: str,
    group: str = "",
    *,
    headcount: int | None = None,
    revenue: Decimal | None = None,
    assets: Decimal | None = None,
) -> SizeVerdict:
    """The size class of an enterprise.

    ``industry`` is a division (two digits), ``group`` three or four digits where known; amounts are
    in yuan.  Where an indicator is missing the class is left open unless another one already makes
    the enterprise micro.
    """
    rule = _rule_for(industry, group)
    if rule is None:
        if industry == "70" and not group:
            return SizeVerdict("", "房地产业要填到中类（701 开发经营、702 物业管理）才能判定")
        return SizeVerdict("", "该行业不划分规模" if industry else "未填行业，不能判定")
    known = {
        "headcount": None if headcount is None else Decimal(headcount),
        "revenue": None if revenue is None else revenue / 10_000,
        "assets": None if assets is None else assets / 10_000,
    }
    values = [(limit, known[limit.indicator]) for limit in rule.limits]
    given = [(limit, value) for limit, value in values if value is not None]
    if any(value < limit.small for limit, value in given):
        return SizeVerdict(Size.MICRO, f"按{rule.industry}标准判定")
    if missing := [_INDICATORS[limit.indicator] for limit, value in values if value is None]:
        return SizeVerdict("", f"缺{'、'.join(missing)}，不能判定")
    for size, attribute in ((Size.LARGE, "large"), (Size.MEDIUM, "medium")):
        if all(value >= getattr(limit, attribute) for limit, value in given):
            return SizeVerdict(size, f"按{rule.industry}标准判定")
    return SizeVerdict(Size.SMALL, f"按{rule.industry}标准判定")


def _rule_for(industry: str, group: str) -> SizeRule | None:
    for code in (group[:3], industry):
        if code.isdecimal():
            for rule in size_rules():
                if rule.covers(code):
                    return rule
    return None
