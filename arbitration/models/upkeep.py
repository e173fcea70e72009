"""The ministry's and province's systems that the court works in, and their daily check.

A day of use without a check is a row of its own, so that a figure counts it and a list shows it.
The rows follow from systems, checks and calendar; nobody types them.
"""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Any, ClassVar

from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from hrss_portal.access.models import Unit
from hrss_portal.access.scope import Scope, ScopedManager
from hrss_portal.audit.triggers import change_log
from hrss_portal.casework.models import Record
from hrss_portal.casework.row_labels import RowLabel
from hrss_portal.deadlines.calendar import Calendar
from hrss_portal.deadlines.lookup import calendar_for

REGISTER = Scope(area="arbitration", unit="unit", town="town", own=("created_by",), noun="register")
ONE_DAY = timedelta(days=1)


class UpperSystem(Record):
    """A ministry or province system that the court works in, with its named keeper.

    ``used_until`` is the first day on which it is no longer used.
    """

    scope: ClassVar[Scope] = REGISTER
    row_label: ClassVar[RowLabel] = RowLabel(name="name", town="town", handler="keeper")

    name = models.CharField("系统名称", max_length=80)
    level = models.CharField("建设层级", max_length=20, help_text="部、省、市")
    keeper = models.ForeignKey(
        "access.User", models.PROTECT, verbose_name="专管员", related_name="+"
    )
    used_from = models.DateField("启用日期", default=timezone.localdate)
    used_until = models.DateField(
        "停用日期", null=True, blank=True, help_text="自这一天起不再要求每日检查"
    )

    objects: ClassVar[ScopedManager] = ScopedManager()

    class Meta:
        verbose_name = verbose_name_plural = "上级系统"
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(used_until__isnull=True) | Q(used_until__gte=F("used_from")),
                name="arbitration_system_dates",
                violation_error_message="停用日期不能早于启用日期",
            )
        ]
        triggers = [*change_log()]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store it, and with it the days that have no check."""
        with transaction.atomic():
            super().save(*args, **kwargs)
            renew_missed([self])


class SystemCheck(Record):
    """The daily check of a system by its keeper: ok, fault, repaired; data quality."""

    class Result(models.TextChoices):
        OK = "ok", "正常"
        FAULT = "fault", "故障"
        REPAIRED = "repaired", "已修复"

    scope: ClassVar[Scope] = REGISTER

    system = models.ForeignKey(UpperSystem, models.PROTECT, related_name="checks")
    on = models.DateField("检查日期", default=timezone.localdate)
    result = models.CharField("结果", max_length=10, choices=Result, default=Result.OK)
    data_quality = models.CharField("数据质量", max_length=200, blank=True)
    note = models.CharField("情况", max_length=200, blank=True)

    objects: ClassVar[ScopedManager] = ScopedManager()

    class Meta:
        verbose_name = verbose_name_plural = "系统检查"
        ordering = ["-on"]
        constraints = [
            models.UniqueConstraint(
                fields=["system", "on"],
                condition=Q(voided_at__isnull=True),
                name="arbitration_check_daily",
                violation_error_message="这一天已经登记过检查",
            )
        ]
        triggers = [*change_log()]

    def __str__(self) -> str:
        return f"{self.on:%Y-%m-%d} {self.system}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store it, and with it the days of its system (the former one as well) without a check."""
        with transaction.atomic():
            before = SystemCheck._base_manager.filter(pk=self.pk).values_list("system", flat=True)
            touched = {self.system_id, *before}
            super().save(*args, **kwargs)
            renew_missed(UpperSystem._base_manager.filter(pk__in=touched).order_by("pk"))

    @property
    def is_late(self) -> bool:
        """Whether it was registered on a later day than the one it tells of."""
        return timezone.localtime(self.created_at).date() > self.on


class MissedCheck(models.Model):
    """没有登记检查: a working day of use of a system, over by now, without a valid check."""

    scope: ClassVar[Scope] = Scope(
        area="arbitration",
        unit="system__unit",
        town="system__town",
        own=("system__keeper",),
        noun="register",
    )
    row_label: ClassVar[RowLabel] = RowLabel(town="system__town", handler="system__keeper")
    named_by: ClassVar[tuple[str, ...]] = ("system",)

    system = models.ForeignKey(
        UpperSystem, models.CASCADE, verbose_name="上级系统", related_name="missed"
    )
    on = models.DateField("日期", db_index=True)

    objects: ClassVar[ScopedManager] = ScopedManager()

    class Meta:
        verbose_name = verbose_name_plural = "没有登记检查的工作日"
        ordering = ["-on", "system"]
        constraints = [
            models.UniqueConstraint(fields=["system", "on"], name="arbitration_missed_check_once")
        ]

    def __str__(self) -> str:
        return f"{self.on:%Y-%m-%d} {self.system}"

    def get_absolute_url(self) -> str:
        """The list with this day alone."""
        day = self.on.isoformat()
        asked = {"system": str(self.system_id), "on_from": day, "on_to": day}
        return f"{reverse('arbitration:missedcheck_list')}?{urlencode(asked)}"


def court_calendar(unit: Unit) -> Calendar:
    """The working calendar of the region in which an office lies."""
    return calendar_for(unit.rules_region)


def days_without(
    done: Collection[date], since: date, until: date, *, calendar: Calendar
) -> list[date]:
    """The working days of ``since`` to ``until``, both included, that are not in ``done``."""
    days = ((since + timedelta(days=n)) for n in range((until - since).days + 1))
    return [day for day in days if day not in done and calendar.is_working(day)]


def unchecked(on: date) -> Any:
    """The systems in use on a day whose check of that day is not registered."""
    checked = SystemCheck._base_manager.filter(on=on, voided_at__isnull=True)
    stays = Q(used_until__isnull=True) | Q(used_until__gt=on)
    rows = UpperSystem._base_manager.filter(stays, used_from__lte=on, voided_at__isnull=True)
    return rows.exclude(pk__in=checked.values("system")).select_related("keeper").order_by("pk")


def missed_days(system: UpperSystem, before: date) -> list[date]:
    """The working days of use of a system before a day that have no valid check."""
    if system.is_void:
        return []
    checks = SystemCheck._base_manager.filter(system=system, voided_at__isnull=True)
    end = min(before, system.used_until or before)
    calendar = court_calendar(system.unit)
    done = frozenset(checks.values_list("on", flat=True))
    return days_without(done, system.used_from, end - ONE_DAY, calendar=calendar)


def renew_missed(systems: Iterable[UpperSystem]) -> int:
    """Let the rows of ``MissedCheck`` be exactly the days missed until yesterday; how many rows
    came or went."""
    today, changed = timezone.localdate(), 0
    for system in systems:
        rows = MissedCheck._base_manager.filter(system=system)
        stored = set(rows.values_list("on", flat=True))
        missed = set(missed_days(system, today))
        if gone := stored - missed:
            rows.filter(on__in=gone).delete()
        new = [MissedCheck(system=system, on=day) for day in sorted(missed - stored)]
        MissedCheck._base_manager.bulk_create(new, ignore_conflicts=True)
        changed += len(gone) + len(new)
    return changed
