"""Servers for ``./portal manage`` while nothing runs: kept as long as a command uses them.

A keeper process owns the servers.  Each command holds a shared lock; when the keeper can take that
lock for itself nobody is left, and it stops what it started.  A killed command needs no clean-up:
the kernel drops its lock.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping

from tools import processes, running
from tools.console import Fault, say, tail
from tools.places import ROOT, Places, full_disk
from tools.servers import find_servers


def own_servers(places: Places, seconds: float = 120) -> running.Lock:
    """The lock of who owns the servers; ``run`` waits here until a keeper has ended."""
    owner = running.Lock(places, "servers")
    if not owner.take():
        say("  等待正在执行的 ./portal manage 结束 …")
        if not processes.wait_until(owner.take, seconds, 0.1):
            raise Fault("另一个 ./portal manage 命令还在使用数据库", "等它结束后再启动")
    return owner


def borrow(places: Places, environ: Mapping[str, str]) -> tuple[running.Lock, dict[str, str]]:
    """A lock that keeps the servers up, and their addresses.  Starts a keeper when there is none.

    The lock may be inherited by the command itself, so that it lasts as long as the command.
    """
    using = running.Lock(places, "servers.use")
    using.take(shared=True, wait=True)
    servers = find_servers(places, environ)
    owned = [server for server in (servers.postgres, servers.keyvalue) if server is not None]
    if all(server.answers() for server in owned):
        return using, servers.environment()
    log = places.logs / "keeper.log"
    processes.bound_log(log)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    child = subprocess.Popen(
        [sys.executable, str(ROOT / "tools"), "keep-servers"],
        env=dict(environ),
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,
    )
    os.close(output)
    deadline = time.monotonic() + 60
    while not all(server.answers() for server in owned):
        if child.poll() not in (None, 0):
            raise Fault(f"数据库没有启动\n{tail(log)}", f"{full_disk(places.var)}完整日志：{log}")
        if time.monotonic() > deadline:
            raise Fault(f"数据库 60 秒内没有就绪\n{tail(log)}", f"完整日志：{log}")
        time.sleep(0.05)
    if servers.postgres is not None:
        processes.wait_until(lambda: _has_database(servers.postgres), 20, 0.05)
    return using, servers.environment()


def _has_database(postgres: object) -> bool:
    try:
        return postgres.psql("SELECT 1 FROM pg_database WHERE datname = 'hr'") == "1"  # type: ignore[attr-defined, no-any-return]
    except Fault:
        return False


def keep(places: Places, environ: Mapping[str, str]) -> int:
    """The keeper itself: start the servers, wait until nobody uses them, stop them."""
    owner = running.Lock(places, "servers")
    if not owner.take():
        return 0  # another command was faster
    ending = False

    def end(*_: object) -> None:
        nonlocal ending
        ending = True

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    servers = find_servers(places, environ)
    servers.start()
    using = running.Lock(places, "servers.use")
    try:
        while not ending:
            if any(child.poll() is not None for child in servers.children.values()):
                return 1
            if using.take():
                break
            time.sleep(0.1)
    finally:
        servers.stop()
        owner.drop()
    return 0


def wait_after(places: Places, seconds: float = 20) -> None:
    """After the last command: return when the servers it needed are gone (or used by another)."""
    owner = running.Lock(places, "servers")
    using = running.Lock(places, "servers.use")

    def settled() -> bool:
        if owner.take():
            return True
        if not using.take(shared=True):
            return False  # the keeper holds it alone: it is stopping
        nobody = using.take()
        using.drop()
        return not nobody

    if running.read_state(places) is None:
        processes.wait_until(settled, seconds, 0.05)
    owner.drop()
    using.drop()
