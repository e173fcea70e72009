"""The two servers the portal needs: embedded unless the environment names others."""

import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field

from tools import processes
from tools.keyvalue import KeyValue, embedded_keyvalue
from tools.places import Places
from tools.postgres import Postgres, embedded_postgres


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
    """Embedded servers for whatever ``DATABASE_URL`` and ``REDIS_URL`` do not replace."""
    return Servers(
        None if environ.get("DATABASE_URL") else embedded_postgres(places, environ),
        None if environ.get("REDIS_URL") else embedded_keyvalue(places, environ),
    )
