"""``./portal run`` with a database, a key-value server or both that are not its own."""

import os
from collections.abc import Iterator

import pytest

from tests.faults.portals import ROOT, Portal, state_directory
from tools import testing
from tools.places import find_places
from tools.servers import Servers

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("portal")]


@pytest.fixture(scope="module")
def outside() -> Iterator[Servers]:
    """A database and a key-value server that are not the portal's own."""
    environ = {"PATH": os.environ["PATH"]}
    scratch = testing.scratch_directory()
    servers = testing.throw_away(find_places(os.environ, ROOT), environ, scratch)
    servers.start()
    yield servers
    servers.stop(5)
    testing.remove(scratch)


@pytest.mark.parametrize(
    "replaced", [("DATABASE_URL",), ("REDIS_URL",), ("DATABASE_URL", "REDIS_URL")]
)
def test_outside_servers_replace_our_own(outside: Servers, replaced: tuple[str, ...]) -> None:
    addresses = {name: url for name, url in outside.environment().items() if name in replaced}
    with state_directory() as folder:
        portal = Portal(folder / "var")
        portal.start("--empty", **addresses)
        status, body = portal.get("/readyz")
        assert (status, body["checks"]["database"], body["checks"]["broker"]) == (200, "ok", "ok")
        names = set(portal.pids().values())
        assert ("postgres" in names) is ("DATABASE_URL" not in replaced)
        assert ("valkey-server" in names) is ("REDIS_URL" not in replaced)
        assert portal.end() == 0
        portal.clear()
