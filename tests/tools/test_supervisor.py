"""What the supervisor does with programs that end again and again."""

import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tools import places as places_module
from tools.console import Fault
from tools.places import find_places, full_disk
from tools.supervisor import Supervisor, Watched


class Ended:
    """A program that ended at once, with the answers of ``preloaded.Forked``."""

    def __init__(self) -> None:
        self.child = subprocess.Popen(["false"])
        self.returncode = self.child.wait()

    def poll(self) -> int:
        """How it ended."""
        return self.returncode

    def end_group(self) -> None:
        """Nothing is left."""


@pytest.fixture
def supervisor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Supervisor:
    """A supervisor that has not started anything."""
    environ = {"PORTAL_VAR": str(tmp_path / "var"), "XDG_RUNTIME_DIR": str(tmp_path)}
    return Supervisor(find_places(environ), environ, "127.0.0.1", None)


def ends_often(supervisor: Supervisor, name: str) -> Watched:
    """A program that has ended three times within the minute, and ends once more."""
    program: Any = type("Program", (), {"name": name, "label": "后台任务"})
    now = time.monotonic()
    watched = Watched(program, Ended(), ended=[now - 3, now - 2, now - 1])  # type: ignore[arg-type]
    supervisor._look_after(watched, now)
    return watched


def test_a_worker_that_cannot_start_is_tried_again_later_and_the_web_goes_on(
    supervisor: Supervisor, capsys: pytest.CaptureFixture[str]
) -> None:
    watched = ends_often(supervisor, "worker")
    assert watched.ended == []
    assert (watched.again_at or 0) > time.monotonic() + 30
    assert "一分钟内退出了 4 次，60 秒后再试；网页照常办件" in "".join(capsys.readouterr())


def test_a_web_that_cannot_start_stops_everything(supervisor: Supervisor) -> None:
    with pytest.raises(Fault, match="一分钟内退出了 4 次，全部停止"):
        ends_often(supervisor, "web")


def test_a_cache_that_ends_again_and_again_is_started_later_and_a_database_stops_everything(
    supervisor: Supervisor, capsys: pytest.CaptureFixture[str]
) -> None:
    now = time.monotonic()
    for name in ("valkey", "postgresql"):
        supervisor.server_ends[name] = [now - 3, now - 2, now - 1]
        supervisor.servers.children[name] = subprocess.Popen(["false"], start_new_session=True)
        supervisor.servers.children[name].wait()
    supervisor._server_ended("valkey")
    assert (supervisor.cache_again_at or 0) > now + 30
    assert "valkey 反复退出，60 秒后再试；网页照常办件" in "".join(capsys.readouterr())
    with pytest.raises(Fault, match="postgresql 反复退出，全部停止"):
        supervisor._server_ended("postgresql")


def test_a_full_disk_is_named_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert full_disk(tmp_path) == ""
    monkeypatch.setattr(places_module, "_LITTLE", 1024**6)
    assert full_disk(tmp_path).startswith("磁盘已满")
