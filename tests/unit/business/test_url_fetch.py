"""Fetching what a business's URL leads to, from real servers, good and bad."""

from __future__ import annotations

import gzip
import socket
import threading
import tracemalloc
from typing import TYPE_CHECKING

import pytest

from parley.business.egress import EgressGuard
from parley.business.fetch import MAX_REDIRECTS, Fetched, GuardedFetch
from parley.errors import Rejected, Retryable
from tests.support.http_server import Exchange, LocalServer, reply, serving

if TYPE_CHECKING:
    from tests.support.http_server import Answer

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

SHORT = 0.2
PNG = "Content-Type: image/png"
INSIDE = {"inside.example": "10.0.0.7", "metadata.example": "169.254.169.254"}


def fetcher(asked: list[str] | None = None) -> GuardedFetch:
    """Every name is this machine, but for those that lead inside."""

    def resolve(host: str, _port: int) -> list[str]:
        if asked is not None:
            asked.append(host)
        return [INSIDE.get(host, "127.0.0.1")]

    return GuardedFetch(EgressGuard(allow_loopback=True, resolve=resolve))


def get(url: str, *, max_bytes: int = 1000, seconds: float = 5.0, asked: list[str] | None = None) -> Fetched:
    return fetcher(asked).get(url, types=("image/", "application/octet-stream"), max_bytes=max_bytes, seconds=seconds)


def code_of(server: LocalServer, *, seconds: float = 5.0) -> str:
    with pytest.raises((Rejected, Retryable)) as caught:
        get(f"{server.url}/picture", seconds=seconds)
    code: str = caught.value.code  # type: ignore[attr-defined]
    return code


def failure(*answers: Answer, seconds: float = 5.0) -> str:
    with serving(*answers) as server:
        return code_of(server, seconds=seconds)


def moved(to: str, status: str = "302 Found") -> bytes:
    return reply(status, b"over there", f"Location: {to}", "Set-Cookie: crumb=1")


def test_a_picture_is_fetched_from_the_checked_address_under_its_own_name() -> None:
    asked: list[str] = []
    with serving(reply("200 OK", b"picture", "Content-Type: image/PNG; x=y")) as server:
        found = get(f"http://cdn.example:{server.port}/a/b.png?c=d#e", asked=asked)

    (request,) = server.requests
    assert found == Fetched(f"http://cdn.example:{server.port}/a/b.png?c=d#e", "image/png; x=y", b"picture", whole=True)
    assert request.line == "GET /a/b.png?c=d HTTP/1.1"
    assert request.headers["host"] == f"cdn.example:{server.port}"
    assert request.headers["user-agent"] == "parley/1"
    assert request.headers["accept"] == "image/*, application/octet-stream"
    assert request.headers["accept-encoding"] == "identity"
    assert asked == ["cdn.example"]


def test_up_to_three_redirects_are_followed_each_checked_anew_and_without_cookies() -> None:
    asked: list[str] = []
    with serving() as server:
        server.answers += [
            moved(f"http://two.example:{server.port}/2", "301 Moved"),
            moved("/3", "303 See Other"),
            moved("4?x#y", "308 Permanent Redirect"),
            reply("200 OK", b"picture", PNG),
        ]
        found = get(f"http://one.example:{server.port}/1", asked=asked)

    assert found.content == b"picture"
    assert found.url == f"http://two.example:{server.port}/4?x"
    assert [request.line.split()[1] for request in server.requests] == ["/1", "/2", "/3", "/4?x"]
    assert asked == ["one.example", "two.example", "two.example", "two.example"]
    assert not any({"cookie", "authorization", "referer"} & request.headers.keys() for request in server.requests)


def test_a_fourth_redirect_is_not_followed() -> None:
    with serving(moved("/again")) as server:
        assert code_of(server) == "fetch_redirects"

    assert len(server.requests) == MAX_REDIRECTS + 1


