"""The gateway's calls about content: what is sent, what each answer means, both shapes of a decoded payload."""

from __future__ import annotations

import base64
import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest

from parley.apple import content, limits
from parley.apple.content import ContentGateway, Decoded, DownloadUrl, UploadSlot, UploadUrl
from parley.apple.gateway import Verdict
from parley.apple.parts import Description
from tests.support import apple_requests as apple
from tests.support.http_server import Answer, Exchange, LocalServer, reply, serving

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

SIGNATURE = b"\x81" + bytes(range(20))
PART = Description(
    url="https://p42-content.icloud.com/MEXAMPLE.C01USN00",
    owner="MEXAMPLE.C01USN00",
    signature=SIGNATURE,
    size=3,
    bid="com.apple.messages:bid",
)
INTERACTIVE: dict[str, Any] = {"bid": "b", "data": {"replyMessage": {"title": "Täglich"}}}
SHORT = 0.3


def gateway(server: LocalServer) -> ContentGateway:
    return ContentGateway(server.url + "/v1/", timeout=SHORT)


def pre_download(*answers: Answer, part: Description = PART) -> tuple[DownloadUrl, LocalServer]:
    with serving(*answers) as server:
        return gateway(server).pre_download(part, business_id=apple.BUSINESS, token="T"), server


def pre_upload(*answers: Answer) -> tuple[UploadUrl, LocalServer]:
    with serving(*answers) as server:
        return gateway(server).pre_upload(104_857_600, business_id=apple.BUSINESS, token="T"), server


def decode(*answers: Answer, payload: bytes = b"plist") -> tuple[Decoded, LocalServer]:
    with serving(*answers) as server:
        return gateway(server).decode_payload(payload, bid="b", business_id=apple.BUSINESS, token="T"), server


CALLS: list[Callable[[Answer], Any]] = [
    lambda answer: pre_download(answer)[0],
    lambda answer: pre_upload(answer)[0],
    lambda answer: decode(answer)[0],
]


def value(asked: Any) -> object:
    """What was asked for, whichever call it was."""
    return getattr(asked, {"DownloadUrl": "url", "UploadUrl": "slot", "Decoded": "content"}[type(asked).__name__])


# --- what is sent -------------------------------------------------------------------------------


def test_a_download_url_is_asked_for_with_the_signature_in_base64() -> None:
    asked, server = pre_download(reply("200 OK", b'{"download-url": "https://cvws.icloud-content.com/x?y=1"}'))

    sent = server.requests[0]
    assert asked.url == "https://cvws.icloud-content.com/x?y=1"
    assert sent.line == "GET /v1/preDownload HTTP/1.1"
    assert sent.body == b""
    assert {name: sent.headers[name] for name in sent.headers if name.startswith(("mmcs", "source", "auth"))} == {
        "authorization": "Bearer T",
        "source-id": apple.BUSINESS,
        "mmcs-url": PART.url,
        "mmcs-owner": PART.owner,
        "mmcs-signature": base64.b64encode(SIGNATURE).decode(),
    }


def test_an_upload_url_is_asked_for_with_the_exact_size() -> None:
    body = {"upload-url": "https://up/1", "mmcs-url": "https://named/1", "mmcs-owner": "M1", "other": 7}

    asked, server = pre_upload(reply("200 OK", json.dumps(body).encode()))

    assert asked.slot == UploadSlot("https://up/1", "https://named/1", "M1")
    assert server.requests[0].line == "GET /v1/preUpload HTTP/1.1"
    assert server.requests[0].headers["mmcs-size"] == "104857600"
    assert server.requests[0].headers["source-id"] == apple.BUSINESS


def test_a_payload_is_posted_as_it_is() -> None:
    asked, server = decode(reply("200 OK", json.dumps(INTERACTIVE).encode()), payload=b"\x1f\x8b\0raw")

    sent = server.requests[0]
    assert asked.content == INTERACTIVE
    assert sent.line == "POST /v1/decodePayload HTTP/1.1"
    assert sent.body == b"\x1f\x8b\0raw"
    assert {name: sent.headers[name] for name in ("bid", "source-id", "accept", "accept-encoding", "content-type")} == {
        "bid": "b",
        "source-id": apple.BUSINESS,
        "accept": "*/*",
        "accept-encoding": "gzip, deflate",
        "content-type": "application/octet-stream",
    }


@pytest.mark.parametrize("evil", ["https://x\r\nAuthorization: Bearer y", "https://ü", "a\0b"])
def test_what_would_break_out_of_a_header_is_not_sent(evil: str) -> None:
    asked, server = pre_download(reply("200 OK"), part=Description(url=evil, owner="M", signature=SIGNATURE))

    assert asked.url is None
    assert asked.answer.verdict is Verdict.REFUSED
    assert not server.requests


def test_a_reference_whose_bid_would_break_out_of_a_header_is_not_sent() -> None:
    with serving(reply("200 OK")) as server:
        asked = gateway(server).decode_payload(b"p", bid="b\r\nX: y", business_id=apple.BUSINESS, token="T")

    assert asked.answer.verdict is Verdict.REFUSED
    assert not server.requests


