"""Dispute: an arbitration case from receipt to archive, with what forms A01, A02, A04 hold."""

from decimal import Decimal
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from arbitration.models.choices import (
    ApplyMode,
    Cause,
    ClaimKind,
    CourtResult,
    Finality,
    FollowUp,
    Handling,
    Procedure,
    Went,
)
from hrss_portal.access.scope import Scope
from hrss_portal.audit.triggers import change_log
from hrss_portal.casework.models import Case, CaseManager, Delivery
from hrss_portal.casework.models.records import Source
from hrss_portal.parties.choices import HukouKind
from hrss_portal.parties.dictionaries import ListedField

OFFLINE_APPLICATION = frozenset({ApplyMode.WRITTEN, ApplyMode.ORAL, ApplyMode.MAIL})
OFFLINE_SERVICE = frozenset(
    {
        Delivery.Mode.DIRECT,
        Delivery.Mode.LEFT,
        Delivery.Mode.POSTED,
        Delivery.Mode.MAIL,
        Delivery.Mode.ENTRUSTED,
        Delivery.Mode.NOTICE,
    }
)
#: What an application says beside parties, claims and evidence; completed after a quick receipt.
APPLICATION = (
    "channel",
    "apply_mode",
    "signed_on",
    "copies",
    "is_migrant_wage",
    "mediation_ok",
    "town",
    "dispute_on",
    "facts",
    "hired_on",
    "post",
    "monthly_wage",
    "occupation",
    "work_unit",
    "hukou_kind",
)
UNRECORDED = "未登记"
NOT_NEGATIVE = [MinValueValidator(Decimal(0), "金额不能是负数")]


