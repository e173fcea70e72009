"""``./portal`` under faults: second start, kill -9, ordered stop, another machine."""

import json
import os
import re
import signal
import socket
import time
from pathlib import Path
from typing import Any

import pytest

from tests.faults.portals import ROOT, Portal, state_directory, until, with_environment
from tests.test_commands_doc import SECTIONS, keys_of
from tools import processes
from tools.places import find_places

# One portal, started and stopped by one process while others go through the other fault tests.
pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("portal")]


def test_page_token_and_what_the_portal_says_of_itself(portal: Portal) -> None:
    portal.start()
    state = portal.state()
    assert portal.get("/healthz") == (200, {"status": "ok", "run": state["token"]})
    status, body = portal.get("/readyz")
    assert (status, body["checks"]["database"], body["checks"]["migrations"]) == (200, "ok", "ok")
    assert until(portal.whole, 20)
    assert until(lambda: re.search(r"内存 [1-9]\d* MB（\d+ 个进程", portal.said()), 30), (
        portal.said()
    )
    assert re.search(r"（[\d.]+ 秒）", portal.said())
    shown = portal.call("status")
    assert shown.returncode == 0
    assert state["url"] in shown.stdout
    looked = portal.call("doctor")
    assert looked.returncode == 0, looked.stdout
    told = {line.partition("：")[0] for line in looked.stdout.splitlines()}
    assert {"✓ 缓存与消息", "✓ 停止的作业"} <= told
    # Another test of this portal may have made a backup before.
    assert told & {"！ 最近一次备份", "✓ 最近一次备份"}


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


def answer_of(portal: Portal, name: str, *words: str) -> dict[str, Any]:
    """The data of a command that works on whole databases; its keys are those of the page."""
    done = portal.call(*words)
    assert done.returncode == 0, done.stdout
    envelope = next(line for line in done.stdout.splitlines() if line.startswith("{"))
    data: dict[str, Any] = json.loads(envelope)["data"]
    assert sorted(data) == sorted(keys_of(SECTIONS[name])[""])
    return data


#: Units, people and employers, whose numbers are stored encrypted: a backup brings them back.
PARTIES = """
from hrss_portal.access.scope import acting_as_system
from hrss_portal.access.setup import load_units
from hrss_portal.desk.demo import make_parties
with acting_as_system("demo"):
    make_parties(load_units(), 1)
"""


def test_backup_and_restore_on_another_machine(portal: Portal) -> None:
    """The keys and the backup are all that a new machine needs."""
    filled = portal.call("manage", "shell", "-c", PARTIES)
    assert filled.returncode == 0, filled.stdout
    with state_directory() as folder:
        (portal.var / "media" / "2026").mkdir(parents=True, exist_ok=True)
        (portal.var / "media" / "2026" / "说明.txt").write_text("synthetic", encoding="utf-8")
        made = answer_of(portal, "backup", "backup", str(folder), "--json")
        # Another test of this portal may have left files before.
        kept = sum(path.is_file() for path in (portal.var / "media").rglob("*"))
        assert (made["files"], made["tables"] > 100) == (kept, True)
        (backup,) = folder.glob("*.hrssbackup")
        assert b"synthetic" not in backup.read_bytes()
        drill = answer_of(portal, "restore_drill", "manage", "restore_drill", str(folder), "--json")
        assert set(drill["checks"].values()) == {"ok"}
        copied = answer_of(
            portal, "upgrade_check", "manage", "upgrade_check", "--current", "--json"
        )
        assert copied["rows"] >= made["rows"]

        other = Portal(folder / "var")
        wrong = other.call("restore", str(backup))
        assert wrong.returncode == 2
        assert "secrets.env" in wrong.stdout
        (other.var / "secrets.env").write_bytes((portal.var / "secrets.env").read_bytes())
        restored = answer_of(other, "restore", "restore", str(backup), "--json")
        assert (restored["rows"], restored["files"]) == (made["rows"], kept)
        found = other.var / "media" / "2026" / "说明.txt"
        assert found.read_text(encoding="utf-8") == "synthetic"
        other.start("--empty")
        assert other.get("/readyz")[0] == 200
        refused = other.call("restore", str(backup))
        assert refused.returncode == 1
        assert "stop" in refused.stdout
        assert other.end() == 0
        other.clear()
