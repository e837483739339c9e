"""Endpoints that are broken or mean no good: none of them holds a thread, fills the memory or speaks for another."""

from __future__ import annotations

import gzip
import socket
import struct
import tracemalloc
import zlib
from typing import TYPE_CHECKING, Any, Final

import pytest
from urllib3.util import connection

from parley.business.egress import EgressGuard
from parley.business.webhook_client import WebhookAnswer, WebhookClient
from tests.support.http_server import Exchange, reply, serving

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.http_server import Answer

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

SHORT: Final = 0.2
OK: Final = reply("200 OK", b"ok")
CHUNKED: Final = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def client() -> WebhookClient:
    """Every name is this machine, and patience is short."""
    guard = EgressGuard(allow_loopback=True, resolve=lambda _host, _port: ["127.0.0.1"])
    return WebhookClient(guard, connect_seconds=SHORT, read_seconds=SHORT)


def post(poster: WebhookClient, url: str, body: bytes = b"{}") -> WebhookAnswer:
    return poster.post(url, body=body, headers={"webhook-id": "m"})


def then_hang_up(*pieces: bytes) -> Callable[[Exchange], None]:
    def talk(exchange: Exchange) -> None:
        for piece in pieces:
            exchange.send(piece)
        exchange.hang_up()

    return talk


def then_reset(*pieces: bytes) -> Callable[[Exchange], None]:
    def talk(exchange: Exchange) -> None:
        for piece in pieces:
            exchange.send(piece)
        exchange.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        exchange.connection.close()
        exchange.hang_up()

    return talk


def then_stall(start: bytes) -> Callable[[Exchange], None]:
    def talk(exchange: Exchange) -> None:
        exchange.send(start)
        exchange.stall()

    return talk


def then_flood(start: bytes, piece: bytes) -> Callable[[Exchange], None]:
    def talk(exchange: Exchange) -> None:
        exchange.send(start)
        exchange.drip(piece)

    return talk


def then_drip(start: bytes, piece: bytes = b"x") -> Callable[[Exchange], None]:
    """A little at a time, each well within the patience of a socket."""

    def talk(exchange: Exchange) -> None:
        exchange.send(start)
        try:
            while not exchange.stopped.wait(SHORT / 8):
                exchange.send(piece)
        except OSError:
            exchange.hang_up()

    return talk


