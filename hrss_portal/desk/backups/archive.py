"""Members in a stream whose sizes are not known beforehand: a dump is never written in the clear.

A member is its name, then blocks, then an empty block; an empty name ends the archive.
"""

from collections.abc import Iterable, Iterator
from typing import Protocol

BLOCK = 256 * 1024


class Writes(Protocol):
    """Where an archive goes."""

    def write(self, data: bytes) -> None:
        """Take all of ``data``."""


class Reads(Protocol):
    """Where an archive comes from."""

    def read(self, size: int) -> bytes:
        """Exactly ``size`` bytes."""


def _block(out: Writes, data: bytes) -> None:
    out.write(len(data).to_bytes(4, "big") + data)


def write_member(out: Writes, name: str, blocks: Iterable[bytes]) -> int:
    """Append a member; its size in bytes."""
    size = 0
    _block(out, name.encode())
    for data in blocks:
        if data:
            _block(out, data)
            size += len(data)
    _block(out, b"")
    return size


def write_end(out: Writes) -> None:
    """End the archive."""
    _block(out, b"")


def members(source: Reads) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Each member's name and blocks.  What a caller leaves unread of a member is skipped."""
    while name := _read_block(source).decode():
        blocks = _blocks(source)
        yield name, blocks
        for _ in blocks:
            pass


def _blocks(source: Reads) -> Iterator[bytes]:
    while data := _read_block(source):
        yield data


def _read_block(source: Reads) -> bytes:
    return source.read(int.from_bytes(source.read(4), "big"))
