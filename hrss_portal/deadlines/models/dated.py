"""What every dated row has in common: region, days, sureness, source, the second signature."""

from datetime import date

from django.db import models
from django.db.models import F, Func, Value

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


class Origin(models.TextChoices):
    """Who put a row there."""

    SHIPPED = "shipped", "随系统发布"
    BUREAU = "bureau", "本局修改"


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
    def is_assumed(self) -> bool:
        """Whether screens must say 待确认."""
        return self.sureness in ASSUMED
