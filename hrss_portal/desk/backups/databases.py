"""PostgreSQL's own programs, scratch databases, and what is compared between two databases."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler

from hrss_portal.audit.commands import Fault

OLD_PROGRAMS = (
    "PostgreSQL 程序比服务器旧：PORTAL_PG_PROGRAMS 写上版本不低于服务器的程序所在的目录，"
    "如 /usr/lib/postgresql/18/bin"
)


def program(name: str) -> str:
    """The program that belongs to the server in use (an older one refuses a newer server)."""
    given = Path(settings.PG_PROGRAMS) / name if settings.PG_PROGRAMS else None
    if given and not given.exists():
        raise Fault(
            "no_program",
            f"PORTAL_PG_PROGRAMS 指的目录里没有 {name}：{settings.PG_PROGRAMS}",
            "改成 PostgreSQL 程序所在的目录（版本不低于服务器），或者去掉这项设置",
        )
    found = str(given) if given else shutil.which(name)
    if not found:
        raise Fault(
            "no_program", f"找不到 {name}", "安装 postgresql-client，或设置 PORTAL_PG_PROGRAMS"
        )
    return found


def environment() -> dict[str, str]:
    """How the programs reach the server: by environment, no password in a process list."""
    facts = connection.settings_dict
    options = facts.get("OPTIONS", {})
    named = {
        "PGHOST": facts["HOST"],
        "PGPORT": facts["PORT"],
        "PGUSER": facts["USER"],
        "PGPASSWORD": facts["PASSWORD"],
        "PGSSLMODE": options.get("sslmode", ""),
        "PGSSLROOTCERT": options.get("sslrootcert", ""),
        "PGCONNECT_TIMEOUT": "10",
    }
    return {**os.environ, **{name: str(value) for name, value in named.items() if value}}


def open_process(command: list[str], **pipes: Any) -> subprocess.Popen[bytes]:
    """Start one of the programs; its errors are kept for the message."""
    return subprocess.Popen(  # noqa: S603 - our own programs, no shell
        command, env=environment(), stderr=subprocess.PIPE, cwd="/", **pipes
    )


def finish(process: subprocess.Popen[bytes], what: str) -> None:
    """Wait for a program.  Raises ``Fault`` with what it said when it failed."""
    assert process.stderr is not None  # noqa: S101 - PIPE was asked for in open_process
    errors = process.stderr.read().decode("utf-8", "replace").strip()
    process.stderr.close()
    if process.wait():
        hint = OLD_PROGRAMS if "server version mismatch" in errors else ""
        raise Fault("program_failed", f"{what}失败：{errors[-800:]}", hint)


@contextmanager
def connected(name: str) -> Iterator[BaseDatabaseWrapper]:
    """A connection to another database of the same server, in autocommit."""
    facts = {**connection.settings_dict, "NAME": name, "CONN_MAX_AGE": 0, "ATOMIC_REQUESTS": False}
    other = ConnectionHandler({"default": facts})["default"]
    try:
        yield other
    finally:
        other.close()


def run_sql(name: str, sql: str, params: list[Any] | None = None) -> list[tuple[Any, ...]]:
    """One statement on a database of the server; its rows."""
    with connected(name) as other, other.cursor() as cursor:
        cursor.execute(sql, params or [])
        return cursor.fetchall() if cursor.description else []


def quoted(name: str) -> str:
    """A name as SQL takes it."""
    return connection.ops.quote_name(name)


def create(name: str) -> None:
    """An empty database, copied from the pristine template so that a dump fits into it."""
    connection.close()
    run_sql("postgres", f"CREATE DATABASE {quoted(name)} TEMPLATE template0 ENCODING 'UTF8'")


def drop(name: str) -> None:
    """Drop a scratch database, whoever is still connected to it."""
    run_sql("postgres", f"DROP DATABASE IF EXISTS {quoted(name)} WITH (FORCE)")


@contextmanager
def scratch(name: str) -> Iterator[str]:
    """A database for the time of a check."""
    drop(name)
    create(name)
    try:
        yield name
    finally:
        drop(name)


def row_counts(database: BaseDatabaseWrapper) -> dict[str, int]:
    """Rows of every table, as the transaction of ``database`` sees them."""
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1"
        )
        tables = [name for (name,) in cursor.fetchall()]
        counts = {}
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {quoted(table)}")  # noqa: S608 - quoted
            counts[table] = cursor.fetchone()[0]
    return counts


def applied_migrations(database: BaseDatabaseWrapper) -> list[str]:
    """The applied migrations, as ``app.name``."""
    with database.cursor() as cursor:
        cursor.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1")
        return [name for (name,) in cursor.fetchall()]


def url_of(name: str) -> str:
    """``DATABASE_URL`` with another database in it."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    return parts._replace(path=f"{parts.path.rpartition('/')[0]}/{name}").geturl()


def manage(
    name: str, *arguments: str, root: Path | None = None, var: Path | None = None
) -> tuple[int, str]:
    """Run a management command of this code (or of the checkout ``root``) on another database.

    What it caches stays apart from the live cache; with ``var`` so do the files it writes.
    """
    folder = root or settings.BASE_DIR
    environ = {**os.environ, "DATABASE_URL": url_of(name), "CACHE_PREFIX": name}
    if var is not None:
        for moved in ("STATIC_ROOT", "MEDIA_ROOT"):
            environ.pop(moved, None)
        environ["PORTAL_VAR"] = str(var)
    done = subprocess.run(  # noqa: S603 - our own code, no shell
        [sys.executable, str(folder / "manage.py"), *arguments],
        env=environ,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    return done.returncode, done.stdout.decode("utf-8", "replace").strip()
