"""Who has the database server of a run to himself, and who shares it.

The processes of the last stage each have a database of their own on one server.  The sealer waits
for every transaction of that server, so its tests let nobody else in; what takes minutes shares.
Both wait for each other here, file by file, and a process that dies lets go.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings


@contextmanager
def server(*, alone: bool) -> Iterator[None]:
    """Everything inside runs while nobody has the server to himself; ``alone``: nobody else.

    Whoever waits keeps the gate, so that those who share cannot pass the one who waits for all.
    """
    folder = Path(settings.VAR_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "tests.gate").open("a") as gate, (folder / "tests.lock").open("a") as lock:
        fcntl.flock(gate, fcntl.LOCK_EX)
        fcntl.flock(lock, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        fcntl.flock(gate, fcntl.LOCK_UN)
        yield
