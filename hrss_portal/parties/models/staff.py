"""Which number a member of staff has: so that nobody works on a case of his own (回避)."""

import uuid
from typing import Any

from django.db import models

from hrss_portal.access.models import User
from hrss_portal.audit.triggers import change_log
from hrss_portal.parties import identifiers
from hrss_portal.parties.choices import IdKind
from hrss_portal.parties.crypto import EncryptedTextField
from hrss_portal.parties.models.persons import id_index


class StaffPerson(models.Model):
    """The ID number of an account, encrypted; its blind index finds the person among parties.

    No row of the master file is made for it: staff are no clients of the bureau.
    《个人信息保护法》第六条 (only what the purpose needs), 第五十一条 (encryption).
    """

    user = models.OneToOneField(
        User, models.CASCADE, related_name="own_number", verbose_name="用户"
    )
    vault = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    id_number = EncryptedTextField("身份证号")
    id_number_index = models.CharField(max_length=32, unique=True, editable=False)
    noted_at = models.DateTimeField("登记时间", auto_now=True)
    noted_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", null=True, editable=False, verbose_name="登记人"
    )

    class Meta:
        verbose_name = verbose_name_plural = "工作人员证件"
        ordering = ["user"]
        triggers = [*change_log(personal=("id_number", "id_number_index"))]

    def __str__(self) -> str:
        return identifiers.mask_id(self.id_number)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the blind index in step with the number."""
        if isinstance(self.__dict__.get("id_number"), str):
            self.id_number_index = id_index(IdKind.RESIDENT, self.id_number)
        super().save(*args, **kwargs)
