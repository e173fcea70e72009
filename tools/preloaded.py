"""The supervisor's side of the fork server: programs started from one loaded portal."""

import json
import os
import select
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from tools import processes
from tools.console import Fault, tail
from tools.places import Places
from tools.programs import Program


class Forked:
    """A program that the fork server started; the server tells us when it ends."""

    def __init__(self, server: "Preloaded", pid: int) -> None:
        self.server = server
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """The exit status, or None while it runs."""
        if self.returncode is None:
            self.server.listen(0)
        if self.returncode is None and not self.server.lives():
            self.returncode = -signal.SIGKILL  # the kernel ended it with its parent
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal; one that has ended gets none."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def end_group(self) -> None:
        """Nothing of the program's session is left."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)


class Preloaded:
    """One fork server."""

    def __init__(self, places: Places, environ: Mapping[str, str]) -> None:
        self.log = places.logs / "portal.log"
        processes.bound_log(self.log)
        self.children: dict[int, Forked] = {}
        self.latest: dict[str, Forked] = {}
        self.ready = False
        self.buffer = b""
        self.answers, theirs = os.pipe()
        errors = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        terminal = os.dup(2)
        script = places.root / "tools" / "forkserver.py"
        try:
            self.process = subprocess.Popen(
                [str(places.python), str(script), str(theirs), str(terminal)],
                cwd=places.root,
                env=dict(environ),
                stdin=subprocess.PIPE,
                stdout=errors,
                stderr=errors,
                pass_fds=[theirs, terminal],
                start_new_session=True,
                preexec_fn=processes.ends_with_parent(signal.SIGTERM),  # noqa: PLW1509 - one thread
            )
        finally:
            os.close(errors)
            os.close(theirs)
            os.close(terminal)

    def lives(self) -> bool:
        """Whether the fork server itself runs."""
        return self.process.poll() is None

    def wait_ready(self, seconds: float = 60) -> None:
        """Until the portal is loaded.  Raises ``Fault`` with the end of the log."""
        deadline = time.monotonic() + seconds
        while not self.ready:
            self.listen(0.1)
            if not self.lives():
                raise Fault(f"门户程序不能装载\n{tail(self.log)}", f"完整日志：{self.log}")
            if time.monotonic() > deadline:
                raise Fault(f"门户程序 {seconds:.0f} 秒内没有装载完\n{tail(self.log)}")

    def listen(self, seconds: float) -> None:
        """Take in the answers that have arrived, waiting at most ``seconds`` for the first."""
        while select.select([self.answers], [], [], seconds)[0]:
            block = os.read(self.answers, 65536)
            if not block:
                return
            *lines, self.buffer = (self.buffer + block).split(b"\n")
            for line in lines:
                self._understand(json.loads(line))
            seconds = 0

    def _understand(self, words: Mapping[str, Any]) -> None:
        if words.get("ready"):
            self.ready = True
        elif "started" in words:
            forked = Forked(self, words["pid"])
            self.children[forked.pid] = self.latest[words["started"]] = forked
        elif words.get("pid") in self.children:
            self.children.pop(words["pid"]).returncode = words["status"]

    def launch(
        self, program: Program, *, stdout: Path | None = None, stderr: Path | None = None
    ) -> Forked:
        """Fork ``program``; without a file its errors go to our own error stream."""
        self.latest.pop(program.name, None)
        order = {
            "name": program.name,
            "module": program.module,
            "death_signal": int(program.death_signal),
            "stdout": str(stdout) if stdout else None,
            "stderr": str(stderr) if stderr else None,
        }
        assert self.process.stdin is not None  # noqa: S101 - PIPE was asked for above
        try:
            self.process.stdin.write(json.dumps(order).encode() + b"\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            raise Fault(f"门户程序已退出\n{tail(self.log)}") from None
        deadline = time.monotonic() + 20
        while program.name not in self.latest and time.monotonic() < deadline and self.lives():
            self.listen(0.1)
        if program.name not in self.latest:
            raise Fault(f"{program.label} 没有启动\n{tail(self.log)}")
        return self.latest[program.name]

    def close(self) -> None:
        """End the fork server; whatever it still has ends with it."""
        if self.process.stdin is not None:
            with suppress(OSError):
                self.process.stdin.close()
        processes.stop(self.process, signal.SIGTERM, 5)
        os.close(self.answers)
