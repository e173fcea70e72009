"""Accounts of members of staff."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac

from hrss_portal.access.acting import forget_rights
from hrss_portal.access.pinyin import first_letters
from hrss_portal.access.scoping import Scope
from hrss_portal.audit.triggers import change_log


class UserManager(BaseUserManager["User"]):
    """Accounts, found by staff number whatever its letter case."""

    def create_user(
        self, staff_no: str, name: str, *, unit: Any, password: str | None = None, **more: Any
    ) -> "User":
        """Saves a new account; without a password nobody can log in to it yet."""
        user = self.model(staff_no=staff_no.strip(), name=name.strip(), unit=unit, **more)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        """The account of a staff number, ignoring blanks and letter case."""
        return self.get(staff_no__iexact=(username or "").strip())


class User(AbstractBaseUser):
    """A member of staff.  What the person may do stands in grants, never here.

    ``session_epoch`` is part of every session's hash: raising it ends all sessions at the next
    request (a leaver loses access the same day).  ``deputy`` is the B of the A/B post rule: the B
    works the A's queue during a recorded absence.  ``disabled_by`` is who last disabled the
    account, kept when it is enabled again.
    """

    staff_no = models.CharField("工号", max_length=20, unique=True)
    name = models.CharField("姓名", max_length=50)
    pinyin_initials = models.CharField("拼音首字母", max_length=20, blank=True)
    phone = models.CharField("电话", max_length=20, blank=True)
    unit = models.ForeignKey(
        "access.Unit", verbose_name="单位", on_delete=models.PROTECT, related_name="users"
    )
    deputy = models.ForeignKey(
        "self",
        verbose_name="B 岗",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="deputises_for",
    )
    is_active = models.BooleanField("在用", default=True)
    must_change_password = models.BooleanField("须改密码", default=False)
    session_epoch = models.PositiveIntegerField("会话代次", default=0, editable=False)
    created_at = models.DateTimeField("建立时间", default=timezone.now, editable=False)
    disabled_by = models.ForeignKey(
        "self",
        verbose_name="停用人",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    disabled_at = models.DateTimeField("停用时间", null=True, blank=True, editable=False)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    scope = Scope(area="access", noun="user", unit="unit")
    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "staff_no"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = verbose_name_plural = "用户"
        ordering = ["staff_no"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(deputy=None) | ~models.Q(deputy=models.F("pk")),
                name="access_user_deputy_other",
                violation_error_message="B 岗须为另一人",
            ),
            models.CheckConstraint(
                condition=models.Q(is_active=True) | models.Q(disabled_at__isnull=False),
                name="access_user_disabled_at",
                violation_error_message="停用账号须有停用时间",
            ),
        ]
        triggers = change_log(skip=("last_login", "version"), personal=("password", "phone"))

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Fills the pinyin initials, and the time of disabling where nobody gave one."""
        self.pinyin_initials = first_letters(self.name)[:20]
        if not self.is_active and self.disabled_at is None:
            self.disabled_at = timezone.now()
        super().save(*args, **kwargs)
        forget_rights()

    def _get_session_auth_hash(self, secret: str | bytes | None = None) -> str:
        """The hash a session must carry: it changes with the password and with the epoch."""
        return salted_hmac(
            "hrss_portal.access.User.session",
            f"{self.password}|{self.session_epoch}",
            secret=secret,
            algorithm="sha256",
        ).hexdigest()

    def end_sessions(self) -> None:
        """Ends all sessions of this person at their next request (not saved yet)."""
        self.session_epoch += 1

    @property
    def is_staff(self) -> bool:
        """Whether Django's own administration would let the person in: it never does here."""
        return False

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Django permissions are not used; ``access.policy`` decides."""
        return False

    def has_module_perms(self, app_label: str) -> bool:
        """Django permissions are not used; ``access.policy`` decides."""
        return False
