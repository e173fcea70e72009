"""服务状态: whether the parts of the portal work, each with what to do where one does not.

The page, its JSON and ``manage running_state`` show the same list; ``./portal doctor`` may ask the
command.  Nothing here changes anything.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Count, Max, Min
from django.utils import timezone

from hrss_portal.audit.models import SealedBlock
from hrss_portal.deadlines.lookup import missing_years
from hrss_portal.deadlines.models import CalendarYear
from hrss_portal.desk import health
from hrss_portal.desk.backups import making, rehearsal
from hrss_portal.desk.links import url_of
from hrss_portal.desk.wording import short_moment
from hrss_portal.jobs.models import Job
from hrss_portal.jobs.upkeep import CANARY, last_sign_of_life
from hrss_portal.notifications.models import OutboxMessage

SILENT = timedelta(minutes=3)  # the canary runs every minute
WAITING_LONG = timedelta(minutes=5)
BACKUP_EVERY, DRILL_EVERY = timedelta(days=1, hours=6), timedelta(days=100)
ENOUGH_DISK = 2 * 1024**3
GB = 1024**3


@dataclass(frozen=True, kw_only=True)
class Check:
    """One part: how it stands (good, waiting, bad), in words, and what to do."""

    code: str
    label: str
    level: str
    words: str
    remedy: str = ""
    url: str = ""


def checks() -> list[Check]:
    """All parts, in the order in which one looks for a fault; a part that fails fails alone."""
    found: list[Check] = []
    for code, label, look in LOOKS:
        try:
            found += look()
        except (DatabaseError, OSError, LookupError) as error:
            words = f"没有应答（{type(error).__name__}）"
            found.append(Check(code=code, label=label, level="bad", words=words))
    return found


def as_data(found: list[Check]) -> dict[str, Any]:
    """The list as JSON: ``ok`` while nothing is bad."""
    return {
        "ok": all(one.level != "bad" for one in found),
        "at": timezone.localtime().isoformat(timespec="seconds"),
        "checks": [
            {
                "code": one.code,
                "label": one.label,
                "level": one.level,
                "words": one.words,
                "remedy": one.remedy,
            }
            for one in found
        ],
    }


def _database() -> Iterator[Check]:
    health.database()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version'), pg_database_size(current_database()),"
            " (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()),"
            " current_setting('max_connections')::int"
        )
        version, size, used, most = cursor.fetchone()
    full = used > most * 0.8
    yield Check(
        code="database",
        label="数据库",
        level="waiting" if full else "good",
        words=f"PostgreSQL {version}，{size / GB:.2f} GB，连接 {used}/{most}",
        remedy="连接快用完了：减少进程数，或在前面加 PgBouncer" if full else "",
    )


def _broker() -> Iterator[Check]:
    health.broker()
    yield Check(code="redis", label="缓存与消息", level="good", words="有应答")


def _replica() -> Iterator[Check]:
    if "replica" in settings.DATABASES:
        yield Check(code="replica", label="只读副本", level="good", words=health.replica())


def _worker() -> Iterator[Check]:
    last = last_sign_of_life()
    alive = last is not None and timezone.now() - last < SILENT
    yield Check(
        code="worker",
        label="后台作业进程",
        level="good" if alive else "bad",
        words=f"最近一次自检 {short_moment(last)}" if last else "还没有自检过",
        remedy="" if alive else "没有进程在做后台作业：启动 worker，或查看它的日志",
    )


def _beat() -> Iterator[Check]:
    last = Job.objects.filter(kind=CANARY).aggregate(at=Max("created_at"))["at"]
    alive = last is not None and timezone.now() - last < SILENT
    yield Check(
        code="beat",
        label="定时器",
        level="good" if alive else "bad",
        words=f"最近一次排入作业 {short_moment(last)}" if last else "还没有排入过作业",
        remedy="" if alive else "定时作业没有人排入：启动 beat，或查看它的日志",
    )


def _queue() -> Iterator[Check]:
    now = timezone.now()
    due = Job.objects.due().aggregate(n=Count("pk"), oldest=Min("run_at"))
    late = due["oldest"] is not None and now - due["oldest"] > WAITING_LONG
    running = Job.objects.filter(state=Job.State.RUNNING).count()
    yield Check(
        code="queue",
        label="排队的作业",
        level="waiting" if late else "good",
        words=f"等待 {due['n']} 项，进行中 {running} 项"
        + (f"，最早一项自 {short_moment(due['oldest'])} 起等待" if late else ""),
        remedy="作业来不及做：加一个 worker，或看是哪一项占住了" if late else "",
        url=url_of("jobs:list"),
    )
    dead = Job.objects.filter(state=Job.State.DEAD).exclude(message="已取消").count()
    yield Check(
        code="dead_jobs",
        label="停止的作业",
        level="bad" if dead else "good",
        words=f"{dead} 项" if dead else "没有",
        remedy="打开每一项看错误，改正后重新排队" if dead else "",
        url=f"{url_of('jobs:list')}?show=stopped",
    )


def _outbox() -> Iterator[Check]:
    stuck = OutboxMessage.objects.filter(state__in=("failed", "unknown")).count()
    yield Check(
        code="outbox",
        label="外发消息",
        level="waiting" if stuck else "good",
        words=f"{stuck} 条没有发出或不能确定" if stuck else "没有积压",
        remedy="核对对方是否收到，再决定重发" if stuck else "",
        url=url_of("notifications:outbox"),
    )


def _seal() -> Iterator[Check]:
    last = SealedBlock.objects.aggregate(at=Max("sealed_at"))["at"]
    yield Check(
        code="audit",
        label="审计封存",
        level="good" if last else "waiting",
        words=f"最近一块 {short_moment(last)}" if last else "还没有封存过",
        remedy="" if last else "后台作业运行后每分钟封存一次",
    )


def _backup() -> Iterator[Check]:
    last = last_line(settings.VAR_DIR / making.RESULTS)
    yield _dated(
        "backup",
        "最近一次备份",
        last,
        every=BACKUP_EVERY,
        told=f"{last['name']}，{last['size'] / GB:.2f} GB" if last else "",
        remedy="执行 ./portal backup 目录，并设成每天一次",
    )


def _drill() -> Iterator[Check]:
    last = last_line(settings.VAR_DIR / rehearsal.RESULTS)
    if last and not last.get("ok"):
        at = short_moment(datetime.fromisoformat(last["at"]))
        yield Check(
            code="drill",
            label="最近一次恢复演练",
            level="bad",
            words=f"{at} 失败：{last.get('error', '')}",
            remedy="立即查看备份介质与密钥，再演练一次",
        )
        return
    yield _dated(
        "drill",
        "最近一次恢复演练",
        last,
        every=DRILL_EVERY,
        told=f"通过，{last.get('rows', 0)} 行" if last else "",
        remedy="执行 ./portal manage restore_drill 目录，每季度至少一次",
    )


def _dated(
    code: str,
    label: str,
    last: dict[str, Any] | None,
    *,
    every: timedelta,
    told: str,
    remedy: str,
) -> Check:
    """A part whose last run may be too long ago, or never was."""
    if last is None:
        return Check(code=code, label=label, level="waiting", words="还没有记录", remedy=remedy)
    at = datetime.fromisoformat(last["at"])
    old = timezone.now() - at > every
    words = f"{short_moment(at)}，{told}"
    level = "waiting" if old else "good"
    return Check(code=code, label=label, level=level, words=words, remedy=remedy if old else "")


def last_line(path: Path) -> dict[str, Any] | None:
    """The newest entry of a ledger of one JSON object a line; None without one."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return None
    return dict(json.loads(lines[-1])) if lines else None


