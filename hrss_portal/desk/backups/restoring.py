"""Restore a backup: into a new database and a new folder, compared, and only then switched."""

import hashlib
import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.core.management import get_commands
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from hrss_portal.audit.commands import BadInput, Fault
from hrss_portal.desk.backups import archive, databases, making, vault

LOST_KEYS = (
    "丢失 FIELD_KEYS 意味着库中每一个证件号码都永远读不出来，谁也无法找回；"
    "请先找到做备份时的 secrets.env 放回数据目录。"
    "确认密钥已永久丢失、仍要恢复其余数据时，加 --lost-keys"
)


@dataclass
class Copy:
    """What a backup became: a database and a folder beside the live ones."""

    database: str
    media: Path
    manifest: dict[str, Any]
    header: dict[str, Any]
    hashes: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def read(path: Path, *, database: str, media: Path, private: str = "") -> Copy:
    """Read a backup into an empty ``database`` and an empty folder ``media``.

    Raises ``BadInput`` for a file that is no backup, is damaged or does not open with the keys.
    """
    if not path.is_file():
        raise BadInput("no_file", f"没有这个文件：{path}")
    ours = making.keys()
    keys = vault.Keys(shared=ours.shared, private=private)
    try:
        with path.open("rb") as file:
            opener = vault.Opener(file, keys)
            copy = Copy(database, media, {}, opener.header)
            for name, blocks in archive.members(opener):
                _member(copy, name, blocks)
            opener.finish()
    except vault.VaultError as error:
        raise BadInput("cannot_open", str(error)) from None
    if not copy.manifest:
        raise BadInput("no_manifest", "备份文件里没有清单")
    return copy


def _member(copy: Copy, name: str, blocks: Iterator[bytes]) -> None:
    if name == making.DUMP:
        _load(copy.database, blocks)
    elif name == making.MANIFEST:
        copy.manifest = json.loads(b"".join(blocks))
    elif name.startswith(making.MEDIA):
        _file(copy, name.removeprefix(making.MEDIA), blocks)
    else:
        raise vault.VaultError(f"备份文件里有不认识的部分：{name}")


def _load(database: str, blocks: Iterator[bytes]) -> None:
    command = [databases.program("pg_restore"), "--no-owner", "--no-privileges", "--exit-on-error"]
    process = databases.open_process(
        [*command, "--no-comments", f"--dbname={database}"], stdin=subprocess.PIPE
    )
    assert process.stdin is not None  # noqa: S101 - PIPE was asked for
    try:
        with process.stdin as out:
            for block in blocks:
                out.write(block)
    except BrokenPipeError:
        pass  # the program says why
    databases.finish(process, "数据库导入")


def _file(copy: Copy, name: str, blocks: Iterator[bytes]) -> None:
    relative = PurePosixPath(name)
    if relative.is_absolute() or ".." in relative.parts:
        raise vault.VaultError(f"备份文件里的文件名不合法：{name}")
    target = copy.media / relative
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with target.open("xb") as out:
        for block in blocks:
            digest.update(block)
            out.write(block)
    copy.hashes[name] = digest.hexdigest()


def verify(copy: Copy, *, lost_keys: bool = False) -> None:
    """Compare the copy with the manifest, and the keys with the canaries.

    Raises ``Fault`` naming the first difference: row counts, migrations, files, keys.
    """
    with databases.connected(copy.database) as other:
        counts = databases.row_counts(other)
        applied = databases.applied_migrations(other)
    expected = copy.manifest["rows"]
    wrong = sorted(name for name in {*counts, *expected} if counts.get(name) != expected.get(name))
    if wrong:
        detail = "；".join(
            f"{name} 应有 {expected.get(name)} 行，实有 {counts.get(name)}" for name in wrong[:5]
        )
        raise Fault("rows_differ", f"恢复出来的行数不符：{detail}")
    if applied != copy.manifest["migrations"]:
        raise Fault("migrations_differ", "恢复出来的数据库结构与清单不符")
    _known(applied)
    files = copy.manifest["files"]
    bad = sorted(
        name for name in {*files, *copy.hashes} if files.get(name) != copy.hashes.get(name)
    )
    if bad:
        raise Fault("files_differ", f"{len(bad)} 个文件与清单不符，例如 {bad[0]}")
    wrong_keys = making.wrong_keys(copy.manifest["canaries"])
    if wrong_keys and not lost_keys:
        raise Fault("wrong_keys", f"密钥与做备份时不同：{'、'.join(wrong_keys)}", LOST_KEYS)
    if wrong_keys:
        copy.notes.append(f"密钥不同（{'、'.join(wrong_keys)}）：原有证件号码读不出来")


def _known(applied: list[str]) -> None:
    """A backup of a newer program must not be put under an older one."""
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    ours = {f"{app}." for app, _ in MigrationLoader(None).disk_migrations}
    unknown = [name for name in applied if name not in known and f"{name.split('.')[0]}." in ours]
    if unknown:
        raise Fault(
            "newer_backup",
            f"备份来自更新的版本（{unknown[0]} 等 {len(unknown)} 项本程序不认识）",
            "先升级程序，再恢复",
        )


def restore(path: Path, *, private: str = "", lost_keys: bool = False) -> Copy:
    """Restore ``path`` and switch to it; the former database and folder stay under other names.

    Nothing live is touched before every comparison has passed; a failed restore leaves no trace.
    """
    stamp = timezone.localtime().strftime("%Y%m%d_%H%M%S")
    live = str(connection.settings_dict["NAME"])
    media = settings.MEDIA_ROOT.with_name(f"{settings.MEDIA_ROOT.name}.restore-{stamp}")
    name = f"{live}_restore_{stamp}"
    databases.create(name)
    try:
        media.mkdir(parents=True, mode=0o700)
        copy = read(path, database=name, media=media, private=private)
        verify(copy, lost_keys=lost_keys)
        if "audit_verify" in get_commands():
            # Transaction numbers begin anew on another server: the chain of seals gets a new link.
            status, said = databases.manage(name, "audit_verify", "--new-epoch")
            if status:
                copy.notes.append(f"审计核验：{said.splitlines()[-1] if said else status}")
        _switch(live, name, stamp, copy)
    except BaseException:
        databases.drop(name)
        shutil.rmtree(media, ignore_errors=True)
        raise
    (settings.VAR_DIR / "prepared.json").unlink(missing_ok=True)
    return copy


def _switch(live: str, name: str, stamp: str, copy: Copy) -> None:
    """Two renames of databases, two of folders; undone when the second one fails."""
    former = f"{live}_before_{stamp}"
    connection.close()
    databases.run_sql(
        "postgres",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname IN (%s, %s) AND pid <> pg_backend_pid()",
        [live, name],
    )
    _rename(live, former)
    try:
        _rename(name, live)
    except Exception:
        _rename(former, live)
        raise
    old = settings.MEDIA_ROOT.with_name(f"{settings.MEDIA_ROOT.name}.before-{stamp}")
    kept = ""
    if settings.MEDIA_ROOT.exists():
        settings.MEDIA_ROOT.rename(old)
        kept = f"，原文件保留在 {old}"
    copy.media.rename(settings.MEDIA_ROOT)
    copy.database, copy.media = live, settings.MEDIA_ROOT
    copy.notes.append(f"原数据库保留为 {former}{kept}，确认无误后可删除")


def _rename(name: str, new: str) -> None:
    quoted = databases.quoted
    databases.run_sql("postgres", f"ALTER DATABASE {quoted(name)} RENAME TO {quoted(new)}")
