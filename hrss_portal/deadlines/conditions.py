"""Conditions as dated data: what the law asks before something may be done, judged on facts.

An area declares a ``RuleSet`` in its list ``deadlines``: which facts its rows can tell.  The
conditions themselves are dated rows (``models.Condition``) with article, region and sureness.
``judge`` is pure: it compares conditions with facts and says of each whether it is met, not met, or
cannot be told because data is missing.  ``rulesets.assess`` reads both and calls it.
"""

import itertools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import TextChoices
from django.db.models.expressions import Combinable

from hrss_portal.areas import declared

Value = Decimal | date | bool | str
#: What begins a value that stands in a dated rate: ``@ARB-SIMPLE``, ``@LOAN-CAP:个人``.
RATE = "@"
#: What stands between the code of a family of rule sets and the key of one of them.
OF_FAMILY = ":"


class Operator(TextChoices):
    """How a fact is compared; every edge is inclusive unless the word says otherwise."""

    EQ = "eq", "等于"
    NE = "ne", "不等于"
    IN = "in", "属于"
    LT = "lt", "小于"
    LE = "le", "不超过（≤）"
    GT = "gt", "大于"
    GE = "ge", "不少于（≥）"
    BETWEEN = "between", "介于（含两端）"
    SET = "set", "已登记"


class Kind(TextChoices):
    """What a fact is."""

    NUMBER = "number", "数"
    DATE = "date", "日期"
    FLAG = "flag", "是否"
    CODE = "code", "选项"


class State(TextChoices):
    """How a condition, or a whole rule set, stands."""

    MET = "met", "符合"
    UNMET = "unmet", "不符合"
    MISSING = "missing", "缺数据"


ORDERED = frozenset(Operator) - {Operator.IN}
ALLOWED: Mapping[str, Collection[str]] = {
    Kind.NUMBER: ORDERED,
    Kind.DATE: ORDERED,
    Kind.FLAG: frozenset({Operator.EQ, Operator.NE, Operator.SET}),
    Kind.CODE: frozenset({Operator.EQ, Operator.NE, Operator.IN, Operator.SET}),
}
EXAMPLES = {
    Kind.NUMBER: "数字，如 30 或 20.5",
    Kind.DATE: "日期，如 2024-01-31",
    Kind.FLAG: "1（是）或 0（否）",
}
FLAGS = {"1": True, "0": False}


@dataclass(frozen=True, slots=True)
class Known:
    """A fact with where it stands and since when."""

    value: Value
    source: str = ""
    on: date | None = None


@dataclass(frozen=True, kw_only=True)
class FactField:
    """A fact that conditions may ask about.

    ``read(row)`` answers the value (int, Decimal, date, bool, text), a ``Known`` where the place or
    the day differs from row to row, or None while nobody knows; without it the row's field of the
    same name is read.  ``source`` says where it stands.
    ``choices`` (code → label) are those of a ``Kind.CODE``.
    ``expression`` tells the database the same as ``read`` tells a row, so that many rows can be
    judged in one query (``matching``): a path of fields, an expression, or a function of the day.
    """

    code: str
    label: str
    read: Callable[[Any], Any] | None = None
    kind: str = Kind.NUMBER
    unit: str = ""
    source: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    expression: str | Combinable | Callable[[date], Combinable] | None = None

    def known(self, row: Any) -> Known | None:
        """The fact as the row tells it."""
        found = self.read(row) if self.read else getattr(row, self.code)
        if found is None or found == "":
            return None
        if not isinstance(found, Known):
            found = Known(found, self.source)
        if isinstance(found.value, int) and not isinstance(found.value, bool):
            found = Known(Decimal(found.value), found.source, found.on)
        return found

    def parse(self, text: str) -> Value:
        """One value of a condition.  Raises ``ValueError`` with the words that say how to mend."""
        text = text.strip()
        try:
            if self.kind == Kind.NUMBER:
                number = Decimal(text)
                if not number.is_finite():
                    raise InvalidOperation
                return number
            if self.kind == Kind.DATE:
                return date.fromisoformat(text)
            if self.kind == Kind.FLAG:
                return FLAGS[text]
        except (InvalidOperation, ValueError, KeyError):
            raise ValueError(f"“{self.label}”的数值应是{EXAMPLES[Kind(self.kind)]}") from None
        if text not in self.choices:
            listed = "、".join(f"{code}（{label}）" for code, label in self.choices.items())
            raise ValueError(f"“{self.label}”没有“{text}”这一项，可填：{listed}")
        return text

    def words(self, value: Value) -> str:
        """A value as people read it, with its unit."""
        if isinstance(value, bool):
            return "是" if value else "否"
        if isinstance(value, Decimal):
            return f"{value.normalize():f}{self.unit}"
        return str(self.choices.get(str(value), value))


