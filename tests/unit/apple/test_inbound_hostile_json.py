"""Bodies that are not what they seem."""

from __future__ import annotations

import json

import pytest

from parley.apple import inbound
from parley.errors import Rejected
from tests.support import apple_requests as apple

CONTENT = apple.envelope(id="7d3b1c58-2f7e-4a7e-9d0a-3f5b8e6c1a20")
SENT = apple.headers(CONTENT)


def body_with(extra: str) -> bytes:
    """A good envelope with one more key, written by hand."""
    return (json.dumps(CONTENT)[:-1] + f', "x": {extra}}}').encode("utf-8", "surrogatepass")


def code_of(body: bytes) -> str:
    with pytest.raises(Rejected) as caught:
        inbound.read(body, SENT)
    return caught.value.code


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b"not json",
        b"\x00\x01\x02",
        b"\xff\xff\xff",
        b"\x1f\x8b\x08 still zipped",
        json.dumps(CONTENT).encode()[:-1],
        json.dumps(CONTENT).encode() + b"{}",
        body_with("NaN"),
        body_with("Infinity"),
        body_with("-Infinity"),
        body_with("1e400"),
        body_with("[" * 100_000 + "]" * 100_000),
        body_with('{"a":' * 100_000 + "1" + "}" * 100_000),
        body_with("9" * 5000),
        body_with("01"),
        body_with("'single'"),
        body_with('"\x01"'),
        b"\xef\xbb" + json.dumps(CONTENT).encode(),
    ],
)
def test_what_is_not_json_is_refused(body: bytes) -> None:
    assert code_of(body) == "body_not_json"


@pytest.mark.parametrize("body", [b"null", b"[]", b"[{}]", b'"text"', b"5", b"true"])
def test_json_that_is_no_object_is_refused(body: bytes) -> None:
    assert code_of(body) == "body_not_object"


@pytest.mark.parametrize("depth", [50, 400])
def test_nesting_that_can_be_written_back_passes(depth: int) -> None:
    message = inbound.read(body_with("[" * depth + "]" * depth), SENT)

    assert json.loads(message.text) == message.raw


@pytest.mark.parametrize(
    ("written", "value"),
    [
        (r'"\ud83d\ude00"', "\U0001f600"),
        ('"\U0001f600"', "\U0001f600"),
        (r'"\ud83d"', "\ufffd"),
        (r'"\ude00"', "\ufffd"),
        ('"\ud83d"', "\ufffd"),  # the three bytes themselves, which are no UTF-8
        (r'"a\ud800b"', "a\ufffdb"),
        (r'"\ude00\ud83d"', "\ufffd\ufffd"),
        (r'"\ud83d\ud83d\ude00"', "\ufffd\U0001f600"),
        (r'["\ud800", {"\udfff": ["\udc00"]}]', ["\ufffd", {"\ufffd": ["\ufffd"]}]),
        (r'"\\ud800"', r"\ud800"),
        (r'"\ufffe\uffff\ufeff"', "\ufffe\uffff\ufeff"),
        ('"\ufffe\uffff"', "\ufffe\uffff"),
        (r'"\u0000"', "\x00"),
        ("9" * 300, int("9" * 300)),
        ("-0.0", -0.0),
        ("1.7976931348623157e308", 1.7976931348623157e308),
    ],
)
def test_odd_values_survive_and_half_characters_are_mended(written: str, value: object) -> None:
    message = inbound.read(body_with(written), SENT)

    assert message.raw["x"] == value
    assert message.text.isascii()
    assert json.loads(message.text) == message.raw
    message.text.encode("utf-8")


def test_half_a_character_beside_a_number_leaves_the_number_alone() -> None:
    message = inbound.read(body_with(r'["\ud800", 1, 1.5, true, null]'), SENT)

    assert message.raw["x"] == ["\ufffd", 1, 1.5, True, None]


def test_of_a_repeated_key_the_last_counts_everywhere() -> None:
    body = body_with('1, "x": 2, "body": "other"')

    message = inbound.read(body, SENT)

    assert message.raw["x"] == 2
    assert message.raw["body"] == "other"
    assert message.text.count('"x"') == 1


def test_a_repeated_id_cannot_differ_from_the_header() -> None:
    body = body_with('1, "id": "another"')

    assert code_of(body) == "header_body_mismatch"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_other_encodings_of_json_are_read_too(encoding: str) -> None:
    message = inbound.read(json.dumps(CONTENT).encode(encoding), SENT)

    assert message.raw == CONTENT
    assert message.text.isascii()


def test_the_stored_text_is_compact() -> None:
    message = inbound.read(json.dumps(CONTENT, indent=4).encode(), SENT)

    assert message.text == json.dumps(CONTENT, separators=(",", ":"))
