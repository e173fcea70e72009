"""What belongs to one user's work: drafts, followed cases, keys of sent forms."""

import uuid

from django.db import models
from django.utils import timezone

from hrss_portal.parties.crypto import EncryptedTextField


class Draft(models.Model):
    """A half-typed form, saved every few seconds and offered again.  Encrypted: it holds IDs."""

    vault = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    user = models.ForeignKey("access.User", models.CASCADE, related_name="drafts")
    form = models.CharField("表单", max_length=120)
    label = models.CharField("名称", max_length=120, blank=True)
    url = models.CharField("地址", max_length=300, blank=True)
    body = EncryptedTextField("内容")
    saved_at = models.DateTimeField("保存时间", default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "草稿"
        constraints = [
            models.UniqueConstraint(fields=["user", "form"], name="casework_draft_one_each")
        ]

    def __str__(self) -> str:
        return self.label or self.form


class IdempotencyKey(models.Model):
    """One sent form: the same key again gives the same answer and changes nothing.

    The row, the effect and the audit entries are one transaction, so a crash leaves none of them.
    What came by a public page has no ``user``: there the key, drawn for one form, says whose it is.
    """

    user = models.ForeignKey("access.User", models.CASCADE, related_name="+", null=True)
    route = models.CharField(max_length=120)
    key = models.CharField(max_length=64)
    body_sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    location = models.CharField(max_length=300, blank=True)
    body = models.JSONField(null=True)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "防重复提交"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "route", "key"],
                nulls_distinct=False,
                name="casework_idempotency_once",
            )
        ]
        indexes = [models.Index(fields=["made_at"], name="casework_idempotency_age")]

    def __str__(self) -> str:
        return f"{self.route} {self.key}"


class Follow(models.Model):
    """A case that a user wants to hear about without handling it."""

    user = models.ForeignKey("access.User", models.CASCADE, related_name="follows")
    case = models.ForeignKey("casework.Case", models.CASCADE, related_name="followers")
    since = models.DateTimeField("关注时间", default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "关注"
        constraints = [
            models.UniqueConstraint(fields=["user", "case"], name="casework_follow_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.case_id}"
