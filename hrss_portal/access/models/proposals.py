"""Changes that one person proposes and a second confirms."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from hrss_portal.audit.triggers import change_log


class Proposal(models.Model):
    """A change to rules, rates, grants, merges or templates, waiting for the second person.

    ``words`` are the lines that the second person reads; ``payload`` is for the machine alone.
    ``apply`` is the dotted path of ``apply(proposal) -> None``, called in the transaction of the
    confirmation; ``policy`` is what the second person needs,
    ``signer`` the only one who may be it where the change is one person's own word.  While the
    portal has a single active administrator, that person may sign twice with a reason, and the
    change is marked 单人确认.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "待复核"
        APPLIED = "applied", "已生效"
        REFUSED = "refused", "已退回"
        WITHDRAWN = "withdrawn", "已撤回"

    kind = models.CharField("事项", max_length=40)
    title = models.CharField("内容", max_length=200)
    words = models.JSONField("复核内容", default=list)
    payload = models.JSONField("数据", default=dict)
    apply = models.CharField("执行", max_length=100, editable=False)
    policy = models.CharField("复核权限", max_length=60, editable=False)
    reason = models.CharField("理由", max_length=200, blank=True)
    unit = models.ForeignKey(
        "access.Unit", verbose_name="单位", null=True, blank=True, on_delete=models.PROTECT
    )
    proposed_by = models.ForeignKey(
        "access.User", verbose_name="提议人", on_delete=models.PROTECT, related_name="proposals"
    )
    proposed_at = models.DateTimeField("提议时间", default=timezone.now, editable=False)
    signer = models.ForeignKey(
        "access.User",
        verbose_name="须由其确认",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    confirmed_by = models.ForeignKey(
        "access.User",
        verbose_name="复核人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="confirmations",
    )
    confirmed_at = models.DateTimeField("复核时间", null=True, blank=True)
    answer = models.CharField("复核意见", max_length=200, blank=True)
    is_single = models.BooleanField("单人确认", default=False)
    state = models.CharField("状态", max_length=10, choices=State, default=State.WAITING)

    class Meta:
        verbose_name = verbose_name_plural = "双人复核事项"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["state", "kind"], name="access_proposal_state")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "withdrawn"])
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="access_proposal_signed",
                violation_error_message="复核须有复核人和时间",
            ),
            models.CheckConstraint(
                condition=~Q(state="applied")
                | ~Q(confirmed_by=F("proposed_by"))
                | (Q(is_single=True) & ~Q(answer="")),
                name="access_proposal_two_people",
                violation_error_message="提议人不能复核自己的提议",
            ),
        ]
        triggers = change_log()

    def __str__(self) -> str:
        return self.title
