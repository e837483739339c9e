"""Apple's store over real sockets: what comes, what breaks, and what is never sent."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parley.apple import limits
from parley.apple.store import PIECE_BYTES, ContentStore
from parley.business.egress import EgressGuard
from parley.business.store_routes import StoreRoutes
from parley.errors import Rejected, Retryable
from tests.support.http_server import Answer, Exchange, reply, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

BODY = bytes(range(256)) * (2 * PIECE_BYTES // 256)
"""Two pieces, exactly."""
CHECKSUM = base64.b64encode(b"\x81" + bytes(20)).decode()
RECEIPT = reply("200 OK", json.dumps({"singleFile": {"fileChecksum": CHECKSUM, "receipt": "r", "size": 3}}).encode())
SHORT = 0.3


def store(**settings: Any) -> ContentStore:
    return ContentStore(StoreRoutes(EgressGuard(allow_loopback=True)), **{"read_seconds": SHORT} | settings)


def reason(call: Callable[[], object]) -> str:
    try:
        call()
    except (Retryable, Rejected) as trouble:
        return trouble.code
    pytest.fail("nothing was raised")


def downloaded(answer: Answer, *, size: int | None = len(BODY), start: int = 0, path: str = "/file?t=1") -> bytes:
    with serving(answer) as server:
        return b"".join(store().download(server.url + path, size=size, start=start))


# --- download ---------------------------------------------------------------------------------


def test_a_file_comes_whole_and_in_pieces_of_one_size() -> None:
    with serving(reply("200 OK", BODY + b"tail")) as server:
        pieces = list(store().download(server.url, size=len(BODY) + 4))

    assert b"".join(pieces) == BODY + b"tail"
    assert [len(piece) for piece in pieces] == [PIECE_BYTES, PIECE_BYTES, 4]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.binary(min_size=1, max_size=4000), max_size=8))
def test_however_the_network_cuts_it_the_bytes_are_the_same(parts: list[bytes]) -> None:
    whole = b"".join(parts)

    def answer(exchange: Exchange) -> None:
        exchange.send(f"HTTP/1.1 200 OK\r\nContent-Length: {len(whole)}\r\n\r\n".encode())
        for part in parts:
            exchange.send(part)

    assert downloaded(answer, size=len(whole)) == whole


def test_the_store_gets_no_token_and_is_asked_for_the_bytes_as_they_are() -> None:
    with serving(reply("200 OK", BODY)) as server:
        list(store().download(server.url + "/a/b?c=d%20e", size=len(BODY)))

    request = server.requests[0]
    assert request.line == "GET /a/b?c=d%20e HTTP/1.1"
    assert "authorization" not in request.headers
    assert request.headers["accept-encoding"] == "identity"
    assert "range" not in request.headers


def test_bytes_that_say_they_are_compressed_are_left_as_they_are() -> None:
    assert downloaded(reply("200 OK", BODY, "Content-Encoding: gzip")) == BODY


def test_a_file_of_unknown_size_ends_where_the_answer_ends() -> None:
    assert downloaded(reply("200 OK", BODY), size=None) == BODY


def test_nothing_is_something_too() -> None:
    assert downloaded(reply("200 OK"), size=0) == b""


def test_connections_are_kept_for_the_next_file() -> None:
    content = store()
    with serving(reply("200 OK", BODY)) as server:
        for _ in range(3):
            list(content.download(server.url, size=len(BODY)))

    assert server.connections == 1


@pytest.mark.parametrize("status", ["403 Forbidden", "404 Not Found", "410 Gone"])
def test_an_expired_url_is_told_from_other_trouble(status: str) -> None:
    assert reason(lambda: downloaded(reply(status))) == "store_expired"


@pytest.mark.parametrize("status", ["500 Oops", "503 Slow Down", "302 Found", "204 No Content", "416 Range", "400 Bad"])
def test_any_other_status_is_trouble_that_may_pass(status: str) -> None:
    assert reason(lambda: downloaded(reply(status, b"", "Location: http://127.0.0.1:1/"))) == "store_status"


@pytest.mark.parametrize("length", [0, 1, len(BODY) - 1, len(BODY) + 1, 10**12])
def test_a_wrong_length_in_the_head_is_noticed_before_a_byte_is_read(length: int) -> None:
    def answer(exchange: Exchange) -> None:
        exchange.send(f"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n".encode())
        exchange.stall()

    assert reason(lambda: downloaded(answer)) == "length_mismatch"


@pytest.mark.parametrize("body", [BODY[:-1], BODY[:1], b"", BODY + b"x", BODY * 3])
def test_a_wrong_length_that_only_shows_at_the_end_is_noticed(body: bytes) -> None:
    def answer(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + body)
        exchange.hang_up()

    assert reason(lambda: downloaded(answer)) == "length_mismatch"


def test_an_answer_without_an_end_is_left_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_ATTACHMENT_BYTES", 100_000)

    def answer(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        exchange.drip(bytes(50_000))

    assert reason(lambda: downloaded(answer, size=None)) == "length_mismatch"


def test_a_cut_transfer_is_noticed() -> None:
    def answer(exchange: Exchange) -> None:
        exchange.send(f"HTTP/1.1 200 OK\r\nContent-Length: {len(BODY)}\r\n\r\n".encode() + BODY[:-9])
        exchange.hang_up()

    assert reason(lambda: downloaded(answer)) == "store_cut"


def test_a_store_that_goes_silent_is_left() -> None:
    def answer(exchange: Exchange) -> None:
        exchange.send(f"HTTP/1.1 200 OK\r\nContent-Length: {len(BODY)}\r\n\r\n".encode() + BODY[:-9])
        exchange.stall()

    assert reason(lambda: downloaded(answer)) == "store_timeout"


def test_a_store_that_never_answers_is_left() -> None:
    assert reason(lambda: downloaded(Exchange.stall)) == "store_timeout"


def test_a_chunk_whose_head_drips_is_left() -> None:
    """Every byte comes in time, and no piece ever does."""

    def answer(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while not exchange.stopped.wait(0.05):
            try:
                exchange.send(b"0")
            except OSError:
                break
        exchange.hang_up()

    assert reason(lambda: downloaded(answer)) == "store_timeout"


def test_a_store_slower_than_anything_useful_is_left() -> None:
    """A byte comes now and then, for as long as anybody listens. The clock says that an hour passes with each."""
    hours = iter(range(10**6))

    def answer(exchange: Exchange) -> None:
        exchange.send(f"HTTP/1.1 200 OK\r\nContent-Length: {len(BODY)}\r\n\r\n".encode())
        exchange.drip(b"x")

    with serving(answer) as server:
        slow = store(clock=lambda: next(hours) * 3600.0).download(server.url, size=len(BODY))
        assert reason(lambda: list(slow)) == "store_too_slow"


def test_time_that_passes_between_pieces_is_not_the_stores_fault() -> None:
    now = [0.0]
    with serving(reply("200 OK", BODY)) as server:
        pieces = store(clock=lambda: now[0]).download(server.url, size=len(BODY))
        seen = b""
        for piece in pieces:
            seen += piece
            now[0] += 3600

    assert seen == BODY


def test_nobody_there_is_trouble_that_may_pass() -> None:
    with serving(reply("200 OK")) as server:
        url = server.url
    assert reason(lambda: store().download(url, size=1)) == "store_unreachable"


def test_a_store_that_speaks_no_http_is_trouble_that_may_pass() -> None:
    def babble(exchange: Exchange) -> None:
        exchange.send(b"\x16\x03\x01 hello\r\n\r\n")
        exchange.hang_up()

    assert reason(lambda: downloaded(babble)) == "store_cut"


# --- going on in the middle ---------------------------------------------------------------------


def test_a_store_that_can_goes_on_where_it_was_left() -> None:
    span = f"Content-Range: bytes 1000-{len(BODY) - 1}/{len(BODY)}"
    with serving(reply("206 Partial Content", BODY[1000:], span)) as server:
        rest = store().download(server.url, size=len(BODY), start=1000)

        assert rest.start == 1000
        assert b"".join(rest) == BODY[1000:]
    assert server.requests[0].headers["range"] == "bytes=1000-"


def test_a_store_that_cannot_begins_anew_and_says_so() -> None:
    with serving(reply("200 OK", BODY)) as server:
        whole = store().download(server.url, size=len(BODY), start=1000)

        assert whole.start == 0
        assert b"".join(whole) == BODY


@pytest.mark.parametrize("span", ["bytes 999-2097151/2097152", "bytes */2097152", "1000-", "", "pages 1000-2000/3000"])
def test_another_range_than_was_asked_for_is_refused(span: str) -> None:
    answer = reply("206 Partial Content", BODY[1000:], f"Content-Range: {span}")

    assert reason(lambda: downloaded(answer, start=1000)) == "store_status"


def test_a_part_nobody_asked_for_is_refused() -> None:
    answer = reply("206 Partial Content", BODY[:9], f"Content-Range: bytes 0-8/{len(BODY)}")

    assert reason(lambda: downloaded(answer)) == "store_status"


@pytest.mark.parametrize("body", [BODY[1000:-1], BODY[1000:] + b"x"])
def test_a_rest_of_a_wrong_length_is_noticed(body: bytes) -> None:
    span = f"Content-Range: bytes 1000-{len(BODY) - 1}/{len(BODY)}"

    assert reason(lambda: downloaded(reply("206 Partial Content", body, span), start=1000)) == "length_mismatch"


# --- which hosts --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://cvws.icloud-content.com/x", "url_not_https"),
        ("https://cvws.icloud-content.com:22/x", "url_port"),
        ("https://169.254.169.254/latest", "address_forbidden"),
        ("https://127.0.0.1/x", "address_forbidden"),
        ("https://[::1]/x", "address_forbidden"),
        ("file:///etc/passwd", "url_malformed"),
        ("", "url_malformed"),
    ],
)
def test_only_public_https_is_called_outside_of_the_laptop(url: str, code: str) -> None:
    closed = ContentStore(StoreRoutes(EgressGuard(allow_loopback=False, resolve=lambda *_: ["17.0.0.1"])))

    assert reason(lambda: closed.download(url, size=1)) == code
    assert reason(lambda: closed.upload(url, [b"x"], size=1)) == code


# --- upload -------------------------------------------------------------------------------------


def uploaded(answer: Answer, pieces: list[bytes], *, size: int) -> str:
    with serving(answer) as server:
        return store().upload(server.url + "/up?x=1", pieces, size=size)


@pytest.mark.parametrize("pieces", [[b"abc"], [b"a", b"", b"bc"], [b"", b"abc", b""], [BODY, BODY, b"z"]])
def test_an_upload_has_its_exact_length_no_chunks_and_no_token(pieces: list[bytes]) -> None:
    whole = b"".join(pieces)
    with serving(RECEIPT) as server:
        checksum = store().upload(server.url + "/up?x=1", iter(pieces), size=len(whole))

    request = server.requests[0]
    assert checksum == CHECKSUM
    assert request.line == "POST /up?x=1 HTTP/1.1"
    assert request.body == whole
    assert request.headers["content-length"] == str(len(whole))
    assert not {"transfer-encoding", "authorization"} & request.headers.keys()


@pytest.mark.parametrize(
    ("pieces", "size"), [([b"abc"], 2), ([b"abc"], 4), ([], 1), ([b"ab", b"cd"], 3), ([b"ab", b"cd", b"ef"], 3)]
)
def test_a_body_of_another_length_never_ends_well(pieces: list[bytes], size: int) -> None:
    arrived: list[bytes] = []

    def whole_bodies(exchange: Exchange) -> None:
        arrived.append(exchange.request.body)

    assert reason(lambda: uploaded(whole_bodies, pieces, size=size)) == "length_mismatch"
    assert not any(len(body) >= size for body in arrived)


@pytest.mark.parametrize("status", ["403 Forbidden", "404 Not Found", "410 Gone"])
def test_a_slot_that_was_used_or_is_too_old_is_told_from_other_trouble(status: str) -> None:
    assert reason(lambda: uploaded(reply(status), [b"abc"], size=3)) == "store_expired"


@pytest.mark.parametrize("status", ["400 Bad Request", "411 Length Required", "500 Oops", "302 Found"])
def test_any_other_answer_to_an_upload_is_trouble_that_may_pass(status: str) -> None:
    assert reason(lambda: uploaded(reply(status), [b"abc"], size=3)) == "store_status"


@pytest.mark.parametrize(
    "receipt",
    [
        b"",
        b"{",
        b"[]",
        b'"x"',
        b"[" * 100_000,
        b'{"singleFile": {}}',
        b'{"singleFile": {"fileChecksum": 7}}',
        b'{"singleFile": {"fileChecksum": "ab="}}',
        json.dumps({"singleFile": {"fileChecksum": base64.b64encode(bytes(20)).decode()}}).encode(),
    ],
)
def test_a_receipt_without_a_checksum_counts_as_none(receipt: bytes) -> None:
    assert reason(lambda: uploaded(reply("200 OK", receipt), [b"abc"], size=3)) == "store_receipt"


def test_a_store_that_refuses_early_is_understood() -> None:
    """It answers and hangs up while bytes still come."""

    def answer(exchange: Exchange) -> None:
        exchange.send(reply("403 Forbidden", b"", "Connection: close"))
        exchange.hang_up()

    assert reason(lambda: uploaded(answer, [BODY] * 4, size=4 * len(BODY))) == "store_expired"


def test_what_the_pieces_raise_is_raised_and_the_connection_is_not_used_again() -> None:
    def pieces() -> Iterator[bytes]:
        yield b"ab"
        raise Retryable("the bucket is away", code="aws_unavailable")

    content = store()
    with serving(RECEIPT) as server:
        assert reason(lambda: content.upload(server.url, pieces(), size=3)) == "aws_unavailable"
        assert content.upload(server.url, [b"abc"], size=3) == CHECKSUM

    assert server.requests[-1].body == b"abc"


def test_a_store_that_takes_an_upload_too_slowly_is_left() -> None:
    hours = iter(range(10**6))

    with serving(RECEIPT) as server:
        slow = store(clock=lambda: next(hours) * 3600.0)
        assert reason(lambda: slow.upload(server.url, [b"x"] * 9, size=9)) == "store_too_slow"
