"""Files, number series, paper templates and issued papers."""

import json
import uuid
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from hrss_portal.access.scope import Scope, ScopedManager
from hrss_portal.audit.triggers import change_log
from hrss_portal.documents.kinds import paper_kinds
from hrss_portal.documents.storage import own_path
from hrss_portal.parties.crypto import EncryptedTextField


class File(models.Model):
    """One stored file: an attachment, a paper, a result to download, an upload for an import.

    The path on disk is our own and never contains what a user typed; ``name`` is only what the
    download is called.  ``owner_label`` ("casework.case") and ``owner_id`` say which record the
    file belongs to and ``owner_action`` what one needs there to open it; a file without owner is
    its uploader's.  ``data_class`` narrows that to people who see that class (P2, P3 …).
    个人信息保护法第五十一条: access is decided per file and logged before the data leaves.
    """

    class Kind(models.TextChoices):
        ATTACHMENT = "attachment", "附件"
        PAPER = "paper", "文书"
        TEMPLATE = "template", "文书模板"
        SHEET = "sheet", "导入表格"
        RESULT = "result", "导出结果"
        REPLY = "reply", "外部答复"

    name = models.CharField("文件名", max_length=150)
    kind = models.CharField("用途", max_length=12, choices=Kind, default=Kind.ATTACHMENT)
    content = models.FileField("内容", upload_to=own_path, max_length=200)
    content_type = models.CharField("类型", max_length=100)
    size = models.PositiveBigIntegerField("大小（字节）")
    sha256 = models.CharField("SHA-256", max_length=64, db_index=True)
    unit = models.ForeignKey(
        "access.Unit", on_delete=models.PROTECT, related_name="+", verbose_name="单位"
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="上传人",
    )
    owner_label = models.CharField("所属记录类型", max_length=80, blank=True)
    owner_id = models.BigIntegerField("所属记录", null=True, blank=True)
    owner_action = models.CharField("打开权限", max_length=80, blank=True)
    data_class = models.CharField("数据类别", max_length=2, blank=True)
    created_at = models.DateTimeField("上传时间", auto_now_add=True)
    expires_on = models.DateField("保留至", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "文件"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["owner_label", "owner_id"], name="documents_file_owner"),
            models.Index(fields=["uploaded_by", "created_at"], name="documents_file_quota"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(owner_label="", owner_id__isnull=True)
                | (~Q(owner_label="") & Q(owner_id__isnull=False) & ~Q(owner_action="")),
                name="documents_file_owner_whole",
            )
        ]
        triggers = [*change_log()]

    def __str__(self) -> str:
        return self.name

    @property
    def extension(self) -> str:
        """``pdf``, ``docx`` …: of the stored content, not of the name a user gave."""
        return str(self.content.name).rpartition(".")[2]


class SeriesFormat(models.Model):
    """How one bureau writes the numbers of one series; without a row the shipped wording counts.

    公文机关代字 are local (霍劳人仲案, 邱人社秘), so they are data.  A change holds from the next
    number; numbers already given stay as they were printed.
    """

    series = models.CharField("编号系列", max_length=80)
    unit = models.ForeignKey(
        "access.Unit", on_delete=models.PROTECT, related_name="+", verbose_name="局"
    )
    prefix = models.CharField("代字", max_length=40)
    pattern = models.CharField("格式", max_length=60, default="{prefix}〔{year}〕{n}号")

    class Meta:
        verbose_name = verbose_name_plural = "编号格式"
        constraints = [
            models.UniqueConstraint(fields=["series", "unit"], name="documents_seriesformat_one")
        ]
        triggers = [*change_log()]

    def __str__(self) -> str:
        return f"{self.series}：{self.prefix}"


