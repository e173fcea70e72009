"""Training classes with their rolls (form K01), and classes for officials."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from hrss_portal.access.scope import Scope
from hrss_portal.activities.models.base import Activity
from hrss_portal.activities.models.choices import ClassKind, ClassMode
from hrss_portal.audit.triggers import change_log
from hrss_portal.parties.dictionaries import ListedField


class TrainingClass(Activity):
    """培训班.  Enrolled, certified and paid are three dates of a roll entry, never one state.

    The approval of a subsidised class and the payment are cases of the area that pays; the class
    and its roll are what everybody counts.
    """

    scope: ClassVar[Scope] = Scope(
        area="activities", noun="trainingclass", unit="unit", town="town", own=("created_by",)
    )

    number = models.CharField("班号", max_length=40)
    kind = ListedField("培训类型", max_length=12, listed="activities.class_kind", ships=ClassKind)
    course = models.CharField(
        "课程（工种及等级）", max_length=80, help_text="如 SYB、IYB、中式面点（初级）"
    )
    programme = models.CharField("专项", max_length=60, blank=True)
    provider = models.ForeignKey(
        "parties.Employer",
        models.PROTECT,
        verbose_name="培训机构",
        related_name="+",
        null=True,
        blank=True,
    )
    place = models.CharField("教学点（地址）", max_length=200, blank=True)
    mode = models.CharField("形式", max_length=8, choices=ClassMode, default=ClassMode.OFFLINE)
    planned = models.PositiveSmallIntegerField("计划人数", null=True, blank=True)
    applied_on = models.DateField("开班申请日期", null=True, blank=True)
    approved_on = models.DateField("批复日期", null=True, blank=True)
    starts_on = models.DateField("开班日期")
    ends_on = models.DateField("结业日期", null=True, blank=True)
    hours_offline = models.PositiveSmallIntegerField("线下课时", default=0)
    hours_online = models.PositiveSmallIntegerField("线上课时", default=0)
    teachers = models.TextField("教师", blank=True, help_text="一行一名")
    content = models.TextField("培训内容", blank=True)
    examined_on = models.DateField("考核日期", null=True, blank=True)
    campaigns = models.ManyToManyField(
        "activities.Campaign", verbose_name="活动", related_name="classes", blank=True
    )
    topics = models.ManyToManyField(
        "activities.Topic", verbose_name="事由", related_name="classes", blank=True
    )

    class Meta:
        verbose_name = verbose_name_plural = "培训班"
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "number"],
                condition=Q(voided_at__isnull=True),
                name="activities_class_number",
                violation_error_message="这个班号已经用过",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="activities_class_dates",
                violation_error_message="结业日期不能早于开班日期",
            ),
        ]
        indexes = [models.Index(fields=["kind", "-starts_on"], name="activities_class_list")]
        triggers = [*change_log()]

    def __str__(self) -> str:
        return f"{self.number} {self.course}"


class RollEntry(models.Model):
    """One trainee of a class: a person, or a colleague in a class for officials.

    ``completed_on``, ``certified_on`` and ``paid_on`` are counted apart.
    """

    training_class = models.ForeignKey(TrainingClass, models.PROTECT, related_name="roll")
    person = models.ForeignKey(
        "parties.Person",
        models.PROTECT,
        verbose_name="学员",
        related_name="training",
        null=True,
        blank=True,
    )
    user = models.ForeignKey(
        "access.User",
        models.PROTECT,
        verbose_name="干部",
        related_name="training",
        null=True,
        blank=True,
    )
    category = models.CharField("人员类别", max_length=40, blank=True)
    hours_offline = models.PositiveSmallIntegerField("线下出勤课时", default=0)
    hours_online = models.PositiveSmallIntegerField("线上学习课时", default=0)
    is_passed = models.BooleanField("考核合格", null=True, blank=True)
    completed_on = models.DateField("结业日期", null=True, blank=True)
    cert_no = models.CharField("证书编号", max_length=40, blank=True)
    certified_on = models.DateField("发证日期", null=True, blank=True)
    subsidy = models.DecimalField(
        "补贴金额（元）", max_digits=10, decimal_places=2, null=True, blank=True
    )
    paid_on = models.DateField("拨付日期", null=True, blank=True)
    job_employer = models.ForeignKey(
        "parties.Employer",
        models.PROTECT,
        verbose_name="就业单位",
        related_name="+",
        null=True,
        blank=True,
    )
    job_on = models.DateField("就业（创业）日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "学员"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, user__isnull=True)
                | Q(person__isnull=True, user__isnull=False),
                name="activities_roll_one",
                violation_error_message="选一名学员或一名干部",
            ),
            models.UniqueConstraint(
                fields=["training_class", "person"],
                name="activities_roll_person",
                violation_error_message="这名学员已经在册",
            ),
            models.UniqueConstraint(
                fields=["training_class", "user"],
                name="activities_roll_user",
                violation_error_message="这名干部已经在册",
            ),
            models.CheckConstraint(
                condition=Q(certified_on__isnull=True) | ~Q(cert_no=""),
                name="activities_roll_certificate",
                violation_error_message="已发证的填证书编号",
            ),
            models.CheckConstraint(
                condition=Q(subsidy__isnull=True) | Q(subsidy__gte=0),
                name="activities_roll_subsidy",
                violation_error_message="金额不能是负数",
            ),
        ]
        triggers = [*change_log()]

    def __str__(self) -> str:
        return str(self.person or self.user)
