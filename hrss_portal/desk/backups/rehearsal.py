"""Rehearsals: a restore into a scratch database, and an upgrade on a copy of real data."""

import hashlib
import hmac
import json
import shutil
import subprocess
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import get_commands
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from hrss_portal.audit.commands import BadInput, Fault
from hrss_portal.desk.backups import databases, making, restoring

RESULTS = "drills.jsonl"
NO_RELEASE = (
    "代码目录里没有发布标签（v…），所以用当前数据库的副本演练。"
    "要从旧版本演练，写明起点：upgrade_check --from 提交号（git log --oneline 列出提交）"
)
USE_COPY = "换一个版本；或者用 --current，在当前数据库的副本上演练"


def newest(directory: Path) -> Path:
    """The newest backup of a folder.  Raises ``BadInput`` when there is none."""
    found = sorted(directory.glob(f"*{making.SUFFIX}"), key=lambda path: path.stat().st_mtime)
    if not found:
        words = f"{directory} 里没有备份文件（*{making.SUFFIX}）"
        raise BadInput("no_backup", words, "写放备份的目录；还没有备份的，先执行 backup")
    return found[-1]


def restore_drill(directory: Path | None, *, private: str = "") -> dict[str, Any]:
    """Restore the newest backup into a scratch database and check everything about it.

    Without a folder a backup is made for the occasion.  The signed result is appended to
    ``drills.jsonl`` whether the drill passed or failed.  Raises ``BadInput`` for a folder without
    a backup, which is no drill.
    """
    chosen = newest(directory) if directory else None
    begun = time.monotonic()
    result: dict[str, Any] = {"at": timezone.localtime().isoformat(timespec="seconds")}
    with tempfile.TemporaryDirectory(prefix="drill-", dir=settings.VAR_DIR) as folder:
        try:
            path = chosen or making.back_up(Path(folder)).path
            result |= {"backup": path.name, "ok": True, **_drill(path, Path(folder), private)}
        except (BadInput, OSError) as error:
            result |= {"ok": False, "error": str(error)}
    result["seconds"] = round(time.monotonic() - begun, 1)
    _sign(result)
    if not result["ok"]:
        raise Fault("drill_failed", f"恢复演练失败：{result['error']}", "立即查看备份介质与密钥")
    return result


def _drill(path: Path, folder: Path, private: str) -> dict[str, Any]:
    with databases.scratch(f"{connection.settings_dict['NAME']}_drill") as name:
        media = folder / "media"
        media.mkdir()
        copy = restoring.read(path, database=name, media=media, private=private)
        restoring.verify(copy)
        checks = {"migrations": _check(name, "migrate", "--check")}
        if "audit_verify" in get_commands():
            checks["audit"] = _check(name, "audit_verify")
        if "field_key_check" in get_commands():
            checks["keys"] = _check(name, "field_key_check")
        failed = [f"{check}：{said}" for check, said in checks.items() if said != "ok"]
        # A backup from before an upgrade lacks its migrations: that is told, and is no failure.
        serious = [text for text in failed if not text.startswith("migrations")]
        if serious:
            raise Fault("check_failed", "；".join(serious))
        return {
            "made_at": copy.header["made_at"],
            "rows": sum(copy.manifest["rows"].values()),
            "tables": len(copy.manifest["rows"]),
            "files": len(copy.hashes),
            "checks": checks,
        }


def _check(database: str, *arguments: str) -> str:
    status, said = databases.manage(database, *arguments)
    return "ok" if not status else "；".join(said.splitlines()[-2:] or [str(status)])[:300]


def _sign(result: dict[str, Any]) -> None:
    """Append the result with a keyed hash: a forged line is recognised."""
    text = json.dumps(result, ensure_ascii=False, sort_keys=True)
    result["signature"] = hmac.new(
        settings.AUDIT_KEY.encode(), text.encode(), hashlib.sha256
    ).hexdigest()
    with (settings.VAR_DIR / RESULTS).open("a", encoding="utf-8") as file:
        file.write(json.dumps(result, ensure_ascii=False, sort_keys=True) + "\n")


def last_release() -> str:
    """The newest release tag (``v…``) of the checkout; empty where there is none, or no git."""
    if not shutil.which("git"):
        return ""
    done = subprocess.run(
        ["git", "describe", "--tags", "--abbrev=0", "--match", "v[0-9]*"],  # noqa: S607
        cwd=settings.BASE_DIR,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        text=True,
    )
    return done.stdout.strip() if not done.returncode else ""