def _calendar() -> Iterator[Check]:
    today: date = timezone.localdate()
    missing = missing_years(today)
    newest = CalendarYear.objects.filter(status=CalendarYear.Status.PUBLISHED).aggregate(
        year=Max("year")
    )["year"]
    yield Check(
        code="calendar",
        label="放假安排",
        level="waiting" if missing else "good",
        words=f"已载入到 {newest} 年" if newest else "还没有载入",
        remedy=f"{'、'.join(map(str, missing))} 年没有放假通知，到期日只能暂定" if missing else "",
        url=url_of("deadlines:calendar_now"),
    )


def _disk() -> Iterator[Check]:
    seen: set[int] = set()
    for label, folder in (("数据目录", settings.VAR_DIR), ("文件目录", settings.MEDIA_ROOT)):
        place = Path(folder)
        while not place.exists():
            place = place.parent
        device = place.stat().st_dev
        if device in seen:
            continue
        seen.add(device)
        usage = shutil.disk_usage(place)
        short = usage.free < ENOUGH_DISK
        yield Check(
            code="disk",
            label=f"磁盘（{label}）",
            level="bad" if short else "good",
            words=f"剩余 {usage.free / GB:.1f} GB，共 {usage.total / GB:.1f} GB",
            remedy="清理磁盘或扩容，至少留 2 GB" if short else "",
        )


Look = Callable[[], Iterator[Check]]
LOOKS: tuple[tuple[str, str, Look], ...] = (
    ("database", "数据库", _database),
    ("replica", "只读副本", _replica),
    ("redis", "缓存与消息", _broker),
    ("worker", "后台作业进程", _worker),
    ("beat", "定时器", _beat),
    ("queue", "排队的作业", _queue),
    ("outbox", "外发消息", _outbox),
    ("audit", "审计封存", _seal),
    ("backup", "最近一次备份", _backup),
    ("drill", "最近一次恢复演练", _drill),
    ("calendar", "放假安排", _calendar),
    ("disk", "磁盘", _disk),
)
