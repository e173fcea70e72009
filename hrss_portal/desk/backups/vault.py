"""An encrypted stream: AES-256-GCM in chunks, so that a backup of any size needs little memory.

A file is a magic line, a JSON header and chunks ``length | ciphertext``.  Each file has a key of
its own, derived (HKDF-SHA256, random salt) from ``BACKUP_KEY``, or from an X25519 exchange with
``BACKUP_PUBLIC_KEY`` whose private half need not be on this machine.  The nonce is the chunk's
number and whether it is the last one: exchanged, missing and cut-off chunks do not open.
"""

import base64
import hashlib
import json
import os
from dataclasses import dataclass
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"HRSS-PORTAL-BACKUP 1\n"
CHUNK = 1024 * 1024
_LAST = 0x80000000
_TAG = 16


class VaultError(Exception):
    """The file is no backup, is damaged, or does not open with the keys at hand."""


@dataclass(frozen=True)
class Keys:
    """What opens backups here: the shared key and, where it is at hand, the private one."""

    shared: str = ""
    public: str = ""
    private: str = ""


def new_pair() -> tuple[str, str]:
    """A private and a public key (base64), for backups that this machine cannot open itself."""
    private = X25519PrivateKey.generate()
    return (
        base64.b64encode(private.private_bytes_raw()).decode(),
        base64.b64encode(private.public_key().public_bytes_raw()).decode(),
    )


def key_name(key: bytes) -> str:
    """A short name by which a key is recognised without being shown."""
    return hashlib.sha256(b"hrss backup key|" + key).hexdigest()[:12]


def _derive(secret: bytes, salt: bytes) -> AESGCM:
    kdf = HKDF(algorithm=hashes.SHA256(), length=32, salt=salt, info=b"hrss backup stream")
    return AESGCM(kdf.derive(secret))


def _decode(text: str, name: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise VaultError(f"{name} 应为 32 字节的 base64")
    return key


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


class Sealer:
    """Encrypts what is written to it into ``out``; ``close`` writes the end."""

    def __init__(self, out: BinaryIO, keys: Keys, facts: dict[str, Any]) -> None:
        salt = os.urandom(16)
        header = {**facts, "salt": base64.b64encode(salt).decode()}
        if keys.public:
            public = _decode(keys.public, "BACKUP_PUBLIC_KEY")
            mine = X25519PrivateKey.generate()
            secret = mine.exchange(X25519PublicKey.from_public_bytes(public))
            ours = base64.b64encode(mine.public_key().public_bytes_raw()).decode()
            header["key"] = {"kind": "x25519", "name": key_name(public), "sender": ours}
        elif keys.shared:
            secret = _decode(keys.shared, "BACKUP_KEY")
            header["key"] = {"kind": "shared", "name": key_name(secret)}
        else:
            raise VaultError("没有备份密钥：设置 BACKUP_KEY 或 BACKUP_PUBLIC_KEY")
        self.out = out
        self.head = json.dumps(header, ensure_ascii=False, sort_keys=True).encode()
        self.cipher = _derive(secret, salt)
        self.number = 0
        self.waiting = bytearray()
        out.write(MAGIC + self.head + b"\n")

    def write(self, data: bytes) -> None:
        """Encrypt every full chunk; the rest waits."""
        self.waiting += data
        while len(self.waiting) > CHUNK:
            self._chunk(bytes(self.waiting[:CHUNK]), last=False)
            del self.waiting[:CHUNK]

    def close(self) -> None:
        """Write the last chunk, without which the file does not open."""
        self._chunk(bytes(self.waiting), last=True)
        self.waiting.clear()

    def _chunk(self, plain: bytes, *, last: bool) -> None:
        sealed = self.cipher.encrypt(_nonce(self.number, last=last), plain, self.head)
        self.out.write((len(sealed) | (_LAST if last else 0)).to_bytes(4, "big") + sealed)
        self.number += 1


class Opener:
    """Decrypts a file; ``read(n)`` gives exactly ``n`` bytes or raises ``VaultError``."""

    def __init__(self, source: BinaryIO, keys: Keys) -> None:
        if source.read(len(MAGIC)) != MAGIC:
            raise VaultError("这不是本门户的备份文件")
        self.head = source.readline(64 * 1024).rstrip(b"\n")
        try:
            self.header: dict[str, Any] = json.loads(self.head)
            salt = base64.b64decode(self.header["salt"])
            key = self.header["key"]
            kind, name = key["kind"], key["name"]
        except (ValueError, KeyError, TypeError):
            raise VaultError("备份文件的文件头已损坏") from None
        self.source = source
        self.cipher = _derive(self._secret(kind, name, keys), salt)
        self.number = 0
        self.ended = False
        self.plain = bytearray()

    def _secret(self, kind: str, name: str, keys: Keys) -> bytes:
        if kind == "x25519":
            if not keys.private:
                raise VaultError("此备份用公钥加密：用 --private-key 指出私钥文件")
            private = X25519PrivateKey.from_private_bytes(_decode(keys.private, "私钥"))
            if key_name(private.public_key().public_bytes_raw()) != name:
                raise VaultError(f"私钥不是这份备份的（备份用的是 {name}）")
            sender = base64.b64decode(self.header["key"]["sender"])
            return private.exchange(X25519PublicKey.from_public_bytes(sender))
        shared = _decode(keys.shared, "BACKUP_KEY")
        if key_name(shared) != name:
            raise VaultError(
                f"BACKUP_KEY 不是做这份备份时的那一把（备份 {name}，现有 {key_name(shared)}）："
                "先把当时的 secrets.env 放回数据目录"
            )
        return shared

    def read(self, size: int) -> bytes:
        """The next ``size`` bytes of the plain stream."""
        while len(self.plain) < size:
            if self.ended:
                raise VaultError("备份内容提前结束")
            self._chunk()
        data = bytes(self.plain[:size])
        del self.plain[:size]
        return data

    def finish(self) -> None:
        """Nothing may be left: neither plain bytes nor chunks."""
        while not self.ended and not self.plain:
            self._chunk()
        if self.plain or self.source.read(1):
            raise VaultError("备份文件末尾有多余内容")

    def _chunk(self) -> None:
        prefix = self.source.read(4)
        length = int.from_bytes(prefix, "big") & ~_LAST
        last = bool(int.from_bytes(prefix, "big") & _LAST)
        if len(prefix) < 4 or not _TAG <= length <= CHUNK + _TAG:
            raise VaultError("备份文件不完整")
        sealed = self.source.read(length)
        if len(sealed) < length:  # a length that promises more than the file has was changed
            raise VaultError("备份文件不完整")
        try:
            self.plain += self.cipher.decrypt(_nonce(self.number, last=last), sealed, self.head)
        except InvalidTag:
            raise VaultError(f"备份文件第 {self.number + 1} 块已损坏或被改动") from None
        self.number += 1
        self.ended = last
