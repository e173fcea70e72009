"""What the bureau adds to its computed figures: yearly tasks, as-reported values, frozen figures.

The figures themselves are queries and have no table.
"""

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from hrss_portal.audit.triggers import append_only, change_log
from hrss_portal.casework.row_labels import RowLabel
from hrss_portal.indicators import catalogue
from hrss_portal.indicators import filters as filter_text
from hrss_portal.indicators.engine import Ask

QuestionKey = tuple[str, date | None, date, int | None, bool, str]


class AnnualTarget(models.Model):
    """The task of one year for one figure and unit (全年任务), with the document that set it.

    Basis: the superior's yearly task letter (目标任务分解文件); it is entered, never derived.
    """

    code = models.CharField("指标", max_length=80)
    year = models.PositiveSmallIntegerField("年度")
    unit = models.ForeignKey(
        "access.Unit", verbose_name="单位", on_delete=models.PROTECT, related_name="+"
    )
    filters = models.CharField("筛选", max_length=200, blank=True)
    value = models.DecimalField("任务数（基本单位）", max_digits=24, decimal_places=6)
    basis = models.CharField("依据文件", max_length=200, blank=True)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="录入人", on_delete=models.PROTECT, related_name="+"
    )
    set_at = models.DateTimeField("录入时间", auto_now=True)

    row_label: ClassVar[RowLabel] = RowLabel(
        number="basis", name="title", handler="set_by", reads=("unit",)
    )

    class Meta:
        verbose_name = verbose_name_plural = "年度任务"
        triggers: ClassVar[list[Any]] = [*change_log()]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["code", "year", "unit", "filters"], name="one_task_a_year"
            )
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.code}"

    @property
    def title(self) -> str:
        """The task in words: its year, its figure, its unit."""
        item = catalogue.indicators().get(self.code)
        return f"{self.year} 年{item.label if item else self.code} {self.unit}"


class Question(models.Model):
    """The question that a stored figure answers: code, period, organisation, filters."""

    code = models.CharField("指标", max_length=80)
    from_on = models.DateField("起", null=True, blank=True)
    to_on = models.DateField("止")
    org = models.ForeignKey(
        "access.Unit",
        verbose_name="单位",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    own = models.BooleanField("仅本局", default=False)
    filters = models.CharField("筛选", max_length=400, blank=True)

    class Meta:
        abstract = True

    @property
    def key(self) -> QuestionKey:
        """What two stored figures have in common when they answer the same question."""
        return (self.code, self.from_on, self.to_on, self.org_id, self.own, self.filters)


class Override(Question):
    """A figure as it was reported, where the rows give another one or an earlier year has none.

    The computed value stays beside it wherever it is shown; reason and name are required.  It also
    confirms the earlier year's value when that year's rows are not in the portal.
    """

    value = models.DecimalField("上报值（基本单位）", max_digits=24, decimal_places=8)
    computed = models.DecimalField("系统计算值", max_digits=24, decimal_places=8, null=True)
    printed = models.CharField("上报文字", max_length=100, blank=True)
    reason = models.CharField("理由", max_length=300)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="登记人",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    by_name = models.CharField("登记人姓名", max_length=50)
    created_at = models.DateTimeField("登记时间", auto_now_add=True)
    withdrawn_at = models.DateTimeField("撤销时间", null=True, blank=True)
    withdrawn_by_name = models.CharField("撤销人", max_length=50, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "上报值"
        triggers: ClassVar[list[Any]] = [*change_log()]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["code", "from_on", "to_on", "org", "own", "filters"],
                condition=Q(withdrawn_at__isnull=True),
                nulls_distinct=False,
                name="one_override_in_force",
            ),
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(by_name=""), name="override_has_reason_and_name"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.value}"


class Snapshot(Question):
    """A figure as it stood when a report was locked: the value, its words and its rows.

    ``definition`` is the hash of what was counted, ``version`` the number that people know.
    Append-only: what was reported is never altered, a correction is a new report.
    """

    kind = models.CharField("类型", max_length=20)
    label = models.CharField("名称", max_length=120)
    definition = models.CharField("口径校验", max_length=12)
    version = models.PositiveSmallIntegerField("口径版本")
    value = models.DecimalField("值", max_digits=28, decimal_places=10, null=True)
    numerator = models.DecimalField("分子", max_digits=28, decimal_places=10, null=True)
    denominator = models.DecimalField("分母", max_digits=28, decimal_places=10, null=True)
    previous = models.DecimalField("上年同期", max_digits=28, decimal_places=10, null=True)
    printed = models.CharField("文字", max_length=200)
    override = models.ForeignKey(
        Override, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    as_of = models.DateTimeField("取数时间")
    locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        verbose_name="锁定人",
        on_delete=models.PROTECT,
        related_name="+",
    )
    locked_by_name = models.CharField("锁定人姓名", max_length=50)

    class Meta:
        verbose_name = verbose_name_plural = "定格数"
        triggers: ClassVar[list[Any]] = [*append_only()]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["code", "to_on"], name="snapshot_by_code")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.printed}"


class SnapshotPart(models.Model):
    """The rows behind one part (num, den, previous) of a frozen figure.

    ``ids`` and ``amounts`` stand in the same order.  Above ``snapshots.MOST_IDS`` rows only count,
    sum and hash are kept.
    Append-only as the figure itself.
    """

    snapshot = models.ForeignKey(Snapshot, on_delete=models.CASCADE, related_name="parts")
    part = models.CharField("部分", max_length=10)
    model = models.CharField("表", max_length=80)
    count = models.BigIntegerField("行数")
    total = models.DecimalField("合计", max_digits=28, decimal_places=10)
    rows_hash = models.CharField("行校验", max_length=64)
    ids = ArrayField(models.BigIntegerField(), null=True, verbose_name="行号")
    amounts = ArrayField(
        models.DecimalField(max_digits=28, decimal_places=10), null=True, verbose_name="各行计入"
    )

    class Meta:
        verbose_name = verbose_name_plural = "定格数的明细"
        triggers: ClassVar[list[Any]] = [*append_only()]

    def __str__(self) -> str:
        return f"{self.snapshot_id} {self.part}"


def key_of(code: str, question: Ask) -> QuestionKey:
    """The key under which a question's stored figures are found."""
    org = question.org
    return (
        code,
        question.period.frm,
        question.period.to,
        org.pk if org else None,
        bool(org and org.own),
        filter_text.text(question.filters),
    )


def overrides_in_force() -> dict[QuestionKey, Override]:
    """Every as-reported value in force; few, so a page reads them once."""
    return {row.key: row for row in Override.objects.filter(withdrawn_at__isnull=True)}


def task(measures: str, question: Ask) -> Decimal | None:
    """The year's task for a figure in base units; None where the bureau entered none.

    Without an organisation the tasks of all roots together.
    """
    return tasks(measures, question).aggregate(value=models.Sum("value"))["value"]


def tasks(measures: str, question: Ask) -> models.QuerySet[AnnualTarget]:
    """The task rows behind ``task``."""
    found = AnnualTarget.objects.filter(
        code=measures,
        year=question.period.to.year,
        filters=filter_text.text(question.filters),
    )
    if question.org is None:
        return found.filter(unit__parent=None)
    return found.filter(unit=question.org.pk)
