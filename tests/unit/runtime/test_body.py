"""The bytes of a request, however they were handed over, and never more than allowed."""

from __future__ import annotations

import base64
import gzip
import zlib
from typing import TYPE_CHECKING, Any

import pytest

from parley.errors import Rejected
from parley.runtime import body

if TYPE_CHECKING:
    from collections.abc import Callable

LIMIT = 1000


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(Rejected) as caught:
        call()
    return caught.value.code


def event(content: bytes) -> dict[str, Any]:
    return {"body": base64.b64encode(content).decode(), "isBase64Encoded": True}


class Meter:
    """Counts what leaves the decompressor, so that "stopped in time" is a number and not a hope."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.produced = 0
        self.members = 0
        real, meter = zlib.decompressobj, self

        class Counted:
            def __init__(self, *args: Any, **kwargs: Any) -> None:
                self._real = real(*args, **kwargs)
                meter.members += 1

            def decompress(self, *args: Any) -> bytes:
                piece = self._real.decompress(*args)
                meter.produced += len(piece)
                return piece

            def __getattr__(self, name: str) -> Any:
                return getattr(self._real, name)

        monkeypatch.setattr("parley.runtime.body.zlib.decompressobj", Counted)


def test_header_names_are_folded_and_of_a_repeated_one_the_last_counts() -> None:
    assert body.headers_of({"headers": {"ID": "a", "Source-Id": "b", "X": 5, "x": "last"}}) == {
        "id": "a",
        "source-id": "b",
        "x": "last",
    }


@pytest.mark.parametrize("headers", [{}, {"headers": None}, {"headers": {}}])
def test_no_headers_are_no_headers(headers: dict[str, Any]) -> None:
    assert body.headers_of(headers) == {}


@pytest.mark.parametrize("content", [b"", b"{}", bytes(range(256)), b"\x1f\x8b\x00"])
def test_base64_is_read_back(content: bytes) -> None:
    assert body.raw_body(event(content), max_bytes=LIMIT) == content


@pytest.mark.parametrize("sent", [{}, {"body": None}, {"body": ""}, {"body": None, "isBase64Encoded": True}])
def test_no_body_is_an_empty_one(sent: dict[str, Any]) -> None:
    assert body.raw_body(sent, max_bytes=LIMIT) == b""


def test_text_is_taken_as_utf8() -> None:
    sent = {"body": "Gr\u00fc\u00dfe \U0001f6b2", "isBase64Encoded": False}

    assert body.raw_body(sent, max_bytes=LIMIT) == "Gr\u00fc\u00dfe \U0001f6b2".encode()


@pytest.mark.parametrize("text", ["!!!!", "e30", "e30=\n", "e30 =", "\u00e4\u00e4\u00e4\u00e4", "e3-_"])
def test_what_is_not_base64_is_refused(text: str) -> None:
    assert code_of(lambda: body.raw_body({"body": text, "isBase64Encoded": True}, max_bytes=LIMIT)) == "body_not_base64"


@pytest.mark.parametrize("encoded", [True, False])
def test_a_body_may_be_as_large_as_the_limit_and_no_larger(*, encoded: bool) -> None:
    def sent(size: int) -> dict[str, Any]:
        return event(b"x" * size) if encoded else {"body": "x" * size}

    assert len(body.raw_body(sent(LIMIT), max_bytes=LIMIT)) == LIMIT
    for size in (LIMIT + 1, LIMIT + 2, LIMIT + 3, LIMIT * 10):
        with pytest.raises(Rejected) as caught:
            body.raw_body(sent(size), max_bytes=LIMIT)
        assert caught.value.code == "body_too_large"


def test_size_is_counted_in_bytes_not_characters() -> None:
    assert code_of(lambda: body.raw_body({"body": "\u20ac" * 400}, max_bytes=LIMIT)) == "body_too_large"


def test_a_body_that_is_much_too_large_is_not_even_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    def decode(*_args: object, **_kwargs: object) -> bytes:
        raise AssertionError("decoded")

    monkeypatch.setattr("parley.runtime.body.base64.b64decode", decode)

    assert code_of(lambda: body.raw_body(event(b"x" * 7_000_000), max_bytes=LIMIT)) == "body_too_large"


@pytest.mark.parametrize("content", [b"", b"{}", b'{"a":1}', b"\x1f", b"\x8b\x1f"])
def test_what_is_not_gzip_stays_as_it_is(content: bytes) -> None:
    assert body.inflated(content, max_bytes=LIMIT) == content


@pytest.mark.parametrize("content", [b"", b"{}", b"x" * LIMIT, b"\x1f\x8b inside"])
@pytest.mark.parametrize("level", [0, 1, 9])
def test_gzip_is_inflated_once(content: bytes, level: int) -> None:
    assert body.inflated(gzip.compress(content, level), max_bytes=LIMIT) == content


def test_several_members_are_one_body() -> None:
    members = gzip.compress(b'{"a"') + gzip.compress(b"") + gzip.compress(b":1}")

    assert body.inflated(members, max_bytes=LIMIT) == b'{"a":1}'


def test_a_gzip_header_may_carry_a_name_and_a_comment() -> None:
    plain = gzip.compress(b"{}")
    named = plain[:3] + b"\x18" + plain[4:10] + b"name\0comment\0" + plain[10:]

    assert body.inflated(named, max_bytes=LIMIT) == b"{}"


@pytest.mark.parametrize("keep", [2, 5, 10, 11, -9, -8, -4, -1])
def test_a_body_that_was_cut_off_is_refused(keep: int) -> None:
    whole = gzip.compress(bytes(range(256)))

    assert code_of(lambda: body.inflated(whole[:keep], max_bytes=LIMIT)) == "gzip_broken"


@pytest.mark.parametrize("place", [3, 12, -8, -4])
def test_a_body_that_was_damaged_is_refused(place: int) -> None:
    damaged = bytearray(gzip.compress(b"some text to be squeezed" * 3))
    damaged[place] ^= 0xFF

    assert code_of(lambda: body.inflated(bytes(damaged), max_bytes=LIMIT)) == "gzip_broken"


@pytest.mark.parametrize("first", [b"", b"{}"])
@pytest.mark.parametrize("rest", [b"x", b"\0", b"\0" * 512, b'{"id": 1}', b"\x1f", b"\x1f\x8b"])
def test_something_behind_the_gzip_is_refused(first: bytes, rest: bytes) -> None:
    assert code_of(lambda: body.inflated(gzip.compress(first) + rest, max_bytes=LIMIT)) == "gzip_broken"


@pytest.mark.parametrize("size", [LIMIT + 1, LIMIT * 2, 50_000_000])
def test_a_bomb_is_stopped_at_the_limit(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = gzip.compress(bytes(size))
    meter = Meter(monkeypatch)

    assert code_of(lambda: body.inflated(bomb, max_bytes=LIMIT)) == "body_too_large"
    assert meter.produced == LIMIT + 1


def test_a_bomb_in_many_members_is_stopped_at_the_limit_too(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = gzip.compress(bytes(LIMIT // 4)) * 50
    meter = Meter(monkeypatch)

    assert code_of(lambda: body.inflated(bomb, max_bytes=LIMIT)) in {"body_too_large", "gzip_broken"}
    assert meter.produced <= LIMIT + 1


def test_a_bomb_in_a_bomb_is_only_unpacked_once() -> None:
    inner = gzip.compress(bytes(100_000))

    assert body.inflated(gzip.compress(inner), max_bytes=LIMIT) == inner


def test_empty_members_without_end_are_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each costs a copy of everything behind it: four megabytes of them would take longer than Apple waits."""
    many = gzip.compress(b"") * 50_000
    meter = Meter(monkeypatch)

    assert code_of(lambda: body.inflated(many, max_bytes=LIMIT)) == "gzip_broken"
    assert meter.members <= 100
