"""The stages of ``./portal test`` do what their arguments say."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tools import testing
from tools.places import find_places

GROUPED = """
import os
import time

import pytest


@pytest.mark.parametrize("number", range(3))
@pytest.mark.parametrize(
    "group",
    [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in ("one", "two")],
)
def test_where(group, number):
    time.sleep(0.2)
    print(f"ran {group} in {os.environ['PYTEST_XDIST_WORKER']}")
"""


def test_tests_of_a_group_run_in_one_process(tmp_path: Path) -> None:
    """What pytest-xdist promises: with a pytest that it does not know, groups fall apart."""
    (tmp_path / "test_groups.py").write_text(GROUPED, encoding="utf-8")
    options = ("-p", "no:django", "-p", "no:randomly", "-p", "no:cacheprovider", "-rP")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "-n", "2", "--dist", "loadgroup", "."],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    ran = {tuple(line.split()[1::2]) for line in done.stdout.splitlines() if line.startswith("ran")}
    assert len(ran) == 2, f"a group ran in two processes; which pytest? {done.stdout}"


def test_the_last_stage_reads_every_file_that_it_runs() -> None:
    found = testing.serial_files()
    assert {"tests/faults/test_supervisor.py", "tests/kernel/audit/test_seal.py"} <= set(found)
    assert "tests/test_house.py" not in found
    (last,) = [stage for stage in testing.stages() if "faults or alone" in stage.command]
    assert set(found) <= set(last.command)


def test_the_browser_stage_reads_every_file_that_it_runs() -> None:
    """Each file in ``tests/e2e`` is one of them, and no other folder has one."""
    root = Path(testing.__file__).parents[1]
    here = {str(path.relative_to(root)) for path in (root / "tests" / "e2e").glob("test_*.py")}
    (stage,) = [stage for stage in testing.stages() if stage.name == "browser tests"]
    assert {word for word in stage.command if word.endswith(".py")} == here


def test_every_file_of_the_last_stage_is_in_a_group() -> None:
    """A test outside a group gets a process, and so a database, wherever one is free."""
    for name in testing.serial_files():
        text = (Path(testing.__file__).parents[1] / name).read_text(encoding="utf-8")
        (group,) = re.findall(r"xdist_group\(\"([a-z ]+)\"\)", text)
        assert (group in {"server", "journeys"}) is ("django_db" in text), name
        assert (group == "journeys") is ("server_shared" in text), name


def test_whoever_has_the_server_to_himself_waits_for_all_and_is_not_passed(tmp_path: Path) -> None:
    """Three processes: one shares, one wants it alone, one comes later to share."""
    words = (
        "import sys, time; from tests.server_lock import server\n"
        "name, alone = sys.argv[1], sys.argv[2] == 'alone'\n"
        "print('asks', flush=True)\n"
        "with server(alone=alone):\n"
        "    open('order', 'a').write(f'+{name}'); print('in', flush=True)\n"
        "    sys.stdin.readline(); open('order', 'a').write(f'-{name}')\n"
    )
    root = Path(testing.__file__).parents[1]
    environ = {**os.environ, "PORTAL_VAR": str(tmp_path), "PYTHONPATH": str(root)}

    def ask(name: str, how: str) -> subprocess.Popen[str]:
        pipe = subprocess.PIPE
        command = [sys.executable, "-c", words, name, how]
        made = subprocess.Popen(
            command, cwd=tmp_path, env=environ, stdin=pipe, stdout=pipe, text=True
        )
        assert made.stdout is not None
        assert made.stdout.readline() == "asks\n"
        return made

    first = ask("a", "shared")
    assert first.stdout is not None
    assert first.stdout.readline() == "in\n"
    others = [ask("b", "alone")]
    time.sleep(0.3)  # it stands at the gate
    others.append(ask("c", "shared"))
    first.communicate("\n", timeout=60)
    for one in others:
        one.communicate("\n", timeout=60)
    assert (tmp_path / "order").read_text(encoding="utf-8") == "+a-a+b-b+c-c"


def test_checks_come_first_and_everything_runs_though_one_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The database that the tests copy is one of the checks; it is taken away at the end."""
    seen: list[tuple[str, str]] = []

    def run(stage: testing.Stage, places: Any, settings: dict[str, str], *tell: Any) -> Any:
        seen.append((stage.name, settings["PORTAL_TEST_TEMPLATE"]))
        return testing.Outcome(stage, int(stage.name == "ruff check"), 0.0)

    monkeypatch.setattr(testing, "_run", run)
    ends: list[Any] = []
    monkeypatch.setattr(testing.processes, "call", lambda words, **_: ends.append(words[1:]))
    outcomes = testing._everything(find_places({}, Path(testing.__file__).parents[1]), {})
    first, then = testing.checks(), testing.stages()
    assert {name for name, _ in seen[: len(first)]} == {stage.name for stage in first}
    assert [name for name, _ in seen[len(first) :]] == [stage.name for stage in then]
    assert [outcome.stage.name for outcome in outcomes if not outcome.fine] == ["ruff check"]
    assert "test database" in {stage.name for stage in first}
    assert len({name for _, name in seen}) == 1
    assert ends == [["-m", "tests.template", "drop"]]
