"""Hearings, rooms, and the bookings that keep a room, an arbitrator or a party from two at once."""

from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils import timezone

from arbitration.models.dispute import Dispute
from hrss_portal.access.scope import Scope, ScopedManager
from hrss_portal.audit.triggers import change_log
from hrss_portal.casework.models import Record
from hrss_portal.casework.row_labels import RowLabel


class Room(Record):
    """A hearing room of the court."""

    scope: ClassVar[Scope] = Scope(
        area="arbitration", unit="unit", town="town", own=("created_by",), noun="register"
    )

    name = models.CharField("庭室", max_length=40)
    seats = models.PositiveSmallIntegerField("旁听席位", null=True, blank=True)
    is_active = models.BooleanField("在用", default=True)

    objects: ClassVar[ScopedManager] = ScopedManager()

    class Meta:
        verbose_name = verbose_name_plural = "庭室"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "name"],
                condition=Q(voided_at__isnull=True),
                name="arbitration_room_name",
                violation_error_message="这个庭室已经登记过",
            )
        ]
        triggers = [*change_log()]

    def __str__(self) -> str:
        return self.name


class Hearing(Record):
    """一次开庭: planned, postponed, held or cancelled (办案规则 Articles 38-43).

    ``uniform_worn`` answers the rule that arbitrators hear cases in uniform; a held hearing
    without the tick is on a list.
    """

    class State(models.TextChoices):
        PLANNED = "planned", "已排期"
        HELD = "held", "已开庭"
        POSTPONED = "postponed", "已延期"
        CANCELLED = "cancelled", "已取消"

    scope: ClassVar[Scope] = Scope(
        area="arbitration",
        unit="unit",
        town="town",
        own=("dispute__handler", "dispute__deputy", "dispute__created_by"),
        team="dispute__team",
        noun="dispute",
    )
    row_label: ClassVar[RowLabel] = RowLabel(case="dispute", reads=("room",))

    dispute = models.ForeignKey(Dispute, models.PROTECT, related_name="hearings")
    room = models.ForeignKey(Room, models.PROTECT, verbose_name="庭室", related_name="hearings")
    period = DateTimeRangeField("开庭时间")
    state = models.CharField("状态", max_length=10, choices=State, default=State.PLANNED)
    is_public = models.BooleanField("公开审理", default=True)
    is_remote = models.BooleanField("网上开庭", default=False)
    off_hours_because = models.CharField("非工作时间开庭的理由", max_length=200, blank=True)
    uniform_worn = models.BooleanField("着仲裁员服装", null=True, blank=True)
    attended = models.CharField("到庭情况", max_length=200, blank=True)
    postponed_because = models.CharField("延期理由", max_length=200, blank=True)
    transcript = models.ForeignKey(
        "documents.File",
        models.PROTECT,
        verbose_name="庭审笔录",
        related_name="+",
        null=True,
        blank=True,
    )

    objects: ClassVar[ScopedManager] = ScopedManager()

    class Meta:
        verbose_name = verbose_name_plural = "开庭"
        ordering = ["period", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(period__isempty=False), name="arbitration_hearing_period"
            ),
            models.CheckConstraint(
                condition=~Q(state="postponed") | ~Q(postponed_because=""),
                name="arbitration_hearing_postponed",
                violation_error_message="延期开庭要写理由",
            ),
        ]
        triggers = [*change_log(masks_words=True)]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.starts_at):%Y-%m-%d %H:%M} {self.room}"

    @property
    def starts_at(self) -> datetime:
        """The moment the hearing begins."""
        return self.period.lower

    @property
    def ends_at(self) -> datetime:
        """The moment the room is free again."""
        return self.period.upper


class Booking(models.Model):
    """One resource of one hearing: a room, an arbitrator, a party.

    The exclusion constraint is what refuses two hearings at once, also under two clerks pressing
    the button together; ``resource`` is "room:3", "staff:12", "person:55" or "employer:7".
    """

    hearing = models.ForeignKey(Hearing, models.CASCADE, related_name="bookings")
    resource = models.CharField(max_length=30)
    label = models.CharField(max_length=120)
    period = DateTimeRangeField()

    class Meta:
        verbose_name = verbose_name_plural = "开庭占用"
        constraints = [
            ExclusionConstraint(
                name="arbitration_booking_no_overlap",
                expressions=[
                    ("resource", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                violation_error_message="这个时间已经排了别的庭",
            )
        ]

    def __str__(self) -> str:
        return f"{self.label} {timezone.localtime(self.period.lower):%Y-%m-%d %H:%M}"
