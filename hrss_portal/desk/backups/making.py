"""Make a backup: one encrypted file with the database, the uploaded files and what proves both."""

import base64
import hashlib
import hmac
import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from hrss_portal.audit.commands import BadInput
from hrss_portal.desk.backups import archive, databases, vault
from hrss_portal.parties import crypto

SUFFIX = ".hrssbackup"
RESULTS = "backups.jsonl"
DUMP, MANIFEST, MEDIA = "database.dump", "manifest.json", "media/"
_CANARY = "金丝雀"
_CANARY_PLACE = crypto.place_of("backup", "canary", UUID(int=0))


@dataclass(frozen=True)
class Made:
    """A finished backup."""

    path: Path
    size: int
    rows: int
    tables: int
    files: int
    key: str


def keys() -> vault.Keys:
    """The backup keys of the settings."""
    return vault.Keys(shared=settings.BACKUP_KEY, public=settings.BACKUP_PUBLIC_KEY)


def canaries() -> dict[str, str]:
    """Values that only the right keys open or repeat; they say nothing about the keys."""
    return {
        "field": base64.b64encode(crypto.keyring().seal(_CANARY, _CANARY_PLACE)).decode(),
        "index": crypto.blind_index("backup canary", _CANARY),
        "audit": hmac.new(
            settings.AUDIT_KEY.encode(), b"hrss backup canary", hashlib.sha256
        ).hexdigest(),
    }


def wrong_keys(found: dict[str, str]) -> list[str]:
    """Which of this installation's keys are not those of the canaries: names of settings."""
    wrong = []
    try:
        sealed = base64.b64decode(found["field"])
        opens = crypto.keyring().open(sealed, _CANARY_PLACE) == _CANARY
    except crypto.CannotOpenError:
        opens = False
    if not opens:
        wrong.append("FIELD_KEYS")
    ours = canaries()
    wrong += [
        name
        for name, canary in (("INDEX_KEY", "index"), ("AUDIT_KEY", "audit"))
        if not hmac.compare_digest(ours[canary], found[canary])
    ]
    return wrong


def back_up(directory: Path) -> Made:
    """Write a backup into ``directory`` and return what is in it.

    Database and row counts are of one moment (an exported snapshot).  Uploaded files are read
    after it, so that every file a row names is there.  The file appears under its name only when
    it is complete and on the disk.
    """
    if not directory.is_dir():
        raise BadInput("no_directory", f"目录 {directory} 不存在", "先建立它，或插好移动硬盘")
    if not os.access(directory, os.W_OK | os.X_OK):
        hint = "换一个目录，或者给运行命令的账号写权限"
        raise BadInput("cannot_write", f"不能写入目录 {directory}", hint)
    stamp = timezone.localtime().strftime("%Y%m%d-%H%M%S")
    path = directory / f"portal-{stamp}{SUFFIX}"
    fresh = path.with_suffix(".part")
    facts = {"made_at": timezone.localtime().isoformat(timespec="seconds"), "format": 1}
    try:
        with fresh.open("xb") as file:
            os.chmod(fresh, 0o600)
            sealer = vault.Sealer(file, keys(), facts)
            manifest = _write(sealer)
            sealer.close()
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(path)
    finally:
        fresh.unlink(missing_ok=True)
    key = json.loads(sealer.head)["key"]
    return Made(
        path=path,
        size=path.stat().st_size,
        rows=sum(manifest["rows"].values()),
        tables=len(manifest["rows"]),
        files=len(manifest["files"]),
        key=f"{key['kind']} {key['name']}",
    )


def note(made: Made) -> None:
    """Remember a backup that was asked for, so that the running state can say how old it is."""
    told = {
        "at": timezone.localtime().isoformat(timespec="seconds"),
        "name": made.path.name,
        "size": made.size,
        "rows": made.rows,
        "files": made.files,
    }
    with (settings.VAR_DIR / RESULTS).open("a", encoding="utf-8") as file:
        file.write(json.dumps(told, ensure_ascii=False, sort_keys=True) + "\n")


def _write(sealer: vault.Sealer) -> dict[str, Any]:
    """The members: dump, files, and last the manifest with counts and hashes."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SELECT pg_export_snapshot(), version()")
        snapshot, server = cursor.fetchone()
        manifest: dict[str, Any] = {
            "server": server.split(" on ")[0],
            "rows": databases.row_counts(connection),
            "migrations": databases.applied_migrations(connection),
            "canaries": canaries(),
        }
        archive.write_member(sealer, DUMP, _dump(snapshot))
    manifest["files"] = {}
    for file in media_files(settings.MEDIA_ROOT):
        digest = hashlib.sha256()
        name = str(file.relative_to(settings.MEDIA_ROOT))
        archive.write_member(sealer, MEDIA + name, _hashed(file, digest))
        manifest["files"][name] = digest.hexdigest()
    archive.write_member(sealer, MANIFEST, [json.dumps(manifest, ensure_ascii=False).encode()])
    archive.write_end(sealer)
    return manifest


def _dump(snapshot: str) -> Iterator[bytes]:
    """pg_dump's custom format, compressed, of the exported snapshot."""
    command = [databases.program("pg_dump"), "--format=custom", "--no-owner", "--no-privileges"]
    command += ["--no-comments", f"--snapshot={snapshot}", str(connection.settings_dict["NAME"])]
    process = databases.open_process(command, stdout=subprocess.PIPE)
    assert process.stdout is not None  # noqa: S101 - PIPE was asked for
    with process.stdout as output:
        while block := output.read(archive.BLOCK):
            yield block
    databases.finish(process, "数据库导出")


def media_files(root: Path) -> list[Path]:
    """Every uploaded file."""
    return sorted(path for path in root.rglob("*") if path.is_file()) if root.is_dir() else []


def _hashed(file: Path, digest: Any) -> Iterator[bytes]:
    with file.open("rb") as source:
        while block := source.read(archive.BLOCK):
            digest.update(block)
            yield block
