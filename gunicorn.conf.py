"""What gunicorn reads by itself in the folder of the portal, however it is started."""

import socket
import struct
from typing import Any

logger_class = "hrss_portal.audit.weblog.MaskedLogger"
#: Seconds after which a sender who stopped in the middle of a request is hung up on.
PATIENCE = 20


def post_fork(server: Any, worker: Any) -> None:
    """A thread waits for the rest of a request as long as its socket lets it.

    Without a limit a handful of slow senders would hold every thread.  Sockets inherit it from the
    one that accepted them (Linux, ``SO_RCVTIMEO``); behind a proxy that takes requests in whole it
    is never reached.
    """
    for listener in worker.sockets:
        limit = struct.pack("ll", PATIENCE, 0)
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
