"""The fixed rhythm: what beat sends, which queues exist, when a periodic kind is due.

Imports no model: the Celery app reads it before the apps are loaded.
"""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hrss_portal.areas import JobKind

CHINA = ZoneInfo("Asia/Shanghai")

#: All queues.  A worker without ``-Q`` serves every one; a larger site gives some their own worker.
QUEUES = ("default", "imports", "reports", "reminders")

#: A killed worker's job runs again within lease (30 s) + sweep (15 s) + pick-up: under 60 s.
SWEEP_SECONDS = 15
TICK_SECONDS = 15
HEARTBEAT_SECONDS = 10

#: Beat knows these entries only; everything periodic is rows that ``tick`` inserts.
BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "sweep": {
        "task": "hrss_portal.jobs.sweep",
        "schedule": SWEEP_SECONDS,
        "options": {"expires": SWEEP_SECONDS},
    },
    "tick": {
        "task": "hrss_portal.jobs.tick",
        "schedule": TICK_SECONDS,
        "options": {"expires": TICK_SECONDS},
    },
}


def last_due(kind: JobKind, now: datetime) -> datetime:
    """The latest moment at or before ``now`` at which a periodic kind was due.

    Never "is it time today?": whoever looks late still finds the moment that was missed.  ``every``
    counts from the epoch in whole steps; ``at`` is a wall-clock time in China.  Raises
    ``ValueError`` for a kind that is not periodic.
    """
    if kind.every:
        seconds = int(now.timestamp()) // kind.every * kind.every
        return datetime.fromtimestamp(seconds, UTC)
    if not kind.at:
        raise ValueError(f"{kind.code} is not periodic")
    local = now.astimezone(CHINA)
    due = datetime.combine(local.date(), time.fromisoformat(kind.at), CHINA)
    return due if due <= local else due - timedelta(days=1)
