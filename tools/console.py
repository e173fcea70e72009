"""What the terminal shows, and the one exception that ends a command with a plain message."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Fault(Exception):
    """Ends the command: what is wrong, and what to do about it."""

    def __init__(self, message: str, hint: str = "", *, status: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.status = status


def say(text: str = "") -> None:
    """One line on the terminal.  A closed terminal is no reason to stop."""
    with suppress(BrokenPipeError, OSError, ValueError):
        print(text, flush=True)


def complain(fault: Fault) -> None:
    """The message of a fault on stderr."""
    with suppress(BrokenPipeError, OSError, ValueError):
        print(f"✗ {fault.message}", file=sys.stderr)
        if fault.hint:
            print(f"  {fault.hint}", file=sys.stderr, flush=True)


@contextmanager
def step(label: str) -> Iterator[None]:
    """A timed step: its label and its seconds, on one line."""
    started = time.monotonic()
    yield
    say(f"  {label}  {time.monotonic() - started:.1f} 秒")


def tail(path: str | os.PathLike[str], lines: int = 20) -> str:
    """The last lines of a log, indented; empty when there is none."""
    try:
        with open(path, "rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - 16384))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return ""
    return "\n".join(f"    {line}" for line in text.splitlines()[-lines:])
