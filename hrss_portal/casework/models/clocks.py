"""Clock: one statutory term running on one case; its steps; its reminders."""

from typing import Any

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from hrss_portal.access.scope import ScopedManager
from hrss_portal.audit.triggers import change_log
from hrss_portal.casework import door
from hrss_portal.casework.models.records import OF_CASE
from hrss_portal.casework.row_labels import RowLabel


class ClockState(models.TextChoices):
    """Where a clock stands."""

    RUNNING = "running", "计时中"
    PAUSED = "paused", "中止"
    MET = "met", "已完成"
    CANCELLED = "cancelled", "不再适用"


class Clock(models.Model):
    """A legal term running on a case.  Nothing counts down: the due day is computed from events.

    ``pauses`` holds [from, to] ISO days (to is empty while paused), ``extension`` the added days.
    ``given_on`` is the day that a paper states, for rules that count nothing themselves;
    ``given_at`` its moment where it states one.  ``due_at`` is the moment at which a term of hours,
    or one that was given with its hour, ends; ``met_at`` the moment at which such a one was met
    here, empty where only the day is known.
    ``soon_on``, ``last_call_on`` and ``escalate_on`` are the days on which the reminder ladder
    steps; they are stored so that one statement finds everything that is due.
    """

    scope = OF_CASE
    row_label = RowLabel(case="case", name="label")

    case = models.ForeignKey("casework.Case", models.PROTECT, related_name="clocks")
    term = models.CharField("时限", max_length=40)
    label = models.CharField("名称", max_length=80)
    rule = models.ForeignKey("deadlines.LegalRule", models.PROTECT, related_name="+")
    owner = models.CharField("义务人", max_length=12, default="bureau")
    is_target = models.BooleanField("内部目标", default=False)
    is_live = models.BooleanField("在本系统办理", default=True)
    started_on = models.DateField("起算日")
    started_at = models.DateTimeField("起算时刻", null=True)
    pauses = models.JSONField("中止区间", default=list)
    extension = models.PositiveSmallIntegerField("延长", null=True)
    given_on = models.DateField("文书载明的日期", null=True)
    given_at = models.DateTimeField("文书载明的时刻", null=True)
    due_on = models.DateField("到期日", null=True)
    due_at = models.DateTimeField("到期时刻", null=True)
    internal_due_on = models.DateField("内部到期日", null=True)
    provisional = models.BooleanField("暂定", default=False)
    soon_on = models.DateField("首次提醒日", null=True)
    last_call_on = models.DateField("末次提醒日", null=True)
    escalate_on = models.DateField("上报日", null=True)
    state = models.CharField("状态", max_length=10, choices=ClockState, default=ClockState.RUNNING)
    met_on = models.DateField("完成日", null=True)
    met_at = models.DateTimeField("完成时刻", null=True)
    started_by = models.ForeignKey("casework.Event", models.PROTECT, related_name="+", null=True)

    objects = ScopedManager()

    class Meta:
        verbose_name = verbose_name_plural = "时限"
        ordering = ["due_on", "pk"]
        triggers = [*change_log()]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="met", met_on__isnull=False)
                | ~Q(state="met") & Q(met_on__isnull=True),
                name="casework_clock_met_pair",
            ),
        ]
        indexes = [
            models.Index(
                fields=["soon_on"],
                condition=Q(state="running", is_live=True),
                name="casework_clock_ladder",
            ),
            models.Index(fields=["case", "term"], name="casework_clock_case"),
            models.Index(fields=["term", "state", "due_on"], name="casework_clock_term"),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.due_on}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Refused outside the door."""
        door.require_open("Clock")
        super().save(*args, **kwargs)

    @property
    def is_late(self) -> bool:
        """Whether it was met after the due day or moment (a running clock is judged against now).

        A minimum period has nothing to be late for.
        """
        if self.due_on is None or self.state == ClockState.CANCELLED or self.rule.is_minimum:
            return False
        until = self.met_on or timezone.localdate()
        moment = self.met_at if self.met_on else timezone.now()
        if until == self.due_on and self.due_at and moment:
            return moment > self.due_at
        return until > self.due_on

    @property
    def is_duty(self) -> bool:
        """Whether the bureau has to be done by its day: no target, no minimum period."""
        return self.owner == "bureau" and not self.is_target and not self.rule.is_minimum


class StepKind(models.TextChoices):
    """What may happen to a clock."""

    START = "start", "起算"
    PAUSE = "pause", "中止"
    RESUME = "resume", "恢复"
    EXTEND = "extend", "延长"
    RESTART = "restart", "重新计算"
    MET = "met", "完成"
    CANCEL = "cancel", "不再适用"
    REOPEN = "reopen", "恢复计时"
    REPLAY = "replay", "按新日历或新规则重算"
    CORRECT = "correct", "按更正重算"


class ClockStep(models.Model):
    """One change of a clock with its cause; keeps the old and the new due day.  Append-only."""

    scope = OF_CASE.through("clock")

    clock = models.ForeignKey(Clock, models.PROTECT, related_name="steps")
    kind = models.CharField("类型", max_length=10, choices=StepKind)
    on = models.DateField("日期")
    days = models.SmallIntegerField("天数", null=True)
    reason = models.CharField("理由", max_length=300, blank=True)
    approver = models.ForeignKey("access.User", models.PROTECT, related_name="+", null=True)
    event = models.ForeignKey("casework.Event", models.PROTECT, related_name="+", null=True)
    old_due_on = models.DateField("原到期日", null=True)
    new_due_on = models.DateField("新到期日", null=True)
    at = models.DateTimeField("登记时间", default=timezone.now)

    objects = ScopedManager()

    class Meta:
        verbose_name = verbose_name_plural = "时限变动"
        ordering = ["at", "pk"]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.on:%Y-%m-%d} {self.get_kind_display()}"


class Reminder(models.Model):
    """A step of the reminder ladder that was taken: once per clock, stage and due day.

    The due day is part of the key, so an extension gives a new ladder and a rerun gives nothing.
    """

    clock = models.ForeignKey(Clock, models.PROTECT, related_name="reminders")
    stage = models.CharField("档次", max_length=10)
    due_on = models.DateField("到期日")
    at = models.DateTimeField("提醒时间", default=timezone.now)
    sent_to = ArrayField(models.BigIntegerField(), default=list)
    told_at = models.DateTimeField("已通知", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "时限提醒"
        constraints = [
            models.UniqueConstraint(
                fields=["clock", "stage", "due_on"], name="casework_reminder_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(told_at__isnull=True), name="casework_reminder_untold"
            )
        ]

    def __str__(self) -> str:
        return f"{self.clock_id} {self.stage}"