# --- what answers mean --------------------------------------------------------------------------


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        ("400 Bad Request", Verdict.REFUSED),
        ("401 Unauthorized", Verdict.REFUSED),
        ("403 Forbidden", Verdict.FORBIDDEN),
        ("404 Not Found", Verdict.REFUSED),
        ("413 Too Large", Verdict.REFUSED),
        ("429 Slow Down", Verdict.NOT_NOW),
        ("500 Oops", Verdict.NOT_NOW),
        ("503 Away", Verdict.NOT_NOW),
    ],
)
def test_a_status_is_told_with_what_it_means(call: Callable[[Answer], Any], status: str, verdict: Verdict) -> None:
    asked = call(reply(status, b'{"download-url": "https://x", "data": 1}', "Retry-After: 7"))

    assert value(asked) is None
    assert (asked.answer.verdict, asked.answer.status) == (verdict, int(status[:3]))
    assert asked.answer.retry_after == 7


@pytest.mark.parametrize("call", CALLS)
def test_apples_words_are_not_repeated(call: Callable[[Answer], Any]) -> None:
    """They may name the object and its owner."""
    assert "MSECRET" not in call(reply("400 Bad Request", b"no such object MSECRET.C01USN00")).answer.words


@pytest.mark.parametrize("call", CALLS[:2])
@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'"x"', b"null", b"{}", b"[" * 50_000, b'{"download-url": 7, "upload-url": []}', b"\xff"]
)
def test_a_good_status_around_nothing_usable_may_be_a_bad_moment(call: Callable[[Answer], Any], body: bytes) -> None:
    asked = call(reply("200 OK", body))

    assert asked.answer.verdict is Verdict.NOT_NOW
    assert value(asked) is None


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b"[" * 50_000])
def test_a_decoded_payload_that_is_no_object_is_none(body: bytes) -> None:
    asked, _ = decode(reply("200 OK", body))

    assert asked.content is None
    assert asked.answer.verdict is Verdict.NOT_NOW


@pytest.mark.parametrize("call", CALLS)
def test_no_answer_at_all_may_be_a_bad_moment(call: Callable[[Answer], Any]) -> None:
    for accident in (Exchange.stall, Exchange.hang_up):
        asked = call(accident)

        assert value(asked) is None
        assert (asked.answer.verdict, asked.answer.status) == (Verdict.NOT_NOW, 0)


def test_an_answer_that_never_ends_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        exchange.drip(b" " * 10_000)

    assert pre_download(answer)[0].url is None
    monkeypatch.setattr(content, "MAX_DECODED_BYTES", 50_000)
    asked = decode(answer)[0]
    assert (asked.content, asked.answer.verdict) == (None, Verdict.REFUSED)


def test_a_redirect_is_not_followed() -> None:
    asked, server = pre_download(reply("302 Found", b"", "Location: /elsewhere"))

    assert asked.url is None
    assert len(server.requests) == 1


# --- decoding -----------------------------------------------------------------------------------


@pytest.mark.parametrize("wrapped", [False, True])
@pytest.mark.parametrize("compressed", [False, True])
def test_both_shapes_are_understood_compressed_or_not(wrapped: bool, compressed: bool) -> None:
    body = json.dumps({"interactiveData": INTERACTIVE} if wrapped else INTERACTIVE).encode()
    answer = reply("200 OK", gzip.compress(body), "Content-Encoding: gzip") if compressed else reply("200 OK", body)

    assert decode(answer)[0].content == INTERACTIVE


def test_gzip_that_apple_refuses_goes_once_more_inflated() -> None:
    payload = gzip.compress(b"plist")

    asked, server = decode(reply("400 Bad Request"), reply("200 OK", json.dumps(INTERACTIVE).encode()), payload=payload)

    assert asked.content == INTERACTIVE
    assert [request.body for request in server.requests] == [payload, b"plist"]


def test_it_goes_inflated_only_once() -> None:
    asked, server = decode(reply("400 Bad Request"), payload=gzip.compress(gzip.compress(b"plist")))

    assert asked.content is None
    assert len(server.requests) == 2


@pytest.mark.parametrize("status", ["500 Oops", "429 Slow Down", "403 Forbidden"])
def test_only_a_refusal_of_the_bytes_makes_us_inflate_them(status: str) -> None:
    _, server = decode(reply(status), payload=gzip.compress(b"plist"))

    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "payload",
    [
        b"plist",
        gzip.compress(b"plist", mtime=0)[:-5],
        b"\x1f\x8bnothing",
        gzip.compress(bytes(17 * 1024 * 1024), mtime=0),
    ],
)
def test_what_is_no_whole_and_decent_gzip_is_not_tried_again(payload: bytes) -> None:
    asked, server = decode(reply("400 Bad Request"), payload=payload)

    assert asked.answer.verdict is Verdict.REFUSED
    assert len(server.requests) == 1


def test_an_answer_that_inflates_beyond_all_bounds_is_cut() -> None:
    bomb = gzip.compress(b'{"a": "' + bytes(50 * 1024 * 1024) + b'"}')

    asked, _ = decode(reply("200 OK", bomb, "Content-Encoding: gzip"))

    assert asked.content is None


def test_an_answer_of_the_size_of_many_pictures_is_read() -> None:
    large = INTERACTIVE | {"images": ["A" * 200_000] * 25}
    with serving(reply("200 OK", json.dumps(large).encode())) as server:
        patient = ContentGateway(server.url, timeout=limits.GATEWAY_TIMEOUT_SECONDS)
        asked = patient.decode_payload(b"p", bid="b", business_id=apple.BUSINESS, token="T")

    assert asked.content == large
