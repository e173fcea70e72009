"""Habits of a user at the desk (columns, page size, saved views); systems that call the API."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from hrss_portal.audit.triggers import change_log


class ListPreference(models.Model):
    """How one user wants one list; kept on the server, so that it follows to another machine."""

    class Density(models.TextChoices):
        COMPACT = "compact", "紧凑"
        NORMAL = "normal", "适中"
        LOOSE = "loose", "宽松"

    user = models.ForeignKey("access.User", models.CASCADE, related_name="+")
    page = models.CharField("列表", max_length=80)
    columns = ArrayField(models.CharField(max_length=40), verbose_name="列", default=list)
    density = models.CharField("密度", max_length=10, choices=Density, blank=True)
    size = models.PositiveSmallIntegerField("每页条数", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "列表习惯"
        constraints = [
            models.UniqueConstraint(fields=["user", "page"], name="desk_preference_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.page}"


class SavedView(models.Model):
    """A set of filters with a name: a user's own, or shared with the office by its head."""

    owner = models.ForeignKey("access.User", models.CASCADE, related_name="+")
    unit = models.ForeignKey("access.Unit", models.CASCADE, related_name="+", null=True)
    page = models.CharField("列表", max_length=80)
    name = models.CharField("名称", max_length=20)
    query = models.CharField("条件", max_length=1000)
    made_at = models.DateTimeField("保存时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "常用视图"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "page", "name"],
                name="desk_view_once",
                violation_error_message="已有同名的常用视图",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="desk_view_named"),
        ]

    def __str__(self) -> str:
        return self.name


class ClientSystem(models.Model):
    """A system of another body that may call the API: whose rights it has, and which of them.

    It acts as one account and never has more than that account's rights, read at each call;
    ``kinds`` and ``actions`` narrow them.  One administrator enters it, a second confirms it
    (``proposal``); before that its token opens nothing.  Only the SHA-256 of the 256-bit token is
    kept.  ``system`` is the name under which its cases carry their outside numbers.
    Basis: 网络安全法 Article 21 (who may connect, and a log of it); 数据安全法 Article 27.
    """

    class Action(models.TextChoices):
        READ = "read", "查询办件"
        OPEN = "open", "登记办件"
        AMEND = "amend", "更正已登记的内容"
        MOVE = "move", "办理步骤"
        ATTACH = "attach", "上传材料"
        EVENTS = "events", "读取办理动态"
        FIGURES = "figures", "读取指标"

    name = models.CharField("系统名称", max_length=60, unique=True)
    system = models.CharField("外部系统代码", max_length=40)
    user = models.ForeignKey(
        "access.User", models.PROTECT, related_name="client_systems", verbose_name="使用账号"
    )
    unit = models.ForeignKey(
        "access.Unit", models.PROTECT, related_name="+", verbose_name="办件承办单位"
    )
    kinds = ArrayField(models.CharField(max_length=60), verbose_name="业务", default=list)
    actions = ArrayField(
        models.CharField(max_length=10, choices=Action), verbose_name="允许的操作", default=list
    )
    endpoint = models.ForeignKey(
        "notifications.Endpoint",
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="回调地址",
    )
    told_kinds = ArrayField(
        models.CharField(max_length=60), verbose_name="回调的业务", default=list, blank=True
    )
    expires_on = models.DateField("有效期至")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    token_hint = models.CharField("令牌尾号", max_length=4, editable=False)
    created_at = models.DateTimeField("登记时间", default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        "access.User", models.PROTECT, related_name="+", editable=False, verbose_name="登记人"
    )
    proposal = models.OneToOneField(
        "access.Proposal", models.PROTECT, related_name="+", null=True, editable=False
    )
    confirmed_at = models.DateTimeField("复核时间", null=True, editable=False)
    revoked_at = models.DateTimeField("吊销时间", null=True, editable=False)
    revoked_by = models.ForeignKey(
        "access.User", models.PROTECT, related_name="+", null=True, editable=False
    )
    revoke_reason = models.CharField("吊销理由", max_length=200, blank=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "对接系统"
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoke_reason="")
                | Q(revoked_at__isnull=False) & ~Q(revoke_reason=""),
                name="desk_client_revoked_why",
                violation_error_message="吊销要写理由",
            ),
        ]
        triggers = [*change_log(personal=("token_hash",))]

    def __str__(self) -> str:
        return self.name

    @property
    def closed_because(self) -> str:
        """Why its token opens nothing now; empty when it does."""
        if self.revoked_at is not None:
            return "已吊销"
        if self.confirmed_at is None:
            return "待复核"
        if self.expires_on < timezone.localdate():
            return "已过期"
        return "" if self.user.is_active else "账号已停用"

    def may(self, action: str, kind: str = "") -> bool:
        """Whether the system was given an action, on a kind of case where one is named."""
        return action in self.actions and (not kind or kind in self.kinds)


class ClientCall(models.Model):
    """One answered call of a client system: the log that 网络安全法 Article 21 asks for.

    It holds no address with parameters and no body: neither may carry a person's data here.
    """

    client = models.ForeignKey(ClientSystem, models.CASCADE, related_name="calls")
    at = models.DateTimeField("时间", default=timezone.now)
    method = models.CharField("方法", max_length=8)
    route = models.CharField("接口", max_length=120)
    status = models.PositiveSmallIntegerField("状态码")
    code = models.CharField("错误代码", max_length=40, blank=True)
    took_ms = models.PositiveIntegerField("耗时（毫秒）")
    request_id = models.CharField("请求编号", max_length=20, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "接口调用"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["client", "-at"], name="desk_call_client")]

    def __str__(self) -> str:
        return f"{self.method} {self.route} {self.status}"


class SentCase(models.Model):
    """What a client system sent when it opened a case: one keyed fingerprint per field.

    The same body sent again is recognised by it, and another one says which fields changed,
    without keeping a second copy of personal data.
    """

    case = models.OneToOneField("casework.Case", models.CASCADE, related_name="+")
    client = models.ForeignKey(ClientSystem, models.PROTECT, related_name="+")
    fields = models.JSONField(default=dict)
    sent_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "外部系统报送"
        triggers = [*change_log(skip=("fields",))]

    def __str__(self) -> str:
        return f"{self.client_id} {self.case_id}"
