"""Ports: whether one is free, who holds it, which is next."""

import errno
import os
import socket
from contextlib import suppress
from pathlib import Path

from tools.console import Fault, say

DEFAULT = 8000


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen there now.

    Raises ``Fault`` where no port of this address would do: it is not this machine's, or the port
    may not be used by this account.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, UnicodeError) as error:
            number = getattr(error, "errno", None)
            if number == errno.EADDRINUSE:
                return False
            if number in {errno.EACCES, errno.EPERM}:
                words = f"当前账号不能使用端口 {port}"
                raise Fault(words, "用 --port 写 1024 以上的端口", status=2) from None
            hint = "--host 写本机的地址（ip addr 列出），或者写 0.0.0.0 监听全部地址"
            raise Fault(f"{host} 不是本机的地址", hint, status=2) from None
    return True


def parse_listeners(table: str) -> dict[str, int]:
    """socket inode -> port, for the listening rows of a /proc/net/tcp table."""
    rows = (line.split() for line in table.splitlines()[1:])
    return {
        row[9]: int(row[1].rsplit(":", 1)[1], 16) for row in rows if len(row) > 9 and row[3] == "0A"
    }


def holder(port: int) -> str:
    """Name and pid of the process that listens on ``port``; empty when it is not ours to see."""
    inodes: set[str] = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with suppress(OSError):
            inodes |= {
                f"socket:[{inode}]"
                for inode, number in parse_listeners(Path(table).read_text()).items()
                if number == port
            }
    for pid in filter(str.isdigit, os.listdir("/proc")) if inodes else ():
        with suppress(OSError):
            for descriptor in os.listdir(f"/proc/{pid}/fd"):
                with suppress(OSError):
                    if os.readlink(f"/proc/{pid}/fd/{descriptor}") in inodes:
                        return f"{Path(f'/proc/{pid}/comm').read_text().strip()}（进程 {pid}）"
    return ""


def choose(host: str, wanted: int | None) -> int:
    """The port to listen on.  One that was asked for must be free; the usual one may move up.

    Raises ``Fault`` naming the holder.
    """
    first = DEFAULT if wanted is None else wanted
    if is_free(host, first):
        return first
    held = holder(first) or "另一个程序"
    if wanted is not None:
        raise Fault(
            f"端口 {wanted} 已被 {held} 占用", "换一个端口：./portal run --port N", status=2
        )
    for port in range(first + 1, first + 100):
        if is_free(host, port):
            say(f"  端口 {first} 已被 {held} 占用，改用 {port}")
            return port
    raise Fault(f"端口 {first}–{first + 99} 都被占用", "用 --port 指定一个空闲端口", status=2)


def addresses(host: str) -> list[str]:
    """The host names under which a server bound to ``host`` is reached."""
    names = ["localhost", "127.0.0.1", "[::1]"]
    if host in {"127.0.0.1", "localhost", "::1"}:
        return names
    if host not in {"0.0.0.0", "::"}:  # noqa: S104 - compared, not bound
        return [*names, f"[{host}]" if ":" in host else host]
    names += [socket.gethostname(), socket.getfqdn()]
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as route:
        route.connect(("192.0.2.1", 9))  # sends nothing: asks which of our addresses leads out
        names.append(route.getsockname()[0])
    return list(dict.fromkeys(name for name in names if name))
