"""Record, a dated fact that an office keeps; Case, a record that moves."""

from datetime import date
from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from hrss_portal.access.scope import Scope, ScopedManager, ScopedQuerySet
from hrss_portal.audit.triggers import change_log
from hrss_portal.casework import door
from hrss_portal.casework.row_labels import RowLabel

CASE_SCOPE = Scope(
    kind="kind",
    unit="unit",
    town="town",
    own=("handler", "deputy", "created_by"),
    team="team",
)
OF_CASE = CASE_SCOPE.through("case")  # of what hangs on a case: events, clocks, papers, links


class Source(models.TextChoices):
    """How a record came into the portal."""

    HAND = "hand", "录入"
    SHEET = "sheet", "导入"
    API = "api", "接口"
    DEMO = "demo", "演示"


class Record(models.Model):
    """A dated fact that an office keeps; the base of every register and of Case.

    Nothing is deleted: a record entered by mistake is voided with a reason and stops counting.
    ``expires_on`` is watched, so that a certificate or a term in office warns before it ends.
    """

    unit = models.ForeignKey(
        "access.Unit", models.PROTECT, verbose_name="承办单位", related_name="+"
    )
    town = models.ForeignKey(
        "access.Unit",
        models.PROTECT,
        verbose_name="乡镇（园区）",
        related_name="+",
        null=True,
        blank=True,
    )
    source = models.CharField("录入方式", max_length=10, choices=Source, default=Source.HAND)
    expires_on = models.DateField("有效期至", null=True, blank=True)
    created_at = models.DateTimeField("录入时间", default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        "access.User",
        models.PROTECT,
        verbose_name="录入人",
        related_name="+",
        null=True,
        editable=False,
    )
    updated_at = models.DateTimeField("修改时间", auto_now=True, editable=False)
    updated_by = models.ForeignKey(
        "access.User",
        models.PROTECT,
        verbose_name="修改人",
        related_name="+",
        null=True,
        editable=False,
    )
    version = models.PositiveIntegerField("版本", default=1, editable=False)
    voided_at = models.DateTimeField("作废时间", null=True, editable=False)
    voided_by = models.ForeignKey(
        "access.User",
        models.PROTECT,
        verbose_name="作废人",
        related_name="+",
        null=True,
        editable=False,
    )
    void_reason = models.CharField("作废理由", max_length=200, blank=True, editable=False)

    objects: ClassVar[ScopedManager] = ScopedManager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(voided_at__isnull=True, void_reason="")
                | Q(voided_at__isnull=False) & ~Q(void_reason=""),
                name="%(app_label)s_%(class)s_void_pair",
                violation_error_message="作废要写理由",
            ),
        ]

    @property
    def is_void(self) -> bool:
        """Whether the record was entered by mistake and no longer counts."""
        return self.voided_at is not None


def past(today: date) -> Q:
    """Cases whose next statutory day is over, or its moment where it ends at one (a term of hours
    or of half a working day)."""
    over = Q(due_on__lt=today) | Q(due_at__lt=timezone.now())
    return Q(due_on__lte=today) & over


