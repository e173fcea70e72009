"""The three long-running programs of the portal, as the embedded default starts them."""

import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tools import processes
from tools.places import Places

#: A web process costs 60 MB after some work.  A thread costs a database connection of 15 MB once as
#: many requests have come at the same time; the rest of them waits for slow senders and downloads.
WEB_PROCESSES, WEB_THREADS = 1, 8
WORKER_PROCESSES = 2
#: The preparation has made the system checks.  Each program that made them again would copy the
#: 20 MB of shared memory that they look at.
CELERY = ("celery", "--skip-checks", "-A", "hrss_portal.celery")


@dataclass(frozen=True)
class Program:
    """One program: its module with arguments, and how it is told to end."""

    name: str
    label: str
    module: tuple[str, ...]  # what ``python -m`` would be given
    # Should the supervisor be killed, nobody is left to wait for a warm end.
    death_signal: int = signal.SIGTERM
    stop_signal: int = signal.SIGTERM


def environment(places: Places, environ: Mapping[str, str], **more: str) -> dict[str, str]:
    """The environment of the portal's own programs.

    Byte code is written (a switched-off cache would cost seconds at each start).  Few malloc
    arenas, which give back what they no longer need, keep the forked workers small.
    """
    result = {
        name: value
        for name, value in environ.items()
        if name not in {"PYTHONDONTWRITEBYTECODE", "PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV"}
    }
    for name, value in processes.SMALL_HEAP.items():
        result.setdefault(name, value)
    result.setdefault("PYPINYIN_NO_DICT_COPY", "1")  # nobody changes its dictionaries
    return {
        **result,
        "PATH": f"{places.venv / 'bin'}{os.pathsep}{environ.get('PATH', os.defpath)}",
        "PYTHONUTF8": "1",
        "PYTHONUNBUFFERED": "1",
        "DJANGO_SETTINGS_MODULE": "hrss_portal.settings",
        "PORTAL_VAR": str(places.var),
        **more,
    }


def web(places: Places, environ: Mapping[str, str], host: str, port: int) -> Program:
    """gunicorn: threads over one loaded application, in one process unless the site asks for more.

    ``PORTAL_WEB_PROCESSES`` and ``PORTAL_WEB_THREADS`` say how many of each.
    """
    workers = environ.get("PORTAL_WEB_PROCESSES") or str(WEB_PROCESSES)
    threads = environ.get("PORTAL_WEB_THREADS") or str(WEB_THREADS)
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    scratch = "/dev/shm" if os.access("/dev/shm", os.W_OK) else str(places.run)  # noqa: S108
    return Program(
        "web",
        "网页",
        (
            *("gunicorn", "hrss_portal.wsgi:application"),
            # No --preload: the fork server has loaded what all share, and what a web process adds
            # to it would stand in gunicorn's own process as well.
            *("--bind", bind, "--workers", workers, "--threads", threads),
            *("--timeout", "120", "--graceful-timeout", "25", "--keep-alive", "5"),
            # No --max-requests: a single process that is replaced lets everybody wait for it.
            # What has no flag stands in gunicorn.conf.py, which gunicorn finds by itself.
            # The default socket lies in the home directory, where two portals would meet.
            *("--no-control-socket", "--worker-tmp-dir", scratch),
            *("--log-level", "warning"),
        ),
    )


def prepare(*, empty: bool) -> Program:
    """Tables, rules, demo county and static files, in one process."""
    return Program("prepare", "数据准备", ("manage.py", "prepare", *(["--empty"] if empty else [])))


def worker() -> Program:
    """The Celery worker over all queues."""
    return Program(
        "worker",
        "后台任务",
        (
            *CELERY,
            "worker",
            *("--concurrency", str(WORKER_PROCESSES), "--pool", "prefork"),
            # A fresh fork is resident with 180,000 KiB, nearly all of them shared.  It gathers
            # 15,000 of its own by small tasks in some minutes, 30,000 by one report: such are
            # replaced.
            *("--max-memory-per-child", "190000", "--max-tasks-per-child", "10"),
            *("--without-gossip", "--without-mingle", "--loglevel", "WARNING"),
        ),
        # A worker whose broker ends with it would try to reach it for ever; its jobs are leased.
        death_signal=signal.SIGKILL,
    )


def beat(places: Places) -> Program:
    """The one Celery beat; its schedule file may be lost, the due rows lie in the database."""
    schedule: Path = places.var / "beat-schedule"
    return Program(
        "beat",
        "定时",
        (
            *CELERY,
            "beat",
            *("--pidfile=", "--schedule", str(schedule), "--loglevel", "WARNING"),
        ),
    )
