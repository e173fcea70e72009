"""The queue: one row per piece of work that runs outside a request."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from hrss_portal.jobs.kinds import kind_of


class LeaseLost(Exception):
    """Another worker has taken this job over; whatever this one still holds must not be written."""


class JobQuerySet(models.QuerySet["Job"]):
    """The questions that workers and sweepers ask."""

    def due(self) -> "JobQuerySet":
        """Waiting for its first or its next attempt, and the time has come (database clock)."""
        return self.filter(state__in=Job.WAITS, run_at__lte=Now())

    def abandoned(self) -> "JobQuerySet":
        """Running on paper, but its worker has not renewed the lease: it was killed or is deaf."""
        return self.filter(state=Job.State.RUNNING, lease_until__lt=Now())

    def unfinished(self) -> "JobQuerySet":
        """Everything that some worker will still have to touch."""
        return self.filter(state__in=(*Job.WAITS, Job.State.RUNNING))


class Job(models.Model):
    """A piece of work, who asked for it, who is at it, and how far it is.

    The row is the queue; a Celery message is only a hint that it exists, so losing the broker loses
    nothing.  A worker owns a job while its lease lasts and writes only under its ``lease_no``: a
    frozen worker that wakes up later cannot write late.  No legal basis: a technical record, kept
    as long as logs must be (网络安全法: 日志不少于六个月).
    """

    class State(models.TextChoices):
        WAITING = "waiting", "等待中"
        RUNNING = "running", "进行中"
        DONE = "done", "已完成"
        FAILED = "failed", "待重试"
        DEAD = "dead", "已停止"

    WAITS: ClassVar[tuple[str, ...]] = ("waiting", "failed")

    kind = models.CharField("种类", max_length=80)
    payload = models.JSONField("参数", default=dict, blank=True)
    key = models.CharField("唯一键", max_length=200, null=True, blank=True, unique=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.WAITING)
    run_at = models.DateTimeField("最早执行时间", default=timezone.now)
    attempts = models.PositiveSmallIntegerField("已试次数", default=0)
    hinted_at = models.DateTimeField("最近通知时间", null=True, blank=True)
    lease_until = models.DateTimeField("租约到期", null=True, blank=True)
    lease_owner = models.CharField("执行者", max_length=100, blank=True)
    lease_no = models.BigIntegerField("租约号", default=0)
    checkpoint = models.JSONField("断点", default=dict, blank=True)
    progress_done = models.PositiveBigIntegerField("已完成数", default=0)
    progress_total = models.PositiveBigIntegerField("总数", default=0)
    message = models.CharField("说明", max_length=500, blank=True)
    error = models.TextField("最近一次错误", blank=True)
    result = models.JSONField("结果", null=True, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="jobs",
        verbose_name="申请人",
    )
    unit = models.ForeignKey(
        "access.Unit",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="单位",
    )
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    started_at = models.DateTimeField("开始时间", null=True, blank=True)
    finished_at = models.DateTimeField("结束时间", null=True, blank=True)

    objects = JobQuerySet.as_manager()

    #: Set by the runner while a heartbeat thread runs: writes progress on its own connection.
    reporter: Callable[[dict[str, Any]], None] | None = None

    class Meta:
        verbose_name = verbose_name_plural = "作业"
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["run_at"],
                condition=models.Q(state__in=("waiting", "failed")),
                name="jobs_job_due",
            ),
            models.Index(
                fields=["lease_until"], condition=models.Q(state="running"), name="jobs_job_leased"
            ),
            models.Index(fields=["requested_by", "-id"], name="jobs_job_mine"),
            models.Index(fields=["kind", "-finished_at"], name="jobs_job_kind_finished"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=("waiting", "running", "done", "failed", "dead")),
                name="jobs_job_known_state",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="running") | models.Q(lease_until__isnull=False),
                name="jobs_job_running_has_lease",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} #{self.pk}"

    @property
    def label(self) -> str:
        """What officials call this kind of work."""
        found = kind_of(self.kind)
        return found.label if found else self.kind

    @property
    def percent(self) -> int:
        """Progress 0–100; 0 while the total is unknown."""
        if self.state == self.State.DONE:
            return 100
        return (
            min(100, 100 * self.progress_done // self.progress_total) if self.progress_total else 0
        )

    @property
    def is_finished(self) -> bool:
        """Nothing more will happen to it by itself."""
        return self.state in (self.State.DONE, self.State.DEAD)

    def held(self) -> JobQuerySet:
        """This row, only while this worker still holds its lease."""
        return Job.objects.filter(pk=self.pk, state=self.State.RUNNING, lease_no=self.lease_no)

    def progress(self, done: int, total: int | None = None, message: str = "") -> None:
        """Tell how far the work is; visible at once, even while the work's transaction is open."""
        self.progress_done = done
        self.progress_total = self.progress_total if total is None else total
        self.message = (message or self.message)[:500]
        told = {
            "progress_done": self.progress_done,
            "progress_total": self.progress_total,
            "message": self.message,
        }
        if self.reporter is not None:
            self.reporter(told)
        else:
            self.held().update(**told)

    def save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Remember where to go on, in the transaction of the work that got this far.

        Renews the lease and proves that it is still held: raises ``LeaseLost`` when it is not, so
        that the surrounding transaction, and with it the late effect, is rolled back.
        """
        self.checkpoint = checkpoint
        self._fenced(checkpoint=checkpoint)

    def fence(self) -> None:
        """Prove, inside the transaction of an effect, that the lease is still held.

        Raises ``LeaseLost``.  Locks the row until that transaction ends, so nobody can take over
        between the proof and the commit.
        """
        self._fenced()

    def _fenced(self, **changes: Any) -> None:
        until = Now() + timedelta(seconds=self.lease_seconds)
        if not self.held().update(lease_until=until, **changes):
            raise LeaseLost(f"job {self.pk}: lease {self.lease_no} is no longer held")

    @property
    def lease_seconds(self) -> int:
        """How long a worker may stay silent before the job is given to another."""
        found = kind_of(self.kind)
        return found.lease_seconds if found else 30
