"""The working calendar: years with their notices, days that differ from their weekday."""

from django.db import models
from django.db.models import Q

from hrss_portal.audit.triggers import change_log
from hrss_portal.deadlines import calendar
from hrss_portal.deadlines.models.dated import Origin
from hrss_portal.deadlines.regions import NATION


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
