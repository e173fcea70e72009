"""The code with which whoever brought a matter asks how far it is."""

from django.db import models
from django.utils import timezone

from hrss_portal.access.scope import ScopedManager
from hrss_portal.audit.triggers import change_log
from hrss_portal.casework.models.records import OF_CASE


class ProgressCode(models.Model):
    """查询码 of one case: of its code only the SHA-256 is kept, the code itself stands on paper.

    A new one takes the place of the old, which then opens nothing; so does one whose ``paper`` (the
    receipt that printed it) was voided.
    """

    scope = OF_CASE

    case = models.OneToOneField("casework.Case", models.PROTECT, related_name="progress_code")
    paper = models.ForeignKey(
        "casework.CasePaper",
        models.PROTECT,
        verbose_name="印在哪份文书上",
        related_name="+",
        null=True,
        editable=False,
    )
    digest = models.CharField("查询码摘要", max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField("生成时间", default=timezone.now)

    objects = ScopedManager()

    class Meta:
        verbose_name = verbose_name_plural = "办件查询码"
        triggers = [*change_log()]

    def __str__(self) -> str:
        return f"{self.case_id}"