@dataclass(frozen=True, kw_only=True)
class RuleSet:
    """A named set of conditions over the rows of one model, and the facts they may ask about.

    ``of`` is the model (``"<area>.<noun>"``).  ``each`` makes it a family: one list of facts, and
    for each entry of a catalogue that the bureau keeps itself (its policies) a set of conditions of
    its own, ``<code>:<key>``; it answers the labels by key.
    """

    code: str
    label: str
    of: str
    fields: tuple[FactField, ...]
    each: Callable[[], Mapping[str, str]] | None = None

    def members(self) -> "dict[str, RuleSet]":
        """The rule sets that may have conditions, by code: itself, or those of its family."""
        if self.each is None:
            return {self.code: self}
        return {
            f"{self.code}{OF_FAMILY}{key}": replace(
                self, code=f"{self.code}{OF_FAMILY}{key}", label=label, each=None
            )
            for key, label in self.each().items()
        }

    @property
    def by_code(self) -> Mapping[str, FactField]:
        """The facts by their code."""
        return {one.code: one for one in self.fields}

    def facts(self, row: Any) -> dict[str, Known | None]:
        """Every fact of a row; None for what nobody knows."""
        return {one.code: one.known(row) for one in self.fields}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One condition in the version of a day.  ``unknown`` says why it has no value to compare."""

    field: str
    operator: str
    values: tuple[str, ...]
    words: str
    basis: str = ""
    alternative: str = ""
    is_assumed: bool = False
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """How one condition stands for one row, with the fact it was compared with."""

    asked: Asked
    state: State
    fact: Known | None = None
    said: str = ""
    because: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a rule set stands for one row.

    Conditions with the same ``alternative`` need one of them met; all others must all be met.
    """

    label: str
    findings: tuple[Finding, ...]

    @property
    def groups(self) -> list[list[Finding]]:
        """The conditions as they must hold: each alone, alternatives together."""
        found: dict[str, list[Finding]] = {}
        for number, one in enumerate(self.findings):
            found.setdefault(one.asked.alternative or f"\0{number}", []).append(one)
        return list(found.values())

    @property
    def state(self) -> State:
        """Not met where one group fails; missing where data could still decide it."""
        states = {_of_group(group) for group in self.groups}
        return next((one for one in (State.UNMET, State.MISSING) if one in states), State.MET)

    @property
    def reasons(self) -> list[str]:
        """One sentence for each group that fails: what is asked, what is so, by which article."""
        failed = [group for group in self.groups if _of_group(group) == State.UNMET]
        return [_reason(self.label, group) for group in failed]


def _of_group(group: Sequence[Finding]) -> State:
    states = {one.state for one in group}
    return next((one for one in (State.MET, State.MISSING) if one in states), State.UNMET)


def _reason(label: str, group: Sequence[Finding]) -> str:
    words = "；或者".join(one.asked.words for one in group)
    now = "，".join(dict.fromkeys(one.said for one in group if one.said))
    basis = "、".join(dict.fromkeys(one.asked.basis for one in group if one.asked.basis))
    return f"不符合{label}的条件：{words}（现在：{now}；{basis or '无依据'}）"


def judge(rules: RuleSet, asked: Iterable[Asked], facts: Mapping[str, Known | None]) -> Verdict:
    """Each condition met, not met or without data.  No database, no clock: the same in, the same
    out."""
    fields = rules.by_code
    return Verdict(rules.label, tuple(_judge(one, fields, facts) for one in asked))


def _judge(
    asked: Asked, fields: Mapping[str, FactField], facts: Mapping[str, Known | None]
) -> Finding:
    fact_field = fields.get(asked.field)
    if fact_field is None:
        return Finding(asked, State.MISSING, because=f"没有“{asked.field}”这个字段，请修改条件")
    fact = facts.get(asked.field)
    said = f"{fact_field.label}：{fact_field.words(fact.value)}" if fact else ""
    if asked.operator == Operator.SET:
        return Finding(asked, State.MET if fact else State.UNMET, fact, said)
    if asked.unknown:
        return Finding(asked, State.MISSING, fact, said, asked.unknown)
    if fact is None:
        return Finding(asked, State.MISSING, because=f"没有登记“{fact_field.label}”")
    try:
        held = _holds(asked.operator, fact.value, compared(asked, fact_field))
    except (TypeError, ValueError) as error:
        words = str(error) if isinstance(error, ValueError) else "数值与字段对不上"
        return Finding(asked, State.MISSING, fact, said, f"{words}，请修改条件")
    return Finding(asked, State.MET if held else State.UNMET, fact, said)