@pytest.mark.parametrize(
    ("to", "code"),
    [
        ("https://inside.example/", "address_forbidden"),
        ("https://metadata.example/latest/meta-data/", "address_forbidden"),
        ("http://inside.example/", "url_not_https"),
        ("https://user:secret@cdn.example/", "url_userinfo"),
        ("file:///etc/passwd", "url_malformed"),
        ("https://", "url_malformed"),
        ("https://[::1/", "url_malformed"),
        ("https://cdn.example:99999/", "url_malformed"),
        ("https://2130706433/", "url_host"),
        ("https://0x7f.1/", "url_host"),
        ("https://169.254.169.254/latest/meta-data/", "address_forbidden"),
        ("https://[fd00:ec2::254]/", "address_forbidden"),
        ("https://[64:ff9b::a9fe:a9fe]/", "address_forbidden"),
        ("//inside.example/", "url_not_https"),
        ("gopher://cdn.example/", "url_malformed"),
    ],
)
def test_a_redirect_leads_nowhere_a_url_may_not(to: str, code: str) -> None:
    assert failure(moved(to)) == code


def test_a_location_in_utf_8_is_understood() -> None:
    with serving() as server:
        server.answers += [moved("/caf\u00c3\u00a9%20x"), reply("200 OK", b"picture", PNG)]
        get(f"{server.url}/")

    assert server.requests[1].line == "GET /caf%C3%A9%20x HTTP/1.1"


def test_outside_of_the_local_cloud_only_https_is_dialled() -> None:
    with serving(reply("200 OK", b"picture", PNG)) as server:
        guarded = GuardedFetch(EgressGuard(allow_loopback=False))
        for url in (server.url, f"https://127.0.0.1:{server.port}/", "https://127.0.0.1/"):
            with pytest.raises(Rejected):
                guarded.get(url, types=("image/",), max_bytes=10, seconds=5)

    assert server.connections == 0


def test_what_is_longer_than_allowed_is_cut_and_says_so() -> None:
    def endless(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n")
        exchange.drip(b"x" * 4096)

    for answer in (reply("200 OK", b"x" * 1001, PNG), endless):
        with serving(answer) as server:
            found = get(server.url)
        assert (found.content, found.whole) == (b"x" * 1000, False)


@pytest.mark.parametrize("encoding", ["gzip", "gzip, gzip"])
def test_what_was_packed_is_unpacked_no_further_than_allowed(encoding: str) -> None:
    packed = gzip.compress(b"x" * 50_000_000)
    packed = gzip.compress(packed) if encoding != "gzip" else packed

    with serving(reply("200 OK", packed, PNG, f"Content-Encoding: {encoding}")) as server:
        tracemalloc.start()
        found = get(server.url)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert (found.content, found.whole) == (b"x" * 1000, False)
    assert peak < 5_000_000


def test_trailers_without_end_do_not_hold_anybody() -> None:
    def endless(exchange: Exchange) -> None:
        exchange.send(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: image/png\r\n\r\n3\r\npic\r\n0\r\n"
        )
        exchange.drip(b"X: y\r\n" * 50)

    assert failure(endless, seconds=SHORT) == "fetch_timeout"


def test_what_is_as_long_as_allowed_is_whole() -> None:
    with serving(reply("200 OK", b"x" * 1000, PNG)) as server:
        assert get(server.url).whole


def test_chunks_are_put_together() -> None:
    body = b"3\r\npic\r\n4\r\nture\r\n0\r\n\r\n"
    with serving(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body) as server:
        assert get(server.url).content == b"picture"


@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "application/json", "image", "x-image/png"])
def test_another_type_is_refused(kind: str) -> None:
    with serving(reply("200 OK", b"<html>", f"Content-Type: {kind}")) as server, pytest.raises(Rejected) as caught:
        get(server.url)

    assert caught.value.code == "fetch_type"
    assert caught.value.message == f"the URL leads to {kind.partition(';')[0]} instead of image/*"


def test_a_type_that_is_not_told_is_taken() -> None:
    with serving(reply("200 OK", b"picture")) as server:
        assert get(server.url).content == b"picture"


