"""What every dated row has in common: region, days, sureness, source, the second signature."""

from datetime import date

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from hrss_portal.deadlines.regions import NATION
from hrss_portal.deadlines.spec import ASSUMED, Sureness


class ThresholdUnknown(LookupError):
    """Nobody has found this value for this region: the question stops, nothing is assumed."""


class DateRange(Func):
    """``daterange(from, to, '[]')``; an open end is infinite."""

    function = "daterange"


def validity() -> DateRange:
    """The days on which a dated row holds."""
    return DateRange(F("valid_from"), F("valid_to"), Value("[]"))


def version_constraints(
    name: str, *told_by: str, noun: str, may_overlap: bool = False
) -> list[models.BaseConstraint]:
    """What holds for the versions of one table: one of a day, days in order, none over another.

    ``name`` begins the names of the constraints; ``told_by`` are the fields that tell what the
    versions are versions of, beside the region; ``noun`` what the table holds, in Chinese.
    """
    found: list[models.BaseConstraint] = [
        models.UniqueConstraint(
            fields=[*told_by, "region", "valid_from"],
            nulls_distinct=False,
            name=f"{name}_version",
            violation_error_message=f"该{noun}在这一施行日期已有版本",
        ),
        models.CheckConstraint(
            condition=Q(valid_to=None) | Q(valid_from=None) | Q(valid_to__gte=F("valid_from")),
            name=f"{name}_dates",
            violation_error_message="截止日期不能早于施行日期",
        ),
    ]
    if not may_overlap:
        same = [(F(field), RangeOperators.EQUAL) for field in (*told_by, "region")]
        overlap = ExclusionConstraint(
            name=f"{name}_no_overlap",
            expressions=[*same, (validity(), RangeOperators.OVERLAPS)],
            violation_error_message=f"同一{noun}的两个版本施行时间重叠",
        )
        found.append(overlap)
    return found


class Origin(models.TextChoices):
    """Who put a row there."""

    SHIPPED = "shipped", "随系统发布"
    BUREAU = "bureau", "本局修改"


#: What a screen calls the basis of a shipped row that is not assumed.
GROUNDS = {Sureness.V1: "有依据", Sureness.V2: "据转载", Sureness.K1: "业内通行"}


class Dated(models.Model):
    """A fact that holds from one day to another in one region, and says how sure it is."""

    region = models.CharField("适用地区", max_length=30, default=NATION)
    valid_from = models.DateField("施行日期", null=True, blank=True)
    valid_to = models.DateField("截止日期", null=True, blank=True)
    sureness = models.CharField("可信度", max_length=2, choices=Sureness)
    source = models.CharField("来源", max_length=200, blank=True)
    note = models.TextField("备注", blank=True)
    origin = models.CharField(
        "来历", max_length=10, choices=Origin, default=Origin.SHIPPED, editable=False
    )
    proposal = models.ForeignKey(
        "access.Proposal",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="双人复核记录",
    )

    class Meta:
        abstract = True

    def holds_on(self, day: date) -> bool:
        """Whether the row holds on that day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )

    @property
    def grounds(self) -> str:
        """How far the basis of a shipped row was seen: the text itself, a reprint, or neither; what
        two people of the bureau entered is theirs to vouch for."""
        if self.is_assumed:
            return "待确认"
        return "有依据" if self.origin == Origin.BUREAU else GROUNDS[Sureness(self.sureness)]

    @property
    def is_assumed(self) -> bool:
        """Whether screens must say 待确认."""
        return self.sureness in ASSUMED
