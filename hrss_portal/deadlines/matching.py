"""Conditions judged over many rows in the database: what ``judge`` says of one row, in one query.

SQL has three truth values, and so have conditions: true is met, false is not met, NULL is without
data.  A comparison with an empty column is NULL; OR and AND carry NULL on as ``Verdict.state``
carries 缺数据.  So a condition is a comparison, alternatives are joined by OR, and all of them by
AND.  (``exclude`` and ``~Q`` would not do: Django makes true of their NULL.)
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import BooleanField, Case, CharField, F, Func, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, NullIf
from django.db.models.lookups import IsNull

from hrss_portal.access.models import Unit
from hrss_portal.deadlines.conditions import (
    Asked,
    FactField,
    Kind,
    Operator,
    RuleSet,
    State,
    compared,
)
from hrss_portal.deadlines.lookup import NotFound
from hrss_portal.deadlines.rulesets import conditions_on, rule_set

#: The annotation that holds the state of the rule set, and what begins those of its conditions.
VERDICT, FINDING = "verdict", "finding_"
AND, OR = " AND ", " OR "
SIGNS = {
    Operator.EQ: " = ",
    Operator.NE: " <> ",
    Operator.LT: " < ",
    Operator.LE: " <= ",
    Operator.GT: " > ",
    Operator.GE: " >= ",
}
#: In what a fact of each kind may stand, so that the database compares it as ``judge`` does.
COLUMNS: Mapping[str, tuple[type[models.Field], ...]] = {
    Kind.NUMBER: (models.IntegerField, models.DecimalField),
    Kind.DATE: (models.DateField,),
    Kind.FLAG: (models.BooleanField,),
    Kind.CODE: (models.CharField, models.TextField),
}


class NotInDatabase(TypeError):
    """A fact that a condition asks about stands in no column and has no expression."""


def judged(
    rows: QuerySet[Any], rules: RuleSet, asked: Sequence[Asked], on: date, *, each: bool = False
) -> QuerySet[Any]:
    """The rows with ``verdict``, their ``State`` under these conditions; ``each`` adds
    ``finding_1``, ``finding_2`` …, the state of each condition in its order.

    ``on`` is the day for which an ``expression`` is asked.  Raises ``NotInDatabase``, and
    ``ValueError`` without a condition.
    """
    if not asked:
        raise ValueError(f"{rules.code}: without conditions nothing is judged")
    truths = [_truth(rows.model, rules, one, on) for one in asked]
    found = {VERDICT: _state(_together(asked, truths))}
    if each:
        found |= {f"{FINDING}{number}": _state(one) for number, one in enumerate(truths, 1)}
    return rows.annotate(**found)


def judged_at_home(
    rows: QuerySet[Any], code: str, on: date, *, unit: str = "unit"
) -> QuerySet[Any]:
    """The rows with ``verdict``, each under the conditions of the day in the region of its unit.

    ``unit`` is the path to the unit.  Where no condition holds on that day ``verdict`` is None: as
    in ``assess`` nothing is judged.  Raises ``UnknownCode``, ``NotInDatabase``.
    """
    rules = rule_set(code)
    groups: dict[tuple[Asked, ...], Q] = defaultdict(Q)
    everywhere = True
    for region, home in _homes(unit).items():
        try:
            groups[tuple(conditions_on(code, on, region))] |= home
        except NotFound:
            everywhere = False
    if everywhere and len(groups) == 1:
        return judged(rows, rules, next(iter(groups)), on)
    found = []
    for asked, home in groups.items():
        truths = [_truth(rows.model, rules, one, on) for one in asked]
        found.append(When(home, then=_state(_together(asked, truths))))
    return rows.annotate(**{VERDICT: Case(*found, default=None, output_field=CharField())})


def column(model: type[models.Model], fact: FactField, on: date) -> Combinable:
    """The fact as the database tells it, NULL while nobody knows.  Raises ``NotInDatabase``."""
    given = fact.expression(on) if callable(fact.expression) else fact.expression
    if given is None and fact.read is not None:
        raise NotInDatabase(
            f"{model._meta.label}: the fact {fact.code!r} is computed by `read`; give its FactField"
            " an `expression` to judge many rows"
        )
    if given is None or isinstance(given, str):
        given = _path(model, fact, given or fact.code)
    if fact.kind == Kind.CODE:
        return NullIf(given, Value(""), output_field=CharField())
    return given


def _path(model: type[models.Model], fact: FactField, path: str) -> F:
    """The path, if it ends in a column of the fact's kind and leads to one row at each step."""
    options: Any = model._meta
    found: Any = None
    try:
        for step in path.split("__"):
            found = options.get_field(step)
            if found.many_to_many or found.one_to_many:
                raise FieldDoesNotExist(f"{step} leads to many rows")
            options = found.related_model._meta if found.is_relation else options
    except FieldDoesNotExist as error:
        raise NotInDatabase(f"{model._meta.label}: the fact {fact.code!r}: {error}") from None
    told = isinstance(found, COLUMNS[fact.kind]) and not isinstance(found, models.DateTimeField)
    if not told:
        kind = type(found).__name__
        raise NotInDatabase(
            f"{model._meta.label}: the fact {fact.code!r} is of kind {fact.kind}, {path} is {kind}"
        )
    return F(path)