class CaseQuerySet(ScopedQuerySet):
    """Cases as sentences: ``Case.objects.open().overdue(today)``."""

    def valid(self) -> Self:
        """Cases that count: not voided."""
        return self.filter(voided_at__isnull=True)

    def open(self) -> Self:
        """Cases still being worked on."""
        return self.valid().filter(closed_on__isnull=True)

    def closed(self) -> Self:
        """Cases that have ended."""
        return self.valid().filter(closed_on__isnull=False)

    def overdue(self, today: date) -> Self:
        """Open cases whose next statutory day has passed."""
        return self.open().filter(past(today))

    def update(self, **changes: Any) -> int:
        """Refused outside the door: a bulk update leaves no Event."""
        door.require_open("Case")
        return super().update(**changes)

    def bulk_create(self, *args: Any, **kwargs: Any) -> Any:
        """Refused outside the door: cases arrive through ``open_case`` or ``open_cases``."""
        door.require_open("Case")
        return super().bulk_create(*args, **kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refused: a case is voided with a reason, its number is never used again."""
        raise door.WrongDoor("a case is voided, never deleted")


class CaseManager(ScopedManager.from_queryset(CaseQuerySet)):  # type: ignore[misc]
    """Cases inside ``acting_as`` only, with the words of ``CaseQuerySet``."""


class Case(Record):
    """A record that moves through states, with clocks; the one target of everything shared.

    An area's case inherits it (multi-table, one level: docs/adr), adding the fields of its form.
    Unit, town, channel, the dates and the amounts that figures and lists need stand here, so the
    inbox, the search and the boards read this table alone.  A case is somebody's own who handles
    it, assists, entered it, or is in ``team``: ids of users, as those who sit in a tribunal.
    """

    scope: ClassVar[Scope] = CASE_SCOPE
    row_label: ClassVar[RowLabel] = RowLabel(
        number="reference", name="title", town="town", handler="handler_words", reads=("handler",)
    )

    kind = models.CharField("业务类别", max_length=60, editable=False)
    number = models.CharField("案号", max_length=60, null=True, blank=True, editable=False)
    intake_no = models.CharField("收件号", max_length=40, blank=True, editable=False)
    title = models.CharField("标题", max_length=200, editable=False)
    state = models.CharField("状态", max_length=40, editable=False)
    state_on = models.DateField("状态日期", editable=False)
    back_to = models.CharField("恢复到", max_length=40, blank=True, editable=False)
    channel = models.CharField("来源渠道", max_length=30, blank=True)
    opened_on = models.DateField("收到日期")
    accepted_on = models.DateField("受理日期", null=True, blank=True)
    closed_on = models.DateField("办结日期", null=True, blank=True)
    outcome = models.CharField("办理结果", max_length=40, blank=True)
    amount = models.DecimalField(
        "涉及金额（元）", max_digits=14, decimal_places=2, null=True, blank=True
    )
    people = models.PositiveIntegerField("涉及人数", default=1)
    handler = models.ForeignKey(
        "access.User",
        models.PROTECT,
        verbose_name="承办人",
        related_name="cases_handled",
        null=True,
        blank=True,
    )
    deputy = models.ForeignKey(
        "access.User",
        models.PROTECT,
        verbose_name="协办人（书记员）",
        related_name="cases_assisted",
        null=True,
        blank=True,
    )
    team = ArrayField(
        models.BigIntegerField(), verbose_name="合议、协同人员", default=list, editable=False
    )
    external_system = models.CharField("外部系统", max_length=40, blank=True)
    external_no = models.CharField("外部编号", max_length=60, blank=True)
    is_live = models.BooleanField("在本系统办理", default=True, editable=False)
    due_on = models.DateField("最近到期日", null=True, editable=False)
    due_at = models.DateTimeField("最近到期时刻", null=True, editable=False)
    due_term = models.CharField("最近到期事项", max_length=40, blank=True, editable=False)
    due_provisional = models.BooleanField("暂定", default=False, editable=False)
    warn_on = models.DateField("转黄日", null=True, editable=False)
    is_paused = models.BooleanField("时限中止", default=False, editable=False)
    archived_on = models.DateField("归档日期", null=True, editable=False)
    keep_until = models.DateField("保存至", null=True, editable=False)
    on_hold = models.BooleanField("暂缓销毁", default=False, editable=False)
    is_sealed = models.BooleanField("不公开", default=False)
    grams = ArrayField(models.CharField(max_length=4), default=list, editable=False)

    objects: ClassVar[CaseManager] = CaseManager()

    class Meta:
        verbose_name = verbose_name_plural = "办件"
        ordering = ["-opened_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "number"],
                condition=Q(number__isnull=False),
                name="casework_case_number",
                violation_error_message="这个案号已经用过",
            ),
            models.UniqueConstraint(
                fields=["kind", "external_system", "external_no"],
                condition=~Q(external_no=""),
                name="casework_case_external",
                violation_error_message="这个外部编号已经登记过",
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("opened_on")),
                name="casework_case_closed_after_opened",
                violation_error_message="办结日期不能早于收到日期",
            ),
            models.CheckConstraint(
                condition=Q(accepted_on__isnull=True) | Q(accepted_on__gte=F("opened_on")),
                name="casework_case_accepted_after_opened",
                violation_error_message="受理日期不能早于收到日期",
            ),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gte=0),
                name="casework_case_amount",
                violation_error_message="金额不能是负数",
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "-opened_on", "-id"], name="casework_case_list"),
            models.Index(
                fields=["kind", "due_on"],
                condition=Q(closed_on__isnull=True, voided_at__isnull=True),
                name="casework_case_open_due",
            ),
            models.Index(
                fields=["handler", "due_on"],
                condition=Q(closed_on__isnull=True, voided_at__isnull=True),
                name="casework_case_todo",
            ),
            # as the lists sort, read forwards or backwards; figures find their years with them
            *(
                models.Index(fields=["kind", name, "id"], name=index)
                for name, index in (
                    ("due_on", "casework_case_due"),
                    ("closed_on", "casework_case_closed"),
                    ("accepted_on", "casework_case_accepted"),
                    ("amount", "casework_case_amount"),
                )
            ),
            models.Index(  # the files of all kinds, as the archive sorts them
                fields=["closed_on", "id"],
                condition=Q(closed_on__isnull=False, voided_at__isnull=True),
                name="casework_case_ended",
            ),
            models.Index(
                fields=["kind", "state"],
                condition=Q(voided_at__isnull=True, is_live=True),
                name="casework_case_unfinished",
            ),
            models.Index(fields=["unit", "kind"], name="casework_case_unit"),
            models.Index(fields=["town", "kind"], name="casework_case_town"),
            GinIndex(fields=["grams"], name="casework_case_grams"),
            GinIndex(fields=["team"], name="casework_case_team"),
        ]
        triggers = [*change_log(skip=("grams", "updated_at"), masks_words=True)]

    def __str__(self) -> str:
        return self.reference

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Refused outside the door."""
        door.require_open("Case")
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        """The page of the case."""
        return reverse("desk:case", args=[self.pk])

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refused: a case is voided with a reason, its number is never used again."""
        raise door.WrongDoor("a case is voided, never deleted")

    @property
    def reference(self) -> str:
        """The number that people quote: the case's, the intake's, the upper platform's."""
        return self.number or self.intake_no or self.external_no or f"未编号 {self.pk}"

    @property
    def handler_as_told(self) -> str:
        """Who handled it by a ledger that names somebody without an account; areas tell it."""
        return ""

    @property
    def handler_words(self) -> str:
        """Who handles the case, as pages and files show it."""
        if self.handler is not None:
            return self.handler.name
        return f"{self.handler_as_told}（台账所记）" if self.handler_as_told else ""

    @property
    def file_class(self) -> str:
        """The data class that all that lies in its file asks for; P4 when heard in private."""
        return "P4" if self.is_sealed else ""

    @property
    def is_open(self) -> bool:
        """Whether work on the case goes on."""
        return self.closed_on is None and self.voided_at is None

    @property
    def specific(self) -> "Case":
        """The area's own case behind this row (one query, none when it is that already)."""
        if self._meta.label_lower == self.kind:
            return self
        return getattr(self, self.kind.rpartition(".")[2])
