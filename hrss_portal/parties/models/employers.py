"""The employer: M01 单位基本信息, and the facts that areas leave about it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from hrss_portal.access.policy import Scope
from hrss_portal.access.scope import ScopedManager
from hrss_portal.audit.triggers import change_log
from hrss_portal.parties import crypto, identifiers, industries, names
from hrss_portal.parties.choices import (
    CreditGrade,
    EmployerKind,
    FourUp,
    OpStatus,
    Ownership,
    Size,
)
from hrss_portal.parties.crypto import EncryptedTextField
from hrss_portal.parties.models.party import Party
from hrss_portal.parties.models.persons import phone_index


class Employer(Party):
    """An organisation that employs, once for the whole bureau.

    Named by its credit code (GB 32100-2015).  An organisation without one gives the reason and is
    compared by name and address.  Amounts are in yuan.  The size class follows the 2017 rule unless
    somebody set it by hand with a reason.  《劳动合同法》第二条 says who employs.
    """

    scope = Scope(area="parties", noun="employer", unit="unit", town="town")

    name = models.CharField("单位名称", max_length=120)
    former_names = ArrayField(
        models.CharField(max_length=120), verbose_name="曾用名称", default=list, blank=True
    )
    uscc = models.CharField("统一社会信用代码", max_length=18, null=True, blank=True)
    no_uscc_reason = models.CharField("无信用代码原因", max_length=100, blank=True)
    old_register_no = models.CharField("旧注册号", max_length=20, blank=True)
    kind = models.CharField("单位类型", max_length=20, choices=EmployerKind)
    ownership = models.CharField("所有制", max_length=12, choices=Ownership, blank=True)
    legal_rep = models.CharField("法定代表人（负责人）", max_length=50)
    legal_rep_id = EncryptedTextField("法定代表人证件号")
    legal_rep_id_index = models.CharField(max_length=32, null=True, editable=False)
    reg_address = models.CharField("注册地址", max_length=200)
    work_address = models.CharField("经营（用工）地址", max_length=200, blank=True)
    industry = models.CharField("行业大类", max_length=2, choices=industries.choices, blank=True)
    industry_group = models.CharField("行业中类、小类", max_length=4, blank=True)
    headcount = models.PositiveIntegerField("从业人员数", null=True, blank=True)
    revenue = models.DecimalField(
        "上年营业收入（元）", max_digits=16, decimal_places=2, null=True, blank=True
    )
    assets = models.DecimalField(
        "资产总额（元）", max_digits=16, decimal_places=2, null=True, blank=True
    )
    size = models.CharField("企业规模", max_length=6, choices=Size, blank=True)
    size_why = models.CharField("规模依据", max_length=100, blank=True)
    size_by_hand = models.BooleanField("人工认定规模", default=False)
    is_four_up = models.BooleanField("是否四上企业", null=True, blank=True)
    four_up = models.CharField("四上类别", max_length=12, choices=FourUp, blank=True)
    is_short_staffed = models.BooleanField("是否重点缺工企业", null=True, blank=True)
    paired_county = models.BooleanField("是否结对帮扶市县企业", default=False)
    si_no = models.CharField("社保单位编号", max_length=30, blank=True, db_index=True)
    contact = models.CharField("联系人", max_length=50)
    contact_phone = EncryptedTextField("联系电话")
    contact_phone_index = models.CharField(max_length=32, null=True, editable=False, db_index=True)
    founded_on = models.DateField("成立日期", null=True, blank=True)
    op_status = models.CharField(
        "经营状态", max_length=10, choices=OpStatus, default=OpStatus.ACTIVE
    )
    credit_grade = models.CharField("守法诚信等级", max_length=1, choices=CreditGrade, blank=True)

    class Meta(Party.Meta):
        verbose_name = verbose_name_plural = "单位"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["uscc"],
                name="parties_employer_uscc",
                violation_error_message="这个统一社会信用代码已经登记过",
            ),
            models.CheckConstraint(
                condition=Q(uscc__isnull=False) | ~Q(no_uscc_reason=""),
                name="parties_employer_has_uscc",
                violation_error_message="没有统一社会信用代码的要写明原因",
            ),
            models.CheckConstraint(
                condition=Q(size_by_hand=False) | ~Q(size_why=""),
                name="parties_employer_size_why",
                violation_error_message="人工认定规模要写明理由",
            ),
        ]
        triggers = change_log(
            skip=("name_key", "grams", "reading", "reading_joined", "initials", "updated_at"),
            personal=(
                "legal_rep_id", "legal_rep_id_index", "contact_phone", "contact_phone_index",
            ),
        )  # fmt: skip

    read_name = staticmethod(names.organisation_reading)

    def refresh_derived(self) -> None:
        """Search columns, blind indexes and the size class."""
        super().refresh_derived()
        self.uscc = self.uscc or None
        if isinstance(self.__dict__.get("legal_rep_id"), str):
            self.legal_rep_id_index = crypto.blind_index("id:resident", self.legal_rep_id) or None
        if isinstance(self.__dict__.get("contact_phone"), str):
            self.contact_phone_index = (
                phone_index(self.contact_phone) if self.contact_phone else None
            )
        if self.four_up:
            self.is_four_up = True
        if not self.size_by_hand:
            verdict = industries.size_of(
                self.industry,
                self.industry_group,
                headcount=self.headcount,
                revenue=self.revenue,
                assets=self.assets,
            )
            self.size, self.size_why = verdict.size, verdict.why

    def derived_columns(self) -> tuple[str, ...]:
        """Also the blind indexes and the size class."""
        return (
            *super().derived_columns(),
            "uscc",
            "legal_rep_id_index",
            "contact_phone_index",
            "is_four_up",
            "size",
            "size_why",
        )

    @property
    def masked_phone(self) -> str:
        """The contact's telephone as lists show it."""
        return identifiers.mask_phone(self.contact_phone)

    @property
    def masked_legal_rep_id(self) -> str:
        """The representative's number as pages show it."""
        return identifiers.mask_id(self.legal_rep_id)

    @property
    def address(self) -> str:
        """Where people work: the work address, else the registered one."""
        return self.work_address or self.reg_address

    @property
    def industry_label(self) -> str:
        """Section and division in words."""
        division = industries.divisions().get(self.industry)
        return str(division) if division else ""

    def get_absolute_url(self) -> str:
        """The 360 page."""
        return f"/employers/{self.pk}/"


