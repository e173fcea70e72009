"""From a fresh checkout to one that can run: packages, assets; each step once, by its stamp."""

import fcntl
import os
from collections.abc import Mapping

from tools import assets, python_env
from tools.console import say
from tools.places import Places


def ready(places: Places, environ: Mapping[str, str], *, dev: bool = False) -> None:
    """Everything that the portal needs is installed.  Two at once take turns.

    Raises ``Fault`` with what to install or check when a step fails.
    """
    lock = os.open(places.root, os.O_RDONLY)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("  另一个 ./portal 正在安装组件，等待它完成 …")
            fcntl.flock(lock, fcntl.LOCK_EX)
        python_env.ensure(places, environ, dev=dev)
        assets.ensure(places, environ, dev=dev)
    finally:
        os.close(lock)
