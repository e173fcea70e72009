"""Optional virus check by a ClamAV daemon, over its INSTREAM protocol."""

import logging
import socket
import struct

from django.conf import settings
from django.core.exceptions import ValidationError

logger = logging.getLogger(__name__)
BLOCK = 1 << 16


def scan(content: bytes) -> None:
    """Ask the daemon at ``settings.CLAMAV`` ("/path/clamd.sock" or "host:3310"); nothing if unset.

    Raises ``ValidationError`` when a virus is found, and when the daemon does not answer: a site
    that has one wants no unchecked file.
    """
    address = getattr(settings, "CLAMAV", "")
    if not address:
        return
    try:
        answer = _ask(address, content)
    except OSError as error:
        logger.warning("virus scanner does not answer: %s", error)
        raise ValidationError("杀毒服务没有应答，请稍后再上传", code="scanner") from error
    if not answer.endswith("OK"):
        logger.warning("virus scanner refused an upload: %s", answer)
        raise ValidationError("文件没有通过病毒检查，不能上传", code="virus")


def _ask(address: str, content: bytes) -> str:
    if address.startswith("/"):
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        target: str | tuple[str, int] = address
    else:
        connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        host, _, port = address.rpartition(":")
        target = (host, int(port))
    with connection:
        connection.settimeout(20)
        connection.connect(target)
        connection.sendall(b"zINSTREAM\0")
        for start in range(0, len(content), BLOCK):
            block = content[start : start + BLOCK]
            connection.sendall(struct.pack("!L", len(block)) + block)
        connection.sendall(struct.pack("!L", 0))
        return connection.recv(4096).decode("utf-8", "replace").strip("\0\n ")
