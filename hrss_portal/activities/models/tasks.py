"""Task: a matter that somebody gives a unit to do by a day, followed until it is signed off."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from hrss_portal.access.scope import Scope
from hrss_portal.activities.models.choices import TaskKind
from hrss_portal.audit.triggers import change_log
from hrss_portal.casework.models import Case, CaseManager


class Task(Case):
    """交办单、督办、三清单、会议任务、问题台账 (form H03): one mechanism, told apart by its kind.

    ``unit`` of Case is the unit that has to do it, ``handler`` who does it there, ``deputy`` who
    follows it for the issuer.  ``due_given`` is the day that the slip or the minutes state; no law
    sets one.  Whoever signs off is never the one who did it.

    A task of a round of returns (填报) has ``round``; ``batches`` are the tables sent for it, and
    ``counts`` what it was reported with: rows ``created``, ``updated``, ``unchanged``, and those
    ``elsewhere``, outside the days that were asked about.
    """

    Kind = TaskKind
    scope: ClassVar[Scope] = Case.scope

    task_kind = models.CharField("类别", max_length=12, choices=TaskKind)
    subject = models.CharField("事项", max_length=150)
    content = models.TextField("内容和要求", blank=True)
    issuer = models.CharField("交办人（领导）", max_length=50)
    origin = models.CharField("依据（会议、批示、检查）", max_length=150, blank=True)
    due_given = models.DateField("办理期限", help_text="交办单、纪要上写明的日期")
    outside_body = models.CharField("外部责任单位", max_length=80, blank=True)
    meeting = models.ForeignKey(
        "activities.Meeting",
        models.PROTECT,
        verbose_name="会议（走流程）",
        related_name="tasks",
        null=True,
        blank=True,
    )
    report = models.TextField("办理情况", blank=True)
    checker = models.ForeignKey(
        "access.User",
        models.PROTECT,
        verbose_name="核验人",
        related_name="+",
        null=True,
        blank=True,
    )
    check_note = models.TextField("核验意见", blank=True)
    filed_on = models.DateField("报上级备案日期", null=True, blank=True)
    filed_receipt = models.CharField("备案回执", max_length=100, blank=True)
    campaigns = models.ManyToManyField(
        "activities.Campaign", verbose_name="活动", related_name="tasks", blank=True
    )
    round = models.ForeignKey(
        "activities.Round",
        models.PROTECT,
        verbose_name="填报任务",
        related_name="tasks",
        null=True,
        blank=True,
        editable=False,
    )
    batches = models.ManyToManyField(
        "imports.Batch", verbose_name="报送的表格", related_name="tasks", blank=True, editable=False
    )
    counts = models.JSONField("报送的行数", default=dict, blank=True, editable=False)

    objects: ClassVar[CaseManager] = CaseManager()

    class Meta:
        verbose_name = verbose_name_plural = "交办督办"
        constraints = [
            models.CheckConstraint(
                condition=Q(filed_receipt="") | Q(filed_on__isnull=False),
                name="activities_task_filed",
                violation_error_message="有备案回执的填备案日期",
            ),
            models.CheckConstraint(
                condition=Q(task_kind="fill", round__isnull=False)
                | ~Q(task_kind="fill") & Q(round__isnull=True),
                name="activities_task_fill",
                violation_error_message="填报由“乡镇填报”下达，类别不能改成填报，也不能从填报改成别的",
            ),
        ]
        indexes = [models.Index(fields=["task_kind"], name="activities_task_kind")]
        triggers = [*change_log(masks_words=True)]

    def __str__(self) -> str:
        return self.reference
