"""The archive: how long files are kept, what may not be destroyed, what was destroyed and proved.

《中华人民共和国档案法》 Article 21 (keeping periods; no file is destroyed without approval);
《劳动人事争议仲裁办案规则》 Article 24 (award files ten years, other files five).
"""

from datetime import date

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone

from hrss_portal.access.scope import ScopedManager
from hrss_portal.audit.triggers import change_log
from hrss_portal.casework.models.records import OF_CASE


class RetentionRule(models.Model):
    """How long the files of one kind of case are kept, and what happens afterwards.

    ``outcome`` narrows a row to cases that ended so; the row without outcome is for the rest.
    ``years`` empty means permanent.  Rows come with the release or through two signatures.
    """

    class Action(models.TextChoices):
        DESTROY = "destroy", "到期鉴定后销毁"
        TRANSFER = "transfer", "到期移交档案馆"
        KEEP = "keep", "永久保存"

    class Standing(models.TextChoices):
        STATUTORY = "statutory", "法定"
        LOCAL = "local", "本地默认"

    kind = models.CharField("业务类别", max_length=60)
    outcome = models.CharField("办理结果", max_length=40, blank=True)
    label = models.CharField("名称", max_length=80)
    years = models.PositiveSmallIntegerField("保存年数", null=True, blank=True)
    action = models.CharField("到期处理", max_length=10, choices=Action, default=Action.DESTROY)
    article = models.CharField("依据", max_length=200)
    standing = models.CharField("性质", max_length=10, choices=Standing, default=Standing.LOCAL)
    is_shipped = models.BooleanField("随系统发布", default=True, editable=False)
    proposal = models.ForeignKey(
        "access.Proposal", models.PROTECT, related_name="+", null=True, editable=False
    )

    class Meta:
        verbose_name = verbose_name_plural = "保管期限"
        ordering = ["kind", "-outcome"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "outcome"],
                name="casework_retention_once",
                violation_error_message="这类案卷已有保管期限",
            ),
            models.CheckConstraint(
                condition=Q(action="keep", years__isnull=True)
                | ~Q(action="keep") & Q(years__gte=1, years__isnull=False),
                name="casework_retention_years",
                violation_error_message="永久保存的不写年数；其余要写保存年数",
            ),
        ]
        triggers = [*change_log()]

    def __str__(self) -> str:
        return self.label

    @property
    def period(self) -> str:
        """永久, or so many years."""
        return "永久" if self.years is None else f"{self.years} 年"

    def until(self, archived_on: date) -> date | None:
        """The last day of keeping; None for ever.  29 February ends on 28 February."""
        if self.years is None:
            return None
        try:
            return archived_on.replace(year=archived_on.year + self.years)
        except ValueError:
            return archived_on.replace(year=archived_on.year + self.years, day=28)


class LegalHold(models.Model):
    """A file that may not be destroyed whatever its period: a suit, an audit, an inspection."""

    scope = OF_CASE

    case = models.ForeignKey("casework.Case", models.PROTECT, related_name="holds")
    reason = models.CharField("事由", max_length=200)
    file_ref = models.CharField("来文文号", max_length=80, blank=True)
    set_at = models.DateTimeField("设定时间", default=timezone.now)
    set_by = models.ForeignKey("access.User", models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField("解除时间", null=True)
    lifted_by = models.ForeignKey("access.User", models.PROTECT, related_name="+", null=True)
    lift_reason = models.CharField("解除理由", max_length=200, blank=True)

    objects = ScopedManager()

    class Meta:
        verbose_name = verbose_name_plural = "暂缓销毁"
        ordering = ["-set_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lift_reason="", lifted_by__isnull=True)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False) & ~Q(lift_reason=""),
                name="casework_hold_lift_pair",
                violation_error_message="解除暂缓销毁要写理由",
            ),
        ]
        triggers = [*change_log()]

    def __str__(self) -> str:
        return self.reason


class Tombstone(models.Model):
    """What is left of a destroyed file: that it was there, its digest, and who agreed.

    The row of the case stays with its number, dates and outcome, so that counts of past years
    hold; names, addresses, texts and the stored files are gone.
    """

    scope = OF_CASE

    case = models.OneToOneField("casework.Case", models.PROTECT, related_name="tombstone")
    digest = models.CharField("内容摘要 SHA-256", max_length=64)
    contents = models.JSONField("卷内数量", default=dict)
    article = models.CharField("依据", max_length=200)
    proposal = models.ForeignKey("access.Proposal", models.PROTECT, related_name="+")
    at = models.DateTimeField("销毁时间", default=timezone.now)

    objects = ScopedManager()

    class Meta:
        verbose_name = verbose_name_plural = "销毁记录"
        ordering = ["-at", "-pk"]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.digest[:12]}"


class ReplayCheck(models.Model):
    """What a changed calendar or rule would do to one bureau's running clocks.

    One row per bureau and state of the law (``stamp``): the check itself is made once, and so is
    its announcement.  ``moves`` holds [clock, case, reference, label, old day, new day, rule].
    """

    root = models.ForeignKey("access.Unit", models.PROTECT, related_name="+")
    stamp = models.CharField("日历与规则状态", max_length=64)
    checked_at = models.DateTimeField("检查时间", default=timezone.now)
    moves = models.JSONField("受影响的时限", default=list)
    proposal = models.ForeignKey("access.Proposal", models.PROTECT, related_name="+", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "时限重算检查"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["root", "stamp"], name="casework_replaycheck_once")
        ]

    def __str__(self) -> str:
        return f"{self.root_id} {self.stamp}"


class Sharing(models.Model):
    """Personal data that left the bureau: to whom, what for, on which basis, about how many.

    《个人信息保护法》 Articles 23, 55 and 56: providing to others is recorded, for three years.
    """

    root = models.ForeignKey("access.Unit", models.PROTECT, related_name="+")
    on = models.DateField("提供日期")
    recipient = models.CharField("接收单位", max_length=100)
    purpose = models.CharField("用途", max_length=200)
    basis = models.CharField("依据", max_length=200)
    contents = models.CharField("信息种类", max_length=200)
    people = models.PositiveIntegerField("涉及人数", default=1)
    person = models.ForeignKey(
        "parties.Person", models.PROTECT, related_name="sharings", null=True, blank=True
    )
    noted_by = models.ForeignKey("access.User", models.PROTECT, related_name="+")
    noted_at = models.DateTimeField("登记时间", default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "个人信息提供记录"
        ordering = ["-on", "-pk"]
        triggers = [*change_log()]

    def __str__(self) -> str:
        return f"{self.on} {self.recipient}"
