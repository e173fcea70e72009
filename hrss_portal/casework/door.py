"""The door: ``moves``, ``bulk`` and ``correcting`` alone write cases and clocks.

The guarded models ask ``require_open()`` when they are saved, so that the rule needs no
discipline: a stray ``case.save()`` fails in the first test that reaches it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_open: ContextVar[bool] = ContextVar("casework_door", default=False)


class WrongDoor(RuntimeError):
    """A case, event or clock was written by something other than the verbs."""


@contextmanager
def opened() -> Iterator[None]:
    """Open the door for the verbs of this app.  Nobody else calls this."""
    token = _open.set(True)
    try:
        yield
    finally:
        _open.reset(token)


def require_open(what: str) -> None:
    """Raise ``WrongDoor`` unless one of the verbs is running."""
    if not _open.get():
        raise WrongDoor(f"{what} is written by casework.moves and casework.correcting only")
