"""Whatever Apple's gateway answers about content, there is an answer for the caller and nothing else happens."""

from __future__ import annotations

import gzip
import io
import json
from typing import Any

import urllib3
from hypothesis import given
from hypothesis import strategies as st

from parley.apple import content, replies
from parley.apple.content import ContentGateway, Decoded, DownloadUrl, UploadUrl, inflate
from parley.apple.gateway import Verdict
from parley.apple.parts import Description

PART = Description(url="https://p42-content.icloud.com/M", owner="M", signature=b"\x81", size=3, bid="b")
NAMES = ["interactiveData", "download-url", "upload-url", "mmcs-url", "mmcs-owner", "data", "bid", "listPicker"]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(NAMES),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=12,
)
NOISE = st.binary(max_size=200)
BODIES = st.one_of(
    NOISE,
    VALUES.map(lambda value: json.dumps(value).encode()),
    st.integers(1, 50_000).map(lambda depth: b"[" * depth),
    st.integers(1, 50_000).map(lambda digits: b'{"data":' + b"9" * digits + b"}"),
    st.builds(lambda name, value: f'{{"{name}": 1, "{name}": {value}}}'.encode(), st.sampled_from(NAMES), NOISE),
)
STATUSES = st.sampled_from([200, 201, 204, 301, 400, 403, 404, 410, 429, 500, 503])
HEADERS = st.dictionaries(
    st.sampled_from(["Retry-After", "Content-Type"]), st.text(st.characters(max_codepoint=255), max_size=12), max_size=2
)


class Pool:
    """Apple's gateway, saying the same to everything."""

    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.asked = 0
        self._answer = (status, headers, body)

    def request(self, *_: object, **__: object) -> urllib3.HTTPResponse:
        self.asked += 1
        status, headers, body = self._answer
        return urllib3.HTTPResponse(io.BytesIO(body), headers, status, preload_content=False)


def gateway(pool: Pool) -> ContentGateway:
    made = ContentGateway("https://gateway.example/v1")
    made._pool = pool  # type: ignore[assignment]
    return made


@given(STATUSES, HEADERS, BODIES, NOISE | NOISE.map(gzip.compress))
def test_whatever_comes_back_for_a_payload_is_data_or_a_reason(
    status: int, headers: dict[str, str], body: bytes, payload: bytes
) -> None:
    pool = Pool(status, headers, body)
    decoded = gateway(pool).decode_payload(payload, bid="b", business_id="x", token="T")

    assert isinstance(decoded, Decoded)
    assert pool.asked in {1, 2}
    assert (decoded.content is not None) == (decoded.answer.verdict is Verdict.ACCEPTED)
    if decoded.content is not None:
        assert decoded.content
        replies.read_data(decoded.content, None)


@given(STATUSES, HEADERS, BODIES)
def test_an_address_is_text_or_there_is_none(status: int, headers: dict[str, str], body: bytes) -> None:
    asked: list[DownloadUrl | UploadUrl] = [
        gateway(Pool(status, headers, body)).pre_download(PART, business_id="x", token="T"),
        gateway(Pool(status, headers, body)).pre_upload(3, business_id="x", token="T"),
    ]
    for found in asked:
        value: Any = found.url if isinstance(found, DownloadUrl) else found.slot
        assert (value is not None) == (found.answer.verdict is Verdict.ACCEPTED)
        if isinstance(found, DownloadUrl):
            assert found.url is None or isinstance(found.url, str)


@given(NOISE)
def test_a_payload_is_inflated_whole_or_not_at_all(noise: bytes) -> None:
    assert inflate(gzip.compress(noise)) == noise
    assert inflate(gzip.compress(noise)[:-1]) is None
    assert inflate(noise) is None or noise.startswith(content.GZIP)
