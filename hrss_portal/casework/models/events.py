"""Event: what happened to a case, append-only."""

from typing import Any

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone

from hrss_portal.access.scope import ScopedManager
from hrss_portal.audit.triggers import change_log
from hrss_portal.casework import door
from hrss_portal.casework.models.records import OF_CASE
from hrss_portal.casework.row_labels import RowLabel


class EventKind(models.TextChoices):
    """Which of the verbs wrote the event."""

    OPEN = "open", "登记"
    MOVE = "move", "办理"
    AMEND = "amend", "更正"
    SYSTEM = "system", "系统"


class Event(models.Model):
    """One thing that happened to a case; written by the door in the same transaction.

    ``on`` is the day with legal effect, ``at`` the moment of entry: a date-only event never shows
    a made-up hour.  ``data`` is what the move's form gave, with personal values masked.
    ``counts_on`` is the day on which it counts once its corrections are read with it
    (``casework.corrected``): empty where one voids it.  Figures and queries ask for that column.
    What a ledger told was done by nobody here: ``by`` is empty and ``told_by`` names who entered
    the ledger.
    """

    scope = OF_CASE
    row_label = RowLabel(case="case", name="label")

    case = models.ForeignKey("casework.Case", models.PROTECT, related_name="events")
    kind = models.CharField("类型", max_length=10, choices=EventKind)
    move = models.CharField("动作", max_length=40)
    label = models.CharField("事项", max_length=60)
    from_state = models.CharField("原状态", max_length=40, blank=True)
    to_state = models.CharField("新状态", max_length=40, blank=True)
    on = models.DateField("日期")
    at = models.DateTimeField("登记时间", default=timezone.now)
    by = models.ForeignKey(
        "access.User",
        models.PROTECT,
        verbose_name="经办人",
        related_name="+",
        null=True,
        db_index=False,  # ``casework_event_by`` begins with it
    )
    by_name = models.CharField("经办人姓名", max_length=50, blank=True)
    on_behalf_of = models.ForeignKey(
        "access.User", models.PROTECT, verbose_name="代行", related_name="+", null=True
    )
    data = models.JSONField("内容", default=dict)
    note = models.TextField("说明", blank=True)
    is_live = models.BooleanField("在本系统办理", default=True)
    told_by = models.CharField("台账录入人", max_length=50, blank=True, default="", db_default="")
    counts_on = models.DateField("计入日期", null=True, editable=False)

    objects = ScopedManager()

    class Meta:
        verbose_name = verbose_name_plural = "办理记录"
        ordering = ["-on", "-at", "-pk"]
        indexes = [
            models.Index(fields=["case", "-on", "-at"], name="casework_event_case"),
            models.Index(fields=["move", "counts_on"], name="casework_event_move"),
            models.Index(fields=["by", "on"], name="casework_event_by"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(by__isnull=True) | ~Q(by_name=""),
                name="casework_event_by_pair",
            ),
        ]
        triggers = [
            *change_log(masks_words=True),  # of ``counts_on``; nothing else can change
            pgtrigger.Protect(
                name="append_only",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["counts_on"]),
            ),
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.on:%Y-%m-%d} {self.label}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Refused outside the door."""
        door.require_open("Event")
        super().save(*args, **kwargs)

    @property
    def doer(self) -> str:
        """Who did it; of what a ledger told, who entered that and when.  Empty: the system."""
        if not self.told_by:
            return self.by_name
        return f"由台账导入（{self.told_by}，{timezone.localtime(self.at):%Y-%m-%d} 录入）"

    @property
    def entered_later(self) -> str:
        """The day on which it was entered, where that is after its day; empty else."""
        entered = timezone.localtime(self.at).date()
        is_late = self.is_live and not self.told_by and entered > self.on
        return f"{entered:%Y-%m-%d} 登记" if is_late else ""