class Dispute(Case):
    """仲裁案件.  劳动争议调解仲裁法 Articles 27-51; 劳动人事争议仲裁办案规则 (2017).

    The day of acceptance is the day on which the person in charge signs the 立案审批表; the clocks
    of acceptance count from it.  Parties, papers, deliveries and dates stand on Case.
    """

    scope: ClassVar[Scope] = Case.scope

    apply_mode = models.CharField("申请方式", max_length=10, choices=ApplyMode)
    hired_on = models.DateField("入职时间", null=True, blank=True)
    dispute_on = models.DateField("离职（争议发生）时间", null=True, blank=True)
    post = models.CharField("岗位", max_length=50, blank=True)
    occupation = models.CharField("劳动者职业", max_length=50, blank=True)
    work_unit = models.CharField("劳动者工作单位", max_length=120, blank=True)
    hukou_kind = models.CharField("户口性质", max_length=10, choices=HukouKind, blank=True)
    monthly_wage = models.DecimalField(
        "月工资（元）",
        max_digits=10,
        decimal_places=2,
        null=True,
        blank=True,
        validators=NOT_NEGATIVE,
    )
    cause = ListedField("案由", max_length=20, listed="arbitration.cause", ships=Cause, legal=True)
    facts = models.TextField("事实与理由", blank=True)
    is_migrant_wage = models.BooleanField("农民工工资", default=False)
    mediation_ok = models.BooleanField("同意先行调解", default=False)
    copies = models.PositiveSmallIntegerField("材料份数", null=True, blank=True)
    signed_on = models.DateField("申请人签名日期", null=True, blank=True)
    to_correct = models.TextField("需补正事项", blank=True)
    summary = models.TextField("案情摘要", blank=True)
    handler_opinion = models.TextField("承办人意见", blank=True)
    procedure = models.CharField("程序", max_length=12, choices=Procedure, blank=True)
    is_clear = models.BooleanField("事实清楚、权利义务关系明确、争议不大", null=True, blank=True)
    simple_agreed = models.BooleanField("双方同意简易处理", null=True, blank=True)
    simple_barred = models.BooleanField("有不得简易处理的情形", null=True, blank=True)
    evidence_due_on = models.DateField("举证期限届满日", null=True, blank=True)
    reject_reason = models.TextField("不予受理理由", blank=True)
    handling = models.CharField(
        "办理方式",
        max_length=10,
        choices=Handling,
        default="",
        blank=True,
        help_text="有窗口、邮寄申请，线下送达、线下开庭的，自动记为有线下环节；全程线上在结案审批时选",
    )
    offline_step = models.CharField(
        "线下办理的环节", max_length=100, blank=True, help_text="如：线下送达、线下开庭"
    )
    suspend_cause = models.CharField("中止事由", max_length=20, blank=True)
    result = models.TextField("裁决（调解）主文", blank=True)
    awarded = models.DecimalField(
        "支持金额（元）",
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=NOT_NEGATIVE,
    )
    finality = models.CharField("是否终局", max_length=10, choices=Finality, blank=True)
    signer = models.ForeignKey(
        "access.User",
        models.PROTECT,
        verbose_name="裁决书签发人",
        related_name="+",
        null=True,
        blank=True,
    )
    served_on = models.DateField("送达完成日", null=True, blank=True)
    follow_up = models.CharField(
        "是否起诉/申请撤销", max_length=10, choices=FollowUp, default=FollowUp.UNKNOWN
    )
    court_result = models.CharField("法院结果", max_length=10, choices=CourtResult, blank=True)
    worker_went = models.CharField("劳动者起诉", max_length=10, choices=Went, blank=True)
    employer_went = models.CharField(
        "用人单位起诉（申请撤销）", max_length=10, choices=Went, blank=True
    )
    worker_result = models.CharField(
        "劳动者起诉的法院结果", max_length=10, choices=CourtResult, blank=True
    )
    employer_result = models.CharField(
        "用人单位起诉（申请撤销）的法院结果", max_length=10, choices=CourtResult, blank=True
    )
    #: Of separate awards the four fields above are about the final one, these about the other.
    worker_open_went = models.CharField(
        "劳动者起诉（非终局裁决）", max_length=10, choices=Went, blank=True
    )
    employer_open_went = models.CharField(
        "用人单位起诉（非终局裁决）", max_length=10, choices=Went, blank=True
    )
    worker_open_result = models.CharField(
        "劳动者起诉的法院结果（非终局裁决）", max_length=10, choices=CourtResult, blank=True
    )
    employer_open_result = models.CharField(
        "用人单位起诉的法院结果（非终局裁决）", max_length=10, choices=CourtResult, blank=True
    )
    file_pages = models.PositiveSmallIntegerField("卷宗页数", null=True, blank=True)
    arbitrators_as_recorded = models.CharField("台账所记仲裁员", max_length=100, blank=True)
    clerk_as_recorded = models.CharField("台账所记书记员", max_length=50, blank=True)
    transferred_from = models.CharField("移送的仲裁委员会", max_length=100, blank=True)
    transferred_in_on = models.DateField("接受移送之日", null=True, blank=True)
    remark = models.TextField("备注", blank=True)

    objects: ClassVar[CaseManager] = CaseManager()

    class Meta:
        verbose_name = verbose_name_plural = "仲裁案件"
        constraints = [
            models.CheckConstraint(
                condition=Q(hired_on__isnull=True)
                | Q(dispute_on__isnull=True)
                | Q(dispute_on__gte=models.F("hired_on")),
                name="arbitration_dispute_dates",
                violation_error_message="离职（争议发生）时间不能早于入职时间",
            ),
            models.CheckConstraint(
                condition=Q(offline_step="") | Q(handling=Handling.OFFLINE),
                name="arbitration_dispute_offline_step",
                violation_error_message="写了线下办理的环节，办理方式就是“有线下环节”",
            ),
        ]
        indexes = [models.Index(fields=["cause"], name="arbitration_dispute_cause")]
        triggers = [*change_log(masks_words=True)]

    def __str__(self) -> str:
        return self.reference

    @property
    def handler_as_told(self) -> str:
        """The arbitrators as the ledger names them."""
        return self.arbitrators_as_recorded

    @property
    def is_collective(self) -> bool:
        """Ten or more workers with one claim: 调解仲裁法 Article 7, 办案规则 Article 62."""
        return self.people >= 10

    @property
    def is_fast(self) -> bool:
        """Whether the fast-track tribunal for migrant workers' pay hears it."""
        return self.procedure == Procedure.FAST

    @property
    def is_online(self) -> bool:
        """Whether every step is known to have been handled on line."""
        return self.handling == Handling.ONLINE

    @property
    def procedure_words(self) -> str:
        """The procedure; of an accepted case whose ledger does not say it, that nobody recorded
        it; nothing before acceptance."""
        unknown = UNRECORDED if self.accepted_on else ""
        return self.get_procedure_display() or unknown

    def offline_steps(self) -> tuple[str, ...]:
        """The steps on record that were not on line, in words; empty when none is.

        A ledger does not say how the application came in, so of its cases that is not counted;
        nor is a delivery that has only been planned.
        """
        steps = []
        if self.source != Source.SHEET and self.apply_mode in OFFLINE_APPLICATION:
            steps.append(f"{self.get_apply_mode_display()}申请")
        unknown = (Delivery.State.SENT, Delivery.State.VOID)
        sent = self.deliveries.exclude(state__in=unknown).filter(mode__in=OFFLINE_SERVICE)
        modes = set(sent.values_list("mode", flat=True))
        steps += [str(label) for mode, label in Delivery.Mode.choices if mode in modes]
        if self.hearings.filter(state="held", is_remote=False).exists():
            steps.append("线下开庭")
        return tuple(steps)

    def clean(self) -> None:
        """A typed case is on line from end to end when its closing says so and nothing on record
        says otherwise; of a ledger's case the ledger says it."""
        super().clean()
        if not self.is_online or self.source == Source.SHEET:
            return
        if self.state not in {"closed", "archived"}:
            raise ValidationError({"handling": "全程线上在结案审批时选"})
        if steps := self.offline_steps():
            words = f"本案已登记线下环节（{'、'.join(steps)}），不能选全程线上"
            raise ValidationError({"handling": words})