NO_ANSWER: Final[dict[str, tuple[Answer, str]]] = {
    "hangs up": (then_hang_up(), "connection_failed"),
    "resets": (then_reset(), "connection_failed"),
    "says nothing": (Exchange.stall, "timeout"),
    "stops in the status": (then_hang_up(b"HTTP/1.1 2"), "connection_failed"),
    "stops after the version": (then_hang_up(b"HTTP/1.1\r\n\r\n"), "connection_failed"),
    "stalls in the status": (then_stall(b"HTTP/1.1 2"), "timeout"),
    "stalls in a header": (then_stall(b"HTTP/1.1 200 OK\r\nX: "), "timeout"),
    "stalls before the end of the head": (then_stall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"), "timeout"),
    "resets in the status": (then_reset(b"HTTP/1.1 200"), "connection_failed"),
    "resets in a header": (then_reset(b"HTTP/1.1 200 OK\r\nX: "), "connection_failed"),
    "drips its status": (then_drip(b"", b"H"), "timeout"),
    "drips spaces": (then_drip(b"HTTP/1.1 200 ", b" "), "timeout"),
    "drips a header": (then_drip(b"HTTP/1.1 200 OK\r\nX: "), "timeout"),
    "drips headers": (then_drip(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"), "timeout"),
    "drips blank lines": (then_drip(b"", b"\r\n"), "connection_failed"),
    "sends a header line without end": (then_flood(b"HTTP/1.1 200 OK\r\nX: ", b"x" * 4096), "connection_failed"),
    "sends headers without end": (then_flood(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n" * 50), "connection_failed"),
    "sends a status line without end": (then_flood(b"HTTP/1.1 200 ", b"x" * 4096), "connection_failed"),
    "sends a folded header without end": (
        then_flood(b"HTTP/1.1 200 OK\r\nX: y\r\n", b" y\r\n" * 50),
        "connection_failed",
    ),
    "sends 100 without end": (then_flood(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), "connection_failed"),
    "drips 100 without end": (then_drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), "timeout"),
    "sends 103 without end": (then_flood(b"", b"HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n"), "connection_failed"),
    "sends 102 and 103 in turn": (
        then_flood(b"", b"HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n"),
        "connection_failed",
    ),
    "sends 103 and stalls": (then_stall(b"HTTP/1.1 103 Early Hints\r\n\r\n"), "timeout"),
    "sends 103 and hangs up": (then_hang_up(b"HTTP/1.1 103 Early Hints\r\n\r\n"), "connection_failed"),
    "switches protocols": (reply("101 Switching Protocols", b"", "Upgrade: h2c"), "connection_failed"),
    "speaks TLS": (then_hang_up(b"\x16\x03\x01\x02\x00\x01\x00"), "connection_failed"),
    "speaks HTTP/0.9": (then_hang_up(b"<html>200 OK</html>"), "connection_failed"),
    "speaks HTTP/2": (then_hang_up(b"\x00\x00\x12\x04\x00\x00\x00\x00\x00" + b"\x00" * 18), "connection_failed"),
    "speaks HTTP/3.0": (then_hang_up(b"HTTP/3.0 200 OK\r\n\r\n"), "connection_failed"),
    "speaks SMTP": (then_hang_up(b"220 mail.example ESMTP\r\n"), "connection_failed"),
    "speaks SSH": (then_stall(b"SSH-2.0-OpenSSH_9.6\r\n"), "connection_failed"),
    "has a status of one digit": (then_hang_up(b"HTTP/1.1 2 OK\r\n\r\n"), "connection_failed"),
    "has a status of four digits": (then_hang_up(b"HTTP/1.1 2000 OK\r\n\r\n"), "connection_failed"),
    "has a negative status": (then_hang_up(b"HTTP/1.1 -20 OK\r\n\r\n"), "connection_failed"),
    "has a status in letters": (then_hang_up(b"HTTP/1.1 2OO OK\r\n\r\n"), "connection_failed"),
    "has a status in other digits": (then_hang_up("HTTP/1.1 ٢٠٠ OK\r\n\r\n".encode()), "connection_failed"),
    "promises two lengths": (
        then_hang_up(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok"),
        "connection_failed",
    ),
    "has no status": (then_hang_up(b"HTTP/1.1  \r\n\r\n"), "connection_failed"),
}

AN_ANSWER: Final[dict[str, tuple[Answer, int]]] = {
    "sends 100 before": (b"HTTP/1.1 100 Continue\r\n\r\n" * 3 + OK, 200),
    "sends 102 before": (b"HTTP/1.1 102 Processing\r\n\r\n" + OK, 200),
    "sends 103 before": (b"HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n" + OK, 200),
    "sends several of them before a refusal": (
        b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" + reply("410 Gone", b"gone"),
        410,
    ),
    "stops in its body": (then_hang_up(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"), 200),
    "resets in its body": (then_reset(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"), 200),
    "stalls before its body": (then_stall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"), 200),
    "stalls in its body": (then_stall(b"HTTP/1.1 500 Oops\r\nContent-Length: 9\r\n\r\nhalf"), 500),
    "drips its body": (then_drip(b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n"), 200),
    "drips a body without length": (then_drip(b"HTTP/1.1 200 OK\r\n\r\n"), 200),
    "drips a chunk's length": (then_drip(CHUNKED, b"0"), 200),
    "drips a chunk's extension": (then_drip(CHUNKED + b"5;"), 200),
    "drips the end of a chunk": (then_drip(CHUNKED + b"2\r\nok", b" "), 200),
    "drips trailers": (then_drip(CHUNKED + b"0\r\n", b"X: y\r\n"), 200),
    "sends trailers without end": (then_flood(CHUNKED + b"0\r\n", b"X: y\r\n" * 50), 200),
    "sends a trailer line without end": (then_flood(CHUNKED + b"0\r\nX: ", b"x" * 4096), 200),
    "sends a chunk's length without end": (then_flood(CHUNKED, b"0" * 4096), 200),
    "sends a chunk beyond all measure": (then_flood(CHUNKED + b"ffffffffffffffff\r\n", b"x" * 4096), 200),
    "sends a negative chunk": (then_hang_up(CHUNKED + b"-5\r\nhello\r\n0\r\n\r\n"), 200),
    "sends no number as a chunk's length": (then_hang_up(CHUNKED + b"zz\r\n"), 200),
    "sends chunks without end": (then_flood(CHUNKED, b"8\r\n12345678\r\n"), 200),
    "sends a body without end": (then_flood(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 4096), 200),
    "promises more than there is": (
        then_hang_up(b"HTTP/1.1 200 OK\r\nContent-Length: 9" + b"9" * 20 + b"\r\n\r\nok"),
        200,
    ),
    "promises less than nothing": (then_hang_up(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nok"), 200),
    "promises no number": (then_hang_up(b"HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\nok"), 200),
    "promises a length and chunks": (
        b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        200,
    ),
    "names an encoding nobody knows": (reply("200 OK", b"ok", "Content-Encoding: x-secret"), 200),
    "says gzip and sends none": (reply("200 OK", b"no gzip", "Content-Encoding: gzip"), 200),
    "has a header without a name": (reply("200 OK", b"ok", ": x"), 200),
    "has a header that is none": (reply("200 OK", b"ok", "no header at all"), 200),
    "has strange bytes in a header": (reply("200 OK", b"ok", "X: \x00\x7f\xff"), 200),
    "has bare line feeds": (b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok", 200),
    "has a status nobody knows": (reply("299 Fine"), 299),
    "has a status beyond the standard": (reply("999 Denied"), 999),
    "wants a proxy's password": (reply("407 Proxy Authentication Required", b"", "Proxy-Authenticate: Basic"), 407),
    "wants a password": (reply("401 Unauthorized", b"", 'WWW-Authenticate: Basic realm="x"'), 401),
    "redirects to itself": (reply("307 Temporary Redirect", b"", "Location: /hook"), 307),
    "redirects inside": (reply("302 Found", b"", "Location: http://169.254.169.254/latest/meta-data/"), 302),
    "redirects by refresh": (reply("200 OK", b"", "Refresh: 0; url=http://127.0.0.1/"), 200),
    "uses a proxy": (reply("305 Use Proxy", b"", "Location: http://127.0.0.1:3128/"), 305),
    "leaves a crumb": (reply("500 Oops", b"", "Set-Cookie: crumb=1", "Alt-Svc: h2=\"127.0.0.1:1\""), 500),
}  # fmt: skip


def test_the_list_is_long() -> None:
    assert len(NO_ANSWER) + len(AN_ANSWER) >= 75


@pytest.mark.parametrize("name", NO_ANSWER)
def test_what_is_no_answer_is_told_as_none(name: str) -> None:
    behaviour, reason = NO_ANSWER[name]
    with serving(behaviour, reply("418 Own", b"own")) as server, serving(OK) as other:
        poster = client()
        answer = post(poster, server.url)

        # Whatever it did, the next webhook gets its own answer, and so does everybody else's.
        assert post(poster, server.url).status == 418
        assert post(poster, other.url).ok

    assert (answer.status, answer.ok, answer.reason) == (0, False, reason)


@pytest.mark.parametrize("name", AN_ANSWER)
def test_once_the_head_is_whole_its_status_counts(name: str) -> None:
    behaviour, status = AN_ANSWER[name]
    with serving(behaviour, reply("418 Own", b"own")) as server, serving(OK) as other:
        poster = client()
        answer = post(poster, server.url)

        assert post(poster, server.url).status == 418
        assert post(poster, other.url).ok

    assert (answer.status, answer.ok) == (status, 200 <= status < 300)
    assert len(answer.words) <= 500
    assert [request.line for request in server.requests] == ["POST / HTTP/1.1"] * 2
    assert not any({"cookie", "authorization", "proxy-authorization"} & one.headers.keys() for one in server.requests)


def test_an_answer_sent_ahead_is_not_taken_for_that_to_the_next_webhook() -> None:
    def two_at_once(exchange: Exchange) -> None:
        exchange.send(reply("200 OK", b"ok") + reply("200 OK", b"in advance"))

    with serving(two_at_once, reply("500 Oops", b"down")) as server:
        poster = client()
        assert post(poster, server.url).ok

        assert (answer := post(poster, server.url)).status == 500, answer


def test_an_endpoint_that_reads_nothing_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        answer = post(client(), f"http://127.0.0.1:{deaf.getsockname()[1]}/", body=b"x" * 50_000_000)

    assert (answer.status, answer.reason) == (0, "connection_failed")


def test_an_endpoint_that_accepts_nobody_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=1) as full:
        port = full.getsockname()[1]
        waiting = []
        for _ in range(8):  # until the system puts no more in line
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
            waiting.append(one)
        answer = post(client(), f"http://127.0.0.1:{port}/")
        for one in waiting:
            one.close()

    assert (answer.status, answer.reason) == (0, "timeout")


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(b"canary " * 7_000_000)),
        ("deflate", zlib.compress(b"canary " * 7_000_000)),
        ("gzip, gzip", gzip.compress(gzip.compress(b"canary " * 7_000_000))),
        ("br", b"\x5b\xff\xff\xff\x03" * 100),
        ("zstd", b"\x28\xb5\x2f\xfd" * 100),
    ],
)
def test_a_bomb_in_the_answer_is_not_unpacked(encoding: str, packed: bytes) -> None:
    with serving(reply("200 OK", packed, f"Content-Encoding: {encoding}")) as server:
        poster = client()
        tracemalloc.start()
        answer = post(poster, server.url)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert answer.ok
    assert "canary" not in answer.words
    assert peak < 5_000_000


def test_a_name_that_moves_inside_after_the_check_is_not_followed() -> None:
    addresses = [["127.0.0.1"], ["10.0.0.1"], ["169.254.169.254"], ["127.0.0.1", "10.0.0.1"]]
    asked: list[str] = []

    def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        return addresses.pop(0)

    poster = WebhookClient(EgressGuard(allow_loopback=True, resolve=resolve), read_seconds=SHORT)
    with serving(OK) as server:
        url = f"https://hooks.example:{server.port}/".replace("https", "http")
        first = post(poster, url)
        later = [post(poster, url.replace("http:", "https:").replace(f":{server.port}", "")) for _ in range(3)]

    assert first.ok
    assert len(server.requests) == 1
    assert [(answer.status, answer.reason) for answer in later] == [(0, "address_forbidden")] * 3
    assert asked == ["hooks.example"] * 4


def test_the_address_that_was_checked_is_dialled_and_the_name_is_not_asked_for_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dialled: list[object] = []
    real = connection.create_connection

    def watch(address: tuple[str, int], *args: Any, **kwargs: Any) -> socket.socket:
        dialled.append(address)
        return real(address, *args, **kwargs)

    monkeypatch.setattr(connection, "create_connection", watch)
    with serving(OK) as server:
        assert post(client(), f"http://hooks.example:{server.port}/").ok

    assert dialled == [("127.0.0.1", server.port)]


def test_no_proxy_of_the_environment_gets_a_webhook(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(OK) as server, serving(OK) as proxy:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)

        assert post(client(), server.url).ok

    assert (len(server.requests), proxy.requests) == (1, [])
