"""The registers of the arbitration court: people, mediation bodies, equipment, funds, systems."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from hrss_portal.access.scope import Scope, ScopedManager
from hrss_portal.audit.triggers import change_log
from hrss_portal.casework.models import Record
from hrss_portal.casework.row_labels import RowLabel

REGISTER = Scope(area="arbitration", unit="unit", town="town", own=("created_by",), noun="register")


class StaffMember(Record):
    """Arbitrators full-time and part-time, staff, and case assistants.

    Arbitrators must be qualified and appointed (调解仲裁法 Article 20); ``expires_on`` is the end
    of the certificate.
    """

    class Role(models.TextChoices):
        FULL_TIME = "full_time", "专职仲裁员"
        PART_TIME = "part_time", "兼职仲裁员"
        OFFICER = "officer", "工作人员"
        ASSISTANT = "assistant", "办案辅助人员"

    scope: ClassVar[Scope] = REGISTER
    row_label: ClassVar[RowLabel] = RowLabel(
        number="cert_no", name=lambda row: f"{row.name}（{row.get_role_display()}）", town="town"
    )

    name = models.CharField("姓名", max_length=50)
    role = models.CharField("身份", max_length=10, choices=Role)
    user = models.ForeignKey(
        "access.User",
        models.PROTECT,
        verbose_name="系统账号",
        related_name="court_roles",
        null=True,
        blank=True,
    )
    cert_no = models.CharField("仲裁员证号", max_length=40, blank=True)
    from_body = models.CharField("所在单位", max_length=80, blank=True)
    started_on = models.DateField("任职（聘任）日期")
    ended_on = models.DateField("离任日期", null=True, blank=True)
    uniform_issued_on = models.DateField("领取服装日期", null=True, blank=True)
    uniform_returned_on = models.DateField("交还服装日期", null=True, blank=True)

    objects: ClassVar[ScopedManager] = ScopedManager()

    class Meta:
        verbose_name = verbose_name_plural = "仲裁机构人员"
        ordering = ["role", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("started_on")),
                name="arbitration_staff_dates",
                violation_error_message="离任日期不能早于任职日期",
            )
        ]
        triggers = [*change_log()]

    def __str__(self) -> str:
        return self.name

    @property
    def is_arbitrator(self) -> bool:
        """Whether the person may sit in a tribunal."""
        return self.role in {self.Role.FULL_TIME, self.Role.PART_TIME}


class Conflict(models.Model):
    """A declared reason to stand aside: a relative, a former employer (办案规则 Article 11)."""

    member = models.ForeignKey(StaffMember, models.CASCADE, related_name="conflicts")
    person = models.ForeignKey(
        "parties.Person", models.PROTECT, related_name="+", null=True, blank=True
    )
    employer = models.ForeignKey(
        "parties.Employer", models.PROTECT, related_name="+", null=True, blank=True
    )
    reason = models.CharField("回避事由", max_length=200)
    from_on = models.DateField("自", default=timezone.localdate)
    to_on = models.DateField("至", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "应回避关系"
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, employer__isnull=True)
                | Q(person__isnull=True, employer__isnull=False),
                name="arbitration_conflict_one",
                violation_error_message="选一个人员或一个单位",
            )
        ]
        triggers = [*change_log()]

    def __str__(self) -> str:
        return self.reason


class MediationOrganisation(Record):
    """调解组织: county centre, town, enterprise and trade committees (调解仲裁法 Article 10)."""

    class Level(models.TextChoices):
        CENTRE = "centre", "县劳动人事争议调解中心"
        TOWN = "town", "乡镇调委会"
        ENTERPRISE = "enterprise", "企业调委会"
        TRADE = "trade", "行业协会调委会"
        CHAMBER = "chamber", "商会调委会"

    class State(models.TextChoices):
        PLANNED = "planned", "筹建"
        FOUNDED = "founded", "已建立"
        DISSOLVED = "dissolved", "已撤销"

    scope: ClassVar[Scope] = Scope(
        area="arbitration", unit="unit", town="town", own=("created_by",), noun="body"
    )
    row_label: ClassVar[RowLabel] = RowLabel(name="name", town="town", handler="head")

    name = models.CharField("名称", max_length=120)
    level = models.CharField("类型", max_length=12, choices=Level)
    employer = models.ForeignKey(
        "parties.Employer",
        models.PROTECT,
        verbose_name="所在单位",
        related_name="mediation_bodies",
        null=True,
        blank=True,
    )
    head = models.CharField("负责人", max_length=50, blank=True)
    mediators = models.TextField("调解员", blank=True, help_text="一行一名")
    phone = models.CharField("联系电话", max_length=60, blank=True)
    founded_on = models.DateField("建立日期", null=True, blank=True)
    dissolved_on = models.DateField("撤销日期", null=True, blank=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.FOUNDED)

    objects: ClassVar[ScopedManager] = ScopedManager()

    class Meta:
        verbose_name = verbose_name_plural = "调解组织"
        ordering = ["level", "name"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="founded") | Q(founded_on__isnull=False),
                name="arbitration_body_founded",
                violation_error_message="已建立的调解组织要填建立日期",
            ),
            models.CheckConstraint(
                condition=~Q(state="dissolved") | Q(dissolved_on__isnull=False),
                name="arbitration_body_dissolved",
                violation_error_message="已撤销的调解组织要填撤销日期",
            ),
        ]
        triggers = [*change_log()]

    def __str__(self) -> str:
        return self.name


class Equipment(Record):
    """An item of the court's equipment or attire, in whose hands it is."""

    class State(models.TextChoices):
        IN_USE = "in_use", "在用"
        REPAIR = "repair", "维修"
        SCRAPPED = "scrapped", "报废"

    scope: ClassVar[Scope] = REGISTER

    name = models.CharField("名称", max_length=80)
    serial = models.CharField("编号", max_length=40, blank=True)
    count = models.PositiveSmallIntegerField("数量", default=1)
    acquired_on = models.DateField("购置日期", null=True, blank=True)
    keeper = models.CharField("保管人", max_length=50, blank=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.IN_USE)

    objects: ClassVar[ScopedManager] = ScopedManager()

    class Meta:
        verbose_name = verbose_name_plural = "装备"
        ordering = ["name", "serial"]
        triggers = [*change_log()]

    def __str__(self) -> str:
        return self.name


