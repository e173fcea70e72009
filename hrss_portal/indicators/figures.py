"""Figures: the value of a declared indicator for one question, with its printed words.

``value()`` and ``figure()`` are what commands, pages and reports call.  A composed figure (a rate,
a change) is always computed from the exact values of its parts, never from printed ones.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from hrss_portal.access import modules
from hrss_portal.indicators import catalogue, wording
from hrss_portal.indicators.covered import covered_in_part, partly
from hrss_portal.indicators.declare import (
    Constant,
    Duration,
    Indicator,
    Ratio,
    RowIndicator,
    Style,
    Target,
    YearOnYear,
)
from hrss_portal.indicators.engine import (
    Ask,
    aggregate_of,
    as_decimal,
    ask,
    selection,
)
from hrss_portal.indicators.filters import Filters
from hrss_portal.indicators.models import (
    Override,
    QuestionKey,
    key_of,
    overrides_in_force,
    task,
)
from hrss_portal.indicators.orgs import Org
from hrss_portal.indicators.parameters import parameter
from hrss_portal.indicators.periods import Period
from hrss_portal.indicators.together import any_rows, read_together


@dataclass(frozen=True, kw_only=True)
class Measure:
    """The exact result of one question: base units, a rate as a fraction.

    ``denominator`` of a duration is n, the rows that its median or percentile stands on.
    """

    value: Decimal | None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    previous: Decimal | None = None
    change: Decimal | None = None


#: What a figure says where the bureau does not have the module it belongs to.
NOT_HERE = "本县未开展"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure as it is shown: the measure, its words, when it was read and by what it was set."""

    code: str
    label: str
    kind: str
    style: Style
    org: str
    period: Period
    filters: Filters
    as_of: datetime
    measure: Measure
    printed: str
    provisional: bool
    override: Override | None = None
    is_partial: bool = False  # of some rows nothing is recorded: ``printed`` names the basis

    @property
    def value(self) -> Decimal | None:
        """The computed value in base units; an override stands beside it, never in its place."""
        return self.measure.value

    @property
    def unit(self) -> str:
        """The unit as printed: 万人次, %, 家."""
        return f"{self.style.scale}{self.style.unit}"

    @property
    def shown(self) -> str:
        """The figure on pages: a rate with its parts, a duration with n, others as printed."""
        if self.printed == NOT_HERE:
            return self.printed
        if self.kind == "ratio" and self.override is None:
            measure = self.measure
            return wording.with_parts(
                measure.value, self.style, measure.numerator, measure.denominator
            )
        if self.kind == "duration" and self.override is None:
            return wording.with_n(self.printed, self.measure.denominator)
        return self.printed


