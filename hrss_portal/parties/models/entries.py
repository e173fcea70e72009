"""The bureau's own entries of the lists that it keeps."""

from django.db import models
from django.utils import timezone

from hrss_portal.audit.triggers import change_log


class ListEntry(models.Model):
    """One version of one entry of a kept list; the highest version of a code is what holds.

    A change adds a version and rewrites none, so the rows are the history of the list.  A code is
    never reused and an entry never deleted: old records keep the word that they were given.
    """

    list = models.CharField("字典", max_length=60)
    code = models.CharField("代码", max_length=20)
    version = models.PositiveSmallIntegerField("版本", default=1)
    label = models.CharField("名称", max_length=60)
    place = models.PositiveSmallIntegerField("次序")
    is_retired = models.BooleanField("停用", default=False)
    reason = models.CharField("理由", max_length=200)
    at = models.DateTimeField("时间", default=timezone.now, editable=False)
    by = models.ForeignKey("access.User", models.PROTECT, related_name="+", verbose_name="修改人")
    proposal = models.ForeignKey(
        "access.Proposal", models.PROTECT, related_name="+", null=True, verbose_name="复核"
    )

    class Meta:
        verbose_name = verbose_name_plural = "字典条目"
        ordering = ["list", "code", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["list", "code", "version"], name="parties_entry_version"
            ),
            models.CheckConstraint(condition=~models.Q(label=""), name="parties_entry_label"),
        ]
        triggers = [*change_log()]

    def __str__(self) -> str:
        return self.label
