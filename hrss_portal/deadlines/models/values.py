"""Rates, limits, thresholds, and the conditions that rule sets ask, as dated versions."""

from collections.abc import Mapping
from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models

from hrss_portal.audit.triggers import change_log
from hrss_portal.deadlines.conditions import RATE, Operator, set_of
from hrss_portal.deadlines.models.dated import Dated, ThresholdUnknown, version_constraints
from hrss_portal.deadlines.tables import labels


class Parameter(Dated):
    """A rate, a limit or a threshold: a dated value with its basis.

    An empty value means that nobody has found it for this region; whoever asks is told so and gets
    no other region's value (``number`` raises ``ThresholdUnknown``).
    """

    code = models.CharField("编码", max_length=30)
    name = models.CharField("名称", max_length=80)
    value = models.CharField("数值", max_length=300, blank=True)
    unit = models.CharField("单位", max_length=20, blank=True)
    legal_basis = models.CharField("依据", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "费率与标准"
        ordering = ["code", "name", "region", "valid_from"]
        constraints = version_constraints(
            "deadlines_parameter", "code", "name", noun="参数", may_overlap=True
        )
        triggers = [*change_log()]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def values_list(self) -> tuple[str, ...]:
        """The parts of a list value; raises ``ThresholdUnknown`` when there is no value."""
        if not self.value:
            raise ThresholdUnknown(f"{self.code}（{self.name}）没有数值，请由本局录入并复核。")
        return tuple(part.strip() for part in self.value.split(";"))

    @property
    def number(self) -> Decimal:
        """A single numeric value; raises ``ThresholdUnknown`` or ``ValueError``."""
        (text,) = self.values_list
        return Decimal(text)

    @property
    def value_words(self) -> str:
        """The value as people read it: ``5000;20000`` of a range as ``5000 至 20000``."""
        return (" 至 " if "区间" in self.unit_label else "；").join(self.value.split(";"))

    @property
    def unit_label(self) -> str:
        """The unit in Chinese."""
        return labels("unit").get(self.unit, self.unit)

    @property
    def standing(self) -> str:
        """有依据, 据转载 or 待确认."""
        return self.grounds if self.value else "待确认"


class Condition(Dated):
    """One version of one condition of a rule set (``conditions.RuleSet``).

    ``alternative``: of the conditions of a rule set with the same mark one is enough; those
    without a mark must all be met.  ``value`` is text as the form takes it: a number, a date,
    ``1``/``0``, a code; several parted by semicolons; ``@CODE`` or ``@CODE:name`` for a dated rate.
    """

    ruleset = models.CharField("条件组", max_length=40)
    seq = models.PositiveSmallIntegerField("序号", validators=[MinValueValidator(1)])
    words = models.CharField("条件", max_length=120)
    field = models.CharField("字段", max_length=40)
    operator = models.CharField("比较", max_length=8, choices=Operator)
    value = models.CharField("数值", max_length=300, blank=True)
    alternative = models.CharField("择一组", max_length=10, blank=True)
    legal_basis = models.CharField("依据", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "办理条件"
        ordering = ["ruleset", "seq", "region", "valid_from"]
        constraints = version_constraints("deadlines_condition", "ruleset", "seq", noun="条件")
        triggers = [*change_log()]

    def __str__(self) -> str:
        return f"{self.ruleset} 第{self.seq}项 {self.words}"

    def value_words(self, rates: Mapping[str, str]) -> str:
        """The value as people read it, with its unit; a rate by its name in ``rates`` (by code)."""
        if self.value.startswith(RATE):
            rate, _, name = self.value.removeprefix(RATE).partition(":")
            return f"{name or rates.get(rate, '')}（费率与标准 {rate}）"
        rules = set_of(self.ruleset)
        fact = rules.by_code.get(self.field) if rules else None
        if fact is None or not self.value:
            return self.value
        return "；".join(fact.words(fact.parse(part)) for part in self.value.split(";"))

    @property
    def field_label(self) -> str:
        """What the condition asks about, in Chinese."""
        rules = set_of(self.ruleset)
        fact = rules.by_code.get(self.field) if rules else None
        return fact.label if fact else self.field

    @property
    def standing(self) -> str:
        """有依据, 据转载 or 待确认."""
        return self.grounds