def upgrade_check(ref: str = "", *, current: bool = False) -> dict[str, Any]:
    """Upgrade a copy and compare: no row may be lost, every new migration goes back and forth.

    From the last release (or ``ref``: a tag, branch or commit) with its demo county, built by that
    release's own code.  Without a release, or with ``current``: from a copy of this database, the
    rehearsal to hold before an upgrade on real data.  ``from`` says which, ``hint`` what to do.
    """
    ref = "" if current else ref or last_release()
    name = f"{connection.settings_dict['NAME']}_upgrade"
    begun = time.monotonic()
    with databases.scratch(name):
        if ref:
            with _released(ref) as root:
                _old_data(name, root)
        else:
            _copy_current(name)
        before = _state(name)
        seconds = _migrate(name)
        after = _state(name)
        _nothing_lost(before["rows"], after["rows"])
        new = sorted({*after["migrations"]} - {*before["migrations"]})
        reversed_apps = _back_and_forth(name, before["migrations"], new)
    return {
        "from": ref or "当前数据库的副本",
        "hint": "" if ref or current else NO_RELEASE,
        "new_migrations": new,
        "reversed": reversed_apps,
        "rows": sum(before["rows"].values()),
        "tables": len(after["rows"]),
        "migrate_seconds": seconds,
        "seconds": round(time.monotonic() - begun, 1),
    }


def _nothing_lost(before: dict[str, int], after: dict[str, int]) -> None:
    """Raises ``Fault`` with the first table that has fewer rows than it had."""
    for table, had in before.items():
        if table != "django_migrations" and (has := after.get(table, 0)) < had:
            raise Fault("rows_lost", f"升级后 {table} 由 {had} 行变为 {has} 行")


def _state(name: str) -> dict[str, Any]:
    with databases.connected(name) as other:
        return {
            "rows": databases.row_counts(other),
            "migrations": databases.applied_migrations(other),
        }


def _migrate(name: str, *target: str) -> float:
    begun = time.monotonic()
    status, said = databases.manage(name, "migrate", "--noinput", "-v0", *target)
    if status:
        raise Fault("migrate_failed", f"迁移失败：{said[-800:]}")
    return round(time.monotonic() - begun, 1)


def _back_and_forth(name: str, before: list[str], new: list[str]) -> list[str]:
    """Apps with new migrations and a state to return to go back to it and forth again."""
    loader = MigrationLoader(None)
    tried = []
    for app in sorted({text.split(".")[0] for text in new}):
        old = {text.split(".", 1)[1] for text in before if text.startswith(f"{app}.")}
        leaves = [key for key in loader.graph.nodes if key[0] == app and key[1] in old]
        last = [key for key in leaves if not _followed(loader, key, old)]
        if len(last) == 1:
            _migrate(name, app, last[0][1])
            tried.append(app)
    if tried:
        _migrate(name)
    return tried


def _followed(loader: MigrationLoader, key: tuple[str, str], names: set[str]) -> bool:
    children = loader.graph.node_map[key].children
    return any(child.key[0] == key[0] and child.key[1] in names for child in children)


def _copy_current(name: str) -> None:
    """This database, dumped and loaded without a detour over the disk."""
    live = str(connection.settings_dict["NAME"])
    dump = databases.open_process(
        [
            databases.program("pg_dump"),
            "-Fc",
            "--no-owner",
            "--no-privileges",
            "--no-comments",
            live,
        ],
        stdout=subprocess.PIPE,
    )
    load = databases.open_process(
        [databases.program("pg_restore"), "--no-owner", "--exit-on-error", f"--dbname={name}"],
        stdin=dump.stdout,
    )
    assert dump.stdout is not None  # noqa: S101 - PIPE was asked for
    dump.stdout.close()
    databases.finish(load, "数据库复制")
    databases.finish(dump, "数据库复制")


@contextmanager
def _released(ref: str) -> Iterator[Path]:
    """The code of a release, or of any commit, in a temporary folder.  Raises ``BadInput``."""
    if not shutil.which("git"):
        raise BadInput("no_release", "这台机器没有 git，取不到旧版本", USE_COPY)
    folder = Path(tempfile.mkdtemp(prefix="release-"))
    try:
        packed = folder / "release.zip"
        done = subprocess.run(  # noqa: S603 - git, no shell
            ["git", "archive", "--format=zip", f"--output={packed}", ref],  # noqa: S607
            cwd=settings.BASE_DIR,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            text=True,
        )
        if done.returncode:
            raise BadInput(
                "no_release", f"取不到版本 {ref}：{done.stderr.strip()[-300:]}", USE_COPY
            )
        with zipfile.ZipFile(packed) as archive:
            archive.extractall(folder / "code")
        yield folder / "code"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _old_data(name: str, root: Path) -> None:
    """The release's own tables, rules and demo county, made by its own code.

    In a data folder of its own: what a preparation writes down (log-ins of the demo, stamps, static
    files) must not replace what the running portal has written.
    """
    var = root.with_name("var")
    var.mkdir()
    if (vendor := settings.VAR_DIR / "vendor").exists():
        (var / "vendor").symlink_to(vendor, target_is_directory=True)
    status, said = databases.manage(name, "prepare", root=root, var=var)
    if status:
        raise Fault("release_failed", f"旧版本在当前组件下不能准备数据：{said[-800:]}", USE_COPY)
