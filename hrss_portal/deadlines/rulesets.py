"""Which conditions hold on a day in a region, and how one row stands to them."""

from collections import defaultdict
from datetime import date
from typing import Any

from hrss_portal.deadlines.conditions import RATE, Asked, RuleSet, Verdict, judge, set_of
from hrss_portal.deadlines.lookup import NotFound, NotInForce, UnknownCode, parameter, pick
from hrss_portal.deadlines.models import Condition, ThresholdUnknown


def rule_set(code: str) -> RuleSet:
    """The declared rule set.  Raises ``UnknownCode``."""
    found = set_of(code)
    if found is None:
        raise UnknownCode(f"没有编码为 {code} 的条件组。")
    return found


def conditions_on(code: str, on: date, region: str | None = None) -> list[Asked]:
    """The conditions of a rule set that hold on a day, rates filled in.

    Of each condition the most special region's version is taken.  Raises ``NotInForce`` where no
    condition holds on that day: without conditions nothing is judged, never “all met”.
    """
    versions: dict[int, list[Condition]] = defaultdict(list)
    for row in Condition.objects.filter(ruleset=code).order_by("seq", "region", "valid_from"):
        versions[row.seq].append(row)
    found = []
    for seq, rows in versions.items():
        try:
            found.append(pick(rows, f"{code} 第{seq}项", on, region))
        except NotFound:
            continue  # this condition is not asked on that day or in that region
    if not found:
        label = rule_set(code).label
        raise NotInForce(f"{label}在 {on} 没有施行的条件，请先在“办理条件”里录入并复核。")
    return [asked_by(row, on, region) for row in found]


def asked_by(row: Condition, on: date, region: str | None) -> Asked:
    """A stored condition as ``judge`` takes it; a value that stands in a dated rate is read."""
    values, unknown = tuple(row.value.split(";")), ""
    if row.value.startswith(RATE):
        rate, _, name = row.value.removeprefix(RATE).partition(":")
        try:
            values = parameter(rate, on, region, name=name).values_list
        except (NotFound, ThresholdUnknown) as error:
            values, unknown = (), str(error)
    return Asked(
        field=row.field,
        operator=row.operator,
        values=values,
        words=row.words,
        basis=row.legal_basis,
        alternative=row.alternative,
        is_assumed=row.is_assumed,
        unknown=unknown,
    )


def assess(code: str, row: Any, on: date, region: str | None = None) -> Verdict:
    """How a row stands to a rule set on a day.  Raises ``NotFound`` as ``conditions_on``.

    Many rows are judged in the database, in one query: ``matching``.
    """
    rules = rule_set(code)
    return judge(rules, conditions_on(code, on, region), rules.facts(row))
