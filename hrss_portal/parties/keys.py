"""Proving that the keys are the right ones, writing them down, and changing to a new one.

Whoever loses the keys loses every ID number, telephone and bank card for ever: there is no way
round.  ``check`` notices wrong keys before anything is written under them; ``rotate`` seals
everything anew under the first key of ``FIELD_KEYS``.
"""

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from uuid import UUID

import pgtrigger
from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction

from hrss_portal.parties.crypto import (
    CannotOpenError,
    EncryptedTextField,
    blind_index,
    encrypted_fields,
    keyring,
    place_of,
)
from hrss_portal.parties.models import KeyCanary

KNOWN = "密钥校验用的已知文本"
INDEX = "(index)"
PLACE = place_of("parties_keycanary", "sealed", UUID(int=0))
SAMPLE = 3
LOST = "密钥一旦丢失，库里的身份证号、电话、银行卡号全部永远打不开，没有任何补救办法。"


@dataclass
class KeyReport:
    """What ``check`` found: rows per key, and what is wrong in words (empty: all is well)."""

    current: str
    configured: list[str]
    rows: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def sealed_columns() -> Iterator[tuple[type[models.Model], EncryptedTextField]]:
    """Every encrypted column of the portal with the model that owns it."""
    for model in apps.get_models():
        for column in encrypted_fields(model):
            if column.model is model:
                yield model, column


def key_check() -> KeyReport:
    """Compare the configured keys with the canaries and with stored rows.

    A key seen for the first time gets its canary, unless stored rows already contradict it.
    """
    ring = keyring()
    report = KeyReport(ring.keys[0][0], [name for name, _ in ring.keys])
    known = {canary.key_id: bytes(canary.sealed) for canary in KeyCanary.objects.all()}
    for name, _ in ring.keys:
        if name in known and not _opens(known[name]):
            report.problems.append(f"密钥 {name} 不是原来的那一把，用它打不开已有的号码")
    print_now = blind_index("canary", KNOWN).encode()
    if known.get(INDEX, print_now) != print_now:
        report.problems.append("INDEX_KEY 不是原来的那一把，按号码查找会查不到已有的人员")
    for model, column in sealed_columns():
        for name, number in _rows_by_key(model, column).items():
            report.rows[name] = report.rows.get(name, 0) + number
        _open_some(model, column, report)
    for name in sorted(set(report.rows) - set(report.configured)):
        report.problems.append(
            f"有 {report.rows[name]} 个值用密钥 {name} 加密，但 FIELD_KEYS 里没有它"
        )
    if not report.problems:
        _place_canaries(set(known))
    return report


def _opens(sealed: bytes) -> bool:
    try:
        return keyring().open(sealed, PLACE) == KNOWN
    except CannotOpenError:
        return False


def _place_canaries(known: set[str]) -> None:
    if INDEX not in known:
        KeyCanary.objects.get_or_create(
            key_id=INDEX, defaults={"sealed": blind_index("canary", KNOWN).encode()}
        )
    for name, key in keyring().keys:
        if name not in known:
            one = type(keyring())(((name, key),))
            KeyCanary.objects.get_or_create(
                key_id=name, defaults={"sealed": one.seal(KNOWN, PLACE)}
            )


def _names(model: type[models.Model], column: EncryptedTextField) -> tuple[str, str, str]:
    quote = connection.ops.quote_name
    primary = model._meta.pk.column
    return quote(model._meta.db_table), quote(str(column.column)), quote(str(primary))


def _rows_by_key(model: type[models.Model], column: EncryptedTextField) -> dict[str, int]:
    table, name, _ = _names(model, column)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT convert_from(substring({name} FROM 3 FOR get_byte({name}, 1)), 'UTF8'), "  # noqa: S608 -- names from the model
            f"count(*) FROM {table} WHERE {name} IS NOT NULL GROUP BY 1"
        )
        return dict(cursor.fetchall())


def _open_some(model: type[models.Model], column: EncryptedTextField, report: KeyReport) -> None:
    table, name, primary = _names(model, column)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {name}, vault FROM {table} WHERE {name} IS NOT NULL "  # noqa: S608 -- names from the model
            f"ORDER BY {primary} DESC LIMIT {SAMPLE}"
        )
        for sealed, vault in cursor.fetchall():
            place = place_of(model._meta.db_table, str(column.column), UUID(str(vault)))
            try:
                keyring().open(bytes(sealed), place)
            except CannotOpenError:
                words = (
                    f"{model._meta.verbose_name}的{column.verbose_name}打不开，密钥不对或数据被改动"
                )
                report.problems.append(words)
                return


def export_text() -> str:
    """What must be written down and locked away: with it and a backup everything can be restored.

    As lines of ``secrets.env``; what is missing there (the key of sessions) is made anew.
    """
    ring = keyring()
    lines = ["# 县人社局业务门户 数据加密密钥", f"# {LOST}"]
    lines += ["# 打印或存入离线介质，两人分别保管；不要和数据库备份放在一起。"]
    entries = ",".join(f"{name}:{base64.b64encode(key).decode()}" for name, key in ring.keys)
    lines += [f"FIELD_KEYS={entries}", f"INDEX_KEY={settings.INDEX_KEY}"]
    lines += [f"AUDIT_KEY={settings.AUDIT_KEY}"]
    if settings.BACKUP_KEY:
        lines += ["# 打开在本机做的备份：", f"BACKUP_KEY={settings.BACKUP_KEY}"]
    return "\n".join([*lines, ""])


def rotate(
    *, batch: int = 1000, progress: Callable[[str, int], None] | None = None
) -> dict[str, int]:
    """Seal everything that another key sealed anew under the first key.

    Each batch is a transaction, so that the work may be broken off and taken up again.  Returns
    how many values were sealed anew, by table and column.
    """
    done: dict[str, int] = {}
    for model, column in sealed_columns():
        label = f"{model._meta.db_table}.{column.column}"
        done[label] = 0
        while number := _rotate_batch(model, column, batch):
            done[label] += number
            if progress is not None:
                progress(label, done[label])
    return done


def _rotate_batch(model: type[models.Model], column: EncryptedTextField, batch: int) -> int:
    table, name, primary = _names(model, column)
    ring = keyring()
    head = b"A" + bytes([len(ring.keys[0][0])]) + ring.keys[0][0].encode()
    with transaction.atomic(), _unlogged(model), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {primary}, vault, {name} FROM {table} WHERE {name} IS NOT NULL "  # noqa: S608 -- names from the model
            f"AND substring({name} FROM 1 FOR %s) <> %s ORDER BY {primary} LIMIT %s FOR UPDATE",
            [len(head), head, batch],
        )
        rows = cursor.fetchall()
        for primary_key, vault, sealed in rows:
            place = place_of(model._meta.db_table, str(column.column), UUID(str(vault)))
            anew = ring.seal(ring.open(bytes(sealed), place), place)
            cursor.execute(
                f"UPDATE {table} SET {name} = %s WHERE {primary} = %s",  # noqa: S608 -- names from the model
                [anew, primary_key],
            )
    return len(rows)


def _unlogged(model: type[models.Model]) -> pgtrigger.ignore:
    """The content stays the same, so the change log says nothing of a row sealed anew."""
    triggers = [one for one in getattr(model._meta, "triggers", []) if one.name == "change_log"]
    return pgtrigger.ignore(*(f"{model._meta.label}:{one.name}" for one in triggers))
