"""The two servers the portal needs: embedded unless the environment names others."""

import signal
import socket
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from tools import processes
from tools.console import Fault
from tools.keyvalue import KeyValue, embedded_keyvalue
from tools.places import Places
from tools.postgres import Postgres, embedded_postgres

_ADDRESSES = {
    "DATABASE_URL": (
        {"postgres", "postgresql", "psql", "pgsql"},
        "数据库只能是 PostgreSQL，写成 postgres://user:password@host:5432/name；不写就用内置的",
    ),
    "REDIS_URL": (
        {"redis", "rediss", "unix", "redis+socket"},
        "写成 redis://host:6379/0 或 unix:///path/to.sock；不写就用内置的",
    ),
}


def answering(url: str) -> bool:
    """Whether somebody listens at the address of a key-value server."""
    parts = urlsplit(url)
    is_path = parts.scheme in {"unix", "redis+socket"}
    try:
        if is_path:
            with socket.socket(socket.AF_UNIX) as link:
                link.connect(unquote(parts.path))
        else:
            socket.create_connection((parts.hostname or "localhost", parts.port or 6379), 2).close()
    except (OSError, ValueError):
        return False
    return True


@dataclass
class Servers:
    """PostgreSQL and Valkey as far as they are ours: ``None`` where a URL replaces one."""

    postgres: Postgres | None
    keyvalue: KeyValue | None
    children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self) -> None:
        """Start what is ours; what was started is stopped again when the other fails."""
        try:
            if self.postgres is not None:
                self.children["postgresql"] = self.postgres.start()
            if self.keyvalue is not None:
                self.children["valkey"] = self.keyvalue.start()
        except BaseException:
            self.stop()
            raise

    def stop(self, seconds: float = 15) -> None:
        """Valkey first (it writes its log), then PostgreSQL: fast, not waiting for clients."""
        for name, how in (("valkey", signal.SIGTERM), ("postgresql", signal.SIGINT)):
            child = self.children.pop(name, None)
            if child is not None:
                processes.stop(child, how, seconds)

    def environment(self) -> dict[str, str]:
        """The addresses of the servers that are ours."""
        addresses = {}
        if self.postgres is not None:
            addresses["DATABASE_URL"] = self.postgres.url
        if self.keyvalue is not None:
            addresses["REDIS_URL"] = self.keyvalue.url
        return addresses


def find_servers(places: Places, environ: Mapping[str, str]) -> Servers:
    """Embedded servers for whatever ``DATABASE_URL`` and ``REDIS_URL`` do not replace.

    Raises ``Fault`` for the address of another kind of server.
    """
    for name, (kinds, hint) in _ADDRESSES.items():
        if environ.get(name) and urlsplit(environ[name]).scheme not in kinds:
            raise Fault(f"{name} 的写法不能用", hint, status=2)
    return Servers(
        None if environ.get("DATABASE_URL") else embedded_postgres(places, environ),
        None if environ.get("REDIS_URL") else embedded_keyvalue(places, environ),
    )
