"""A batch is one sender's file on its way in; staged rows are its rows, with what is wrong."""

import uuid
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from hrss_portal.access.models import Unit, User
from hrss_portal.access.scope import Scope, ScopedManager
from hrss_portal.areas import Sheet
from hrss_portal.audit.triggers import change_log
from hrss_portal.imports import registry
from hrss_portal.imports.layout import Layout
from hrss_portal.parties.crypto import EncryptedTextField

UNDO_DAYS = 7


class Batch(models.Model):
    """One uploaded sheet, from upload to receipt.

    ``read`` is always created + updated + unchanged + rejected once rows have landed; the database
    refuses anything else.  ``back_to`` is the page of the matter that the sheet was sent for, as
    text, for the way back.  Legal basis: 数据安全法 art. 27 and 个人信息保护法 art. 51 (who brought
    which data in, under which right, provable).
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", "已上传"
        RECOGNISED = "recognised", "已识别"
        FIXING = "fixing", "待修正"
        READY = "ready", "待确认"
        RUNNING = "running", "导入中"
        DONE = "done", "已完成"
        PARTIAL = "partial", "部分完成"
        UNDONE = "undone", "已撤销"

    OPEN = (State.UPLOADED, State.RECOGNISED, State.FIXING, State.READY)
    LANDED = (State.DONE, State.PARTIAL)

    sheet_code = models.CharField("表号", max_length=20)
    state = models.CharField("状态", max_length=12, choices=State, default=State.UPLOADED)
    file_name = models.CharField("文件名", max_length=200)
    file_size = models.PositiveIntegerField("文件大小")
    sha256 = models.CharField("文件指纹", max_length=64, db_index=True)
    unit = models.ForeignKey(Unit, verbose_name="报送单位", on_delete=models.PROTECT)
    created_by = models.ForeignKey(
        User, verbose_name="上传人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    owner = models.ForeignKey(
        User, verbose_name="经办人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField("上传时间", default=timezone.now, editable=False)
    updated_at = models.DateTimeField("最近处理", auto_now=True)
    upload_key = models.CharField("提交标识", max_length=64, unique=True, null=True, editable=False)
    last_key = models.CharField("最近提交标识", max_length=64, blank=True, editable=False)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    layout = models.JSONField("表格位置", default=dict, blank=True)
    left_out = models.JSONField("未读的行", default=list, blank=True)
    hidden = models.PositiveIntegerField("隐藏行数", default=0)
    read = models.PositiveIntegerField("读入", default=0)
    created = models.PositiveIntegerField("新增", default=0)
    updated = models.PositiveIntegerField("更新", default=0)
    unchanged = models.PositiveIntegerField("未变", default=0)
    rejected = models.PositiveIntegerField("未导入", default=0)
    tried_version = models.PositiveIntegerField("预演版本", null=True, editable=False)
    job_id = models.BigIntegerField("作业", null=True, editable=False)
    committed_at = models.DateTimeField("导入时间", null=True, editable=False)
    committed_by = models.ForeignKey(
        User,
        verbose_name="导入人",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
    )
    undone_at = models.DateTimeField("撤销时间", null=True, editable=False)
    undone_by = models.ForeignKey(
        User,
        verbose_name="撤销人",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
    )
    kept = models.JSONField("未能撤销的行", default=list, blank=True)
    note = models.CharField("说明", max_length=500, blank=True)
    back_to = models.CharField("为哪一件", max_length=200, blank=True, editable=False)

    objects: ClassVar[ScopedManager] = ScopedManager()
    scope = Scope(area="imports", noun="batch", unit="unit", own=("created_by", "owner"))

    class Meta:
        verbose_name = verbose_name_plural = "导入批次"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["unit", "-id"], name="imports_batch_unit")]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state__in=("done", "partial"))
                | models.Q(
                    read=models.F("created")
                    + models.F("updated")
                    + models.F("unchanged")
                    + models.F("rejected")
                ),
                name="imports_batch_adds_up",
                violation_error_message="读入行数与处理结果不符",
            ),
            models.CheckConstraint(
                condition=models.Q(committed_at=None, committed_by=None)
                | models.Q(committed_at__isnull=False, committed_by__isnull=False),
                name="imports_batch_committed_pair",
            ),
        ]
        triggers = change_log(skip=("version", "last_key", "updated_at", "layout", "left_out"))

    def __str__(self) -> str:
        return f"{self.title} {self.file_name}"

    @property
    def sheet(self) -> Sheet:
        """The declaration of the sheet.  Raises ``UnknownSheet`` when no app declares it now."""
        return registry.sheet(self.sheet_code)

    @property
    def title(self) -> str:
        """The title of the sheet, or its code when the declaration is gone."""
        try:
            return self.sheet.title
        except registry.UnknownSheet:
            return self.sheet_code

    @property
    def place(self) -> Layout:
        """Where the table is on the sender's sheet."""
        return Layout.from_json(self.layout)

    @property
    def may_undo(self) -> bool:
        """Whether the undo window is open and the sheet can be taken back."""
        if self.state not in self.LANDED or self.committed_at is None:
            return False
        age = timezone.now() - self.committed_at
        return age.days < UNDO_DAYS and self.sheet.call("undo") is not None

    def figures(self) -> dict[str, int]:
        """The accounting: read = created + updated + unchanged + rejected."""
        return {name: getattr(self, name) for name in FIGURES}


