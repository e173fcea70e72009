"""Mediation: cases of every channel, and the daily look at the internet platform."""

from datetime import date, datetime, time
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from arbitration.models.choices import Cause, MediationResult, MediationSource
from hrss_portal.access.scope import Scope, ScopedManager
from hrss_portal.audit.triggers import change_log
from hrss_portal.casework.models import Case, CaseManager, Record
from hrss_portal.casework.row_labels import RowLabel
from hrss_portal.parties.dictionaries import ListedField

#: The time of day of a receipt whose hour nobody recorded: it is shown as a day.
NO_HOUR = time(0)


class MediationCase(Case):
    """调解登记 (form B01).  企业劳动争议协商调解规定 (2012); 调解仲裁法 Articles 10-16.

    ``channel`` of Case is the source of the form.  A case of the internet platform is overdue
    against the platform's own due time where the platform gives one, else against the mediation
    terms; acting on the same day is a local rule and never makes a case overdue.
    """

    class Consent(models.TextChoices):
        YES = "yes", "同意"
        NO = "no", "不同意"
        UNREACHED = "unreached", "未联系上"

    class Performed(models.TextChoices):
        FULL = "full", "已履行"
        PART = "part", "部分履行"
        NONE = "none", "未履行"

    class Review(models.TextChoices):
        NO = "no", "否"
        ARBITRATION = "arbitration", "仲裁审查"
        COURT = "court", "司法确认"

    Source = MediationSource
    Result = MediationResult
    scope: ClassVar[Scope] = Case.scope

    received_at = models.DateTimeField("收到时间", default=timezone.now)
    platform_due_at = models.DateTimeField("平台规定的到期时间", null=True, blank=True)
    cause = ListedField(
        "争议类型", max_length=20, listed="arbitration.cause", ships=Cause, legal=True
    )
    organisation = models.ForeignKey(
        "arbitration.MediationOrganisation",
        models.PROTECT,
        verbose_name="调解组织",
        related_name="cases",
    )
    consent = models.CharField("对方是否同意调解", max_length=10, choices=Consent, blank=True)
    process = models.TextField("调解经过", blank=True)
    agreed_terms = models.TextField("协议内容", blank=True)
    agreed_amount = models.DecimalField(
        "协议金额（元）", max_digits=14, decimal_places=2, null=True, blank=True
    )
    agreed_on = models.DateField("协议生效日期", null=True, blank=True)
    perform_by = models.DateField("履行期限", null=True, blank=True)
    performed = models.CharField("履行情况", max_length=10, choices=Performed, blank=True)
    review = models.CharField(
        "是否申请仲裁审查/司法确认", max_length=12, choices=Review, default=Review.NO
    )
    refuse_reason = models.TextField("不受理理由", blank=True)
    next_step = models.CharField("未达成后的去向", max_length=60, blank=True)
    mediator_as_recorded = models.CharField("台账所记调解员", max_length=50, blank=True)
    remark = models.TextField("备注", blank=True)

    objects: ClassVar[CaseManager] = CaseManager()

    class Meta:
        verbose_name = verbose_name_plural = "调解案件"
        constraints = [
            models.CheckConstraint(
                condition=Q(agreed_amount__isnull=True) | Q(agreed_amount__gte=0),
                name="arbitration_mediation_amount",
                violation_error_message="金额不能是负数",
            )
        ]
        triggers = [*change_log(masks_words=True)]

    def __str__(self) -> str:
        return self.reference

    @property
    def handler_as_told(self) -> str:
        """The mediator as the ledger names them."""
        return self.mediator_as_recorded

    @property
    def received(self) -> datetime | date:
        """When it came in: the moment, or the day alone where nobody recorded the hour."""
        at = timezone.localtime(self.received_at)
        return at.date() if at.time() == NO_HOUR else at

    @property
    def on_platform(self) -> bool:
        """Whether the case came through the internet-mediation platform."""
        return self.channel == MediationSource.PLATFORM


class PlatformLook(Record):
    """日查看: one signed look at the internet-mediation platform per working day.

    A day on which nothing came has its look as well; a working day without one is on a list.
    A local rule of the county (日查看、日办结), not a statutory one.
    """

    scope: ClassVar[Scope] = Scope(
        area="arbitration", unit="unit", town="town", own=("created_by",), noun="mediationcase"
    )
    row_label: ClassVar[RowLabel] = RowLabel(
        name=lambda row: f"日查看：新到 {row.new_cases} 件，未办结 {row.pending} 件",
        town="town",
        handler="created_by",
    )

    on = models.DateField("查看日期", default=timezone.localdate)
    looked_at = models.DateTimeField("查看时间", default=timezone.now)
    new_cases = models.PositiveSmallIntegerField("新到案件数", default=0)
    pending = models.PositiveSmallIntegerField("未办结数", default=0)
    note = models.CharField("情况", max_length=200, blank=True)

    objects: ClassVar[ScopedManager] = ScopedManager()

    class Meta:
        verbose_name = verbose_name_plural = "平台日查看"
        ordering = ["-on"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "on"],
                condition=Q(voided_at__isnull=True),
                name="arbitration_look_daily",
                violation_error_message="这一天已经登记过查看",
            )
        ]
        triggers = [*change_log()]

    def __str__(self) -> str:
        return f"{self.on:%Y-%m-%d}"

    @property
    def is_late(self) -> bool:
        """Whether it was registered on a later day than the one it tells of."""
        return timezone.localtime(self.created_at).date() > self.on
