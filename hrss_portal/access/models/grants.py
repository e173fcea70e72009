"""Who holds which post where, who stands in for whom, who may sign for whom."""

from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from hrss_portal.access.acting import forget_rights
from hrss_portal.access.roles import DATA_CLASSES, GUARDS, posts
from hrss_portal.access.scoping import Scope
from hrss_portal.audit.triggers import change_log

POSTS = [(post.code, post.label) for post in posts]


def all_classes() -> list[str]:
    """Every data class: the ceiling that lowers nothing."""
    return [code for code, _ in DATA_CLASSES]


class DatedQuerySet(models.QuerySet):
    """Rows with ``from_on`` and ``to_on``."""

    def running(self) -> Self:
        """In force today (a legal date: local)."""
        today = timezone.localdate()
        return self.filter(from_on__lte=today, to_on__gte=today)


class GrantQuerySet(models.QuerySet["Grant"]):
    """Grants by whether they count today."""

    def in_force(self) -> Self:
        """Neither revoked nor expired; whether the person is active is the caller's question."""
        valid = Q(valid_until=None) | Q(valid_until__gte=timezone.localdate())
        return self.filter(valid, revoked_at=None)


class Grant(models.Model):
    """A person holds a post at a unit, for one area or all, up to a date.

    A row exists only once the second person has confirmed it; nobody grants to themselves.
    ``classes`` is a ceiling: it lowers the data classes of the post's roles, never raises them.
    """

    user = models.ForeignKey(
        "access.User", verbose_name="用户", on_delete=models.PROTECT, related_name="grants"
    )
    post = models.CharField("岗位", max_length=10, choices=POSTS)
    unit = models.ForeignKey(
        "access.Unit", verbose_name="单位", on_delete=models.PROTECT, related_name="grants"
    )
    area = models.CharField("业务", max_length=30, blank=True, help_text="空为岗位的全部业务")
    classes = ArrayField(
        models.CharField(max_length=2), verbose_name="数据类别上限", default=all_classes
    )
    valid_until = models.DateField("有效期至", null=True, blank=True)
    granted_by = models.ForeignKey(
        "access.User",
        verbose_name="授权人",
        null=True,
        on_delete=models.PROTECT,
        related_name="grants_given",
    )
    confirmed_by = models.ForeignKey(
        "access.User",
        verbose_name="复核人",
        null=True,
        on_delete=models.PROTECT,
        related_name="grants_confirmed",
    )
    created_at = models.DateTimeField("授权时间", default=timezone.now, editable=False)
    revoked_at = models.DateTimeField("收回时间", null=True, blank=True)
    revoked_by = models.ForeignKey(
        "access.User",
        verbose_name="收回人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="grants_revoked",
    )

    scope = Scope(area="access", noun="grant", unit="unit", own=("user",))
    objects = GrantQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "授权"
        ordering = ["user", "post", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(granted_by=None) | ~Q(granted_by=F("user")),
                name="access_grant_not_to_oneself",
                violation_error_message="不能给自己授权",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("user")),
                name="access_grant_not_confirmed_by_oneself",
                violation_error_message="不能复核给自己的授权",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by=None) | Q(revoked_at__isnull=False),
                name="access_grant_revoked_pair",
                violation_error_message="收回授权须有时间",
            ),
            models.UniqueConstraint(
                fields=["user", "post", "unit", "area"],
                condition=Q(revoked_at=None),
                name="access_grant_once",
                violation_error_message="该用户已有同一授权",
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(revoked_at=None, post__in=sorted(GUARDS)),
                name="access_grant_three_guards",
                violation_error_message="系统、安全、审计三员须分立，一人只任其一",
            ),
        ]
        triggers = change_log()

    def __str__(self) -> str:
        return f"{self.user} {self.get_post_display()}（{self.unit}）"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Saves; the rights of the running scope are read anew."""
        super().save(*args, **kwargs)
        forget_rights()

    @property
    def class_words(self) -> str:
        """The data classes in words; ``全部`` and ``不看敏感信息`` where that says it."""
        named = [label for code, label in DATA_CLASSES if code in self.classes]
        if len(named) == len(DATA_CLASSES):
            return "全部"
        return "；".join(named) or "不看敏感信息"


class Absence(models.Model):
    """A recorded absence: the absent person's B works the queue until the last day (AB 岗)."""

    user = models.ForeignKey(
        "access.User", verbose_name="缺勤人", on_delete=models.CASCADE, related_name="absences"
    )
    from_on = models.DateField("自")
    to_on = models.DateField("至")
    reason = models.CharField("事由", max_length=100, blank=True)
    recorded_by = models.ForeignKey(
        "access.User",
        verbose_name="登记人",
        null=True,
        on_delete=models.PROTECT,
        related_name="absences_recorded",
    )

    scope = Scope(area="access", noun="absence", unit="user__unit", own=("user",))
    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "缺勤"
        ordering = ["-from_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(to_on__gte=F("from_on")),
                name="access_absence_dates",
                violation_error_message="结束日期不能早于开始日期",
            ),
        ]
        triggers = change_log()

    def __str__(self) -> str:
        return f"{self.user} {self.from_on}—{self.to_on}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Saves; the rights of the running scope are read anew."""
        super().save(*args, **kwargs)
        forget_rights()


class Delegation(models.Model):
    """A recorded delegation: the taker may do the named moves in one area, in the giver's scope.

    Extensions and signatures belong to the approver named by law unless delegated in writing, with
    dates and the scanned authorisation (《行政处罚法》第二十条): ``scan_id`` is the stored file's.
    One that somebody else wrote down waits for the giver.  A delegation cannot be passed on.
    """

    giver = models.ForeignKey(
        "access.User", verbose_name="委托人", on_delete=models.PROTECT, related_name="delegated"
    )
    taker = models.ForeignKey(
        "access.User", verbose_name="受托人", on_delete=models.PROTECT, related_name="delegations"
    )
    area = models.CharField("业务", max_length=30)
    moves = ArrayField(models.CharField(max_length=40), verbose_name="办理事项")
    from_on = models.DateField("自")
    to_on = models.DateField("至")
    file_ref = models.CharField("授权文件", max_length=100, help_text="授权文件的文号")
    scan_id = models.PositiveBigIntegerField("扫描件", null=True, editable=False)
    is_waiting = models.BooleanField("待委托人确认", default=False, editable=False)
    reason = models.CharField("事由", max_length=200)
    created_by = models.ForeignKey(
        "access.User",
        verbose_name="登记人",
        null=True,
        on_delete=models.PROTECT,
        related_name="delegations_recorded",
    )
    revoked_at = models.DateTimeField("终止时间", null=True, blank=True)

    scope = Scope(area="access", noun="delegation", unit="giver__unit", own=("giver", "taker"))
    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "委托"
        ordering = ["-from_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(to_on__gte=F("from_on")),
                name="access_delegation_dates",
                violation_error_message="结束日期不能早于开始日期",
            ),
            models.CheckConstraint(
                condition=~Q(giver=F("taker")),
                name="access_delegation_other",
                violation_error_message="受托人须为另一人",
            ),
        ]
        triggers = change_log()

    def __str__(self) -> str:
        return f"{self.giver} 委托 {self.taker}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Saves; the rights of the running scope are read anew."""
        super().save(*args, **kwargs)
        forget_rights()