class Reader:
    """Reads many figures: each part once, figures over the same model in one query."""

    def __init__(self) -> None:
        """Start with nothing known; a reader lives for one page, one report or one command."""
        self._known: dict[tuple[str, Ask], Decimal | None] = {}
        self._reached: dict[tuple[str, Ask], bool] = {}
        self._lengths: dict[tuple[str, Ask], Decimal] = {}
        self._overrides: dict[QuestionKey, Override] | None = None

    def override(self, code: str, question: Ask) -> Override | None:
        """The as-reported value in force for a question."""
        if self._overrides is None:
            self._overrides = overrides_in_force()
        return self._overrides.get(key_of(code, question))

    def prepare(
        self,
        wanted: list[tuple[str, Ask]],
        *,
        compare: bool = False,
        besides: list[tuple[str, Ask]] | None = None,
    ) -> None:
        """Read the simple counts and sums behind many questions with few queries.

        ``compare``: those of the year before too, and whether rows reach back so far.
        ``besides``: further questions, without a comparison.
        """
        before: list[tuple[str, Ask]] = []
        if compare:
            before = [self._before(code, one) for code, one in wanted]
        wanted = wanted + before + (besides or [])
        groups: dict[tuple[str, Ask], RowIndicator] = {}
        for code, question in [leaf for pair in wanted for leaf in self._leaves(*pair)]:
            item = catalogue.get(code)
            if isinstance(item, RowIndicator) and (code, question) not in self._known:
                groups[code, question] = item
        for one in read_together([(item, asked) for (_, asked), item in groups.items()]):
            self._known[one.item.code, one.question] = one.value
            if one.length is not None:
                self._lengths[one.item.code, one.question] = one.length
        self._look_back(before)

    def _before(self, code: str, question: Ask) -> tuple[str, Ask]:
        """What a figure is compared with: a change names it itself."""
        item = catalogue.get(code)
        return item.base if isinstance(item, YearOnYear) else code, question.previous()

    def _look_back(self, before: list[tuple[str, Ask]]) -> None:
        """Learn with one query how far rows reach back, where an earlier value was nothing."""
        unknown: dict[tuple[str, Ask], RowIndicator] = {}
        for code, question in before:
            if not isinstance(catalogue.get(code), RowIndicator | Ratio):
                continue
            if self.override(code, question) or self.measure(code, question).value:
                continue
            for key in self._back(code, question):
                item = catalogue.get(key[0])
                if isinstance(item, RowIndicator) and key not in self._reached:
                    unknown[key] = item
        found = any_rows([(item, asked) for (_, asked), item in unknown.items()])
        self._reached |= dict(zip(unknown, found, strict=True))

    def _back(self, code: str, question: Ask) -> list[tuple[str, Ask]]:
        """The simple figures whose rows may reach back to a period, each with everything by it."""
        item = catalogue.get(code)
        if isinstance(item, YearOnYear):
            return self._back(item.base, question)
        if isinstance(item, Ratio):
            return [pair for part in item.den for pair in self._back(part, question)]
        return [(code, everything(question))] if isinstance(item, RowIndicator) else []

    def _leaves(self, code: str, question: Ask) -> list[tuple[str, Ask]]:
        item = catalogue.get(code)
        basis = item.basis.known + item.basis.whole if item.basis else ()
        if isinstance(item, Ratio):
            codes = item.num + item.den + basis
            return [leaf for part in codes for leaf in self._leaves(part, question)]
        if basis:
            behind = [leaf for one in basis for leaf in self._leaves(one, question)]
            return [(code, question), *behind]
        if isinstance(item, YearOnYear):
            now = self._leaves(item.base, question)
            return now + self._leaves(item.base, question.previous())
        return [(code, question)]

    def knows_all(self, code: str, questions: list[Ask]) -> bool:
        """Whether every simple figure behind these questions has been read already."""
        return all(leaf in self._known for one in questions for leaf in self._leaves(code, one))

    def measure(self, code: str, question: Ask) -> Measure:
        """The exact result for one question.  Raises what ``engine.condition`` raises."""
        item = catalogue.get(code)
        if isinstance(item, Ratio):
            return self._ratio(item, question)
        if isinstance(item, YearOnYear):
            return self._change(item, question)
        length = self._length(item, question) if isinstance(item, Duration) else None
        return Measure(value=self._single(item, question), denominator=length)

    def _length(self, item: Duration, question: Ask) -> Decimal:
        """n: how many rows a median or percentile stands on."""
        key = (item.code, question)
        if key not in self._lengths:
            self._lengths[key] = Decimal(selection(item, question).count())
        return self._lengths[key]

    def _single(self, item: Indicator, question: Ask) -> Decimal | None:
        key = (item.code, question)
        if key not in self._known:
            self._known[key] = read(item, question)
        return self._known[key]

    def _sum(self, codes: tuple[str, ...], question: Ask) -> Decimal:
        return sum((self.measure(code, question).value or Decimal(0) for code in codes), Decimal(0))

    def _ratio(self, item: Ratio, question: Ask) -> Measure:
        numerator = self._sum(item.num, question)
        denominator = self._sum(item.den, question)
        value = wording.divide(numerator, denominator)
        if value is not None and item.complement:
            value = 1 - value
        return Measure(value=value, numerator=numerator, denominator=denominator)

    def _change(self, item: YearOnYear, question: Ask) -> Measure:
        now = self.measure(item.base, question).value
        before = self._confirmed(item.base, question.previous())
        value: Decimal | None = None
        if now is not None and before is not None:
            if self._is_rate(item):
                value = now - before
            elif before:
                value = wording.divide(now - before, before)
            elif not now:
                value = Decimal(0)
        return Measure(
            value=value, numerator=now, denominator=before, previous=before, change=value
        )

    def _is_rate(self, item: YearOnYear) -> bool:
        return isinstance(catalogue.get(item.base), Ratio)

    def _confirmed(self, code: str, question: Ask) -> Decimal | None:
        """The earlier value: the confirmed one if there is one, None where no row reaches back."""
        override = self.override(code, question)
        if override is not None:
            return override.value
        value = self.measure(code, question).value
        return value if value or self._reaches_back(code, question) else None

    def _reaches_back(self, code: str, question: Ask) -> bool:
        """Whether the rows behind a figure begin by the end of a period at all (any filter)."""
        item = catalogue.get(code)
        if isinstance(item, Ratio):
            return any(self._reaches_back(part, question) for part in item.den)
        if not isinstance(item, RowIndicator):
            return True
        key = (code, everything(question))
        if key not in self._reached:
            self._reached[key] = selection(item, key[1]).exists()
        return self._reached[key]

    def figure(self, code: str, question: Ask, *, compare: bool = False) -> Figure:
        """The figure in full.  ``compare`` adds last year's value and the change to any kind."""
        item = catalogue.get(code)
        measure = self.measure(code, question)
        if compare and measure.previous is None and isinstance(item, RowIndicator | Ratio):
            against = self._change(YearOnYear(code="", label="", base=code), question)
            measure = replace(measure, previous=against.previous, change=against.change)
        override = self.override(code, question)
        covered = None if override else covered_in_part(item, question, self._sum)
        points = isinstance(item, YearOnYear) and self._is_rate(item)
        value = override.value if override else measure.value
        previous = measure.previous
        if override and isinstance(item, YearOnYear) and previous is None:
            previous = Decimal(0)
        return Figure(
            code=code,
            label=item.label,
            kind=item.kind,
            style=item.style,
            org=_org_words(item, question.org),
            period=question.period,
            filters=question.filters,
            as_of=timezone.localtime(),
            measure=measure,
            printed=(override.printed if override else "")
            or (NOT_HERE if not value and is_off(code, question) else "")
            or (covered and value is not None and partly(value, item, covered))
            or wording.printed(value, item.style, previous=previous, points=points),
            provisional=item.provisional or question.period.to > timezone.localdate(),
            override=override,
            is_partial=covered is not None,
        )


