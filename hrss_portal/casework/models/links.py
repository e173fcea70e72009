"""Who a case is about, and which cases belong together."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from hrss_portal.access.scope import ScopedManager
from hrss_portal.audit.triggers import change_log
from hrss_portal.casework.models.records import OF_CASE


class CaseParty(models.Model):
    """A person or an employer in a role of a case, with the address for service of this case.

    ``name`` is the name as it stood when the case was opened: papers are written from it, a later
    change of the master record does not rewrite them.  ``takes_electronic`` says what the party
    answered on the 送达地址确认书 of the day ``address_confirmed_on``; None: nobody asked.
    """

    scope = OF_CASE

    case = models.ForeignKey("casework.Case", models.PROTECT, related_name="parties")
    role = models.CharField("身份", max_length=20)
    seq = models.PositiveSmallIntegerField("序号", default=1)
    person = models.ForeignKey(
        "parties.Person", models.PROTECT, related_name="case_roles", null=True, blank=True
    )
    employer = models.ForeignKey(
        "parties.Employer", models.PROTECT, related_name="case_roles", null=True, blank=True
    )
    name = models.CharField("名称", max_length=120)
    phone = models.CharField("电话", max_length=60, blank=True)
    address = models.CharField("送达地址", max_length=200, blank=True)
    legal_rep = models.CharField("法定代表人（负责人）及职务", max_length=80, blank=True)
    address_confirmed_on = models.DateField("送达地址确认日期", null=True, blank=True)
    takes_electronic = models.BooleanField("同意电子送达", null=True, blank=True)
    electronic_address = models.CharField("电子送达地址", max_length=120, blank=True)
    is_representative = models.BooleanField("代表人", default=False)
    left_on = models.DateField("退出日期", null=True, blank=True)

    objects = ScopedManager()

    class Meta:
        verbose_name = verbose_name_plural = "当事人"
        ordering = ["role", "seq", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(person__isnull=False, employer__isnull=False),
                name="casework_caseparty_one_kind",
                violation_error_message="当事人是个人或单位，只能选一种",
            ),
            models.CheckConstraint(
                condition=Q(takes_electronic__isnull=True) | Q(address_confirmed_on__isnull=False),
                name="casework_caseparty_asked_on",
                violation_error_message="是否同意电子送达，以送达地址确认书为准，填确认日期",
            ),
        ]
        indexes = [
            models.Index(fields=["person"], name="casework_party_person"),
            models.Index(fields=["employer"], name="casework_party_employer"),
        ]
        triggers = [*change_log(masks_words=True)]

    def __str__(self) -> str:
        return self.name


class CaseLink(models.Model):
    """Two cases that belong together, also across areas: a referral is such a link."""

    class Kind(models.TextChoices):
        REFERRED = "referred", "移送"
        SAME_MATTER = "same", "同一事项"
        FOLLOWS = "follows", "后续"
        MERGED = "merged", "并案"

    earlier = models.ForeignKey("casework.Case", models.PROTECT, related_name="links_onward")
    later = models.ForeignKey("casework.Case", models.PROTECT, related_name="links_back")
    kind = models.CharField("关系", max_length=10, choices=Kind)
    reason = models.CharField("说明", max_length=200, blank=True)
    made_at = models.DateTimeField("时间", default=timezone.now)
    made_by = models.ForeignKey("access.User", models.PROTECT, related_name="+", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "关联办件"
        constraints = [
            models.UniqueConstraint(
                fields=["earlier", "later", "kind"], name="casework_caselink_once"
            ),
            models.CheckConstraint(
                condition=~Q(earlier=F("later")), name="casework_caselink_two_cases"
            ),
        ]
        triggers = [*change_log()]

    def __str__(self) -> str:
        return f"{self.earlier_id} → {self.later_id}"
