"""Meetings, talks and walk-throughs: who came, what was decided, what became of it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from hrss_portal.access.scope import Scope
from hrss_portal.activities.models.base import Activity
from hrss_portal.activities.models.choices import MeetingKind
from hrss_portal.audit.triggers import change_log
from hrss_portal.casework.row_labels import RowLabel
from hrss_portal.parties.dictionaries import ListedField


class Meeting(Activity):
    """A meeting, a talk or a walk-through on one day (form R01, sheet head of form H03).

    Planned with its date, held when somebody enters who came; the tasks that it decided are cases
    with the due day written in the minutes.
    """

    class State(models.TextChoices):
        PLANNED = "planned", "已安排"
        HELD = "held", "已召开"
        CANCELLED = "cancelled", "已取消"

    scope: ClassVar[Scope] = Scope(
        area="activities", noun="meeting", unit="unit", town="town", own=("created_by",)
    )
    row_label: ClassVar[RowLabel] = RowLabel(name="title", town="town", handler="host")

    kind = ListedField("类型", max_length=12, listed="activities.meeting_kind", ships=MeetingKind)
    title = models.CharField("名称（主题）", max_length=150)
    on = models.DateField("日期", default=timezone.localdate)
    state = models.CharField("状态", max_length=10, choices=State, default=State.HELD)
    place = models.CharField("地点", max_length=200, blank=True)
    host = models.CharField("主持人（带队领导）", max_length=50, blank=True)
    host_rank = models.CharField("职务", max_length=60, blank=True)
    matter = models.CharField("事项（窗口）", max_length=100, blank=True)
    agenda = models.TextField("议程（内容）", blank=True)
    employers = models.PositiveIntegerField("参会户数", null=True, blank=True)
    people = models.PositiveIntegerField("参会人数", null=True, blank=True)
    topics = models.ManyToManyField(
        "activities.Topic", verbose_name="事由", related_name="meetings", blank=True
    )
    campaigns = models.ManyToManyField(
        "activities.Campaign", verbose_name="活动", related_name="meetings", blank=True
    )
    minutes = models.ForeignKey(
        "documents.File",
        models.PROTECT,
        verbose_name="会议纪要",
        related_name="+",
        null=True,
        blank=True,
    )
    minutes_signed_on = models.DateField("纪要签发日期", null=True, blank=True)
    filed_on = models.DateField("报上级备案日期", null=True, blank=True)
    result = models.TextField("成效", blank=True)

    class Meta:
        verbose_name, verbose_name_plural = "会议（宣讲）", "会议和宣讲"
        ordering = ["-on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes_signed_on__isnull=True) | Q(minutes__isnull=False),
                name="activities_meeting_minutes",
                violation_error_message="填了纪要签发日期的，上传会议纪要",
            )
        ]
        indexes = [models.Index(fields=["kind", "-on"], name="activities_meeting_kind")]
        triggers = [*change_log()]

    def __str__(self) -> str:
        return f"{self.on:%Y-%m-%d} {self.title}"


class Attendee(models.Model):
    """Who was called to a meeting, for which side, and whether they came."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="attendees")
    side = models.CharField(
        "一方", max_length=40, blank=True, help_text="如 政府方、工会方、企业方"
    )
    body = models.CharField("单位", max_length=80)
    name = models.CharField("姓名", max_length=50, blank=True)
    post = models.CharField("职务", max_length=60, blank=True)
    is_present = models.BooleanField("到会", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "参会人员"
        ordering = ["pk"]
        triggers = [*change_log()]

    def __str__(self) -> str:
        return f"{self.body} {self.name}".strip()


class Decision(models.Model):
    """One decision of a meeting (or one finding of a walk-through); a task carries it out."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="decisions")
    seq = models.PositiveSmallIntegerField("序号", default=1)
    text = models.CharField("议定事项", max_length=500)
    owner = models.ForeignKey(
        "access.Unit",
        models.PROTECT,
        verbose_name="责任单位",
        related_name="+",
        null=True,
        blank=True,
    )
    outside_body = models.CharField("外部责任单位", max_length=80, blank=True)
    due_on = models.DateField("办理期限", null=True, blank=True)
    task = models.OneToOneField(
        "activities.Task",
        models.PROTECT,
        verbose_name="任务",
        related_name="decision",
        null=True,
        blank=True,
    )

    class Meta:
        verbose_name = verbose_name_plural = "议定事项"
        ordering = ["seq", "pk"]
        triggers = [*change_log(masks_words=True)]

    def __str__(self) -> str:
        return self.text
