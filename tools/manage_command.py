"""``./portal manage …``: a Django command with the servers it needs."""

import signal
import subprocess
from collections.abc import Mapping, Sequence

from tools import bootstrap, keeper, programs, running, secrets_file
from tools.places import Places
from tools.postgres import embedded_postgres, programs_for_clients


def environment(
    places: Places, environ: Mapping[str, str], addresses: Mapping[str, str]
) -> dict[str, str]:
    """What a Django command needs to know: keys, addresses, where the portal is opened."""
    data = not environ.get("DATABASE_URL") and embedded_postgres(places, environ).data.exists()
    keys = secrets_file.load(places.secrets, environ, data_exists=data)
    clients = programs_for_clients(places, environ)
    state = running.read_state(places)
    url = environ.get("PORTAL_URL") or (state.url if state else "")
    opened = {"PORTAL_URL": url} if url else {}
    return programs.environment(places, environ, **keys, **clients, **addresses, **opened)


def run(places: Places, environ: Mapping[str, str], arguments: Sequence[str]) -> int:
    """Run ``manage.py``; its exit status.  Starts what is not running, and stops it again."""
    bootstrap.ready(places, environ)
    first = environment(places, environ, {})  # before a data directory is made: keys come first
    using, addresses = keeper.borrow(places, environ)
    try:
        child = subprocess.Popen(
            [str(places.python), str(places.root / "manage.py"), *arguments],
            env={**first, **addresses},
            pass_fds=[using.descriptor] if using.descriptor is not None else [],
        )
        # Ctrl-C reaches the command itself; we stay to stop the servers after it.
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda *_: child.send_signal(signal.SIGTERM))
        status = child.wait()
        signal.signal(signal.SIGINT, before)
    finally:
        using.drop()
        keeper.wait_after(places)
    return status if status >= 0 else 128 - status


def quiet(places: Places, environ: Mapping[str, str], arguments: Sequence[str]) -> tuple[int, str]:
    """Run a command for another tool: status and what it printed, errors included."""
    using, addresses = keeper.borrow(places, environ)
    try:
        done = subprocess.run(
            [str(places.python), str(places.root / "manage.py"), *arguments],
            env=environment(places, environ, addresses),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            pass_fds=[using.descriptor] if using.descriptor is not None else [],
        )
    finally:
        using.drop()
        keeper.wait_after(places)
    return done.returncode, done.stdout.decode("utf-8", "replace")
