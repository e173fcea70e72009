"""Legal rules, the working calendar, and parameters: dated rows with their source."""

import re
from datetime import date
from decimal import Decimal

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Func, Q, Value

from hrss_portal.audit.triggers import change_log
from hrss_portal.deadlines import calendar
from hrss_portal.deadlines.regions import NATION
from hrss_portal.deadlines.spec import (
    ASSUMED,
    Counting,
    Nature,
    RuleSpec,
    Sureness,
    Unit,
    standing,
)
from hrss_portal.deadlines.tables import labels

WARNINGS = re.compile(r"(\d+(cd|wd)(;\d+(cd|wd))*)?")


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


class LegalRule(Dated):
    """One version of one legal or internal period.

    Basis: ``legal_basis_zh`` of each row; counting follows 民法典 200–204 and 民诉法 85 unless the
    row's own statute differs.  A change is a new version that one person proposes and a second
    confirms; the versions of one code and region never overlap.
    """

    code = models.CharField("编码", max_length=20)
    app = models.CharField("业务", max_length=20)
    case_kind = models.CharField("类别", max_length=30, blank=True)
    name_zh = models.CharField("名称", max_length=60)
    trigger_event = models.CharField("起算事由", max_length=80)
    length = models.DecimalField(
        "期限", max_digits=6, decimal_places=1, validators=[MinValueValidator(Decimal(0))]
    )
    unit = models.CharField("单位", max_length=12, choices=Unit)
    counting_rule = models.CharField("计算规则", max_length=20, choices=Counting)
    extension = models.CharField("延长", max_length=200, blank=True)
    suspension_causes = models.TextField("中止、重新计算的情形", blank=True)
    legal_basis_zh = models.CharField("依据", max_length=300)
    warn_before = models.CharField("预警", max_length=40, blank=True)
    consequence = models.CharField("后果", max_length=200, blank=True)
    direction = models.CharField(
        "方向", max_length=6, choices=[("after", "之后"), ("before", "之前")], default="after"
    )
    actor = models.CharField("义务人", max_length=20, default="bureau")
    nature = models.CharField("性质", max_length=15, choices=Nature)
    ext_length = models.PositiveIntegerField("最多延长", null=True, blank=True)
    ext_unit = models.CharField("延长单位", max_length=12, choices=Unit, blank=True)
    ext_approver = models.CharField("延长批准人", max_length=60, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "期限规则"
        ordering = ["code", "region", "valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "region", "valid_from"],
                nulls_distinct=False,
                name="deadlines_rule_version",
                violation_error_message="该规则在这一施行日期已有版本",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_from=None) | Q(valid_to__gte=F("valid_from")),
                name="deadlines_rule_dates",
                violation_error_message="截止日期不能早于施行日期",
            ),
            models.CheckConstraint(
                condition=Q(ext_length=None) | Q(ext_unit=F("unit")),
                name="deadlines_rule_extension_unit",
                violation_error_message="延长的单位应与期限的单位一致",
            ),
            ExclusionConstraint(
                name="deadlines_rule_no_overlap",
                expressions=[
                    (F("code"), RangeOperators.EQUAL),
                    (F("region"), RangeOperators.EQUAL),
                    (validity(), RangeOperators.OVERLAPS),
                ],
                violation_error_message="同一规则的两个版本施行时间重叠",
            ),
        ]
        triggers = [*change_log()]

    def __str__(self) -> str:
        return f"{self.code} {self.name_zh}"

    def clean(self) -> None:
        """Checks what the database cannot say in words."""
        if not WARNINGS.fullmatch(self.warn_before):
            raise ValidationError({"warn_before": "写成 15cd;2wd 的样子：cd 自然日，wd 工作日"})
        if (self.length or 0) % 1 and self.counting_rule != Counting.HALF_DAY:
            raise ValidationError({"length": "期限应为整数；只有半个工作日可以写 0.5"})

    @property
    def spec(self) -> RuleSpec:
        """The version as arithmetic needs it."""
        return RuleSpec(
            code=self.code,
            name=self.name_zh,
            trigger_event=self.trigger_event,
            length=self.length,
            unit=self.unit,
            counting=self.counting_rule,
            nature=self.nature,
            sureness=self.sureness,
            region=self.region,
            basis=self.legal_basis_zh,
            warn_before=self.warn_before,
            extendable=bool(self.extension),
            ext_length=self.ext_length,
            ext_unit=self.ext_unit,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
        )

    @property
    def standing(self) -> str:
        """法定, 本地默认, 待确认 …: the only word a screen may use for its rank."""
        return standing(self.nature, self.sureness)

    @property
    def app_label(self) -> str:
        """The work it belongs to, in Chinese."""
        return labels("app").get(self.app, self.app)

    @property
    def actor_label(self) -> str:
        """Whose duty or right it is, in Chinese."""
        return labels("actor").get(self.actor, self.actor)

    @property
    def period(self) -> str:
        """The length in words: ``45 自然日``, ``以文书为准``."""
        if not self.length:
            return Counting(self.counting_rule).label
        return f"{self.length.normalize():f} {Unit(self.unit).label}"

    @property
    def warning_words(self) -> str:
        """When warnings go out: ``15cd;2wd`` as ``到期前 15 自然日、2 工作日``; empty for none."""
        units = {"cd": "自然日", "wd": "工作日"}
        steps = [f"{one[:-2]} {units[one[-2:]]}" for one in self.warn_before.split(";") if one]
        return f"到期前 {'、'.join(steps)}" if steps else ""


