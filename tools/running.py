"""Whether the portal runs: the supervisor's lock, and what it wrote about itself."""

import fcntl
import http.client
import json
import os
import signal
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from tools import processes
from tools.console import Fault, say
from tools.places import Places


@dataclass(frozen=True)
class State:
    """What a running supervisor tells others."""

    pid: int
    url: str
    token: str
    started_at: str
    host: str
    port: int
    addresses: dict[str, str]


class Lock:
    """A lock on a file of the state directory; the kernel drops it when its holder dies."""

    def __init__(self, places: Places, name: str) -> None:
        self.path = places.var / f"{name}.lock"
        self.descriptor: int | None = None

    def take(self, *, shared: bool = False, wait: bool = False) -> bool:
        """Take the lock; False when another process holds it."""
        if self.descriptor is None:
            self.descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(self.descriptor, kind if wait else kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def drop(self) -> None:
        """Give the lock back."""
        if self.descriptor is not None:
            os.close(self.descriptor)
            self.descriptor = None


def write_state(places: Places, state: State) -> None:
    """Tell others; readable by us alone, because the token is how the health probe knows us."""
    fresh = places.state.with_suffix(f".{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(asdict(state), file, ensure_ascii=False, indent=1)
    os.replace(fresh, places.state)


def read_state(places: Places) -> State | None:
    """The running supervisor's words; None when none runs, whatever lies in the file."""
    lock = Lock(places, "run")
    free = lock.take(shared=True)
    lock.drop()
    if free:
        return None
    with suppress(OSError, ValueError, TypeError):
        return State(**json.loads(places.state.read_text(encoding="utf-8")))
    return None


def already(state: State | None) -> str:
    """What a second start is told."""
    return f"门户已在运行：{state.url}" if state and state.url else "门户正在启动，请稍候"


def probe(host: str, port: int, path: str = "/healthz") -> tuple[int, dict[str, Any]]:
    """Status and body of a health page; (0, {}) when nobody answers."""
    local = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    link = http.client.HTTPConnection(local, port, timeout=5)
    try:
        link.request("GET", path, headers={"Host": "localhost"})
        answer = link.getresponse()
        body = json.loads(answer.read() or b"{}")
        return answer.status, body if isinstance(body, dict) else {}
    except (OSError, http.client.HTTPException, ValueError):
        return 0, {}
    finally:
        link.close()


def stop(places: Places) -> int:
    """``./portal stop``: ask the running supervisor to end, and wait until it has."""
    state = read_state(places)
    if state is None:
        say("门户没有在运行")
        return 0
    with suppress(ProcessLookupError):
        os.kill(state.pid, signal.SIGTERM)
    if not processes.wait_until(lambda: read_state(places) is None, 90, 0.1):
        raise Fault(f"进程 {state.pid} 90 秒内没有停止", "再执行一次 ./portal stop")
    say("已停止")
    return 0


def status(places: Places) -> int:
    """``./portal status``: what runs, how it feels, how much memory it takes.  Exit 3: nothing."""
    state = read_state(places)
    if state is None:
        say("门户没有在运行")
        return 3
    if not state.url:
        say(f"正在启动（进程 {state.pid}）")
        return 1
    code, checks = probe(state.host, state.port, "/readyz")
    pids = processes.tree(state.pid)
    say(f"正在运行：{state.url}（进程 {state.pid}，{state.started_at} 启动）")
    say(f"内存 {processes.memory_mb(pids):.0f} MB（{len(pids)} 个进程，PSS）")
    for name, fine in checks.get("checks", {}).items():
        say(f"  {name}：{fine}")
    say("就绪" if code == 200 else f"未就绪（/readyz 返回 {code or '无应答'}）")
    say(f"数据目录：{places.var}")
    return 0 if code == 200 else 1
