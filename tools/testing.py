"""``./portal test``: throw-away servers, every check, every test; all failures are told."""

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from tools import bootstrap, browser, embedded, processes, programs, secrets_file
from tools.console import Fault, say, step
from tools.keyvalue import KeyValue, embedded_keyvalue
from tools.places import Places, private_directory
from tools.postgres import Postgres, embedded_postgres, programs_for_clients
from tools.servers import Servers

_ROOMY = 1024**3
_TEMPLATE = "test_portal_template"
_TWO = ("-n", "2", "--dist", "worksteal")
_CLOSING = re.compile(r"^=+ .*(passed|failed|error|no tests|deselected|skipped).* =+$")


@dataclass(frozen=True)
class Stage:
    """One check: its name, its command, more environment, and whether pytest runs it."""

    name: str
    command: tuple[str, ...]
    more: tuple[tuple[str, str], ...] = ()
    pytest: bool = False


@dataclass(frozen=True)
class Outcome:
    """How a stage ended."""

    stage: Stage
    status: int
    seconds: float
    closing: str = ""

    @property
    def fine(self) -> bool:
        return self.status == 0  # 5 of pytest, no test found, is no success


def checks() -> list[Stage]:
    """What no test needs, two at a time, the longest first; and the database that tests copy."""
    py = "python"
    return [
        Stage("mypy", (py, "-m", "mypy")),
        Stage("test database", (py, "-m", "tests.template", "make")),
        Stage(
            "check --deploy",
            (py, "manage.py", "check", "--deploy", "--fail-level", "WARNING"),
            (("HTTPS", "1"),),
        ),
        Stage(
            "makemigrations --check", (py, "manage.py", "makemigrations", "--check", "--dry-run")
        ),
        Stage("import-linter", ("lint-imports",)),
        Stage("djlint format", (py, "-m", "djlint", "templates", "--check")),
        Stage("djlint lint", (py, "-m", "djlint", "templates", "--lint")),
        Stage("ruff check", (py, "-m", "ruff", "check", ".")),
        Stage("ruff format", (py, "-m", "ruff", "format", "--check", ".")),
    ]


def stages() -> list[Stage]:
    """The tests, one stage after the other, each on all cores."""
    pytest = ("python", "-m", "pytest")
    return [
        Stage(
            "tests",
            (
                *pytest,
                *_TWO,
                "-m",
                "not browser and not faults and not alone and not bench",
                "--ignore=tests/matrix",
            ),
            pytest=True,
        ),
        Stage(
            "access matrix",
            (*pytest, *_TWO, "tests/matrix"),
            pytest=True,
        ),
        Stage(
            "browser tests",
            (*pytest, *_TWO, "-m", "browser", *files_marked("browser")),
            pytest=True,
        ),
        # Four groups at a time, each one by one: they often wait for servers to come and go.  The
        # groups "server" and "journeys" use this run's database server, and as the sealer waits for
        # all transactions, they make room for its tests (``tests/server_lock.py``).
        Stage(
            "fault tests",
            (*pytest, "-n", "4", "--dist", "loadgroup", "-m", "faults or alone", *serial_files()),
            pytest=True,
        ),
    ]


def serial_files() -> list[str]:
    """The test files of the last stage."""
    return files_marked("faults", "alone")


def files_marked(*names: str) -> list[str]:
    """The test files that bear a mark; reading all the others takes longer than many a test."""
    root = Path(__file__).resolve().parents[1]
    marks = re.compile(rf"pytest\.mark\.({'|'.join(names)})\b")
    return sorted(
        str(path.relative_to(root))
        for path in (root / "tests").rglob("test_*.py")
        if marks.search(path.read_text(encoding="utf-8"))
    )


def scratch_directory() -> Path:
    """A private directory for the throw-away servers: in memory when there is room."""
    shared = Path("/dev/shm")  # noqa: S108 - the directory made in it is private
    base = None
    if os.access(shared, os.W_OK) and shutil.disk_usage(shared).free > _ROOMY:
        base = shared
    path = Path(tempfile.mkdtemp(prefix="hrss-test-", dir=base))
    path.chmod(0o711 if os.geteuid() == 0 else 0o700)
    return path


def remove(scratch: Path) -> None:
    """The throw-away servers' directory, gone."""
    shutil.rmtree(scratch, ignore_errors=True)


def throw_away(places: Places, environ: Mapping[str, str], scratch: Path) -> Servers:
    """Servers of this test run alone, which never see the portal's data.

    A ``DATABASE_URL`` is used (Django makes ``test_…`` on it); so is a ``REDIS_URL``.
    """
    logs = private_directory(scratch / "log")
    run = scratch / "s"
    run.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700)

    def moved(where: embedded.Home) -> embedded.Home:
        return replace(where, run=run, logs=logs)

    database: Postgres | None = None
    if not environ.get("DATABASE_URL"):
        found = embedded_postgres(places, environ)
        database = Postgres(
            found.programs, scratch / "postgresql", run / "pg", moved(found.where), throw_away=True
        )
    keyvalue: KeyValue | None = None
    if not environ.get("REDIS_URL"):
        store = embedded_keyvalue(places, environ)
        keyvalue = KeyValue(
            store.program, scratch / "valkey", run / "kv", moved(store.where), throw_away=True
        )
    return Servers(database, keyvalue)


