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


def stands_on(portal: Portal, outside: Servers, *replaced: str) -> None:
    """Start the portal on the outside servers named, see that it uses them, stop it."""
    addresses = {name: url for name, url in outside.environment().items() if name in replaced}
    portal.start(**addresses)
    status, body = portal.get("/readyz")
    assert (status, body["checks"]["database"], body["checks"]["broker"]) == (200, "ok", "ok")
    names = set(portal.pids().values())
    assert ("postgres" in names) is ("DATABASE_URL" not in replaced)
    assert ("valkey-server" in names) is ("REDIS_URL" not in replaced)
    assert portal.end() == 0


@pytest.mark.parametrize("replaced", ["DATABASE_URL", "REDIS_URL"])
def test_an_outside_server_replaces_our_own(
    outside: Servers, portal: Portal, replaced: str
) -> None:
    """Also where a portal had its own before."""
    stands_on(portal, outside, replaced)


def test_both_servers_are_outside_from_the_first_start(outside: Servers) -> None:
    with state_directory() as folder:
        fresh = Portal(folder / "var")
        fresh.options = ("--empty",)
        stands_on(fresh, outside, "DATABASE_URL", "REDIS_URL")
        assert not list(fresh.var.rglob("PG_VERSION"))
        fresh.clear()
