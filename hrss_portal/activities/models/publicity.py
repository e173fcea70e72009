"""Handouts and published posts: one log for all offices, tagged by topic and campaign."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from hrss_portal.access.scope import Scope
from hrss_portal.activities.models.base import Activity
from hrss_portal.activities.models.choices import Channel
from hrss_portal.audit.triggers import change_log
from hrss_portal.parties.dictionaries import ListedField


class Handout(Activity):
    """宣传资料发放: what was handed out, how many copies, where; by whom is who entered it."""

    scope: ClassVar[Scope] = Scope(
        area="activities", noun="handout", unit="unit", town="town", own=("created_by",)
    )

    on = models.DateField("发放日期", default=timezone.localdate)
    what = models.CharField("资料名称", max_length=100)
    copies = models.PositiveIntegerField("份数")
    place = models.CharField("地点", max_length=200, blank=True)
    topics = models.ManyToManyField(
        "activities.Topic", verbose_name="事由", related_name="handouts"
    )
    campaigns = models.ManyToManyField(
        "activities.Campaign", verbose_name="活动", related_name="handouts", blank=True
    )
    visit = models.ForeignKey(
        "activities.Visit",
        models.PROTECT,
        verbose_name="走访",
        related_name="handouts",
        null=True,
        blank=True,
    )
    meeting = models.ForeignKey(
        "activities.Meeting",
        models.PROTECT,
        verbose_name="会议（宣讲）",
        related_name="handouts",
        null=True,
        blank=True,
    )

    class Meta:
        verbose_name = verbose_name_plural = "资料发放"
        ordering = ["-on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(copies__gt=0),
                name="activities_handout_copies",
                violation_error_message="份数至少 1 份",
            )
        ]
        indexes = [models.Index(fields=["-on", "-id"], name="activities_handout_list")]
        triggers = [*change_log()]

    def __str__(self) -> str:
        return f"{self.what} {self.copies} 份"


class PublicityPost(Activity):
    """An item of publicity: planned in the common calendar, then published somewhere."""

    class State(models.TextChoices):
        DRAFT = "draft", "计划（草稿）"
        PUBLISHED = "published", "已发布"

    scope: ClassVar[Scope] = Scope(
        area="activities", noun="publicitypost", unit="unit", town="town", own=("created_by",)
    )

    title = models.CharField("标题", max_length=150)
    channel = ListedField("渠道", max_length=16, listed="activities.channel", ships=Channel)
    outlet = models.CharField("媒体（账号）名称", max_length=60, blank=True)
    planned_on = models.DateField("计划日期", null=True, blank=True)
    published_on = models.DateField("发布日期", null=True, blank=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.PUBLISHED)
    link = models.URLField("链接", max_length=400, blank=True)
    reach = models.PositiveIntegerField("阅读（观看）人次", null=True, blank=True)
    is_story = models.BooleanField("真实案例", default=False)
    body = models.TextField("内容摘要", blank=True)
    file = models.ForeignKey(
        "documents.File",
        models.PROTECT,
        verbose_name="截图或稿件",
        related_name="+",
        null=True,
        blank=True,
    )
    topics = models.ManyToManyField("activities.Topic", verbose_name="事由", related_name="posts")
    campaigns = models.ManyToManyField(
        "activities.Campaign", verbose_name="活动", related_name="posts", blank=True
    )

    class Meta:
        verbose_name = verbose_name_plural = "宣传报道"
        ordering = ["-published_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="published", published_on__isnull=False)
                | Q(state="draft", published_on__isnull=True),
                name="activities_post_published",
                violation_error_message="已发布的填发布日期，计划中的不填",
            ),
            models.CheckConstraint(
                condition=~Q(state="draft") | Q(planned_on__isnull=False),
                name="activities_post_planned",
                violation_error_message="计划中的填计划日期",
            ),
        ]
        indexes = [models.Index(fields=["channel", "-published_on"], name="activities_post_list")]
        triggers = [*change_log()]

    def __str__(self) -> str:
        return self.title
