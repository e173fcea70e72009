"""``./portal backup`` and ``./portal restore``: the management commands, at the right moment."""

from collections.abc import Mapping, Sequence

from tools import manage_command, running
from tools.console import Fault, say
from tools.places import Places


def backup(places: Places, environ: Mapping[str, str], rest: Sequence[str]) -> int:
    """Back up into a directory; the portal may run meanwhile."""
    if not rest:
        raise Fault("用法：./portal backup 目录", status=2)
    return manage_command.run(places, environ, ["backup", *rest])


def restore(places: Places, environ: Mapping[str, str], rest: Sequence[str]) -> int:
    """Restore a file; the portal must not run, because its database is changed under it."""
    if not rest:
        raise Fault("用法：./portal restore 文件 [--private-key 文件] [--lost-keys]", status=2)
    lock = running.Lock(places, "run")
    if not lock.take():
        raise Fault("门户正在运行", "先执行 ./portal stop，再恢复")
    try:
        status = manage_command.run(places, environ, ["restore", *rest])
    finally:
        lock.drop()
    if status == 0:
        say("现在可以执行 ./portal run；若备份来自旧版本，启动时会自动升级表结构")
    return status
