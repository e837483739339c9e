"""Whatever the framing, the bytes that were sent are the bytes that are read."""

from __future__ import annotations

import base64
import gzip
import itertools
import zlib
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from parley.errors import Rejected
from parley.runtime import body

LIMIT = 4096

content = st.binary(max_size=LIMIT)
levels = st.integers(0, 9)
cuts = st.lists(st.integers(0, LIMIT), max_size=5)


def framed(data: bytes, *, encoded: bool) -> dict[str, Any]:
    """How API Gateway hands `data` over: base64, or text when it is text."""
    if encoded:
        return {"body": base64.b64encode(data).decode(), "isBase64Encoded": True}
    return {"body": data.decode(), "isBase64Encoded": False}


def read(event: dict[str, Any]) -> bytes:
    raw = body.raw_body(event, max_bytes=2 * LIMIT)
    return body.inflated(raw, max_bytes=LIMIT)


@given(data=content, level=levels, at=cuts)
def test_a_body_survives_gzip_in_any_number_of_members_and_base64(data: bytes, level: int, at: list[int]) -> None:
    edges = [0, *sorted(at), len(data)]
    members = [gzip.compress(data[start:end], level) for start, end in itertools.pairwise(edges)]

    assert read(framed(b"".join(members), encoded=True)) == data


@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=500), encoded=st.booleans())
def test_a_body_that_was_inflated_already_stays_as_it_is(text: str, *, encoded: bool) -> None:
    data = text.encode()

    assert read(framed(data, encoded=encoded)) == data


@given(noise=st.binary(max_size=300))
@example(noise=gzip.compress(b"{}")[:-1])
@example(noise=gzip.compress(b"{}") * 2 + b"x")
@example(noise=b"\x1f\x8b\x08\xff" + b"\xff" * 20)
def test_any_bytes_at_all_are_read_or_refused_but_nothing_else_happens(noise: bytes) -> None:
    for data in (noise, b"\x1f\x8b" + noise, b"\x1f\x8b\x08\x00" + noise):
        codes: list[str] = []
        whole = b""
        try:
            whole = body.inflated(data, max_bytes=LIMIT)
        except Rejected as refusal:
            codes.append(refusal.code)
        assert set(codes) <= {"gzip_broken", "body_too_large"}
        assert len(whole) <= LIMIT


@given(size=st.integers(LIMIT + 1, LIMIT * 50), level=st.integers(1, 9))
def test_no_bomb_gets_past_the_limit(size: int, level: int) -> None:
    with pytest.raises(Rejected) as caught:
        read(framed(gzip.compress(bytes(size), level), encoded=True))

    assert caught.value.code == "body_too_large"


@given(data=st.binary(min_size=1, max_size=500), place=st.integers(0, 10**6), flip=st.integers(1, 255))
def test_a_flipped_bit_is_never_read_as_something_else(data: bytes, place: int, flip: int) -> None:
    damaged = bytearray(gzip.compress(data))
    place %= len(damaged)
    damaged[place] ^= flip

    try:
        found = body.inflated(bytes(damaged), max_bytes=LIMIT)
    except Rejected:
        return
    # Only what carries no content may differ: the header's time, flags and system, or the magic itself.
    assert found in (data, bytes(damaged))
    assert zlib.crc32(found) == zlib.crc32(data) or found == bytes(damaged)
