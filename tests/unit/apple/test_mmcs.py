"""The cipher and the signature of attachments, against the vectors of protocol 15 and against themselves."""

from __future__ import annotations

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.apple.mmcs import Cipher, Signature, key_bytes, key_field, new_key, read_signature
from parley.errors import Rejected

FIELD = "0000112233445566778899aabbccddeeff0f1e2d3c4b5a69788796a5b4c3d2e1f0"
PLAIN = bytes.fromhex("42696379636c652072656365697074206e6f2e20343220e2809420706169640a")
ENCRYPTED = bytes.fromhex("46d6d87a8f7464bedd4c4b2d216cb33202ab46c8ce7b98f0b6e96d4dcdf20e8a")
HEX = "81D64AF92868D2D3D20DC3A25A6FA8C700E0C17D9C"
BASE64 = "gdZK+Sho0tPSDcOiWm+oxwDgwX2c"


def signed(*pieces: bytes) -> Signature:
    signature = Signature()
    for piece in pieces:
        signature.update(piece)
    return signature


def test_the_cipher_does_what_the_vector_says_both_ways() -> None:
    assert Cipher(key_bytes(FIELD)).update(PLAIN) == ENCRYPTED
    assert Cipher(key_bytes(FIELD)).update(ENCRYPTED) == PLAIN


def test_the_counter_carries_beyond_its_lowest_byte() -> None:
    plain = bytes(7 * place % 256 for place in range(5000))

    encrypted = Cipher(key_bytes(FIELD)).update(plain)

    assert hashlib.sha256(encrypted).hexdigest() == "0373c67cdf91507ebb07e1fc8102d34906aed1f43fa6d9e704177075bd5384f3"


@pytest.mark.parametrize("field", [FIELD, FIELD.upper(), FIELD[:20] + FIELD[20:].upper()])
def test_a_key_is_read_in_either_case(field: str) -> None:
    assert Cipher(key_bytes(field)).update(PLAIN) == ENCRYPTED


@pytest.mark.parametrize(
    "field",
    [FIELD[2:], "01" + FIELD[2:], "00" + FIELD, FIELD[:-2], FIELD[:-1] + "g", FIELD + "\n", " " + FIELD, "", None, 7],
)
def test_any_other_key_is_refused_without_being_repeated(field: object) -> None:
    with pytest.raises(Rejected) as caught:
        key_bytes(field)

    assert caught.value.code == "key_invalid"
    assert len(str(field)) < 8 or str(field) not in str(caught.value)


def test_every_new_key_is_another_one_in_apples_form() -> None:
    keys = {new_key() for _ in range(50)}

    assert len(keys) == 50
    assert all(key.startswith("00") and key_field(key_bytes(key)) == key for key in keys)


def test_the_signature_is_that_of_the_vector_in_all_its_forms() -> None:
    signature = signed(ENCRYPTED)

    assert signature.value().hex().upper() == HEX
    assert signature.base64() == BASE64
    assert signature.size == len(ENCRYPTED)


@pytest.mark.parametrize(
    ("hexadecimal", "in_base64"),
    [(HEX, None), (HEX.lower(), None), (None, BASE64), (HEX, BASE64), ("no hex", BASE64), (HEX[:-2], BASE64)],
)
def test_a_signature_is_read_in_every_form_it_comes_in(hexadecimal: object, in_base64: object) -> None:
    assert read_signature(hexadecimal, in_base64) == bytes.fromhex(HEX)


@pytest.mark.parametrize(
    ("hexadecimal", "in_base64"),
    [(None, None), ("", ""), (BASE64, HEX), (7, ["x"]), ("é" * 42, "é"), (None, base64.b64encode(b"20 bytes are few"))],
)
def test_what_is_no_signature_is_none(hexadecimal: object, in_base64: object) -> None:
    assert read_signature(hexadecimal, in_base64) is None


def test_other_bytes_do_not_agree_with_a_signature() -> None:
    changed = bytes([ENCRYPTED[0] ^ 1]) + ENCRYPTED[1:]

    assert signed(ENCRYPTED).agrees_with(bytes.fromhex(HEX))
    assert not signed(changed).agrees_with(bytes.fromhex(HEX))


def test_a_signature_of_another_type_cannot_be_judged() -> None:
    assert signed(ENCRYPTED).agrees_with(b"\x01" + bytes(20))


@given(st.lists(st.binary(max_size=70), max_size=12))
def test_pieces_of_any_size_give_what_the_whole_gives(pieces: list[bytes]) -> None:
    whole = b"".join(pieces)
    cipher = Cipher(key_bytes(FIELD))

    encrypted = b"".join(map(cipher.update, pieces))

    assert encrypted == Cipher(key_bytes(FIELD)).update(whole)
    assert len(encrypted) == len(whole)
    assert Cipher(key_bytes(FIELD)).update(encrypted) == whole
    assert signed(*pieces).value() == signed(whole).value()


@given(st.binary(max_size=600), st.integers(min_value=0, max_value=600))
def test_a_cipher_goes_on_at_any_place(plain: bytes, place: int) -> None:
    encrypted = Cipher(key_bytes(FIELD)).update(plain)

    assert Cipher(key_bytes(FIELD), at=place).update(encrypted[place:]) == plain[place:]
