"""The prepared portal that several files of fault tests start and stop."""

from collections.abc import Iterator

import pytest

from tests.faults.portals import Portal, state_directory


@pytest.fixture(scope="session")
def empty() -> Iterator[Portal]:
    """A prepared, stopped portal without a demo county; each test starts it and stops it."""
    with state_directory() as folder:
        portal = Portal(folder / "var")
        portal.options = ("--empty",)  # else the first test that starts it would wait for a demo
        portal.start()
        assert portal.end() == 0
        yield portal
        portal.clear()


@pytest.fixture
def portal(empty: Portal) -> Iterator[Portal]:
    """The prepared portal; stopped after the test whatever happened."""
    yield empty
    if empty.process is not None and empty.process.poll() is None:
        empty.end()
