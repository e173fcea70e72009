"""Notices to staff, messages to the outside, links for outside bodies, announcements."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from hrss_portal.access.scope import Scope, ScopedManager
from hrss_portal.audit.triggers import change_log
from hrss_portal.parties.crypto import EncryptedTextField


class Notice(models.Model):
    """One line in one person's inbox; the badge is the number of unread lines, nothing else.

    ``key`` makes it exactly-once: the same person is never told the same thing twice.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="notices",
        verbose_name="收件人",
    )
    kind = models.CharField("类别", max_length=40, blank=True)
    title = models.CharField("标题", max_length=200)
    body = models.TextField("内容", blank=True)
    url = models.CharField("打开", max_length=300, blank=True)
    key = models.CharField("唯一键", max_length=200)
    created_at = models.DateTimeField("时间", auto_now_add=True)
    read_at = models.DateTimeField("阅读时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "消息"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["user", "-id"], name="notifications_notice_user"),
            models.Index(
                fields=["user"],
                condition=Q(read_at__isnull=True),
                name="notifications_notice_unread",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="notifications_notice_once")
        ]

    def __str__(self) -> str:
        return self.title


class MessageKind(models.Model):
    """What happens to a kind of message when nobody knows whether it was delivered.

    A gateway that answers too late leaves that open.  "At least once" sends again and may double;
    "at most once" never sends again and shows the message as 不确定.  The bureau decides per kind:
    a hearing notice rather twice than never, a rating link rather never than twice.  Several
    bureaus may share a database, so each has its own row of a kind.
    """

    class Guarantee(models.TextChoices):
        AT_LEAST_ONCE = "at_least_once", "宁可重发（至少一次）"
        AT_MOST_ONCE = "at_most_once", "宁可不发（至多一次）"

    bureau = models.ForeignKey(
        "access.Unit", on_delete=models.PROTECT, related_name="+", verbose_name="局"
    )
    code = models.CharField("代码", max_length=40)
    label = models.CharField("名称", max_length=60)
    guarantee = models.CharField(
        "送达保证", max_length=15, choices=Guarantee, default=Guarantee.AT_LEAST_ONCE
    )

    class Meta:
        verbose_name = verbose_name_plural = "外发消息种类"
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["bureau", "code"], name="notifications_kind_once")
        ]
        triggers = [*change_log()]

    def __str__(self) -> str:
        return self.label


class Endpoint(models.Model):
    """An address of another system that an administrator registered for webhooks.

    Nothing else is ever called: no address comes from a case, a sheet or a citizen.  Each body is
    signed with the endpoint's own secret.  It is its bureau's alone.
    """

    vault = models.UUIDField(default=uuid.uuid4, editable=False)
    bureau = models.ForeignKey(
        "access.Unit", on_delete=models.PROTECT, related_name="+", verbose_name="局"
    )
    name = models.CharField("名称", max_length=60)
    url = models.CharField("地址", max_length=300)
    secret = EncryptedTextField("签名密钥")
    is_active = models.BooleanField("启用", default=True)
    created_at = models.DateTimeField("登记时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "对接地址"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["bureau", "name"], name="notifications_endpoint_once")
        ]
        triggers = [*change_log(personal=("secret",))]

    def __str__(self) -> str:
        return self.name