def read(item: Indicator, question: Ask) -> Decimal | None:
    """The value of a figure that is not composed of others."""
    if isinstance(item, Target):
        return task(item.measures, question)
    if isinstance(item, Constant):
        return parameter(item.parameter, question.period.to).value
    if isinstance(item, RowIndicator):
        return as_decimal(
            item, selection(item, question).aggregate(read=aggregate_of(item))["read"]
        )
    raise TypeError(f"{item.code} is composed")


def is_off(code: str, question: Ask) -> bool:
    """Whether a figure belongs to a module that the asked bureau does not have at the period's
    end (today, where it is still to come).  What was done before that still counts."""
    if question.org is None:
        return False
    on = min(question.period.to, timezone.localdate())
    off = modules.off(int(question.org.path.split("/", 1)[0]), on)
    return any(modules.declared()[one].names("figures", code) for one in off)


def everything(question: Ask) -> Ask:
    """All that there was by the end of a period, under no filter."""
    return replace(question, period=Period(None, question.period.to), filters=())


def _org_words(item: Indicator, org: Org | None) -> str:
    if org is None:
        return "本局" if item.reach == "own" else "全部单位"
    return org.label if item.reach == "all" or org.own else f"{org.label}（本局）"


def figure(code: str, question: Ask, *, compare: bool = False) -> Figure:
    """One figure.  Raises ``UnknownIndicator``, ``BadFilter``, ``UnknownOrg``."""
    return Reader().figure(code, question, compare=compare)


def value(
    code: str,
    *,
    frm: date | None,
    to: date,
    org: Org | None = None,
    filters: Mapping[str, object] | Filters | str = (),
    compare: bool = True,
) -> Figure:
    """One figure from plain values; ``frm`` None for a stock.  Errors as ``figure``."""
    return figure(code, ask(frm=frm, to=to, org=org, filters=filters), compare=compare)


def as_json(found: Figure, by: list[dict[str, str | None]] | None = None) -> dict[str, Any]:
    """A figure in the shape that the commands and the API promise."""
    measure, text = found.measure, wording.base_text
    override = found.override
    return {
        "code": found.code,
        "name": found.label,
        "org": found.org,
        "from": found.period.frm.isoformat() if found.period.frm else None,
        "to": found.period.to.isoformat(),
        "as_of": found.as_of.isoformat(timespec="seconds"),
        "value": text(measure.value),
        "unit": found.unit,
        "numerator": text(measure.numerator),
        "denominator": text(measure.denominator),
        "previous": text(measure.previous),
        "change": text(measure.change),
        "printed": found.printed,
        "provisional": found.provisional,
        "override": override
        and {"value": text(override.value), "reason": override.reason, "by": override.by_name},
        "by": by or [],
    }
