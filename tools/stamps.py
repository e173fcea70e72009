"""Stamps: what a finished step was made from, written last, so that half a step is no step."""

import hashlib
import os
import platform
import sys
from collections.abc import Iterable
from pathlib import Path


def fingerprint(files: Iterable[Path], *facts: object) -> str:
    """A hash over the contents of ``files``, this platform and ``facts``."""
    total = hashlib.sha256()
    for fact in (platform.machine(), sys.platform, *facts):
        total.update(repr(fact).encode() + b"\0")
    for file in files:
        total.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return total.hexdigest()


def holds(stamp: Path, value: str) -> bool:
    """Whether the step was finished from exactly this."""
    try:
        return stamp.read_text() == value
    except OSError:
        return False


def write(stamp: Path, value: str) -> None:
    """Set the stamp in one step."""
    fresh = stamp.with_name(f"{stamp.name}.{os.getpid()}")
    fresh.write_text(value)
    os.replace(fresh, stamp)
