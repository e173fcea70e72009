"""Restrictions: what a party may not do or receive, from when to when, and on what basis."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q

from hrss_portal.access.policy import Scope
from hrss_portal.access.scope import ScopedManager, ScopedQuerySet
from hrss_portal.audit.triggers import change_log
from hrss_portal.parties.choices import RestrictionKind


class RestrictionQuerySet(ScopedQuerySet):
    """Restrictions by day."""

    def active(self, on: date) -> Self:
        """Those that run on a day: the last day counts, the day of lifting does not."""
        return self.filter(
            Q(to_on=None) | Q(to_on__gte=on),
            Q(lifted_on=None) | Q(lifted_on__gt=on),
            from_on__lte=on,
        )


class RestrictionManager(ScopedManager.from_queryset(RestrictionQuerySet)):  # type: ignore[misc]
    """Reads inside ``acting_as`` only."""


class Restriction(models.Model):
    """A dated restriction on one person or one employer; the doors of every area ask for it.

    《拖欠农民工工资失信联合惩戒对象名单管理暂行办法》（人社部令第45号）,
    《重大劳动保障违法行为社会公布办法》（人社部令第29号）; other kinds
    name their basis.  ``reference`` is the number of the decision.
    """

    scope = Scope(area="parties", noun="restriction")

    person = models.ForeignKey(
        "parties.Person",
        verbose_name="人员",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="restrictions",
    )
    employer = models.ForeignKey(
        "parties.Employer",
        verbose_name="单位",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="restrictions",
    )
    kind = models.CharField("限制", max_length=12, choices=RestrictionKind)
    basis = models.CharField("依据", max_length=200)
    reference = models.CharField("决定文号", max_length=60, blank=True)
    from_on = models.DateField("自")
    to_on = models.DateField("至", null=True, blank=True)
    lifted_on = models.DateField("解除日期", null=True, blank=True)
    lifted_reason = models.CharField("解除原因", max_length=200, blank=True)
    unit = models.ForeignKey(
        "access.Unit", verbose_name="作出单位", on_delete=models.PROTECT, related_name="+"
    )
    set_at = models.DateTimeField("登记时间", auto_now_add=True)
    set_by = models.ForeignKey(
        "access.User", verbose_name="登记人", null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = RestrictionManager()

    class Meta:
        verbose_name = verbose_name_plural = "限制"
        ordering = ["-from_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, employer=None)
                | Q(person=None, employer__isnull=False),
                name="parties_restriction_on_one",
                violation_error_message="限制要么对人、要么对单位",
            ),
            models.CheckConstraint(
                condition=Q(to_on=None) | Q(to_on__gte=F("from_on")),
                name="parties_restriction_dates",
                violation_error_message="截止日期不能早于起始日期",
            ),
            models.CheckConstraint(
                condition=Q(lifted_on=None) | ~Q(lifted_reason=""),
                name="parties_restriction_lifted",
                violation_error_message="解除限制要写明原因",
            ),
        ]
        triggers = change_log()

    def __str__(self) -> str:
        return self.get_kind_display()
