"""Files and papers of a case, and the proof that a paper was served."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from hrss_portal.access.scope import ScopedManager
from hrss_portal.audit.triggers import change_log
from hrss_portal.casework.models.records import OF_CASE
from hrss_portal.casework.row_labels import RowLabel


class Attachment(models.Model):
    """A file in the case file (正卷 or 副卷), in page order of the file index."""

    class Part(models.TextChoices):
        MAIN = "main", "正卷"
        INNER = "inner", "副卷"

    scope = OF_CASE

    case = models.ForeignKey("casework.Case", models.PROTECT, related_name="attachments")
    file = models.ForeignKey("documents.File", models.PROTECT, related_name="+")
    kind = models.CharField("材料名称", max_length=60)
    part = models.CharField("卷别", max_length=6, choices=Part, default=Part.MAIN)
    pages = models.PositiveSmallIntegerField("页数", null=True, blank=True)
    seq = models.PositiveSmallIntegerField("顺序", default=0)
    added_at = models.DateTimeField("加入时间", default=timezone.now)
    added_by = models.ForeignKey("access.User", models.PROTECT, related_name="+", null=True)
    removed_at = models.DateTimeField("移出时间", null=True)
    remove_reason = models.CharField("移出理由", max_length=200, blank=True)

    objects = ScopedManager()

    class Meta:
        verbose_name = verbose_name_plural = "案卷材料"
        ordering = ["part", "seq", "pk"]
        triggers = [*change_log(masks_words=True)]

    def __str__(self) -> str:
        return self.kind


class CasePaper(models.Model):
    """A paper that a move calls for: waiting to be made, then issued and frozen."""

    class State(models.TextChoices):
        WAITING = "waiting", "待制发"
        ISSUED = "issued", "已制发"
        DROPPED = "dropped", "不需要"

    scope = OF_CASE

    case = models.ForeignKey("casework.Case", models.PROTECT, related_name="papers")
    kind = models.CharField("文书", max_length=60)
    label = models.CharField("文书名称", max_length=60)
    state = models.CharField("状态", max_length=8, choices=State, default=State.WAITING)
    event = models.ForeignKey("casework.Event", models.PROTECT, related_name="+", null=True)
    paper = models.OneToOneField(
        "documents.Paper", models.PROTECT, related_name="case_paper", null=True
    )
    called_on = models.DateField("应制发日期")
    drop_reason = models.CharField("不需要的理由", max_length=200, blank=True)

    objects = ScopedManager()

    class Meta:
        verbose_name = verbose_name_plural = "办件文书"
        ordering = ["called_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="issued", paper__isnull=False)
                | ~Q(state="issued") & Q(paper__isnull=True),
                name="casework_casepaper_issued_pair",
            ),
            models.CheckConstraint(
                condition=~Q(state="dropped") | ~Q(drop_reason=""),
                name="casework_casepaper_drop_reason",
                violation_error_message="不制发这份文书要写理由",
            ),
        ]
        triggers = [*change_log(masks_words=True)]

    def __str__(self) -> str:
        return self.label


class Delivery(models.Model):
    """送达回证: one paper served on one party, with the proof.  The day of service starts clocks.

    Ways of service and the deemed day: 民事诉讼法 Articles 87-95, 劳动人事争议仲裁办案规则 Article
    20 (留置、张贴: three working days; 公告: thirty days).  One register serves every area.  A row
    recorded by mistake is voided by a correction (``casework.correcting``) and proves nothing.
    """

    class Mode(models.TextChoices):
        DIRECT = "direct", "直接送达"
        LEFT = "left", "留置送达"
        POSTED = "posted", "张贴送达"
        MAIL = "mail", "邮寄送达"
        ENTRUSTED = "entrusted", "委托送达"
        ELECTRONIC = "electronic", "电子送达"
        PHONE = "phone", "电话、短信等简便方式"
        NOTICE = "notice", "公告送达"

    class State(models.TextChoices):
        SENT = "sent", "待送达"
        SERVED = "served", "已送达"
        RETURNED = "returned", "退回"
        NOTICE = "notice", "公告期间"
        VOID = "void", "作废"

    scope = OF_CASE
    row_label = RowLabel(case="case", name="doc_name")

    case = models.ForeignKey("casework.Case", models.PROTECT, related_name="deliveries")
    party = models.ForeignKey("casework.CaseParty", models.PROTECT, related_name="deliveries")
    case_paper = models.ForeignKey(
        CasePaper, models.PROTECT, related_name="deliveries", null=True, blank=True
    )
    #: Which of several papers of one name was served; ``case_paper`` is the 送达回证 itself.
    issued_paper = models.ForeignKey(
        CasePaper,
        models.PROTECT,
        verbose_name="送达的文书",
        related_name="services",
        null=True,
        blank=True,
    )
    doc_name = models.CharField("文书名称", max_length=60)
    recipient = models.CharField("受送达人", max_length=80)
    mode = models.CharField("送达方式", max_length=12, choices=Mode)
    address = models.CharField("送达地址", max_length=200)
    sent_on = models.DateField("送出日期")
    signed_on = models.DateField("签收日期", null=True, blank=True)
    signed_by = models.CharField("签收人及关系", max_length=50, blank=True)
    mail_no = models.CharField("邮单号", max_length=30, blank=True)
    refusal = models.TextField("拒收事由及见证人", blank=True)
    witnesses = models.CharField("见证人姓名、身份", max_length=100, blank=True)
    media = models.CharField("公告媒介", max_length=100, blank=True)
    deemed_on = models.DateField("视为送达日", null=True, blank=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.SENT)
    proof = models.ForeignKey(
        "documents.File", models.PROTECT, related_name="+", null=True, blank=True
    )
    proof_missing = models.CharField("没有回证扫描件的原因", max_length=200, blank=True)
    returned_on = models.DateField("退回日期", null=True, blank=True)
    recorded_by = models.ForeignKey("access.User", models.PROTECT, related_name="+", null=True)
    recorded_at = models.DateTimeField("登记时间", default=timezone.now)
    #: The Event that wrote the row; its correction tells that Event anew.
    recorded_in = models.ForeignKey(
        "casework.Event", models.PROTECT, related_name="+", null=True, editable=False
    )

    objects = ScopedManager()

    class Meta:
        verbose_name = verbose_name_plural = "送达回证"
        ordering = ["-sent_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="served") | Q(deemed_on__isnull=False),
                name="casework_delivery_served_day",
                violation_error_message="已送达要有签收日期或视为送达日",
            ),
            models.CheckConstraint(
                condition=~Q(mode="mail") | ~Q(mail_no=""),
                name="casework_delivery_mail_no",
                violation_error_message="邮寄送达要填邮单号",
            ),
            models.CheckConstraint(
                condition=~Q(mode="left") | ~Q(refusal=""),
                name="casework_delivery_refusal",
                violation_error_message="留置送达要写拒收事由及见证人",
            ),
            models.CheckConstraint(
                condition=~Q(mode="notice") | ~Q(media=""),
                name="casework_delivery_media",
                violation_error_message="公告送达要填公告媒介",
            ),
        ]
        triggers = [*change_log(masks_words=True)]

    def __str__(self) -> str:
        return f"{self.doc_name} → {self.recipient}"

    @property
    def state_words(self) -> str:
        """How it stands today; what was left or posted counts as served only from its day on."""
        served = self.deemed_on if self.state == self.State.SERVED else None
        if served and served > timezone.localdate():
            return f"{served:%Y-%m-%d} 起视为送达"
        return str(self.get_state_display())

    @property
    def refusal_label(self) -> str:
        """What ``refusal`` tells: only who refused a paper may have it left with him."""
        if self.returned_on or self.state == self.State.RETURNED:
            return "退回事由"
        return "张贴事由" if self.mode == self.Mode.POSTED else "拒收事由"
