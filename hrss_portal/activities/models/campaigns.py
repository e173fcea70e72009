"""Topics and campaigns: the two tags by which every office counts what it did."""

from datetime import date
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from hrss_portal.access.scope import Scope
from hrss_portal.activities.models.base import Activity
from hrss_portal.audit.triggers import change_log


class Topic(models.Model):
    """What a visit, a talk, a leaflet or a post is about; one vocabulary for all offices.

    ``code`` is what figures filter by and never changes; the name and its aliases may.
    """

    code = models.SlugField("代码", max_length=40, unique=True)
    name = models.CharField("名称", max_length=40, unique=True)
    aliases = ArrayField(
        models.CharField(max_length=60), verbose_name="别名", default=list, blank=True
    )
    is_active = models.BooleanField("在用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "事由"
        ordering = ["pk"]
        triggers = [*change_log()]

    def __str__(self) -> str:
        return self.name


class Campaign(Activity):
    """A named drive with a period, such as 百名仲裁员服务千家企业 or 三送一检.

    Documents write one name in several ways; ``aliases`` holds them, so that a sheet and a search
    find the campaign under each.  ``series`` is the drive it is a part of (2+N, 10+N).  ``code`` is
    given to shipped campaigns, so that figures name them; one made by the bureau needs none.
    """

    scope: ClassVar[Scope] = Scope(
        area="activities", noun="campaign", unit="unit", town="town", own=("created_by",)
    )

    code = models.SlugField("代码", max_length=40, blank=True, editable=False)
    name = models.CharField("活动名称", max_length=100)
    aliases = ArrayField(
        models.CharField(max_length=100), verbose_name="别名", default=list, blank=True
    )
    series = models.ForeignKey(
        "activities.Campaign",
        models.PROTECT,
        verbose_name="所属系列活动",
        related_name="parts",
        null=True,
        blank=True,
    )
    starts_on = models.DateField("开始日期", null=True, blank=True)
    ends_on = models.DateField("结束日期", null=True, blank=True)
    target = models.PositiveIntegerField("目标（户）", null=True, blank=True)
    plan = models.TextField("方案要点", blank=True)
    summary = models.TextField("总结", blank=True)
    summarised_on = models.DateField("总结日期", null=True, blank=True)
    topics = models.ManyToManyField(
        "activities.Topic", verbose_name="事由", related_name="campaigns", blank=True
    )

    class Meta:
        verbose_name = verbose_name_plural = "活动"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "name"],
                condition=Q(voided_at__isnull=True),
                name="activities_campaign_name",
                violation_error_message="本单位已有同名活动",
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(ends_on__gte=F("starts_on")),
                name="activities_campaign_dates",
                violation_error_message="结束日期不能早于开始日期",
            ),
            models.CheckConstraint(
                condition=Q(summary="") | Q(summarised_on__isnull=False),
                name="activities_campaign_summed",
                violation_error_message="写了总结要填总结日期",
            ),
        ]
        indexes = [models.Index(fields=["code"], name="activities_campaign_code")]
        triggers = [*change_log()]

    def __str__(self) -> str:
        return self.name

    def standing_on(self, day: date) -> str:
        """planned, running, ended or summarised, as seen on a day."""
        if self.summarised_on and self.summarised_on <= day:
            return "summarised"
        if self.starts_on and self.starts_on > day:
            return "planned"
        return "ended" if self.ends_on and self.ends_on < day else "running"


CAMPAIGN_STATES = {
    "planned": "未开始",
    "running": "进行中",
    "ended": "已结束",
    "summarised": "已总结",
}


class ChecklistItem(models.Model):
    """A thing that the campaign delivers to, or checks at, each employer (三送一检)."""

    class Kind(models.TextChoices):
        DELIVERY = "delivery", "送"
        CHECK = "check", "检"

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="checklist")
    seq = models.PositiveSmallIntegerField("顺序", default=1)
    kind = models.CharField("类型", max_length=10, choices=Kind, default=Kind.DELIVERY)
    label = models.CharField("内容", max_length=60)
    is_active = models.BooleanField("在用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "活动清单项"
        ordering = ["seq", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "label"],
                name="activities_checklist_label",
                violation_error_message="清单里已有这一项",
            )
        ]
        triggers = [*change_log()]

    def __str__(self) -> str:
        return self.label


class CampaignPair(models.Model):
    """Who is planned to visit which employer: an arbitrator and an enterprise, by a day."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="pairs")
    staff = models.ForeignKey(
        "access.User", models.PROTECT, verbose_name="联系人员", related_name="+"
    )
    employer = models.ForeignKey(
        "parties.Employer", models.PROTECT, verbose_name="单位", related_name="+"
    )
    planned_on = models.DateField("计划走访日期", null=True, blank=True)
    note = models.CharField("备注", max_length=100, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "结对计划"
        ordering = ["planned_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "employer", "staff"],
                name="activities_pair_once",
                violation_error_message="这家单位已经结对给该人员",
            )
        ]
        triggers = [*change_log()]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.employer_id}"
