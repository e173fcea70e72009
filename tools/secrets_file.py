"""The keys of this installation: made on the first run, readable by its owner alone."""

import base64
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from tools.console import Fault

NAMES = ("SECRET_KEY", "FIELD_KEYS", "INDEX_KEY", "AUDIT_KEY", "BACKUP_KEY")


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def fresh_values() -> dict[str, str]:
    """New keys, as the settings read them."""
    return {
        "SECRET_KEY": secrets.token_urlsafe(64),
        "FIELD_KEYS": f"k1:{_key()}",
        "INDEX_KEY": _key(),
        "AUDIT_KEY": _key(),
        "BACKUP_KEY": _key(),
    }


def parse(text: str) -> dict[str, str]:
    """``NAME=value`` lines; comments and empty lines are skipped, outer quotes are taken off."""
    values = {}
    for line in text.splitlines():
        name, equals, value = line.strip().partition("=")
        if equals and not name.startswith("#"):
            values[name.strip()] = value.strip().strip("\"'")
    return values


def _write(path: Path, values: Mapping[str, str]) -> None:
    lines = [
        "# 本机密钥。请另存一份到安全的地方：丢失 FIELD_KEYS，库中全部证件号码永远无法读出。",
        *(f"{name}={value}" for name, value in values.items()),
    ]
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, path)


def load(path: Path, environ: Mapping[str, str], *, data_exists: bool) -> dict[str, str]:
    """The keys: the environment wins, then the file, which is made when the portal is new.

    With data but without its keys nothing is made up: new keys would make the old data unreadable.
    """
    given = {name: environ[name] for name in NAMES if environ.get(name)}
    try:
        stored = parse(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        stored = {}
    except PermissionError:
        hint = f"把它交给运行门户的账号：chown 账号 {path}; chmod 600 {path}"
        raise Fault(f"密钥文件 {path} 不能读取", hint) from None
    if stored:
        if path.stat().st_mode & 0o077:
            os.chmod(path, 0o600)
    elif data_exists and not {"FIELD_KEYS", "INDEX_KEY", "AUDIT_KEY"} <= given.keys():
        raise Fault(
            f"有数据，但密钥文件 {path} 不见了",
            "把备份的 secrets.env 放回原处再启动；没有它，库中的证件号码无法读出",
        )
    missing = [name for name in NAMES if name not in stored and name not in given]
    if missing:
        made = fresh_values()
        stored = {**stored, **{name: made[name] for name in missing}}
        _write(path, stored)
    return {**stored, **given}
