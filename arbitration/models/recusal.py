"""回避申请: who is to stand aside from a dispute, and what was decided."""

from django.db import models
from django.db.models import Q

from arbitration.models.dispute import Dispute
from hrss_portal.audit.triggers import change_log


class Recusal(models.Model):
    """回避申请 and its decision within three working days (办案规则 Articles 11, 12).

    Who is challenged is a ``member`` of the register, or a ``user`` (alone where he stands in no
    register, beside the ``member`` where the register does not know his account), or somebody from
    outside known by ``name`` alone (interpreter, appraiser, inspector).
    """

    class Part(models.TextChoices):
        ARBITRATOR = "arbitrator", "仲裁员"
        CLERK = "clerk", "书记员"
        INTERPRETER = "interpreter", "翻译人员"
        APPRAISER = "appraiser", "鉴定人员"
        INSPECTOR = "inspector", "勘验人员"

    dispute = models.ForeignKey(Dispute, models.CASCADE, related_name="recusals")
    member = models.ForeignKey(
        "arbitration.StaffMember", models.PROTECT, related_name="+", null=True, blank=True
    )
    user = models.ForeignKey("access.User", models.PROTECT, related_name="+", null=True, blank=True)
    name = models.CharField("被申请回避的人员", max_length=50, blank=True)
    part = models.CharField("身份", max_length=12, choices=Part, blank=True)
    asked_by = models.CharField("申请人", max_length=80)
    asked_on = models.DateField("申请日期")
    reason = models.TextField("事由")
    granted = models.BooleanField("准许", null=True, blank=True)
    decided_on = models.DateField("决定日期", null=True, blank=True)
    decided_by = models.ForeignKey("access.User", models.PROTECT, related_name="+", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "回避"
        ordering = ["-asked_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(granted__isnull=True, decided_on__isnull=True)
                | Q(granted__isnull=False, decided_on__isnull=False),
                name="arbitration_recusal_decided_pair",
            ),
            models.CheckConstraint(
                condition=Q(member__isnull=False) | Q(user__isnull=False) | ~Q(name=""),
                name="arbitration_recusal_of_somebody",
            ),
        ]
        triggers = [*change_log(masks_words=True)]

    def __str__(self) -> str:
        return f"{self.asked_on:%Y-%m-%d} {self.who}"

    @property
    def who(self) -> str:
        """The name of whoever is challenged."""
        known = self.member or self.user
        return known.name if known else self.name

    @property
    def account(self) -> int | None:
        """The id of the account of whoever is challenged, None for people without one."""
        return (self.member.user_id if self.member else None) or self.user_id