def compared(asked: Asked, fact: FactField) -> list[Value]:
    """The values that a condition compares the fact with.  Raises ``ValueError`` with the words
    that say what is wrong: no such value, or fewer than the operator needs."""
    values = [fact.parse(text) for text in asked.values]
    if len(values) < (2 if asked.operator == Operator.BETWEEN else 1):
        raise ValueError(f"“{fact.label}”缺少用来比较的数值")
    return values


def _holds(operator: str, value: Any, values: Sequence[Any]) -> bool:
    first = values[0]
    answers: Mapping[str, Callable[[], bool]] = {
        Operator.EQ: lambda: value == first,
        Operator.NE: lambda: value != first,
        Operator.IN: lambda: value in values,
        Operator.LT: lambda: value < first,
        Operator.LE: lambda: value <= first,
        Operator.GT: lambda: value > first,
        Operator.GE: lambda: value >= first,
        Operator.BETWEEN: lambda: first <= value <= values[1],
    }
    return bool(answers[operator]())


# --- what a stored or proposed condition must be ------------------------------------------------


def declared_sets() -> dict[str, RuleSet]:
    """The rule sets of all areas by their code, families as one."""
    return {one.code: one for one in declared("deadlines") if isinstance(one, RuleSet)}


def known_sets() -> dict[str, RuleSet]:
    """The rule sets that may have conditions now, by their code."""
    found: dict[str, RuleSet] = {}
    for one in declared_sets().values():
        found |= one.members()
    return found


def set_of(code: str) -> RuleSet | None:
    """The rule set of a code; of a member of a family that is gone, the family itself."""
    sets, family = declared_sets(), code.partition(OF_FAMILY)[0]
    one = sets.get(family)
    return one and one.members().get(code, one)


def faults(row: Any, sets: Mapping[str, RuleSet], rates: Collection[str]) -> dict[str, str]:
    """What is wrong with a condition, by the field to mend; empty when it may stand.

    ``row`` has the fields of ``models.Condition``; ``rates`` are the codes of all dated rates.
    """
    rules = sets.get(row.ruleset)
    if rules is None:
        return {"ruleset": f"没有“{row.ruleset}”这个条件组"}
    found: dict[str, str] = {}
    if row.valid_from and row.valid_to and row.valid_to < row.valid_from:
        found["valid_to"] = "截止日期不能早于施行日期"
    fact = rules.by_code.get(row.field)
    if fact is None:
        listed = "、".join(f"{one.code}（{one.label}）" for one in rules.fields)
        return {**found, "field": f"“{rules.label}”没有“{row.field}”这个字段，可填：{listed}"}
    if row.operator not in ALLOWED[fact.kind]:
        listed = "、".join(str(one.label) for one in Operator if one in ALLOWED[fact.kind])
        return {**found, "operator": f"“{fact.label}”是{Kind(fact.kind).label}，可用：{listed}"}
    if words := _value_fault(row.operator, row.value, fact, rates):
        found["value"] = words
    return found


def _value_fault(operator: str, text: str, fact: FactField, rates: Collection[str]) -> str:
    if operator == Operator.SET:
        return "“已登记”不填数值" if text else ""
    if text.startswith(RATE):
        code = text.removeprefix(RATE).partition(":")[0]
        return "" if code in rates else f"费率与标准里没有 {code}，先在那里登记"
    parts = text.split(";")
    try:
        values: list[Any] = [fact.parse(part) for part in parts]
    except ValueError as error:
        return str(error)
    if operator == Operator.BETWEEN and (len(values) != 2 or values[0] > values[1]):
        return "写成两个数值，用分号隔开，小的在前：30;50"
    if operator not in {Operator.BETWEEN, Operator.IN} and len(values) != 1:
        return "只写一个数值；几个数值用“属于”或“介于”"
    return ""


def overlaps(rows: Iterable[Any]) -> Iterator[str]:
    """The pairs of versions of one condition and region that hold on the same day, in words."""
    groups: dict[tuple[str, int, str], list[Any]] = {}
    for row in rows:
        groups.setdefault((row.ruleset, row.seq, row.region), []).append(row)
    for (code, seq, region), versions in groups.items():
        ordered = sorted(versions, key=lambda row: row.valid_from or date.min)
        for one, later in itertools.pairwise(ordered):
            if one.valid_to is None or (later.valid_from or date.min) <= one.valid_to:
                yield f"{code} 第{seq}项（{region}）：{later.valid_from} 起的版本与前一版本重叠"