def _truth(model: type[models.Model], rules: RuleSet, asked: Asked, on: date) -> Combinable:
    """True, false or NULL: one condition met, not met, without data, as ``conditions.judge``."""
    fact = rules.by_code.get(asked.field)
    if fact is None:
        return _unknown()
    told = column(model, fact, on)
    if asked.operator == Operator.SET:
        return IsNull(told, False)
    try:
        values = [] if asked.unknown else compared(asked, fact)
    except ValueError:
        values = []
    return _comparison(told, asked.operator, values) if values else _unknown()


def _comparison(told: Combinable, operator: str, values: Sequence[Any]) -> Combinable:
    if operator == Operator.BETWEEN:
        first, last = _is(told, Operator.GE, values[0]), _is(told, Operator.LE, values[1])
        return _joined(AND, first, last)
    if operator == Operator.IN:
        return _joined(OR, *(_is(told, Operator.EQ, value) for value in values))
    return _is(told, Operator(operator), values[0])


def _is(told: Combinable, operator: Operator, value: Any) -> Combinable:
    return _joined(SIGNS[operator], told, Value(value))


def _together(asked: Sequence[Asked], truths: Sequence[Combinable]) -> Combinable:
    """One of each group of alternatives, and every group."""
    groups: dict[str, list[Combinable]] = defaultdict(list)
    for number, (one, truth) in enumerate(zip(asked, truths, strict=True)):
        groups[one.alternative or f"\0{number}"].append(truth)
    return _joined(AND, *(_joined(OR, *group) for group in groups.values()))


def _joined(sign: str, *parts: Combinable) -> Func:
    return Func(*parts, template="(%(expressions)s)", arg_joiner=sign, output_field=BooleanField())


def _unknown() -> Combinable:
    return Cast(Value(None), BooleanField(null=True))


def _state(truth: Combinable) -> Func:
    """A truth value, worked out once a row, as the words of ``State``."""
    met, unmet, missing = (str(one) for one in (State.MET, State.UNMET, State.MISSING))
    words = f"CASE %(expressions)s WHEN TRUE THEN '{met}' WHEN FALSE THEN '{unmet}'"
    return Func(truth, template=f"{words} ELSE '{missing}' END", output_field=CharField())


def _homes(unit: str) -> dict[str, Q]:
    """By region the rows of its units, as ``Unit.rules_region``: the own one, else the bureau's."""
    told = Unit.objects.filter(Q(parent=None) | ~Q(region="")).order_by("pk")
    units = list(told.values_list("pk", "parent_id", "path", "region"))
    own = [pk for pk, parent, _, _ in units if parent]
    found: dict[str, Q] = defaultdict(Q)
    for pk, parent, path, region in units:
        below = Q(**{f"{unit}__path__startswith": path}) & ~Q(**{f"{unit}__in": own})
        found[region] |= Q(**{unit: pk}) if parent else below
    return found