class EmployerFact(models.Model):
    """A figure about an employer that one area leaves for the others.

    ``name`` is a code such as ``headcount`` or ``premiums_paid``; ``period`` is ``2023``,
    ``2023-11`` or a day; ``source`` says which register it comes from.  A newer value for the same
    period and source replaces the older one, which the change log keeps.
    """

    scope = Scope(area="parties", noun="employer", unit="employer__unit", town="employer__town")

    employer = models.ForeignKey(
        Employer, verbose_name="单位", on_delete=models.PROTECT, related_name="facts"
    )
    name = models.CharField("事实", max_length=40)
    value = models.DecimalField("值", max_digits=18, decimal_places=4)
    measure = models.CharField("计量单位", max_length=10, blank=True)
    period = models.CharField("期间", max_length=10)
    source = models.CharField("来源", max_length=60)
    recorded_at = models.DateTimeField("记录时间", auto_now=True)
    recorded_by = models.ForeignKey(
        "access.User", verbose_name="记录人", null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ScopedManager()

    class Meta:
        verbose_name = verbose_name_plural = "单位事实"
        ordering = ["name", "-period"]
        constraints = [
            models.UniqueConstraint(
                fields=["employer", "name", "period", "source"],
                name="parties_fact_once",
                violation_error_message="这一期的数已经记过",
            ),
            models.CheckConstraint(
                condition=Q(period__regex=r"^\d{4}(-\d{2}(-\d{2})?)?$"),
                name="parties_fact_period",
                violation_error_message="期间写成 2023、2023-11 或 2023-11-16",
            ),
        ]
        triggers = change_log(skip=("recorded_at",))

    def __str__(self) -> str:
        return f"{self.name} {self.period}: {self.value.normalize():f}{self.measure}"
