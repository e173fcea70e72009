"""Runs inside the virtual environment: loads Django and the portal once, then forks programs.

Web, worker, beat and the preparation need the same hundred megabytes of modules.  Loaded once and
forked, they share that memory and the seconds of loading it.  Commands arrive as JSON lines on
stdin, answers leave as JSON lines on the descriptor named on the command line.
"""

import ctypes
import gc
import importlib
import json
import os
import runpy
import select
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

_PR_SET_PDEATHSIG, _PR_SET_NAME = 1, 15
_LIBC = ctypes.CDLL(None, use_errno=True)
_EARLY = (
    "celery.apps.beat",
    "celery.apps.worker",
    "celery.bin.celery",
    "celery.concurrency.prefork",
    "gunicorn.app.wsgiapp",
    "gunicorn.workers.gthread",
    "kombu.transport.redis",
    "docxtpl",
    "pypinyin",
    "xlsxwriter",
    "django.contrib.staticfiles.finders",
    "django.core.management.commands.migrate",
    "hrss_portal.documents.sandbox",
    "hrss_portal.documents.source",
)


def load() -> None:
    """Import what every program needs, open nothing, and keep the collector away from it."""
    import django  # noqa: PLC0415 - only the virtual environment has it

    django.setup()
    from django.db import connections  # noqa: PLC0415

    for name in _EARLY:
        importlib.import_module(name)
    celery = importlib.import_module("hrss_portal.celery").app
    celery.finalize()
    celery.loader.import_default_modules()
    _warm()
    connections.close_all()
    gc.collect()
    gc.freeze()  # a collection in a child would touch, and so copy, every shared page


def _warm() -> None:
    """What a first request would load: routes, the language, every page's template.

    A template that does not compile is the page's trouble, not the start's.
    """
    from django.conf import settings  # noqa: PLC0415
    from django.template import TemplateSyntaxError, loader  # noqa: PLC0415
    from django.urls import get_resolver  # noqa: PLC0415
    from django.utils import translation  # noqa: PLC0415

    translation.activate(settings.LANGUAGE_CODE)
    translation.gettext("Yes")
    _ = get_resolver().reverse_dict
    for folder in settings.TEMPLATES[0]["DIRS"]:
        for file in sorted(Path(folder).rglob("*.html")):
            with suppress(TemplateSyntaxError, ImportError):
                loader.get_template(str(file.relative_to(folder)))


class Forks:
    """The loop: forks on command, reports who ended."""

    def __init__(self, answers: int) -> None:
        self.answers = answers
        self.names: dict[int, str] = {}
        self.buffer = b""

    def tell(self, **words: Any) -> None:
        """One answer.  A supervisor that is gone needs none: the kernel ends us."""
        os.write(self.answers, json.dumps(words).encode() + b"\n")

    def loop(self) -> dict[str, Any] | None:
        """Serve until stdin closes (None), or return in a child with what that child has to run."""
        wake, poke = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(poke)
        self.tell(ready=True)
        while True:
            ready, _, _ = select.select([0, wake], [], [])
            if wake in ready:
                os.read(wake, 4096)
                self.reap()
            if 0 in ready:
                block = os.read(0, 65536)
                if not block:
                    return None
                *lines, self.buffer = (self.buffer + block).split(b"\n")
                for line in lines:
                    order = self.fork(json.loads(line))
                    if order is not None:
                        return order

    def reap(self) -> None:
        """Report every child that has ended."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            name = self.names.pop(pid, "")
            self.tell(ended=name, pid=pid, status=os.waitstatus_to_exitcode(status))

    def fork(self, order: dict[str, Any]) -> dict[str, Any] | None:
        """Fork; the parent reports the pid, the child gets its order back."""
        parent = os.getpid()
        pid = os.fork()
        if pid:
            self.names[pid] = order["name"]
            self.tell(started=order["name"], pid=pid)
            return None
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.setsid()
        _LIBC.prctl(_PR_SET_PDEATHSIG, order["death_signal"], 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)
        _LIBC.prctl(_PR_SET_NAME, f"portal-{order['name']}"[:15].encode(), 0, 0, 0)
        os.close(self.answers)
        return order


def become(order: dict[str, Any], terminal: int) -> None:
    """Redirect the child's streams and run its module as ``python -m`` would."""
    if not order.get("stderr"):
        os.dup2(terminal, 2)
    os.close(terminal)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    for descriptor, path in ((1, order.get("stdout")), (2, order.get("stderr"))):
        if path:
            file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            os.dup2(file, descriptor)
            os.close(file)
    module, *arguments = order["module"]
    sys.argv = [module, *arguments]
    if module.endswith(".py"):
        runpy.run_path(module, run_name="__main__")
    else:
        runpy.run_module(module, run_name="__main__", alter_sys=True)


def main() -> None:
    """Load, serve, and in a forked child: run what was asked for."""
    answers = int(sys.argv[1])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.path[0] = os.getcwd()
    load()
    order = Forks(answers).loop()
    if order is not None:
        become(order, int(sys.argv[2]))


if __name__ == "__main__":
    main()
