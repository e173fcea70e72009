"""What gunicorn has no flag for: a sender who stops in the middle of a request is hung up on.

A thread waits for the rest of a request as long as its socket lets it; without a limit a handful of
slow senders would hold every thread.  Sockets inherit the limit from the one that accepted them
(Linux, ``SO_RCVTIMEO``).  A proxy in front, which takes requests in whole, makes it idle.
"""

import socket
import struct
from typing import Any

SECONDS = 20


def post_fork(server: Any, worker: Any) -> None:
    """Called by gunicorn in each new web process, before it accepts anything."""
    for listener in worker.sockets:
        listener.sock.setsockopt(
            socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", SECONDS, 0)
        )
