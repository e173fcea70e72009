"""Canaries: known texts sealed under each key, by which a wrong key is noticed at once."""

from django.db import models


class KeyCanary(models.Model):
    """One known text under one encryption key, or the index key's fingerprint of it.

    A portal restored with the wrong keys would otherwise show its mistake only when somebody
    opens a number, and would meanwhile write under a key that nobody keeps.
    """

    key_id = models.CharField("密钥编号", max_length=40, unique=True)
    sealed = models.BinaryField("封存的已知文本")
    made_at = models.DateTimeField("建立时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "密钥校验"
        ordering = ["key_id"]

    def __str__(self) -> str:
        return self.key_id
