"""The title in a keyed archive, and archives made to hurt."""

from __future__ import annotations

import base64
import gzip
import json
import plistlib
import struct
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.apple import keyed_archive
from parley.apple.keyed_archive import title


def archive(*objects: object, compressed: bool = True) -> bytes:
    plist = {"$archiver": "NSKeyedArchiver", "$version": 100_000, "$top": {}, "$objects": ["$null", *objects]}
    data = plistlib.dumps(plist, fmt=plistlib.FMT_BINARY)
    return gzip.compress(data) if compressed else data


def url(scheme: str = "data:,?", **parameters: Any) -> str:
    packed = {
        name: base64.b64encode(json.dumps(value).encode()).decode() if not isinstance(value, str) else value
        for name, value in parameters.items()
    }
    return scheme + urlencode(packed)


REPLY = {"title": "Medium — größer", "subtitle": "x"}


@pytest.mark.parametrize("compressed", [True, False])
@pytest.mark.parametrize("scheme", ["data:,?", "?", "https://x/?", ""])
def test_the_title_of_the_reply_is_found(compressed: bool, scheme: str) -> None:
    assert title(archive("other", url(scheme, replyMessage=REPLY), compressed=compressed)) == REPLY["title"]


def test_without_a_reply_the_questions_title_serves() -> None:
    assert title(archive(url(receivedMessage={"title": "Pick one"}))) == "Pick one"
    assert title(archive(url(receivedMessage={"title": "Pick one"}, replyMessage=REPLY))) == REPLY["title"]


def test_base64_is_read_without_padding_and_in_its_form_for_urls() -> None:
    text = base64.urlsafe_b64encode(json.dumps({"title": "ÿ?>~~~"}).encode()).decode().rstrip("=")

    assert title(archive(f"?replyMessage={text}")) == "ÿ?>~~~"


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\x1f\x8b",
        b"bplist00",
        b"bplist00" + b"\xff" * 64,
        gzip.compress(b"x", mtime=0),
        archive(),
        archive("no=thing", 7, ["a=b"], {"replyMessage": "x"}),
        archive(url(replyMessage="!!!")),
        archive(url(replyMessage=[1])),
        archive(url(replyMessage={"title": 7})),
        archive(url(replyMessage={"title": "  "})),
        archive("http://[broken?replyMessage=e30="),
        archive("?replyMessage=" + base64.b64encode(b"[" * 200_000).decode()),
        plistlib.dumps([1], fmt=plistlib.FMT_BINARY),
        plistlib.dumps({"$objects": "x"}, fmt=plistlib.FMT_BINARY),
        plistlib.dumps({"a": 1}),
    ],
)
def test_what_holds_no_title_gives_none(payload: bytes) -> None:
    assert title(payload) is None


def test_a_title_of_any_length_is_shortened() -> None:
    assert title(archive(url(replyMessage={"title": "x" * 5000}))) == "x" * keyed_archive.MAX_TITLE_CHARS


def test_a_bomb_is_not_inflated() -> None:
    assert title(gzip.compress(bytes(64 * 1024 * 1024))) is None


def deep(levels: int) -> bytes:
    """A binary property list of arrays that each hold the next one; `plistlib` itself would not write it."""
    offsets, body = [], b"bplist00"
    for level in range(levels):
        offsets.append(len(body))
        body += b"\xa1" + struct.pack(">H", level + 1) if level < levels - 1 else b"\x08"
    table = len(body)
    body += b"".join(struct.pack(">I", offset) for offset in offsets)
    return body + struct.pack(">6xBBQQQ", 4, 2, levels, 0, table)


def endless() -> bytes:
    """One array that holds itself a thousand times."""
    body = b"bplist00" + b"\xaf\x11" + struct.pack(">H", 1000) + b"\0" * 1000
    return body + b"\x08" + struct.pack(">6xBBQQQ", 1, 1, 1, 0, len(body))


@pytest.mark.parametrize("payload", [deep(60_000), endless()])
def test_neither_depth_nor_circles_harm(payload: bytes) -> None:
    assert title(payload) is None


def test_a_trailer_that_promises_the_moon_is_not_believed() -> None:
    payload = b"bplist00\x08" + struct.pack(">6xBBQQQ", 1, 1, 2**62, 0, 8)

    assert title(payload) is None


@given(st.binary(max_size=300))
def test_no_bytes_are_too_odd(payload: bytes) -> None:
    title(payload)
    title(b"bplist00" + payload)
    title(gzip.compress(b"bplist00" + payload))


@given(st.data())
def test_a_damaged_archive_is_no_trouble(data: st.DataObject) -> None:
    whole = bytearray(archive(url(replyMessage=REPLY), compressed=False))
    for _ in range(data.draw(st.integers(min_value=1, max_value=4))):
        whole[data.draw(st.integers(min_value=0, max_value=len(whole) - 1))] = data.draw(st.integers(0, 255))

    title(bytes(whole))