class CalendarYear(models.Model):
    """A calendar year: published with its notice, or provisional until the notice is loaded.

    Basis: 《全国年节及纪念日放假办法》 and each year's 国务院办公厅 notice.
    """

    class Status(models.TextChoices):
        PUBLISHED = "published", "已公布"
        PROVISIONAL = "provisional", "暂定"

    year = models.PositiveSmallIntegerField("年份", primary_key=True)
    status = models.CharField("状态", max_length=12, choices=Status, default=Status.PROVISIONAL)
    notice_title = models.CharField("放假通知", max_length=100, blank=True)
    notice_url = models.CharField("通知网址", max_length=300, blank=True)
    origin = models.CharField("来历", max_length=10, choices=Origin, default=Origin.SHIPPED)
    proposal = models.ForeignKey(
        "access.Proposal",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="双人复核记录",
    )
    changed_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "日历年度"
        ordering = ["year"]
        triggers = [*change_log(skip=("changed_at",))]

    def __str__(self) -> str:
        return f"{self.year}年（{self.get_status_display()}）"


class CalendarDay(models.Model):
    """A day that differs from its weekday: holiday, make-up working day, or a local closing.

    ``year`` is the notice's year, not always the day's own: a New Year block may begin in December.
    A local closing (台风、疫情等) belongs to a region and carries its reason.
    """

    class Kind(models.TextChoices):
        HOLIDAY = calendar.HOLIDAY, "放假"
        WORKDAY = calendar.WORKDAY, "调休上班"
        CLOSED = calendar.CLOSED, "本地停止办公"

    class DayType(models.TextChoices):
        STATUTORY = "statutory", "法定节假日"
        WEEKEND = "weekend", "双休日"
        BRIDGE = "bridge", "调休放假"
        ASSUMED = "statutory_provisional", "法定节假日（暂定）"

    date = models.DateField("日期")
    kind = models.CharField("种类", max_length=15, choices=Kind)
    name = models.CharField("名称或原因", max_length=100)
    day_type = models.CharField("日别", max_length=22, choices=DayType, blank=True)
    year = models.ForeignKey(
        CalendarYear, on_delete=models.PROTECT, related_name="days", verbose_name="通知年度"
    )
    region = models.CharField("适用地区", max_length=30, default=NATION)
    source = models.CharField("来源", max_length=300, blank=True)
    proposal = models.ForeignKey(
        "access.Proposal",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="双人复核记录",
    )
    changed_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "日历日"
        ordering = ["date"]
        constraints = [
            models.UniqueConstraint(
                fields=["date", "region"],
                name="deadlines_day_once",
                violation_error_message="这一天已有安排",
            ),
            models.CheckConstraint(
                condition=~Q(kind=calendar.CLOSED) | ~Q(name=""),
                name="deadlines_closing_reason",
                violation_error_message="停止办公应写明原因",
            ),
        ]
        triggers = [*change_log(skip=("changed_at",))]

    def __str__(self) -> str:
        return f"{self.date} {self.get_kind_display()} {self.name}"


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
        constraints = [
            models.UniqueConstraint(
                fields=["code", "name", "region", "valid_from"],
                nulls_distinct=False,
                name="deadlines_parameter_version",
                violation_error_message="该参数在这一施行日期已有版本",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_from=None) | Q(valid_to__gte=F("valid_from")),
                name="deadlines_parameter_dates",
                violation_error_message="截止日期不能早于施行日期",
            ),
        ]
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
        """有依据 or 待确认."""
        return "待确认" if self.is_assumed or not self.value else "有依据"
