"""The three logs (changes, accesses, refusals) and the blocks that seal them.

The logs keep the actor's id and name without a foreign key: a log must outlive the account, and
``audit`` knows nothing of users.  《网络安全法》第二十一条 asks for at least six months of logs;
nothing here is ever deleted.
"""

from django.db import models
from django.db.models.functions import Now

from hrss_portal.audit.triggers import append_only


class TransactionId(models.Func):
    """The 64-bit id of the transaction that inserts the row; the sealer orders by it."""

    template = "(pg_current_xact_id()::text::bigint)"
    output_field = models.BigIntegerField()


class SealEpoch(models.Func):
    """The current chain.  A restore into another server begins a new one, as ids restart there."""

    template = "audit_epoch()"
    output_field = models.SmallIntegerField()


class LogRow(models.Model):
    """What all three logs share: when, who, on which request, and what the sealer needs."""

    sealed_rows = True  # the sealer takes every concrete model that says so

    at = models.DateTimeField("时间", db_default=Now())
    actor_id = models.BigIntegerField("操作人编号", null=True)
    actor_name = models.CharField("操作人", max_length=50)
    purpose = models.CharField("目的", max_length=20)
    request_id = models.CharField("请求编号", max_length=20, blank=True)
    xid = models.BigIntegerField(db_default=TransactionId(), editable=False)
    epoch = models.SmallIntegerField(db_default=SealEpoch(), editable=False)

    class Meta:
        abstract = True
        ordering = ["-id"]


class ChangeEntry(LogRow):
    """One row of one table changed or deleted: only the columns that differ, before and after.

    Written by the trigger ``change_log`` alone.
    """

    class Op(models.TextChoices):
        UPDATE = "U", "修改"
        DELETE = "D", "删除"

    table = models.CharField("数据表", max_length=63, db_column="table_name")
    row_id = models.CharField("记录编号", max_length=40)
    op = models.CharField("操作", max_length=1, choices=Op)
    old = models.JSONField("原值")
    new = models.JSONField("新值", null=True)

    class Meta(LogRow.Meta):
        verbose_name = verbose_name_plural = "变更日志"
        indexes = [
            models.Index(fields=["table", "row_id", "id"], name="audit_change_row"),
            models.Index(fields=["actor_id", "at"], name="audit_change_actor"),
            models.Index(fields=["epoch", "xid"], name="audit_change_xid"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.table} {self.row_id} {self.get_op_display()}"


class AccessEntry(LogRow):
    """Somebody saw, searched for, printed, exported or opened something personal.

    Written before the data leaves.  《个人信息保护法》第五十一条、第五十四条.
    """

    class Kind(models.TextChoices):
        REVEAL = "reveal", "查看完整信息"
        SEARCH = "search", "查询"
        PRINT = "print", "打印"
        EXPORT = "export", "导出"
        OPEN = "open", "打开文件"
        VIEW = "view", "查看"

    kind = models.CharField("方式", max_length=10, choices=Kind)
    subject_type = models.CharField("对象类别", max_length=60)
    subject_id = models.CharField("对象编号", max_length=40)
    label = models.CharField("对象", max_length=200, blank=True)
    reason = models.CharField("理由", max_length=200, blank=True)
    fields = models.JSONField("字段", default=list)
    case_id = models.BigIntegerField("关联案件", null=True)

    class Meta(LogRow.Meta):
        verbose_name = verbose_name_plural = "访问日志"
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "id"], name="audit_access_subject"),
            models.Index(fields=["actor_id", "kind", "at"], name="audit_access_actor"),
            models.Index(fields=["epoch", "xid"], name="audit_access_xid"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.actor_name} {self.get_kind_display()} {self.label}"


class RefusalEntry(LogRow):
    """Somebody was refused something, and by which rule.  Written after the rollback."""

    route = models.CharField("页面", max_length=100)
    method = models.CharField("方法", max_length=10)
    rule = models.CharField("规则", max_length=60)
    subject = models.CharField("对象", max_length=200, blank=True)
    address = models.CharField("地址", max_length=45, blank=True)

    class Meta(LogRow.Meta):
        verbose_name = verbose_name_plural = "拒绝日志"
        indexes = [
            models.Index(fields=["actor_id", "at"], name="audit_refusal_actor"),
            models.Index(fields=["epoch", "xid"], name="audit_refusal_xid"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.actor_name} {self.method} {self.route} {self.rule}"


class SealedBlock(models.Model):
    """The log rows of finished transactions, closed by an HMAC over the block before it.

    ``contents`` holds, per table, the number of rows and the digest of their digests.  The key
    (``AUDIT_KEY``) is not in the database: who can edit rows cannot make the seal fit again.
    """

    number = models.PositiveBigIntegerField("块号", unique=True)
    epoch = models.SmallIntegerField("链")
    xid_from = models.BigIntegerField("起始事务号")
    xid_to = models.BigIntegerField("截止事务号（不含）")
    contents = models.JSONField("内容")
    previous = models.CharField("上一块封印", max_length=64, blank=True)
    seal = models.CharField("封印", max_length=64)
    sealed_at = models.DateTimeField("封存时间")

    class Meta:
        verbose_name = verbose_name_plural = "封存块"
        ordering = ["number"]
        triggers = append_only()

    def __str__(self) -> str:
        return f"第 {self.number} 块"