@pytest.mark.parametrize(
    "status", ["201 Created", "204 No Content", "304 Not Modified", "403 No", "404 Gone?", "410 Gone"]
)
def test_only_200_is_an_answer(status: str) -> None:
    with serving(reply(status, b"", PNG)) as server, pytest.raises(Rejected) as caught:
        get(server.url)

    assert caught.value.code == "fetch_status"
    assert status[:3] in caught.value.message


@pytest.mark.parametrize("status", ["429 Slow", "500 Oops", "503 Down"])
def test_a_server_in_trouble_may_be_better_later(status: str) -> None:
    with serving(reply(status, b"", PNG)) as server, pytest.raises(Retryable) as caught:
        get(server.url)

    assert caught.value.code == "fetch_status"


def test_a_redirect_that_says_not_where_is_no_answer() -> None:
    assert failure(reply("302 Found")) == "fetch_status"


def test_a_server_that_says_nothing_is_given_up() -> None:
    assert failure(Exchange.stall, seconds=SHORT) == "fetch_timeout"


def test_a_head_or_body_that_drips_is_given_up() -> None:
    def head(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\nX: ")
        while not exchange.stopped.wait(SHORT / 10):
            exchange.send(b"x")

    def body(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 900\r\n\r\n")
        while not exchange.stopped.wait(SHORT / 10):
            exchange.send(b"x")

    assert failure(head, seconds=SHORT) == "fetch_timeout"
    assert failure(body, seconds=SHORT) == "fetch_timeout"


def test_redirects_share_one_budget() -> None:
    def slow(exchange: Exchange) -> None:
        exchange.stopped.wait(SHORT * 0.8)
        exchange.send(moved("/again"))

    with serving(slow) as server:
        assert code_of(server, seconds=SHORT) == "fetch_timeout"

    assert len(server.requests) <= 2


def test_a_name_that_never_resolves_does_not_hold_anybody() -> None:
    released = threading.Event()

    def resolve(_host: str, _port: int) -> list[str]:
        released.wait(30)
        return ["127.0.0.1"]

    try:
        with pytest.raises(Retryable) as caught:
            GuardedFetch(EgressGuard(allow_loopback=True, resolve=resolve)).get(
                "https://slow.example/", types=("image/",), max_bytes=10, seconds=SHORT
            )
    finally:
        released.set()

    assert caught.value.code == "fetch_timeout"


@pytest.mark.parametrize("seconds", [0.0, -1.0])
def test_without_time_nothing_is_dialled(seconds: float) -> None:
    with serving(reply("200 OK", b"picture", PNG)) as server:
        assert code_of(server, seconds=seconds) == "fetch_timeout"


def test_a_body_that_breaks_off_is_no_picture() -> None:
    def broken(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 900\r\n\r\nhalf")
        exchange.hang_up()

    assert failure(broken) == "fetch_failed"


@pytest.mark.parametrize("garbage", [b"", b"\x16\x03\x01\x00\r\n\r\n", b"HTTP/1.1 abc OK\r\n\r\n"])
def test_a_server_that_speaks_no_http_has_failed(garbage: bytes) -> None:
    def talk(exchange: Exchange) -> None:
        exchange.send(garbage)
        exchange.hang_up()

    assert failure(talk) == "fetch_failed"


def test_when_nobody_listens_it_has_failed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    with pytest.raises(Retryable) as caught:
        get(f"http://127.0.0.1:{port}/")

    assert caught.value.code == "fetch_failed"


def test_a_connection_is_used_again() -> None:
    with serving(reply("200 OK", b"picture", PNG)) as server:
        shared = fetcher()
        for number in range(3):
            shared.get(f"{server.url}/{number}", types=("image/",), max_bytes=1000, seconds=5)

    assert (len(server.requests), server.connections) == (3, 1)


def test_nothing_that_was_fetched_shows_in_a_log() -> None:
    assert "canary" not in repr(Fetched("https://cdn.example/", "image/png", b"canary"))
