"""随机抽取: a draw whose list is published before its seed is known (承诺—揭示)."""

import uuid
from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from hrss_portal.access.scope import Scope, ScopedManager
from hrss_portal.activities import drawing
from hrss_portal.activities.models.base import Activity
from hrss_portal.audit.triggers import change_log
from hrss_portal.parties.crypto import EncryptedTextField

DRAWS = Scope(area="activities", noun="draw", unit="unit", town="town", own=("created_by",))
#: Kept with the record and never changed after, whether it is published or not.
KEPT = (
    "title",
    "algorithm",
    "k",
    "objects_list",
    "officers",
    "list_sha256",
    "seed_kind",
    "seed_source",
    "seed_on",
    "open_by",
    "created_at",
    "created_by",
)


class Draw(Activity):
    """One draw: its list stands from the moment it is recorded (``created_*``).

    It is published by an act of its own (``published_*``, ``draws.publish``), to the house or to
    everybody (``is_public``), and then stays published; a list that is not published gets no seed.
    The seed comes later: a public value whose source and day were named with the list, or two
    halves that two people sealed by their hash before either was opened.  ``objects``,
    ``officers`` and ``result`` are as in ``activities.drawing``.  A draw that cannot be finished
    (a half is lost) is voided with its reason; it stays.
    """

    class SeedKind(models.TextChoices):
        PUBLIC = "public", "事先指明的公开数值"
        HALVES = "halves", "两人各封存一半"

    scope: ClassVar[Scope] = DRAWS

    title = models.CharField("抽取事项", max_length=120)
    algorithm = models.CharField("算法", max_length=30, default=drawing.ALGORITHM, editable=False)
    k = models.PositiveIntegerField("抽取数量")
    objects_list = models.JSONField("对象名单", db_column="objects", editable=False)
    officers = models.JSONField("人员名单", default=list, editable=False)
    list_sha256 = models.CharField("名单哈希值", max_length=64, editable=False)
    seed_kind = models.CharField("种子怎么定", max_length=8, choices=SeedKind)
    seed_source = models.CharField("公开数值的出处", max_length=200, blank=True)
    seed_on = models.DateField("公开数值的日期", null=True, blank=True)
    open_by = models.DateField("两半打开的期限", null=True, blank=True)
    is_public = models.BooleanField("在不用登录的页面公布", default=False, editable=False)
    published_at = models.DateTimeField("公布时间", null=True, editable=False)
    published_by = models.ForeignKey(
        "access.User",
        models.PROTECT,
        verbose_name="公布人",
        related_name="+",
        null=True,
        editable=False,
    )
    note = models.CharField("说明", max_length=300, blank=True)
    seed = models.CharField("种子", max_length=300, blank=True, editable=False)
    result = models.JSONField("结果", null=True, editable=False)
    drawn_at = models.DateTimeField("抽取时间", null=True, editable=False)
    drawn_by = models.ForeignKey(
        "access.User", models.PROTECT, related_name="+", null=True, editable=False
    )

    class Meta:
        verbose_name = verbose_name_plural = "随机抽取"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(drawn_at__isnull=True, seed="", result__isnull=True)
                | (Q(drawn_at__isnull=False, result__isnull=False) & ~Q(seed="")),
                name="activities_draw_whole",
            ),
            models.CheckConstraint(
                condition=Q(seed_kind="halves") | (~Q(seed_source="") & Q(seed_on__isnull=False)),
                name="activities_draw_source",
                violation_error_message="用公开数值作种子的，事先写明出处和日期",
            ),
            models.CheckConstraint(
                condition=Q(is_public=False) | Q(published_at__isnull=False),
                name="activities_draw_public_since",
            ),
            models.CheckConstraint(
                condition=Q(drawn_at__isnull=True)
                | Q(published_at__isnull=False, published_at__lte=F("drawn_at")),
                name="activities_draw_published_first",
            ),
        ]
        triggers = [
            *change_log(),
            pgtrigger.ReadOnly(name="published", fields=list(KEPT)),
            pgtrigger.Protect(
                name="published_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__published_at__isnull=False)
                & (
                    pgtrigger.Q(old__published_at__df=pgtrigger.F("new__published_at"))
                    | pgtrigger.Q(old__published_by__df=pgtrigger.F("new__published_by"))
                    | pgtrigger.Q(old__is_public__df=pgtrigger.F("new__is_public"))
                ),
            ),
            pgtrigger.Protect(
                name="drawn_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__drawn_at__isnull=False)
                & (
                    pgtrigger.Q(old__seed__df=pgtrigger.F("new__seed"))
                    | pgtrigger.Q(old__result__df=pgtrigger.F("new__result"))
                    | pgtrigger.Q(old__drawn_at__df=pgtrigger.F("new__drawn_at"))
                    | pgtrigger.Q(old__drawn_by__df=pgtrigger.F("new__drawn_by"))
                ),
            ),
            pgtrigger.Protect(
                name="published_stays",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__published_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_unsealed_late(self) -> bool:
        """Whether the day to open two halves went by with fewer than two sealed."""
        if self.open_by is None or self.halves.count() == 2:
            return False
        return timezone.localdate(self.voided_at or timezone.now()) > self.open_by

    @property
    def file(self) -> bytes:
        """The draw file.  Raises ``drawing.DrawError`` before there is a seed."""
        halves = self._opened_halves() if self.drawn_at is not None else []
        return drawing.draw_file(self.objects_list, self.officers, self.k, self.seed, halves)

    def _opened_halves(self) -> list[tuple[str, str]]:
        """Digest and opened half, in order of sealing; none where the seed is not of halves."""
        if self.seed_kind != self.SeedKind.HALVES:
            return []
        return list(self.halves.order_by("pk").values_list("digest", "half"))

    @property
    def halves_text(self) -> str:
        """Digests and opened halves for the script; empty where the seed is not of halves."""
        if self.drawn_at is None or self.seed_kind != self.SeedKind.HALVES:
            return ""
        return drawing.halves_text(self.list_sha256, self._opened_halves())

    @property
    def stage(self) -> str:
        """How it stands: kept, published, sealed (both halves), drawn."""
        if self.drawn_at is not None:
            return "drawn"
        if self.published_at is None:
            return "kept"
        return "sealed" if self.halves.count() == 2 else "published"


class DrawHalf(models.Model):
    """One person's half of a seed: sealed by its hash, opened together with the other one.

    ``held`` is a half that was entered (``entered_at``) while the other one was not: encrypted and
    shown to nobody, so that whoever enters last knows no more than whoever enters first.
    """

    scope = DRAWS.through("draw")

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="halves")
    person = models.ForeignKey("access.User", models.PROTECT, related_name="+")
    digest = models.CharField("封存的哈希值", max_length=64)
    sealed_at = models.DateTimeField("封存时间", default=timezone.now)
    vault = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    held = EncryptedTextField("交来还没有打开的内容")
    entered_at = models.DateTimeField("交来时间", null=True)
    half = models.CharField("打开的内容", max_length=100, blank=True)
    opened_at = models.DateTimeField("打开时间", null=True)

    objects = ScopedManager()

    class Meta:
        verbose_name = verbose_name_plural = "封存的一半种子"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["draw", "person"],
                name="activities_half_once",
                violation_error_message="每人只封存一半",
            )
        ]
        triggers = [
            *change_log(personal=("held",)),
            pgtrigger.ReadOnly(name="sealed", fields=["draw", "person", "digest", "sealed_at"]),
            pgtrigger.Protect(name="sealed_stays", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="entered_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__entered_at__isnull=False)
                & pgtrigger.Q(old__entered_at__df=pgtrigger.F("new__entered_at")),
            ),
            pgtrigger.Protect(
                name="opened_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__opened_at__isnull=False)
                & (
                    pgtrigger.Q(old__half__df=pgtrigger.F("new__half"))
                    | pgtrigger.Q(old__opened_at__df=pgtrigger.F("new__opened_at"))
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}"

    @property
    def is_late(self) -> bool:
        """Whether it was not entered by the day that was published with the list."""
        end = self.entered_at or self.draw.voided_at or timezone.now()
        return self.draw.open_by is not None and timezone.localdate(end) > self.draw.open_by