def environment(places: Places, environ: Mapping[str, str], scratch: Path) -> dict[str, str]:
    """Keys made for this run, a state directory of its own with the real front-end assets in it."""
    var = scratch / "var"
    var.mkdir(mode=0o700)
    (var / "vendor").symlink_to(places.vendor, target_is_directory=True)
    result = programs.environment(
        replace(places, var=var),
        environ,
        **secrets_file.fresh_values(),
        **programs_for_clients(places, environ),
        PORTAL_TEST_VAR=str(places.var),
    )
    for name in (
        "DEBUG",
        "HTTPS",
        "ALLOWED_HOSTS",
        "REPLICA_URL",
        "BROKER_URL",
        "STATIC_ROOT",
        "MEDIA_ROOT",
    ):
        result.pop(name, None)
    return result


def run(places: Places, environ: Mapping[str, str], arguments: Sequence[str]) -> int:
    """The suite, or pytest with ``arguments``; 0 only when everything is fine."""
    started = time.monotonic()
    bootstrap.ready(places, environ, dev=True)
    scratch = scratch_directory()
    try:
        servers = throw_away(places, environ, scratch)
        settings = environment(places, environ, scratch)
        chromium, trouble = _chromium(places, environ, arguments)
        if chromium:
            settings["CHROMIUM"] = chromium
        with step("测试用数据库与缓存"):
            servers.start()
        settings |= servers.environment()
        try:
            _collect_static(places, settings)
            if arguments:
                command = [str(places.python), "-m", "pytest", *arguments]
                return subprocess.call(command, cwd=places.root, env=settings)
            outcomes = _everything(places, settings)
        finally:
            servers.stop(5)
    finally:
        remove(scratch)
    return _tell(outcomes, trouble, time.monotonic() - started)


def _everything(places: Places, settings: Mapping[str, str]) -> list[Outcome]:
    """The checks two at a time, each told when it has ended; then the tests, told as they go."""
    settings = {**settings, "PORTAL_TEST_TEMPLATE": _TEMPLATE}

    def quietly(stage: Stage) -> Outcome:
        lines: list[str] = []
        outcome = _run(stage, places, settings, lines.append)
        say("\n".join(lines))
        return outcome

    try:
        with ThreadPoolExecutor(2) as two:
            outcomes = list(two.map(quietly, checks()))
        return outcomes + [_run(stage, places, settings) for stage in stages()]
    finally:
        processes.call(
            [places.python, "-m", "tests.template", "drop"], environ=settings, cwd=places.root
        )


def _chromium(
    places: Places, environ: Mapping[str, str], arguments: Sequence[str]
) -> tuple[str | None, str]:
    """The browser, and why there is none.  Named tests that need none do not install one."""
    wanted = not arguments or any("browser" in text or "e2e" in text for text in arguments)
    if not wanted:
        return browser.find(places, environ), ""
    try:
        return browser.ensure(places, environ), ""
    except Fault as fault:
        say(f"  没有浏览器：{fault.message}（{fault.hint}）")
        return None, fault.message


def _collect_static(places: Places, settings: Mapping[str, str]) -> None:
    """Pages are tested with the static files as deployed: hashed names, one manifest."""
    with step("静态文件"):
        done = processes.call(
            [places.python, "manage.py", "collectstatic", "--noinput", "-v0"],
            environ=settings,
            cwd=places.root,
        )
    if done.returncode:
        say(f"  静态文件收集失败：\n{done.stderr.strip()[-2000:]}")


def _run(
    stage: Stage, places: Places, settings: Mapping[str, str], tell: Callable[[str], None] = say
) -> Outcome:
    """Run one stage with its output on the terminal, and keep pytest's closing line."""
    tell(f"\n== {stage.name}")
    begun = time.monotonic()
    program, *rest = stage.command
    child = subprocess.Popen(
        [str(places.venv / "bin" / program), *rest],
        cwd=places.root,
        env={**settings, **dict(stage.more)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    closing = ""
    assert child.stdout is not None  # noqa: S101 - PIPE was asked for above
    for line in child.stdout:
        tell(line.rstrip("\n"))
        if stage.pytest and is_closing(line):
            closing = line.strip()
    status = child.wait()
    seconds = time.monotonic() - begun
    outcome = Outcome(stage, status, seconds, closing)
    tell(f"-- {stage.name}: {'ok' if outcome.fine else f'FAILED ({status})'} {seconds:.1f} s")
    return outcome


def is_closing(line: str) -> bool:
    """pytest's last line, with its frame or (quiet) without."""
    text = line.strip()
    return bool(
        _CLOSING.match(text)
        or re.match(r"^(\d+ \w+(, )?)+ in [\d.]+s( \([\d:]+\))?$", text)
        or re.match(r"^no tests ran in ", text)
    )


def _tell(outcomes: Sequence[Outcome], trouble: str, seconds: float) -> int:
    """The table of stages, then pytest's own closing lines as the last words."""
    failed = [outcome for outcome in outcomes if not outcome.fine]
    say("\n== 各阶段")
    for outcome in outcomes:
        word = "ok" if outcome.fine else "FAILED"
        say(f"  {outcome.stage.name:<24}{outcome.seconds:8.1f} s  {word}")
    say(f"  {'total':<24}{seconds:8.1f} s")
    if trouble:
        say(f"  browser tests had no browser: {trouble}")
    if failed:
        say("失败的阶段：" + "、".join(outcome.stage.name for outcome in failed))
    for outcome in outcomes:
        if outcome.closing:
            say(outcome.closing)
    return 1 if failed or trouble else 0
