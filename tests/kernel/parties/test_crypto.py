"""Encryption: vectors, binding to the place, keys in turn, and what the index does."""

import base64
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from hrss_portal.parties import crypto

ROW = UUID(int=7)
OLD, NEW = (base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2))
PLACE = crypto.place_of("parties_person", "id_number", ROW)


def ring(*entries):
    return crypto.Keyring.parse(entries)


def test_the_place_is_table_column_and_row():
    assert PLACE == b"parties_person|id_number|00000000000000000000000000000007"


def test_a_stored_value_opens_with_the_bare_primitive(monkeypatch):
    """The vector: whoever has the key and this format can read the data without the portal."""
    monkeypatch.setattr(crypto.os, "urandom", lambda n: bytes(range(n)))
    sealed = ring(f"k1:{OLD}").seal("34152220010203123X", PLACE)
    assert sealed[:4] == b"A\x02k1"
    assert sealed[4:16] == bytes(range(12))
    assert AESGCM(bytes([1]) * 32).decrypt(sealed[4:16], sealed[16:], PLACE) == (
        b"34152220010203123X"
    )
    assert sealed.hex() == ("41026b31000102030405060708090a0b" + sealed[16:].hex())
    assert len(sealed) == 4 + 12 + 18 + 16


@given(st.text(max_size=60))
def test_any_text_makes_the_round_trip(text):
    keys = ring(f"k1:{OLD}")
    assert keys.open(keys.seal(text, PLACE), PLACE) == text


def test_two_equal_values_look_different():
    keys = ring(f"k1:{OLD}")
    assert keys.seal("1", PLACE) != keys.seal("1", PLACE)


@pytest.mark.parametrize(
    "elsewhere",
    [
        crypto.place_of("parties_person", "id_number", UUID(int=8)),
        crypto.place_of("parties_person", "phone", ROW),
        crypto.place_of("parties_employer", "id_number", ROW),
    ],
)
def test_a_value_that_was_moved_does_not_open(elsewhere):
    keys = ring(f"k1:{OLD}")
    with pytest.raises(crypto.CannotOpenError):
        keys.open(keys.seal("secret", PLACE), elsewhere)


def test_a_value_that_was_changed_does_not_open():
    keys = ring(f"k1:{OLD}")
    sealed = bytearray(keys.seal("secret", PLACE))
    sealed[-1] ^= 1
    with pytest.raises(crypto.CannotOpenError):
        keys.open(bytes(sealed), PLACE)


def test_the_first_key_seals_and_every_key_opens():
    before = ring(f"k1:{OLD}").seal("secret", PLACE)
    both = ring(f"k2:{NEW}", f"k1:{OLD}")
    assert both.open(before, PLACE) == "secret"
    assert crypto.key_id(both.seal("secret", PLACE)) == "k2"
    with pytest.raises(crypto.CannotOpenError, match="no key 'k1'"):
        ring(f"k2:{NEW}").open(before, PLACE)


@pytest.mark.parametrize("entries", [(), ("k1:AAAA",), (f":{OLD}",)])
def test_bad_keys_are_refused_at_once(entries):
    with pytest.raises(ImproperlyConfigured):
        ring(*entries)


def test_an_unknown_format_does_not_open():
    with pytest.raises(crypto.CannotOpenError, match="unknown format"):
        ring(f"k1:{OLD}").open(b"Zk1", PLACE)


def test_the_blind_index_is_keyed_and_kept_apart_by_kind(settings):
    settings.INDEX_KEY = OLD
    one = crypto.blind_index("resident", "34152220010203123X")
    assert len(one) == 32
    assert one == crypto.blind_index("resident", "34152220010203123X")
    assert one != crypto.blind_index("passport", "34152220010203123X")
    settings.INDEX_KEY = NEW
    assert one != crypto.blind_index("resident", "34152220010203123X")
    assert crypto.blind_index("resident", "") == ""


def test_a_sealed_value_never_shows_itself():
    assert repr(crypto.Sealed(b"x")) == "<sealed>"
