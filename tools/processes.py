"""Children of the supervisor: started so that they end with it, stopped in order, measured."""

import ctypes
import os
import pwd
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)
LOG_LIMIT = 20 * 1024 * 1024
#: The C library keeps what a large query or page needed once, unless told to give it back.
SMALL_HEAP = {"MALLOC_ARENA_MAX": "2", "MALLOC_TRIM_THRESHOLD_": "131072"}


@dataclass(frozen=True)
class Identity:
    """The unprivileged user that root's servers run as."""

    name: str
    uid: int
    gid: int


def server_identity() -> Identity | None:
    """``nobody`` for root, who may not run a database; None for everyone else."""
    if os.geteuid() != 0:
        return None
    entry = pwd.getpwnam("nobody")
    return Identity(entry.pw_name, entry.pw_uid, entry.pw_gid)


def ends_with_parent(death_signal: int) -> Callable[[], None]:
    """Runs in the child after its uid was set: a change of credentials would clear the request."""
    parent = os.getpid()

    def ask() -> None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return ask


def spawn(
    command: Sequence[str | os.PathLike[str]],
    *,
    environ: Mapping[str, str],
    log: Path | None = None,
    cwd: str | os.PathLike[str] = "/",
    identity: Identity | None = None,
    death_signal: int = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own, so that Ctrl-C in the terminal reaches only us.

    ``death_signal`` is what the kernel sends it should we be killed.
    """
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600) if log else None
    try:
        return subprocess.Popen(
            [os.fspath(part) for part in command],
            env=dict(environ),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=ends_with_parent(death_signal),  # noqa: PLW1509 - one thread
            **_drop(identity),  # type: ignore[call-overload]
        )
    finally:
        if output is not None:
            os.close(output)


def _drop(identity: Identity | None) -> dict[str, object]:
    if identity is None:
        return {}
    return {"user": identity.uid, "group": identity.gid, "extra_groups": []}


def call(
    command: Sequence[str | os.PathLike[str]],
    *,
    environ: Mapping[str, str] | None = None,
    cwd: str | os.PathLike[str] = "/",
    identity: Identity | None = None,
    timeout: float = 600,
    data: bytes | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end and keep what it printed; the caller reads ``returncode``."""
    done = subprocess.run(
        [os.fspath(part) for part in command],
        env=dict(environ) if environ is not None else None,
        cwd=cwd,
        **({"stdin": subprocess.DEVNULL} if data is None else {"input": data}),  # type: ignore[call-overload]
        capture_output=True,
        timeout=timeout,
        check=False,
        **_drop(identity),
    )
    return subprocess.CompletedProcess(
        done.args,
        done.returncode,
        done.stdout.decode("utf-8", "replace"),
        done.stderr.decode("utf-8", "replace"),
    )


def stop(child: subprocess.Popen[bytes], how: int, seconds: float) -> bool:
    """Ask ``child`` to end and wait; then end its whole session.  True when it ended by itself."""
    with suppress(ProcessLookupError):
        child.send_signal(how)
    ended = True
    try:
        child.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        ended = False
    end_group(child)
    return ended


def end_group(child: subprocess.Popen[bytes]) -> None:
    """Nothing of the child's session is left: a killed Celery leaves its pool behind."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    with suppress(subprocess.TimeoutExpired):
        child.wait(timeout=5)


def bound_log(path: Path, limit: int = LOG_LIMIT) -> None:
    """Keep a log and its predecessor below ``limit`` bytes; writers append, so it may shrink."""
    with suppress(OSError):
        if path.stat().st_size > limit:
            with path.open("rb") as source, path.with_suffix(".log.1").open("wb") as target:
                os.sendfile(target.fileno(), source.fileno(), 0, limit)
            os.truncate(path, 0)


def _stat_fields(pid: int) -> list[str]:
    text = Path(f"/proc/{pid}/stat").read_text()
    return text[text.rindex(")") + 2 :].split()


def alive(pid: int) -> bool:
    """Whether the process exists and is no zombie."""
    with suppress(OSError, ValueError):
        return _stat_fields(pid)[0] not in "ZX"
    return False


def tree(pid: int) -> list[int]:
    """``pid`` and everything below it."""
    parents: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with suppress(OSError, ValueError, IndexError):
                parents.setdefault(int(_stat_fields(int(entry))[1]), []).append(int(entry))

    def below(parent: int) -> Iterator[int]:
        for child in parents.get(parent, []):
            yield child
            yield from below(child)

    return [pid, *below(pid)]


def memory_mb(pids: Sequence[int]) -> float:
    """Proportional set size of the processes in MB: shared pages are counted once."""
    kilobytes = 0
    for pid in pids:
        with suppress(OSError, ValueError):
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    kilobytes += int(line.split()[1])
    return kilobytes / 1024


def wait_until(ready: Callable[[], bool], seconds: float, pause: float = 0.03) -> bool:
    """Ask ``ready`` until it says yes; False when the time is over."""
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True
