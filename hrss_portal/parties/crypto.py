"""Secrets of a person: encrypted columns and blind indexes.

A value is stored as ``suite | length of key id | key id | nonce | ciphertext`` (AES-256-GCM).  The
additional data binds it to its place, ``table|column|uuid of the row``: a value copied into another
row or column does not open.  The uuid is drawn before the row has a number, so that rows can be
written in bulk.

Equality is asked through a blind index, HMAC-SHA256 under a key of its own.  A lost key cannot be
replaced: see the command ``field_key_export``.
"""

import base64
import hashlib
import hmac
import os
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import models

SUITE_AES_256_GCM = b"A"
NONCE_BYTES = 12


class CannotOpenError(Exception):
    """A stored value does not open: its key is missing, or it was moved or changed."""


@dataclass(frozen=True)
class Keyring:
    """The encryption keys by id; the first encrypts, all of them open."""

    keys: tuple[tuple[str, bytes], ...]

    @classmethod
    def parse(cls, entries: tuple[str, ...]) -> Self:
        """Read ``id:base64 of 32 bytes`` entries.  Raises ``ImproperlyConfigured``."""
        keys = []
        for entry in entries:
            name, _, text = entry.partition(":")
            key = base64.b64decode(text)
            if not name or len(key) != 32:
                raise ImproperlyConfigured("FIELD_KEYS: each entry is id:base64 of 32 bytes")
            keys.append((name, key))
        if not keys:
            raise ImproperlyConfigured("FIELD_KEYS holds no key")
        return cls(tuple(keys))

    def seal(self, text: str, place: bytes) -> bytes:
        """Encrypt ``text`` for ``place`` under the first key."""
        name, key = self.keys[0]
        nonce = os.urandom(NONCE_BYTES)
        head = SUITE_AES_256_GCM + bytes([len(name)]) + name.encode()
        return head + nonce + AESGCM(key).encrypt(nonce, text.encode(), place)

    def open(self, sealed: bytes, place: bytes) -> str:
        """Decrypt what ``seal`` made for the same place.  Raises ``CannotOpenError``."""
        name = key_id(sealed)
        key = dict(self.keys).get(name)
        if key is None:
            raise CannotOpenError(f"no key {name!r}")
        body = sealed[2 + sealed[1] :]
        try:
            return AESGCM(key).decrypt(body[:NONCE_BYTES], body[NONCE_BYTES:], place).decode()
        except InvalidTag:
            raise CannotOpenError("the value was changed or moved") from None


def key_id(sealed: bytes) -> str:
    """The id of the key that sealed a value.  Raises ``CannotOpenError`` for another format."""
    if len(sealed) < 2 + NONCE_BYTES or sealed[:1] != SUITE_AES_256_GCM:
        raise CannotOpenError("unknown format")
    return sealed[2 : 2 + sealed[1]].decode()


@lru_cache(maxsize=4)
def _keyring(entries: tuple[str, ...]) -> Keyring:
    return Keyring.parse(entries)


def keyring() -> Keyring:
    """The keys of ``settings.FIELD_KEYS``."""
    return _keyring(tuple(settings.FIELD_KEYS))


def place_of(table: str, column: str, row: UUID) -> bytes:
    """The additional data that ties a value to its place."""
    return f"{table}|{column}|{row.hex}".encode()


def blind_index(kind: str, value: str) -> str:
    """The keyed fingerprint of a normalised value: 32 hexadecimal characters (128 bits).

    ``kind`` keeps equal texts of different meaning apart.  Empty values have no index.
    """
    if not value:
        return ""
    key = base64.b64decode(settings.INDEX_KEY)
    return hmac.new(key, f"{kind}|{value}".encode(), hashlib.sha256).hexdigest()[:32]


@dataclass(frozen=True)
class Sealed:
    """A stored value before it is opened; it never shows itself."""

    data: bytes

    def __repr__(self) -> str:
        return "<sealed>"

    def __bool__(self) -> bool:
        return bool(self.data)


class _OpenOnRead:
    """Attribute of an encrypted column: holds what was stored until somebody reads it."""

    def __init__(self, field: "EncryptedTextField") -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, owner: type | None = None) -> Any:
        if instance is None:
            return self
        name = self.field.attname
        if name not in instance.__dict__:
            instance.refresh_from_db(fields=[name])
        value = instance.__dict__[name]
        if isinstance(value, Sealed):
            sealed, value = value, keyring().open(value.data, self.field.place(instance))
            instance.__dict__[name] = value
            instance.__dict__[f"_{name}_as_stored"] = (value, sealed)
        return value

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = "" if value is None else value


class EncryptedTextField(models.Field):
    """Text that is encrypted in its column and opened when the attribute is read.

    The model needs a ``UUIDField`` named ``vault``.  Empty text is stored as NULL.  Queries can
    only ask whether there is a value; equality goes through a blind index.  ``bulk_update`` is
    refused because it would not know the row: use ``reseal``.
    """

    description = "encrypted text"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.update(null=True, blank=kwargs.get("blank", True), default="", editable=False)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """Leave out what the constructor always sets."""
        name, path, args, kwargs = super().deconstruct()
        for fixed in ("null", "blank", "default", "editable"):
            kwargs.pop(fixed, None)
        return name, path, args, kwargs

    def get_internal_type(self) -> str:
        """The column is bytea."""
        return "BinaryField"

    def contribute_to_class(
        self, cls: type[models.Model], name: str, private_only: bool = False
    ) -> None:
        """Put the opening attribute on the model."""
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, self.attname, _OpenOnRead(self))

    def place(self, instance: models.Model) -> bytes:
        """Where this column's value of ``instance`` belongs."""
        table = self.model._meta.concrete_model._meta.db_table  # type: ignore[union-attr]
        return place_of(table, str(self.column), instance.vault)  # type: ignore[attr-defined]

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """Keep the stored value closed."""
        return "" if value is None else Sealed(bytes(value))

    def seal(self, instance: models.Model) -> Sealed | None:
        """The value of ``instance`` as it is to be stored (as it was, if nobody opened it)."""
        value = instance.__dict__.get(self.attname, "")
        if isinstance(value, Sealed) or not value:
            return value or None
        text, sealed = instance.__dict__.get(f"_{self.attname}_as_stored", (None, None))
        if sealed is not None and text == value:
            return sealed  # sealing it anew would look like a change
        return Sealed(keyring().seal(value, self.place(instance)))

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Encrypt on the way out."""
        return self.seal(model_instance)

    def get_prep_value(self, value: Any) -> bytes | None:
        """Only sealed values pass: readable text would land in the column."""
        if value is None or value == "":
            return None
        if not isinstance(value, Sealed):
            raise TypeError(f"{self.name} is written through save(), bulk_create() or reseal()")
        return value.data

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Binary for the driver."""
        data = value if prepared else self.get_prep_value(value)
        return None if data is None else connection.Database.Binary(data)

    def get_lookup(self, lookup_name: str) -> Any:
        """Refuse every question but ``isnull``."""
        if lookup_name != "isnull":
            raise FieldError(f"{self.name} is encrypted: ask its blind index instead")
        return super().get_lookup(lookup_name)


def encrypted_fields(model: type[models.Model]) -> list[EncryptedTextField]:
    """The encrypted columns of a model."""
    return [field for field in model._meta.fields if isinstance(field, EncryptedTextField)]
