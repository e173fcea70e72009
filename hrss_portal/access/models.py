"""Users."""

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models


class User(AbstractBaseUser):
    """A member of staff."""

    staff_no = models.CharField("工号", max_length=20, unique=True)
    name = models.CharField("姓名", max_length=50)
    is_active = models.BooleanField("在用", default=True)

    objects: ClassVar[BaseUserManager["User"]] = BaseUserManager()
    USERNAME_FIELD = "staff_no"

    class Meta:
        verbose_name = verbose_name_plural = "用户"