FIGURES = ("read", "created", "updated", "unchanged", "rejected")


class Upload(models.Model):
    """The file itself, sealed, for reading it again; deleted after a day (PIPL art. 19)."""

    batch = models.OneToOneField(Batch, on_delete=models.CASCADE, related_name="upload")
    vault = models.UUIDField(default=uuid.uuid4, editable=False)
    content = EncryptedTextField("内容")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "上传的文件"

    def __str__(self) -> str:
        return f"upload of batch {self.batch_id}"


class StagedRow(models.Model):
    """One row of a sender's sheet, sealed, with its messages and its outcome.

    ``content`` holds JSON: ``cells`` (the sender's row), ``filled`` and ``edits`` by column name.
    ``causes`` are "column|code" or "column|code|text" for grouping; text only of columns that are
    not personal.  ``key_index`` is a keyed fingerprint of the key columns.  Working data: nothing
    here is the record of a case, and the content goes when the undo window closes.
    """

    class Level(models.TextChoices):
        OK = "ok", "可导入"
        LOOK = "look", "可导入但要看"
        WRONG = "wrong", "有错"

    class Action(models.TextChoices):
        CREATED = "created", "新增"
        UPDATED = "updated", "更新"
        UNCHANGED = "unchanged", "未变"
        REJECTED = "rejected", "未导入"

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField("行号")
    level = models.CharField("结果", max_length=5, choices=Level)
    messages = models.JSONField("问题", default=list, blank=True)
    causes = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    key_index = models.CharField(max_length=32, blank=True)
    skipped = models.BooleanField("跳过", default=False)
    hidden = models.BooleanField("隐藏行", default=False)
    action = models.CharField("处理", max_length=9, choices=Action, blank=True)
    target = models.CharField("对应记录", max_length=64, blank=True)
    vault = models.UUIDField(default=uuid.uuid4, editable=False)
    content = EncryptedTextField("内容")
    outcome = EncryptedTextField("导入前后")

    class Meta:
        verbose_name = verbose_name_plural = "导入行"
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="imports_row_once")]
        indexes = [
            models.Index(fields=["batch", "level", "number"], name="imports_row_level"),
            models.Index(
                fields=["batch", "key_index"],
                condition=~models.Q(key_index=""),
                name="imports_row_key",
            ),
        ]

    def __str__(self) -> str:
        return f"row {self.number} of batch {self.batch_id}"


class HeadingMemory(models.Model):
    """How a sender's heading was assigned by a person, so that nobody is asked twice.

    ``column`` is empty where the heading is to be left out.
    """

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    sheet_code = models.CharField("表号", max_length=20)
    heading = models.CharField("列名", max_length=200)
    column = models.CharField("对应", max_length=60, blank=True)
    used_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "列名对应"
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "sheet_code", "heading"], name="imports_memory_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.heading} → {self.column or '—'}"

    @staticmethod
    def recall(unit: Unit, sheet_code: str) -> dict[str, str]:
        """Normalised heading → our column name ("" for leave out)."""
        rows = HeadingMemory.objects.filter(unit=unit, sheet_code=sheet_code)
        return dict(rows.values_list("heading", "column"))

    @staticmethod
    def remember(unit: Unit, sheet_code: str, chosen: dict[str, str]) -> None:
        """Keeps what a person decided for a unit and a sheet."""
        HeadingMemory.objects.bulk_create(
            [
                HeadingMemory(
                    unit=unit, sheet_code=sheet_code, heading=heading[:200], column=column
                )
                for heading, column in chosen.items()
            ],
            update_conflicts=True,
            unique_fields=["unit", "sheet_code", "heading"],
            update_fields=["column", "used_at"],
        )


def row_totals(batch: Batch) -> dict[str, int]:
    """Rows of a batch by level, and how many are skipped: ok, look, wrong, skipped, all."""
    found: dict[str, Any] = StagedRow.objects.filter(batch=batch).aggregate(
        all=models.Count("pk"),
        ok=models.Count("pk", filter=models.Q(level="ok")),
        look=models.Count("pk", filter=models.Q(level="look")),
        wrong=models.Count("pk", filter=models.Q(level="wrong")),
        skipped=models.Count("pk", filter=models.Q(skipped=True)),
    )
    return found
