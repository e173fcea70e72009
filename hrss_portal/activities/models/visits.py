"""Visits to employers: one visit, several purposes and campaigns, counted once."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from hrss_portal.access.scope import Scope
from hrss_portal.activities.models.base import Activity
from hrss_portal.activities.models.choices import ProblemKind
from hrss_portal.audit.triggers import change_log
from hrss_portal.casework.row_labels import RowLabel
from hrss_portal.parties.dictionaries import ListedField


class Visit(Activity):
    """走访、服务一家企业 (form R01).  ``source`` says whether it came by hand or by sheet.

    A visit is one row however many purposes it serves: each figure takes the visits with its
    purpose or campaign and counts employers, never rows of the tags.  ``staff`` are colleagues with
    an account, ``staff_names`` everybody as the sheet names them.
    """

    scope: ClassVar[Scope] = Scope(
        area="activities", noun="visit", unit="unit", town="town", own=("created_by",)
    )
    row_label: ClassVar[RowLabel] = RowLabel(
        name=lambda row: str(row.employer), town="town", handler="staff_names", reads=("employer",)
    )

    named_by: ClassVar[tuple[str, ...]] = ("employer",)  # what ``__str__`` reads beside the row

    on = models.DateField("走访日期", default=timezone.localdate)
    employer = models.ForeignKey(
        "parties.Employer", models.PROTECT, verbose_name="单位", related_name="visits"
    )
    place = models.CharField("地点", max_length=200, blank=True)
    staff = models.ManyToManyField(
        "access.User", verbose_name="走访人员", related_name="visits", blank=True
    )
    staff_names = models.CharField("走访人员", max_length=200, help_text="多人用、隔开")
    purposes = models.ManyToManyField(
        "activities.Topic", verbose_name="事由", related_name="visits"
    )
    campaigns = models.ManyToManyField(
        "activities.Campaign", verbose_name="活动", related_name="visits", blank=True
    )
    met = models.CharField("接待人", max_length=60, blank=True)
    request = models.TextField("企业咨询和诉求", blank=True)
    advice = models.TextField("建议和答复", blank=True)
    result = models.TextField("成效", blank=True)
    is_requested = models.BooleanField("企业申请上门", default=False)
    follow_up_on = models.DateField("跟进日期", null=True, blank=True)
    followed_up_on = models.DateField("已跟进日期", null=True, blank=True)
    follow_up_note = models.CharField("跟进情况", max_length=500, blank=True)
    sheet = models.ForeignKey(
        "documents.File",
        models.PROTECT,
        verbose_name="签字的服务单",
        related_name="+",
        null=True,
        blank=True,
    )

    class Meta:
        verbose_name, verbose_name_plural = "走访", "走访服务企业"
        ordering = ["-on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(follow_up_on__isnull=True) | Q(follow_up_on__gte=F("on")),
                name="activities_visit_follow_up",
                violation_error_message="跟进日期不能早于走访日期",
            ),
            models.CheckConstraint(
                condition=Q(followed_up_on__isnull=True) | Q(followed_up_on__gte=F("on")),
                name="activities_visit_followed_up",
                violation_error_message="已跟进日期不能早于走访日期",
            ),
        ]
        indexes = [
            models.Index(fields=["-on", "-id"], name="activities_visit_list"),
            models.Index(fields=["employer", "on"], name="activities_visit_employer"),
            models.Index(
                fields=["follow_up_on"],
                condition=Q(followed_up_on__isnull=True, voided_at__isnull=True),
                name="activities_visit_to_follow",
            ),
        ]
        triggers = [*change_log()]

    def __str__(self) -> str:
        return f"{self.on:%Y-%m-%d} {self.employer}"

    @property
    def follow_up_state(self) -> str:
        """none, waiting, late or done."""
        if self.followed_up_on is not None:
            return "done"
        if self.follow_up_on is None:
            return "none"
        return "late" if self.follow_up_on < timezone.localdate() else "waiting"


FOLLOW_UP_STATES = {"none": "不需跟进", "waiting": "待跟进", "late": "逾期未跟进", "done": "已跟进"}


class VisitProblem(models.Model):
    """A question asked or a problem found at a visit, by kind, and what was advised."""

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="problems")
    kind = ListedField(
        "问题类别",
        max_length=12,
        listed="activities.problem_kind",
        ships=ProblemKind,
        default=ProblemKind.OTHER,
    )
    text = models.CharField("问题", max_length=500)
    task = models.ForeignKey(
        "activities.Task",
        models.PROTECT,
        verbose_name="交办",
        related_name="problems",
        null=True,
        blank=True,
    )

    class Meta:
        verbose_name = verbose_name_plural = "走访发现的问题"
        ordering = ["pk"]
        triggers = [*change_log(masks_words=True)]

    def __str__(self) -> str:
        return self.text


class ChecklistResult(models.Model):
    """Whether an item of a campaign's checklist was delivered or checked at a visit."""

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="checklist")
    item = models.ForeignKey(
        "activities.ChecklistItem", models.PROTECT, verbose_name="清单项", related_name="results"
    )
    is_done = models.BooleanField("已送（已检）", default=False)
    note = models.CharField("情况", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "清单结果"
        ordering = ["item__seq", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["visit", "item"], name="activities_result_once")
        ]
        triggers = [*change_log()]

    def __str__(self) -> str:
        return f"{self.item_id} {self.is_done}"