class EquipmentCheck(Record):
    """A check of equipment and attire: what was missing or broken."""

    scope: ClassVar[Scope] = REGISTER

    on = models.DateField("检查日期", default=timezone.localdate)
    found = models.TextField("检查情况")
    is_complete = models.BooleanField("齐全完好", default=True)

    objects: ClassVar[ScopedManager] = ScopedManager()

    class Meta:
        verbose_name = verbose_name_plural = "装备着装检查"
        ordering = ["-on"]
        triggers = [*change_log()]

    def __str__(self) -> str:
        return f"{self.on:%Y-%m-%d}"


class BudgetLine(Record):
    """仲裁工作经费 in the county budget: funds come from the budget (调解仲裁法 Article 53)."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "已申报"
        IN_BUDGET = "in_budget", "已列入预算"
        SETTLED = "settled", "已决算"

    scope: ClassVar[Scope] = REGISTER
    row_label: ClassVar[RowLabel] = RowLabel(
        number="document", name=lambda row: f"{row.year} 年 {row.item}", town="town"
    )

    year = models.PositiveSmallIntegerField("年度")
    item = models.CharField("项目", max_length=80)
    document = models.CharField("文件", max_length=120, blank=True)
    amount = models.DecimalField("预算金额（元）", max_digits=14, decimal_places=2)
    spent = models.DecimalField("已支出（元）", max_digits=14, decimal_places=2, default=0)
    state = models.CharField("状态", max_length=10, choices=State, default=State.PROPOSED)

    objects: ClassVar[ScopedManager] = ScopedManager()

    class Meta:
        verbose_name = verbose_name_plural = "经费预算"
        ordering = ["-year", "item"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gte=0, spent__gte=0),
                name="arbitration_budget_positive",
                violation_error_message="金额不能是负数",
            )
        ]
        triggers = [*change_log()]

    def __str__(self) -> str:
        return f"{self.year} {self.item}"

    @property
    def balance(self) -> object:
        """What is left of the line, in yuan."""
        return self.amount - self.spent


class JointNotice(Record):
    """会商通知: drafted, consulted with the sides of the tripartite committee, signed, issued."""

    class State(models.TextChoices):
        DRAFT = "draft", "起草"
        CONSULTED = "consulted", "已征求意见"
        ISSUED = "issued", "已印发"

    scope: ClassVar[Scope] = REGISTER

    title = models.CharField("标题", max_length=150)
    number = models.CharField("文号", max_length=60, blank=True)
    drafted_on = models.DateField("起草日期", default=timezone.localdate)
    reply_by = models.DateField("反馈期限", null=True, blank=True)
    issued_on = models.DateField("印发日期", null=True, blank=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    file = models.ForeignKey(
        "documents.File", models.PROTECT, related_name="+", null=True, blank=True
    )

    objects: ClassVar[ScopedManager] = ScopedManager()

    class Meta:
        verbose_name = verbose_name_plural = "会商通知"
        ordering = ["-drafted_on"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="issued") | Q(issued_on__isnull=False) & ~Q(number=""),
                name="arbitration_notice_issued",
                violation_error_message="已印发的通知要有文号和印发日期",
            )
        ]
        triggers = [*change_log()]

    def __str__(self) -> str:
        return self.title


class JointNoticeReply(models.Model):
    """What a consulted body answered, whether it signed, and whether an addressee received it."""

    notice = models.ForeignKey(JointNotice, models.CASCADE, related_name="replies")
    body = models.CharField("单位", max_length=80)
    is_addressee = models.BooleanField("收文单位", default=False)
    opinion = models.TextField("意见", blank=True)
    replied_on = models.DateField("反馈日期", null=True, blank=True)
    signed_on = models.DateField("会签日期", null=True, blank=True)
    received_on = models.DateField("签收日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "会商单位"
        constraints = [
            models.UniqueConstraint(fields=["notice", "body"], name="arbitration_reply_body")
        ]
        triggers = [*change_log()]

    def __str__(self) -> str:
        return self.body