class Counter(models.Model):
    """The last number given in one series, bureau and year.

    Its row lock is what makes numbers gap-free: the next writer waits until the transaction that
    took a number has committed or given it back.  It only ever rises: a number that was voided is
    never given again.
    """

    series = models.CharField("编号系列", max_length=80)
    unit = models.ForeignKey(
        "access.Unit", on_delete=models.PROTECT, related_name="+", verbose_name="局"
    )
    year = models.PositiveSmallIntegerField("年度")
    last = models.PositiveIntegerField("末号", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "编号计数"
        constraints = [
            models.UniqueConstraint(fields=["series", "unit", "year"], name="documents_counter_one")
        ]
        triggers = [
            pgtrigger.Trigger(
                name="only_rises",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(new__last__lt=pgtrigger.F("old__last")),
                func="RAISE EXCEPTION 'documents: a number series never goes back';",
            )
        ]

    def __str__(self) -> str:
        return f"{self.series} {self.year}：{self.last}"


class PaperTemplate(models.Model):
    """A bureau's own template, which replaces the shipped one once a second person has agreed.

    Checked at upload for what its tags may do and name; the newest active one of the bureau counts,
    then the newest active one without bureau, then the shipped one.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", "待复核"
        ACTIVE = "active", "在用"
        RETIRED = "retired", "停用"

    kind = models.CharField("文书", max_length=80)
    unit = models.ForeignKey(
        "access.Unit",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="局",
    )
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="+", verbose_name="文件")
    state = models.CharField("状态", max_length=10, choices=State, default=State.PROPOSED)
    note = models.CharField("修改说明", max_length=200, blank=True)
    created_at = models.DateTimeField("上传时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "文书模板"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "unit"],
                condition=Q(state="active"),
                nulls_distinct=False,
                name="documents_papertemplate_one_active",
            )
        ]
        triggers = [*change_log()]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"


class Paper(models.Model):
    """An issued paper: its number, its file, its hash, and the values it was made from.

    Frozen when issued: the database refuses to change or delete it, a mistake is voided with a
    reason and its number is never used again.  The values hold personal data and are encrypted.
    A paper that was made and signed outside the portal has its scan as file, no values, and
    ``outside_because``.

    A paper of a case is seen by who sees the case and voided by who makes its papers; only a paper
    without a case belongs to the unit that made it.
    """

    class State(models.TextChoices):
        ISSUED = "issued", "有效"
        VOIDED = "voided", "作废"

    vault = models.UUIDField(default=uuid.uuid4, editable=False)
    kind = models.CharField("文书", max_length=80, db_index=True)
    title = models.CharField("标题", max_length=200)
    series = models.CharField("编号系列", max_length=80, blank=True)
    number = models.CharField("文书编号", max_length=80, blank=True, db_index=True)
    year = models.PositiveSmallIntegerField("年度")
    n = models.PositiveIntegerField("序号", null=True, blank=True)
    unit = models.ForeignKey(
        "access.Unit", on_delete=models.PROTECT, related_name="+", verbose_name="制作单位"
    )
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="papers")
    sha256 = models.CharField("SHA-256", max_length=64)
    template_sha256 = models.CharField("模板 SHA-256", max_length=64, blank=True)
    context_text = EncryptedTextField("数据快照")
    outside_because = models.CharField("没有在系统里制发的原因", max_length=200, blank=True)
    issued_on = models.DateField("制作日期")
    issued_at = models.DateTimeField("制作时间", auto_now_add=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="制作人",
    )
    state = models.CharField("状态", max_length=10, choices=State, default=State.ISSUED)
    voided_at = models.DateTimeField("作废时间", null=True, blank=True)
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="作废人",
    )
    void_reason = models.CharField("作废原因", max_length=200, blank=True)

    objects = ScopedManager()
    scope = Scope(
        area="documents",
        noun="paper",
        unit="unit",
        own=("issued_by",),
        within="case_paper__case",
    )

    class Meta:
        verbose_name = verbose_name_plural = "文书"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "series", "year", "n"],
                condition=~Q(series=""),
                name="documents_paper_number_once",
            ),
            models.CheckConstraint(
                condition=Q(state="issued", voided_at__isnull=True)
                | (Q(state="voided", voided_at__isnull=False) & ~Q(void_reason="")),
                name="documents_paper_void_says_why",
            ),
        ]
        triggers = [
            *change_log(personal=("context_text",)),
            pgtrigger.Protect(name="keep", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="frozen",
                fields=[
                    "kind",
                    "title",
                    "series",
                    "number",
                    "year",
                    "n",
                    "unit",
                    "file",
                    "sha256",
                    "template_sha256",
                    "outside_because",
                    "issued_on",
                    "issued_by",
                ],
            ),
            pgtrigger.Protect(name="frozen_values", operation=pgtrigger.UpdateOf("context_text")),
        ]

    def __str__(self) -> str:
        return f"{self.title}{f' {self.number}' if self.number else ''}"

    @classmethod
    def asking_for(cls) -> dict[str, Q]:
        """Each data class that papers may ask for, and which papers do."""
        found: dict[str, Q] = {}
        for code, kind in paper_kinds().items():
            if kind.data_class:
                wanted = found.get(kind.data_class, Q(file__data_class=kind.data_class))
                found[kind.data_class] = wanted | Q(kind=code)
        private = Q(case_paper__case__is_sealed=True)
        found["P4"] = found.get("P4", Q(file__data_class="P4")) | private
        return found

    @property
    def context(self) -> dict[str, Any]:
        """The values it was made from."""
        return dict(json.loads(self.context_text)) if self.context_text else {}
