"""``./portal`` under faults: second start, kill -9, ordered stop, outside servers, other users."""

import os
import re
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.portals import ROOT, Portal, slack, state_directory, until, with_environment
from tools import processes, testing
from tools.places import find_places
from tools.servers import Servers

pytestmark = pytest.mark.faults

COLD_SECONDS = 60
RESTART_SECONDS = 8
MEMORY_MB = 450


@pytest.fixture(scope="module")
def empty() -> Iterator[Portal]:
    """A prepared, stopped portal without a demo county; each test starts it and stops it."""
    with state_directory() as folder:
        portal = Portal(folder / "var")
        portal.start("--empty")
        assert portal.end() == 0
        yield portal
        portal.clear()


@pytest.fixture
def portal(empty: Portal) -> Iterator[Portal]:
    """The prepared portal; stopped after the test whatever happened."""
    yield empty
    if empty.process is not None and empty.process.poll() is None:
        empty.end()


def test_page_token_memory_and_restart_time(portal: Portal) -> None:
    seconds = portal.start()
    state = portal.state()
    assert portal.get("/healthz") == (200, {"status": "ok", "run": state["token"]})
    status, body = portal.get("/readyz")
    assert (status, body["checks"]["database"], body["checks"]["migrations"]) == (200, "ok", "ok")
    assert until(portal.whole, 20)
    time.sleep(3)
    assert processes.memory_mb(list(portal.pids())) < MEMORY_MB
    assert seconds < RESTART_SECONDS * slack()
    shown = portal.call("status")
    assert shown.returncode == 0
    assert state["url"] in shown.stdout


def test_second_start_names_the_first_and_leaves_it_alone(portal: Portal) -> None:
    portal.start()
    before = portal.state()
    second = portal.call("run")
    assert second.returncode == 0
    assert before["url"] in second.stdout
    assert portal.get("/healthz")[1]["run"] == before["token"]


def test_kill_9_leaves_nothing_and_the_next_start_works(portal: Portal) -> None:
    portal.start()
    assert until(portal.whole, 20)
    pids = list(portal.pids())
    portal.end(signal.SIGKILL)
    assert until(lambda: not any(processes.alive(pid) for pid in pids), 60)
    assert portal.call("status").returncode == 3
    portal.start()
    assert portal.get("/readyz")[0] == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_is_ordered_and_complete(portal: Portal, number: int) -> None:
    """The database ends after everything that uses it."""
    portal.start()
    assert until(portal.whole, 20)
    names = portal.pids()
    ended: dict[int, float] = {}
    assert portal.process is not None
    os.kill(portal.process.pid, number)

    def all_ended() -> bool:
        for pid in names:
            if pid not in ended and not processes.alive(pid):
                ended[pid] = time.monotonic()
        return len(ended) == len(names)

    assert until(all_ended, 90)
    assert portal.process.wait(timeout=5) == 0
    servers = [when for pid, when in ended.items() if names[pid] in {"postgres", "valkey-server"}]
    users = [when for pid, when in ended.items() if names[pid].startswith("portal-")]
    assert max(users) <= min(servers)


@pytest.mark.parametrize("moment", [0.0, 0.3, 0.8, 1.5])
def test_kill_9_at_any_moment_of_the_start(portal: Portal, moment: float) -> None:
    """A pool process that has not yet asked the kernel to end with its worker ends all the same."""
    portal.start()
    time.sleep(moment)
    pids = list(portal.pids())
    token = portal.state()["token"].encode()
    portal.end(signal.SIGKILL)
    assert until(lambda: not any(processes.alive(pid) for pid in pids), 60)
    assert until(lambda: not with_environment(token), 20)


def test_stop_command(portal: Portal) -> None:
    portal.start()
    assert portal.call("stop").returncode == 0
    assert portal.process is not None
    assert portal.process.wait(timeout=10) == 0
    assert portal.call("stop").returncode == 0


def test_a_killed_worker_takes_its_pool_along_and_comes_back(portal: Portal) -> None:
    portal.start()
    assert until(portal.whole, 20)
    workers = [pid for pid, name in portal.pids().items() if name == "portal-worker"]
    main = min(workers)
    os.kill(main, signal.SIGKILL)
    assert until(lambda: not any(processes.alive(pid) for pid in workers), 10)
    assert until(portal.whole, 30)


@pytest.mark.parametrize("name", ["postgres", "valkey-server"])
def test_a_killed_server_comes_back(portal: Portal, name: str) -> None:
    portal.start()
    parent = portal.state()["pid"]
    pids = portal.pids()
    server = min(pid for pid, found in pids.items() if found == name and pid != parent)
    os.kill(server, signal.SIGKILL)

    def healthy() -> bool:
        status, body = portal.get("/readyz")
        checks = body.get("checks", {})
        return status == 200 and checks.get("database") == checks.get("broker") == "ok"

    assert until(lambda: not processes.alive(server), 5)
    assert until(healthy, 40)


def test_a_port_that_is_taken_is_refused_with_its_holder(portal: Portal) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = portal.call("run", "--port", str(port))
    assert done.returncode == 2
    assert str(os.getpid()) in done.stdout


def test_manage_brings_its_servers_and_takes_them_away(portal: Portal) -> None:
    done = portal.call("manage", "showmigrations", "access", "--plan")
    assert done.returncode == 0
    assert "access.0001_initial" in done.stdout
    sockets = find_places(portal.environ, ROOT).run
    assert not any(_answers(path) for path in sockets.rglob("*") if path.is_socket())


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as link:
        try:
            link.connect(str(path))
        except OSError:
            return False
        return True


def test_backup_and_restore_on_another_machine(portal: Portal) -> None:
    """The keys and the backup are all that a new machine needs."""
    with state_directory() as folder:
        (portal.var / "media" / "2026").mkdir(parents=True, exist_ok=True)
        (portal.var / "media" / "2026" / "说明.txt").write_text("synthetic", encoding="utf-8")
        made = portal.call("backup", str(folder))
        assert made.returncode == 0, made.stdout
        (backup,) = folder.glob("*.hrssbackup")
        assert b"synthetic" not in backup.read_bytes()
        drill = portal.call("manage", "restore_drill", str(folder))
        assert drill.returncode == 0, drill.stdout

        other = Portal(folder / "var")
        wrong = other.call("restore", str(backup))
        assert wrong.returncode == 2
        assert "secrets.env" in wrong.stdout
        (other.var / "secrets.env").write_bytes((portal.var / "secrets.env").read_bytes())
        restored = other.call("restore", str(backup))
        assert restored.returncode == 0, restored.stdout
        found = other.var / "media" / "2026" / "说明.txt"
        assert found.read_text(encoding="utf-8") == "synthetic"
        other.start()
        assert other.get("/readyz")[0] == 200
        refused = other.call("restore", str(backup))
        assert refused.returncode == 1
        assert "stop" in refused.stdout
        assert other.end() == 0
        other.clear()


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


def test_from_nothing_in_a_chinese_path_with_spaces_as_ordinary_user(tmp_path: Path) -> None:
    """A fresh copy of the checkout; as root in the shoes of another user."""
    from tests.faults import strangers

    with strangers.checkout("县 人社局 portal") as portal:
        seconds = portal.start(seconds=300)
        assert portal.get("/readyz")[0] == 200
        assert portal.var == portal.root / "var"
        assert portal.end() == 0
        assert portal.start() < RESTART_SECONDS * slack()
        assert portal.end() == 0
    said = re.findall(r"（([\d.]+) 秒）", portal.last_words)
    assert said, portal.last_words
    assert seconds < COLD_SECONDS * slack()