class OutboxMessage(models.Model):
    """A message to the outside that is to be sent, is being sent, or was sent.

    Written in the transaction of what it tells about.  Recipient and text hold personal data and
    are encrypted; lists show the masked recipient.  ``receipt`` is what the gateway answered.
    ``bureau`` is the bureau that sends it: nobody else's 办公室 sees it or sends it again.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "待发送"
        SENDING = "sending", "发送中"
        SENT = "sent", "已发送"
        NOTED = "noted", "已登记（未接通网关）"
        FAILED = "failed", "发送失败"
        UNKNOWN = "unknown", "不确定是否送达"

    class Channel(models.TextChoices):
        SMS = "sms", "短信"
        MAIL = "mail", "邮件"
        WEBHOOK = "webhook", "系统对接"
        LOG = "log", "仅登记"

    vault = models.UUIDField(default=uuid.uuid4, editable=False)
    bureau = models.ForeignKey(
        "access.Unit", on_delete=models.PROTECT, related_name="+", verbose_name="局"
    )
    kind = models.ForeignKey(
        MessageKind, on_delete=models.PROTECT, related_name="messages", verbose_name="种类"
    )
    channel = models.CharField("渠道", max_length=10, choices=Channel)
    to = EncryptedTextField("收件人")
    to_masked = models.CharField("收件人（隐去）", max_length=80, blank=True)
    text = EncryptedTextField("内容")
    endpoint = models.ForeignKey(
        Endpoint, on_delete=models.PROTECT, null=True, blank=True, related_name="messages"
    )
    key = models.CharField("唯一键", max_length=200, unique=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField("已试次数", default=0)
    receipt = models.CharField("回执", max_length=200, blank=True)
    error = models.CharField("最近一次错误", max_length=300, blank=True)
    created_at = models.DateTimeField("登记时间", auto_now_add=True)
    sent_at = models.DateTimeField("发送时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "外发消息"
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "-id"], name="notifications_outbox_state")]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.to_masked} {self.get_state_display()}"


class TaskLink(models.Model):
    """A question to an outside body, answered once through a link without an account.

    Industry departments, 医保, 公积金, 税务 and supervised units answer a transferred matter this
    way, or a clerk enters their reply with proof.  Only the SHA-256 of the 128-bit token is kept.
    ``on_answer`` is the dotted path of ``on_answer(link) -> None``, run in the same transaction.
    """

    vault = models.UUIDField(default=uuid.uuid4, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    owner_label = models.CharField("所属记录类型", max_length=80)
    owner_id = models.BigIntegerField("所属记录")
    owner_action = models.CharField("查看权限", max_length=80)
    body_name = models.CharField("答复单位", max_length=100)
    title = models.CharField("事项", max_length=200)
    question = EncryptedTextField("要求答复的内容")
    unit = models.ForeignKey(
        "access.Unit", on_delete=models.PROTECT, related_name="+", verbose_name="发出单位"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="发出人"
    )
    created_at = models.DateTimeField("发出时间", auto_now_add=True)
    expires_at = models.DateTimeField("有效期至")
    revoked_at = models.DateTimeField("撤回时间", null=True, blank=True)
    on_answer = models.CharField(max_length=150, blank=True, editable=False)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    answer = EncryptedTextField("答复")
    answered_name = models.CharField("答复人", max_length=50, blank=True)
    answered_phone = EncryptedTextField("答复人电话")
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="代录人",
    )
    files = models.ManyToManyField("documents.File", related_name="+", verbose_name="附件")

    objects = ScopedManager()
    scope = Scope(area="notifications", noun="task_link", unit="unit", own=("created_by",))

    class Meta:
        verbose_name = verbose_name_plural = "答复链接"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["owner_label", "owner_id"], name="notifications_link_owner")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | ~Q(answered_name=""),
                name="notifications_tasklink_who_answered",
            )
        ]
        triggers = [*change_log(personal=("question", "answer", "answered_phone"))]

    def __str__(self) -> str:
        return f"{self.body_name}：{self.title}"

    @property
    def is_open(self) -> bool:
        """Whether it still waits for an answer."""
        return self.answered_at is None and self.revoked_at is None and not self.is_expired

    @property
    def is_expired(self) -> bool:
        """Whether its time is over."""
        return self.expires_at <= timezone.now()


class Announcement(models.Model):
    """A line above every page, from and until a moment, for a bureau or for everybody."""

    class Level(models.TextChoices):
        INFO = "info", "一般"
        WARNING = "warning", "重要"

    title = models.CharField("标题", max_length=100)
    body = models.TextField("内容", blank=True)
    level = models.CharField("级别", max_length=10, choices=Level, default=Level.INFO)
    unit = models.ForeignKey(
        "access.Unit",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="范围",
    )
    from_at = models.DateTimeField("开始", default=timezone.now)
    until_at = models.DateTimeField("结束")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="发布人"
    )

    class Meta:
        verbose_name = verbose_name_plural = "公告"
        ordering = ["-from_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until_at__gt=models.F("from_at")),
                name="notifications_announcement_ends_after_start",
                violation_error_message="结束时间须晚于开始时间",
            )
        ]
        triggers = [*change_log()]

    def __str__(self) -> str:
        return self.title
