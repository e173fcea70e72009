"""Who told of a matter and must stay unknown."""

from uuid import uuid4

from django.db import models
from django.utils import timezone

from hrss_portal.access.scope import ScopedManager
from hrss_portal.audit.triggers import change_log
from hrss_portal.casework.models.records import OF_CASE
from hrss_portal.parties.crypto import EncryptedTextField


class Informant(models.Model):
    """举报人 of a case (data class P2), apart from its parties.

    ``told`` is one JSON text, encrypted: name, number, telephone, address, remark.  It stands in no
    other table and is no master record, so that no list, search, sheet, export, paper, report,
    interface or person's page can hold it; ``casework.informants`` is the only door.
    《劳动保障监察条例》第九条: who reports is kept secret.
    """

    scope = OF_CASE

    vault = models.UUIDField(default=uuid4, unique=True, editable=False)
    case = models.ForeignKey("casework.Case", models.PROTECT, related_name="informants")
    told = EncryptedTextField("举报人信息")
    made_by = models.ForeignKey(
        "access.User", models.PROTECT, verbose_name="登记人", related_name="+", null=True
    )
    made_at = models.DateTimeField("登记时间", default=timezone.now)

    objects = ScopedManager()

    class Meta:
        verbose_name = verbose_name_plural = "举报人"
        ordering = ["pk"]
        triggers = [*change_log(personal=("told",))]

    def __str__(self) -> str:
        return f"举报人 {self.pk}"