class Side(models.TextChoices):
    """On which side somebody or something stands: the roles of the parties."""

    APPLICANT = "applicant", "申请人"
    RESPONDENT = "respondent", "被申请人"
    THIRD = "third", "第三人"


class Claim(models.Model):
    """仲裁请求, one item each: finality is tested item by item (办案规则 Article 50)."""

    dispute = models.ForeignKey(Dispute, models.CASCADE, related_name="claims")
    seq = models.PositiveSmallIntegerField("序号")
    text = models.CharField("请求", max_length=300)
    amount = models.DecimalField(
        "金额（元）",
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=NOT_NEGATIVE,
    )
    awarded = models.DecimalField(
        "支持金额（元）",
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=NOT_NEGATIVE,
    )
    is_final = models.BooleanField("终局", null=True, blank=True)
    kind = models.CharField("请求性质", max_length=10, choices=ClaimKind, blank=True)
    final_reason = models.CharField("与终局提示不一致的理由", max_length=300, blank=True)
    part_awarded_on = models.DateField("先行裁决日期", null=True, blank=True)
    follow_up = models.CharField(
        "先行裁决是否起诉/申请撤销", max_length=10, choices=FollowUp, default=FollowUp.UNKNOWN
    )
    sued_on = models.DateField("先行裁决起诉（申请撤销）日期", null=True, blank=True)
    court_name = models.CharField("先行裁决起诉的人民法院", max_length=60, blank=True)
    court_result = models.CharField(
        "先行裁决的法院结果", max_length=10, choices=CourtResult, blank=True
    )

    class Meta:
        verbose_name = verbose_name_plural = "仲裁请求"
        ordering = ["seq"]
        constraints = [
            models.UniqueConstraint(fields=["dispute", "seq"], name="arbitration_claim_seq")
        ]
        triggers = [*change_log(masks_words=True)]

    def __str__(self) -> str:
        return f"{self.seq}. {self.text}"


class Evidence(models.Model):
    """One line of the list of evidence."""

    dispute = models.ForeignKey(Dispute, models.CASCADE, related_name="evidence")
    seq = models.PositiveSmallIntegerField("序号")
    name = models.CharField("证据名称", max_length=100)
    source = models.CharField("来源", max_length=60, blank=True)
    pages = models.PositiveSmallIntegerField("页数", null=True, blank=True)
    is_original = models.BooleanField("原件", default=False)
    side = models.CharField("提交人", max_length=20, choices=Side, default=Side.APPLICANT)

    class Meta:
        verbose_name = verbose_name_plural = "证据"
        ordering = ["seq"]
        triggers = [*change_log(masks_words=True)]

    def __str__(self) -> str:
        return self.name


class Witness(models.Model):
    """A witness named by a party (调解仲裁法 Article 28)."""

    dispute = models.ForeignKey(Dispute, models.CASCADE, related_name="witnesses")
    name = models.CharField("姓名", max_length=50)
    address = models.CharField("住所", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "证人"
        ordering = ["pk"]
        triggers = [*change_log(masks_words=True)]

    def __str__(self) -> str:
        return self.name


class Agent(models.Model):
    """A party's agent; a power of attorney says how far he may act (调解仲裁法 Article 24)."""

    class Scope(models.TextChoices):
        GENERAL = "general", "一般授权"
        SPECIAL = "special", "特别授权"

    dispute = models.ForeignKey(Dispute, models.CASCADE, related_name="agents")
    for_role = models.CharField("代理哪一方", max_length=20, choices=Side, default=Side.APPLICANT)
    name = models.CharField("姓名", max_length=50)
    kind = models.CharField("身份", max_length=50, help_text="律师、近亲属、单位职工、推荐的公民")
    power = models.CharField("权限", max_length=10, choices=Scope)
    phone = models.CharField("电话", max_length=60, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "代理人"
        ordering = ["pk"]
        triggers = [*change_log(masks_words=True)]

    def __str__(self) -> str:
        return self.name


class TribunalMember(models.Model):
    """仲裁庭: one arbitrator alone, or a presiding one with two (调解仲裁法 Article 31)."""

    class Role(models.TextChoices):
        SOLE = "sole", "独任仲裁员"
        PRESIDING = "presiding", "首席仲裁员"
        MEMBER = "member", "仲裁员"

    dispute = models.ForeignKey(Dispute, models.CASCADE, related_name="tribunal")
    member = models.ForeignKey(
        "arbitration.StaffMember", models.PROTECT, verbose_name="仲裁员", related_name="seats"
    )
    role = models.CharField("身份", max_length=10, choices=Role)
    appointed_on = models.DateField("组庭日期", default=timezone.localdate)
    left_on = models.DateField("退出日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "仲裁庭组成"
        ordering = ["-role", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["dispute", "member"],
                condition=Q(left_on__isnull=True),
                name="arbitration_tribunal_once",
                violation_error_message="同一名仲裁员不能重复",
            )
        ]
        triggers = [*change_log(masks_words=True)]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.member}"
