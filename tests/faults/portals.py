"""A portal of its own for a fault test: started by the command that people use."""

import http.client
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tools import processes
from tools.places import find_places

ROOT = Path(__file__).resolve().parents[2]
# What the surroundings of a developer or of the test run must not hand down.
_OURS = ("DATABASE_URL", "REDIS_URL", "REPLICA_URL", "BROKER_URL", "SECRET_KEY", "FIELD_KEYS")
_OURS += ("INDEX_KEY", "AUDIT_KEY", "BACKUP_KEY", "STATIC_ROOT", "MEDIA_ROOT", "ALLOWED_HOSTS")
_OURS += ("DJANGO_SETTINGS_MODULE", "CACHE_PREFIX", "VIRTUAL_ENV", "HTTPS", "DEBUG", "CI")
READY = "门户已就绪"


def plain_environment(**more: str) -> dict[str, str]:
    """The environment without anything of another portal."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in _OURS and not name.startswith(("PORTAL_", "PYTEST_"))
    }
    return {**kept, **more}


def free_port() -> int:
    """A port that nobody listens on."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(condition: Callable[[], Any], seconds: float) -> bool:
    """Whether ``condition`` becomes true in time."""
    return processes.wait_until(lambda: bool(condition()), seconds, 0.02)


def with_environment(token: bytes) -> list[int]:
    """The processes that carry a run's token in their environment, wherever they hang now."""
    found = []
    for entry in filter(str.isdigit, os.listdir("/proc")):
        with suppress(OSError):
            if token in Path(f"/proc/{entry}/environ").read_bytes():
                found.append(int(entry))
    return found


class Portal:
    """One portal with its own state directory, on its own port."""

    def __init__(self, var: Path, root: Path = ROOT, environ: dict[str, str] | None = None) -> None:
        self.root = root
        self.var = var
        self.port = free_port()
        self.environ = plain_environment(PORTAL_VAR=str(var)) if environ is None else environ
        self.process: subprocess.Popen[str] | None = None
        self.output = var.with_name(f"{var.name}.out")
        self.prefix: list[str] = []
        self.options: tuple[str, ...] = ()

    def command(self, *arguments: str) -> list[str]:
        """``./portal`` with arguments."""
        return [*self.prefix, str(self.root / "portal"), *arguments]

    def call(self, *arguments: str, seconds: float = 180) -> subprocess.CompletedProcess[str]:
        """Run a command to its end; output and errors together."""
        return subprocess.run(
            self.command(*arguments),
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=seconds,
            check=False,
            cwd="/",
        )

    def start(self, *arguments: str, seconds: float = 180, **more: str) -> float:
        """``./portal run``, until it says that it is ready; the seconds that took."""
        begun = time.monotonic()
        with self.output.open("w") as out:
            self.process = subprocess.Popen(
                self.command("run", "--port", str(self.port), *self.options, *arguments),
                env={**self.environ, **more},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                text=True,
                cwd="/",
                start_new_session=True,
            )
        ready = until(lambda: READY in self.said() or self.process.poll() is not None, seconds)
        assert ready, self.said()
        assert READY in self.said(), self.said()
        return time.monotonic() - begun

    def said(self) -> str:
        """Everything the supervisor printed."""
        return self.output.read_text(encoding="utf-8")

    def state(self) -> dict[str, Any]:
        """What the supervisor wrote about itself."""
        return dict(json.loads((self.var / "run.json").read_text(encoding="utf-8")))

    def pids(self) -> dict[int, str]:
        """All processes of the portal, by pid, with their names."""
        names = {}
        for pid in processes.tree(int(self.state()["pid"])):
            with suppress(OSError):
                names[pid] = Path(f"/proc/{pid}/comm").read_text().strip()
        return names

    def whole(self) -> bool:
        """Whether web (2), worker (3) and beat run."""
        names = list(self.pids().values())
        found = (
            names.count("portal-web"),
            names.count("portal-worker"),
            names.count("portal-beat"),
        )
        return found >= (2, 3, 1)

    def get(self, path: str) -> tuple[int, dict[str, Any]]:
        """A JSON page of the running portal; (0, {}) when nobody answers."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            link.request("GET", path)
            answer = link.getresponse()
            return answer.status, json.loads(answer.read())
        except (OSError, ValueError, http.client.HTTPException):
            return 0, {}
        finally:
            link.close()

    def end(self, number: int = signal.SIGTERM, seconds: float = 120) -> int:
        """Send a signal and wait for the supervisor's exit status."""
        assert self.process is not None
        with suppress(ProcessLookupError):
            os.kill(self.process.pid, number)
        return self.process.wait(timeout=seconds)

    def clear(self) -> None:
        """End whatever is left and remove the state."""
        if self.process is not None and self.process.poll() is None:
            self.end()
        before = dict(os.environ)
        places = find_places({**before, **self.environ}, self.root)
        for path in (places.run, self.var, self.output):
            shutil.rmtree(path, ignore_errors=True)
            path.unlink(missing_ok=True)


@contextmanager
def state_directory() -> Iterator[Path]:
    """A directory that an unprivileged server may enter too."""
    path = Path(tempfile.mkdtemp(prefix="hrss-fault-"))
    path.chmod(0o755)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
