"""Merging two rows of the same person or employer, and taking it back."""

from django.db import models
from django.db.models import F, Q

from hrss_portal.access.policy import Scope
from hrss_portal.access.scope import ScopedManager
from hrss_portal.audit.triggers import change_log


class Merge(models.Model):
    """The record of one merge: which row stands, which went, who asked and who agreed.

    Nothing is rewritten: the row that went keeps its references and points to the one that stands.
    Rows that had been merged into the one that went are turned to the one that stands
    (``turned``), so that one step always leads to the standing row; undoing turns them back.
    """

    scope = Scope(area="parties", noun="merge")

    class State(models.TextChoices):
        DONE = "done", "已合并"
        UNDONE = "undone", "已撤销"

    noun = models.CharField(
        "对象", max_length=10, choices=[("person", "人员"), ("employer", "单位")]
    )
    stands_id = models.BigIntegerField("保留")
    went_id = models.BigIntegerField("并入")
    turned = models.JSONField("随同转向", default=list)
    went_state = models.CharField("合并前状态", max_length=10, blank=True)
    reason = models.CharField("理由", max_length=200)
    proposal = models.OneToOneField(
        "access.Proposal",
        verbose_name="复核",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    state = models.CharField("状态", max_length=10, choices=State, default=State.DONE)
    done_at = models.DateTimeField("合并时间", auto_now_add=True)
    done_by = models.ForeignKey(
        "access.User", verbose_name="合并人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    undone_at = models.DateTimeField("撤销时间", null=True)
    undone_by = models.ForeignKey(
        "access.User", verbose_name="撤销人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    undone_reason = models.CharField("撤销理由", max_length=200, blank=True)

    objects = ScopedManager()

    class Meta:
        verbose_name = verbose_name_plural = "合并记录"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["noun", "stands_id"], name="parties_merge_stands"),
            models.Index(fields=["noun", "went_id"], name="parties_merge_went"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(stands_id=F("went_id")),
                name="parties_merge_two",
                violation_error_message="合并需要两条不同的记录",
            ),
            models.CheckConstraint(
                condition=Q(state="done", undone_at=None)
                | (Q(state="undone", undone_at__isnull=False) & ~Q(undone_reason="")),
                name="parties_merge_undone",
                violation_error_message="撤销合并要写明理由",
            ),
        ]
        triggers = change_log()

    def __str__(self) -> str:
        return f"{self.get_noun_display()} {self.went_id} 并入 {self.stands_id}"
