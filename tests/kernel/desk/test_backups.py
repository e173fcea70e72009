"""The encrypted stream, the members in it, the keys.  A whole round is in tests/faults."""

import base64
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from hrss_portal.audit.commands import BadInput, Fault
from hrss_portal.desk.backups import archive, databases, making, rehearsal, vault

SHARED = vault.Keys(shared=base64.b64encode(bytes(range(32))).decode())


def sealed(data: bytes, keys: vault.Keys = SHARED) -> bytes:
    """One file with ``data`` in it."""
    out = io.BytesIO()
    sealer = vault.Sealer(out, keys, {"format": 1})
    sealer.write(data)
    sealer.close()
    return out.getvalue()


def opened(file: bytes, size: int, keys: vault.Keys = SHARED) -> bytes:
    """The first ``size`` bytes, and nothing may follow."""
    opener = vault.Opener(io.BytesIO(file), keys)
    data = opener.read(size)
    opener.finish()
    return data


@pytest.mark.parametrize("size", [0, 1, vault.CHUNK, vault.CHUNK + 1, 2 * vault.CHUNK])
def test_what_was_sealed_opens(size: int) -> None:
    data = bytes(size)
    file = sealed(data)
    assert opened(file, size) == data


def test_two_files_of_the_same_data_differ() -> None:
    assert sealed(b"same") != sealed(b"same")
    assert b"same" not in sealed(b"same")


def test_a_cut_file_does_not_open() -> None:
    file = sealed(bytes(vault.CHUNK + 10))
    with pytest.raises(vault.VaultError):
        opened(file[:-40], vault.CHUNK + 10)


def test_chunks_cannot_be_left_out() -> None:
    file = sealed(bytes(3 * vault.CHUNK))
    head = file.index(b"\n", len(vault.MAGIC)) + 1
    chunk = vault.CHUNK + 4 + 16
    with pytest.raises(vault.VaultError, match="第 1 块"):
        opened(file[:head] + file[head + chunk :], 2 * vault.CHUNK)


@hypothesis_settings(max_examples=60, deadline=None)
@given(where=st.integers(min_value=0), bit=st.integers(min_value=0, max_value=7))
def test_no_changed_bit_passes(where: int, bit: int) -> None:
    data = b"\xe5\xbc\xa0" * 40
    file = bytearray(sealed(data))
    file[where % len(file)] ^= 1 << bit
    with pytest.raises(vault.VaultError):
        opened(bytes(file), len(data))


def test_a_chunk_as_long_as_it_says() -> None:
    file = bytearray(sealed(b"\xe5\xbc\xa0" * 40))
    length = file.index(b"\n", len(vault.MAGIC)) + 4
    file[length] += 1
    with pytest.raises(vault.VaultError, match="不完整"):
        opened(bytes(file), 120)


def test_another_key_is_told_by_its_name() -> None:
    other = vault.Keys(shared=base64.b64encode(bytes(32)).decode())
    with pytest.raises(vault.VaultError, match=r"secrets\.env"):
        opened(sealed(b"x"), 1, other)


def test_sealed_for_a_public_key_only_the_private_one_opens() -> None:
    private, public = vault.new_pair()
    file = sealed(b"dump", vault.Keys(shared=SHARED.shared, public=public))
    assert opened(file, 4, vault.Keys(private=private)) == b"dump"
    with pytest.raises(vault.VaultError, match="--private-key"):
        opened(file, 4, SHARED)
    with pytest.raises(vault.VaultError, match="不是这份备份的"):
        opened(file, 4, vault.Keys(private=vault.new_pair()[0]))


def test_no_key_no_backup() -> None:
    with pytest.raises(vault.VaultError, match="没有备份密钥"):
        sealed(b"x", vault.Keys())


def test_what_a_backup_lacks_is_said_with_what_to_do(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BadInput, match="没有备份文件"):
        rehearsal.restore_drill(tmp_path)
    settings.PG_PROGRAMS = str(tmp_path)
    with pytest.raises(Fault, match="PORTAL_PG_PROGRAMS 指的目录里没有 pg_dump"):
        databases.program("pg_dump")
    old = ["sh", "-c", "echo 'aborting because of server version mismatch' >&2; exit 1"]
    with pytest.raises(Fault) as error:
        databases.finish(databases.open_process(old), "数据库导出")
    assert "版本不低于服务器" in error.value.hint
    monkeypatch.setattr("os.access", lambda path, mode: False)
    with pytest.raises(BadInput, match="不能写入目录") as refused:
        making.back_up(tmp_path)
    assert refused.value.hint


class Buffer:
    """A plain stream of the kind that the vault gives."""

    def __init__(self) -> None:
        self.data = bytearray()

    def write(self, data: bytes) -> None:
        self.data += data

    def read(self, size: int) -> bytes:
        data = bytes(self.data[:size])
        del self.data[:size]
        return data


def test_members_come_back_in_order_read_or_not() -> None:
    stream = Buffer()
    archive.write_member(stream, "一", [b"ab", b"", b"c"])
    archive.write_member(stream, "two", [])
    archive.write_member(stream, "three", [b"xyz"])
    archive.write_end(stream)
    names = []
    for name, blocks in archive.members(stream):
        names.append(name)
        if name == "three":
            assert b"".join(blocks) == b"xyz"
    assert names == ["一", "two", "three"]
    assert stream.data == b""


def test_canaries_name_the_keys_that_differ(settings: Any) -> None:
    found = making.canaries()
    assert making.wrong_keys(found) == []
    settings.INDEX_KEY = base64.b64encode(bytes(32)).decode()
    assert making.wrong_keys(found) == ["INDEX_KEY"]
    settings.FIELD_KEYS = [f"k9:{base64.b64encode(bytes(32)).decode()}"]
    settings.AUDIT_KEY = base64.b64encode(bytes(31) + b"x").decode()
    assert making.wrong_keys(found) == ["FIELD_KEYS", "INDEX_KEY", "AUDIT_KEY"]


def test_a_rotated_field_key_still_opens(settings: Any) -> None:
    found = making.canaries()
    settings.FIELD_KEYS = [f"new:{base64.b64encode(bytes(32)).decode()}", *settings.FIELD_KEYS]
    assert making.wrong_keys(found) == []
