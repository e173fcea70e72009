"""Everything between an empty database and a portal that can answer, in one process.

``./portal run`` calls it before the web starts; a Helm hook or a deployment script calls it too.
A second call finds everything done and costs a few queries.  What it does goes to stderr, the
demo log-ins to stdout.
"""

import hashlib
import json
import time
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command, get_commands
from django.core.management.base import CommandParser
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from hrss_portal.audit.commands import Fault, PortalCommand

WAIT_SECONDS = 30
NEEDED_EXTENSION = "btree_gist"


class Command(PortalCommand):
    """``prepare [--empty]``: migrate, load rules, demo county when empty, static files.

    The system checks run first: a route without a policy stops the start.
    """

    help = "建表、装载规则数据、空库时装载演示县、收集静态文件（可重复执行）"
    requires_migrations_checks = False

    def arguments(self, parser: CommandParser) -> None:
        """Whether an empty portal stays empty."""
        parser.add_argument("--empty", action="store_true", help="不装载演示县")

    def run(self, **options: Any) -> dict[str, Any]:
        """Do what is missing; the steps with their seconds, and the demo log-ins as text."""
        self.steps: dict[str, float] = {}
        self._wait_for_database()
        self._require_extension()
        migrated = self._step("数据库结构", self._migrate)
        stamps = Stamps(settings.VAR_DIR / "prepared.json")
        self._load_data(stamps, force=migrated)
        if not options["empty"] and "demo" in get_commands() and is_empty():
            self._step("演示县", lambda: call_command("demo", stdout=self.stderr) or True)
        call_command("load_campaigns", stdout=StringIO())  # for bureaus made since the last start
        self._collect_static(stamps)
        log_ins = StringIO()
        if "demo_logins" in get_commands():
            call_command("demo_logins", stdout=log_ins)
        return {"steps": self.steps, "log_ins": log_ins.getvalue().strip()}

    def table(self, data: Any) -> str:
        """The demo log-ins: the steps were told while they were done."""
        return str(data["log_ins"])

    def _step(self, label: str, work: Callable[[], Any]) -> bool:
        """Do a timed step; it is told only when there was something to do."""
        started = time.monotonic()
        done = bool(work())
        if done:
            self.steps[label] = round(time.monotonic() - started, 1)
            self.stderr.write(f"  {label}  {self.steps[label]} 秒", self.style.SUCCESS)
        return done

    def _wait_for_database(self) -> None:
        """Another host's server may come up later than we do."""
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            try:
                connection.ensure_connection()
            except OperationalError as error:
                if time.monotonic() > deadline:
                    raise Fault(
                        "no_database", f"数据库 {WAIT_SECONDS} 秒内没有应答：{error}"
                    ) from None
                time.sleep(0.5)
            else:
                return

    def _require_extension(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_available_extensions WHERE name = %s", [NEEDED_EXTENSION]
            )
            (found,) = cursor.fetchone()
        if not found:
            raise Fault(
                "no_extension",
                f"数据库缺少扩展 {NEEDED_EXTENSION}",
                "请在数据库服务器上安装 contrib 组件（Debian：postgresql-contrib）",
            )

    def _migrate(self) -> bool:
        executor = MigrationExecutor(connection)
        if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return False
        call_command("migrate", interactive=False, verbosity=0)
        return True

    def _load_data(self, stamps: "Stamps", *, force: bool) -> None:
        """Rules, calendars, parameters: data of the apps, loaded again when their files change."""
        if "load_data" not in get_commands():
            return
        value = fingerprint(data_files(), database_identity())
        if not force and stamps.holds("data", value):
            return
        out = StringIO()
        self._step("规则与参数", lambda: call_command("load_data", stdout=out) or True)
        stamps.write("data", value)

    def _collect_static(self, stamps: "Stamps") -> None:
        value = fingerprint(static_files(), str(settings.STATIC_ROOT))
        manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
        if stamps.holds("static", value) and manifest.exists():
            return
        self._step(
            "静态文件",
            lambda: call_command("collectstatic", interactive=False, verbosity=0) or True,
        )
        stamps.write("static", value)


class Stamps:
    """What each finished step was made from; a lost file only makes the steps run again."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.values: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            self.values = {}

    def holds(self, name: str, value: str) -> bool:
        """Whether the step was finished from exactly this."""
        return self.values.get(name) == value

    def write(self, name: str, value: str) -> None:
        """Remember the step, in one move."""
        self.values[name] = value
        fresh = self.path.with_suffix(".new")
        fresh.write_text(json.dumps(self.values), encoding="utf-8")
        fresh.replace(self.path)


def is_empty() -> bool:
    """Whether nobody ever had an account: a portal in use is never filled with a demo."""
    table = connection.ops.quote_name(get_user_model()._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT NOT EXISTS (SELECT FROM {table})")  # noqa: S608 - quoted, our own
        (empty,) = cursor.fetchone()
    return bool(empty)


def database_identity() -> str:
    """Which database this is: the same file must not vouch for another one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT oid::text FROM pg_database WHERE datname = current_database()")
        (oid,) = cursor.fetchone()
    return f"{connection.settings_dict['HOST']}|{connection.settings_dict['NAME']}|{oid}"


def data_files() -> list[Path]:
    """The data files and the skeletons of reports that apps bring along."""
    return [
        file
        for config in apps.get_app_configs()
        if Path(config.path).is_relative_to(settings.BASE_DIR)
        for folder in ("data", "narratives")
        for file in sorted((Path(config.path) / folder).rglob("*"))
        if file.is_file()
    ]


def static_files() -> list[Path]:
    """Every file that collectstatic would take."""
    return [
        Path(storage.path(name)) for finder in get_finders() for name, storage in finder.list([])
    ]


def fingerprint(files: list[Path], *facts: str) -> str:
    """A hash over names, sizes and times of ``files`` and over ``facts``; reads no contents."""
    total = hashlib.sha256("\0".join(facts).encode())
    for file in files:
        facts_of = file.stat()
        total.update(f"\0{file}\0{facts_of.st_size}\0{facts_of.st_mtime_ns}".encode())
    return total.hexdigest()
