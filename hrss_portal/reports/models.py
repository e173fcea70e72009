"""Reports as they are written, checked, locked and handed over."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from hrss_portal.access.scope import Scope, ScopedManager
from hrss_portal.audit.triggers import change_log
from hrss_portal.indicators.models import Snapshot


class Report(models.Model):
    """One report over one period: the bureau's yearly material to the level above.

    Basis: the superior's assessment measures name sections and figures; the period is the report's,
    a figure may carry its own.  After freezing, ``composed`` is what was said, and the sections,
    the figures and the rows behind them are kept with it; edits of cases no longer change it.
    """

    scope = Scope(area="reports", noun="report", unit="org")

    class State(models.TextChoices):
        DRAFT = "draft", "起草"
        FROZEN = "frozen", "已定格"
        SENT = "sent", "已报送"

    narrative = models.CharField("模板", max_length=60)
    title = models.CharField("标题", max_length=120)
    org = models.ForeignKey(
        "access.Unit", verbose_name="单位", on_delete=models.PROTECT, related_name="+"
    )
    from_on = models.DateField("起")
    to_on = models.DateField("止")
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    texts = models.JSONField("填写的文字", default=dict, blank=True)
    composed = models.JSONField("定格的全文", null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="起草人", on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField("起草时间", auto_now_add=True)
    frozen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="定格人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    frozen_at = models.DateTimeField("定格时间", null=True, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    objects = ScopedManager()

    class Meta:
        verbose_name = verbose_name_plural = "报告"
        ordering: ClassVar[list[str]] = ["-to_on", "-pk"]
        triggers: ClassVar[list[Any]] = [*change_log()]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(state="draft", frozen_at=None, frozen_by=None, composed=None)
                | ~Q(state="draft")
                & Q(frozen_at__isnull=False, frozen_by__isnull=False, composed__isnull=False),
                name="frozen_report_says_when_and_who",
            ),
            models.CheckConstraint(
                condition=Q(from_on__lte=models.F("to_on")), name="report_period_in_order"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Section(models.Model):
    """A section of a report, owned by an office: 待填 → 已核 → 锁定, with who and when.

    ``body`` is text in the narrative language; its figures are filled at each reading until the
    report is frozen.  A section that changes after its check goes back to 待填.

    A section whose material does not stand in the portal is 本期不编入, with a reason: the report
    then prints its heading and the reason, and none of its figures.
    """

    scope = Scope(area="reports", noun="section", unit="report__org")

    class State(models.TextChoices):
        BLANK = "blank", "待填"
        CHECKED = "checked", "已核"
        LOCKED = "locked", "锁定"
        OMITTED = "omitted", "本期不编入"

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="sections")
    code = models.SlugField("代码", max_length=40)
    seq = models.PositiveSmallIntegerField("顺序")
    level = models.PositiveSmallIntegerField("层次")
    number = models.CharField("序号", max_length=10)
    heading = models.CharField("标题", max_length=80)
    owner = models.CharField("责任股室", max_length=60, blank=True)
    body = models.TextField("正文", blank=True)
    awaiting = models.JSONField("未接数据的指标", default=list, blank=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.BLANK)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="填写人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="核对人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    checked_at = models.DateTimeField("核对时间", null=True, blank=True)
    checked_words = models.JSONField("核对时的数", default=dict, blank=True)
    locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="锁定人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    locked_at = models.DateTimeField("锁定时间", null=True, blank=True)
    omitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="决定不编入的人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    omitted_at = models.DateTimeField("决定不编入的时间", null=True, blank=True)
    omitted_reason = models.CharField("不编入的原因", max_length=200, blank=True)
    reopened_reason = models.CharField("重开理由", max_length=200, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    objects = ScopedManager()

    class Meta:
        verbose_name = verbose_name_plural = "报告章节"
        ordering: ClassVar[list[str]] = ["seq"]
        triggers: ClassVar[list[Any]] = [*change_log()]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["report", "code"], name="section_once_a_report"),
            models.CheckConstraint(
                condition=Q(state__in=["blank", "omitted"])
                | Q(checked_by__isnull=False, checked_at__isnull=False),
                name="checked_section_says_who",
            ),
            models.CheckConstraint(
                condition=Q(state="omitted", omitted_by__isnull=False, omitted_at__isnull=False)
                & ~Q(omitted_reason="")
                | ~Q(state="omitted")
                & Q(omitted_by__isnull=True, omitted_at__isnull=True, omitted_reason=""),
                name="omitted_section_says_who_and_why",
            ),
            models.CheckConstraint(
                condition=~Q(state="locked") | Q(locked_by__isnull=False, locked_at__isnull=False),
                name="locked_section_says_who",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}{self.heading}"


class ReportFigure(models.Model):
    """A figure of a frozen report, in the order of the text, with its frozen value and rows."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="figures")
    use = models.CharField("序号", max_length=10)
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "报告中的数"
        triggers: ClassVar[list[Any]] = [*change_log()]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["report", "use"], name="figure_once_a_place")
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.use}"


class Handover(models.Model):
    """To whom a frozen report was sent, the receipt, and the score that was given back."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="handovers")
    sent_to = models.CharField("报送对象", max_length=80)
    sent_on = models.DateField("报送日期")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="报送人", on_delete=models.PROTECT, related_name="+"
    )
    receipt = models.CharField("回执", max_length=120, blank=True)
    score = models.DecimalField("得分", max_digits=6, decimal_places=2, null=True, blank=True)
    note = models.CharField("反馈", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "报送记录"
        ordering: ClassVar[list[str]] = ["sent_on", "pk"]
        triggers: ClassVar[list[Any]] = [*change_log()]

    def __str__(self) -> str:
        return f"{self.sent_on} {self.sent_to}"
