"""Posting webhooks to real servers, good and bad."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from parley.business.egress import EgressGuard
from parley.business.webhook_client import MAX_ANSWER_BYTES, WebhookAnswer, WebhookClient
from parley.errors import Retryable
from tests.support.clock import NEW_YEAR, Clock
from tests.support.http_server import Exchange, LocalServer, reply, serving

if TYPE_CHECKING:
    from tests.support.http_server import Answer

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

SHORT = 0.2


def client(*, read_seconds: float = 10.0) -> WebhookClient:
    """Every name is this machine."""
    guard = EgressGuard(allow_loopback=True, resolve=lambda _host, _port: ["127.0.0.1"])
    return WebhookClient(guard, clock=Clock(), read_seconds=read_seconds)


def post(server: LocalServer, *, read_seconds: float = 10.0) -> WebhookAnswer:
    return client(read_seconds=read_seconds).post(server.url + "/hook", body=b"{}", headers={})


def answer_to(*answers: Answer) -> WebhookAnswer:
    with serving(*answers) as server:
        return post(server)


def test_a_webhook_arrives_as_it_was_signed() -> None:
    with serving(reply("200 OK", b"thanks")) as server:
        answer = client().post(
            f"http://hooks.example:{server.port}/a/b?c=d", body=b'{"a": 1}', headers={"webhook-id": "m1"}
        )

    (request,) = server.requests
    assert (answer.status, answer.words, answer.ok, answer.reason) == (200, "thanks", True, None)
    assert request.line == "POST /a/b?c=d HTTP/1.1"
    assert request.body == b'{"a": 1}'
    assert request.headers["host"] == f"hooks.example:{server.port}"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["webhook-id"] == "m1"
    assert request.headers["user-agent"].startswith("parley-webhooks/")


@pytest.mark.parametrize("status", ["200 OK", "201 Created", "202 Accepted", "204 No Content", "299 Fine"])
def test_every_2xx_takes_the_message_over(status: str) -> None:
    answer = answer_to(reply(status))

    assert answer.ok
    assert answer.reason is None


@pytest.mark.parametrize(
    "status",
    [
        "300 Multiple",
        "304 Not Modified",
        "400 Bad",
        "401 Who",
        "404 Gone?",
        "410 Gone",
        "429 Slow",
        "500 Oops",
        "503 Down",
    ],
)
def test_nothing_else_does(status: str) -> None:
    answer = answer_to(reply(status, b"" if status.startswith("304") else b"words"))

    assert not answer.ok
    assert (answer.status, answer.reason) == (int(status[:3]), "status")


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
def test_a_redirect_is_not_followed(status: str) -> None:
    with serving(reply("200 OK")) as inside, serving(reply(status, b"", f"Location: {inside.url}/admin")) as server:
        answer = post(server)

    assert answer.status == int(status[:3])
    assert not answer.ok
    assert inside.requests == []


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0),
        ("  7 ", 7.0),
        ("0", 0.0),
        ("9" * 400, 999_999_999.0),
        ("Thu, 01 Jan 2026 00:02:00 GMT", 120.0),
        ("Thursday, 01-Jan-26 00:02:00 GMT", 120.0),
        ("Wed, 31 Dec 2025 23:59:00 GMT", 0.0),
        ("Thu, 01 Jan 2026 02:02:00 +0200", 120.0),
        ("Thu, 01 Jan 2026 00:02:00 -0000", 120.0),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        ("\u00b2", None),
        ("\u00bc", None),
        ("Thu, 99 Jan 2026 00:00:00 GMT", None),
        ("Thu, 99999999999999999999 Jan 2026 00:00:00 GMT", None),
        ("Thu, 01 Jan 2026 00:00:00 +99999999999999", None),
    ],
)
def test_retry_after_is_read_in_both_forms(header: str, seconds: float | None) -> None:
    assert answer_to(reply("503 Down", b"", f"Retry-After: {header}")).retry_after == seconds


def test_long_words_are_cut_and_strange_bytes_replaced() -> None:
    answer = answer_to(reply("500 Oops", b"\xff" + b"x" * 5000))

    assert answer.words == "\ufffd" + "x" * 499


def test_a_connection_is_used_again_and_each_name_has_its_own() -> None:
    with serving(reply("200 OK", b"ok")) as server:
        poster = client()
        for name in ("a.example", "a.example", "a.example", "b.example"):
            assert poster.post(f"http://{name}:{server.port}/", body=b"{}", headers={}).ok

    assert len(server.requests) == 4
    assert server.connections == 2


def test_an_answer_longer_than_anyone_needs_is_cut_and_its_connection_dropped() -> None:
    with serving(reply("200 OK", b"x" * (MAX_ANSWER_BYTES + 1)), reply("200 OK")) as server:
        poster = client()
        assert poster.post(server.url, body=b"{}", headers={}).ok
        assert poster.post(server.url, body=b"{}", headers={}).ok

    assert server.connections == 2


def test_an_endless_answer_is_cut_and_its_status_counts() -> None:
    def endless(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\n\r\n")
        exchange.drip(b"x" * 8192)

    assert answer_to(endless).words == "x" * 500


def test_a_body_that_never_comes_does_not_hold_the_verdict_back() -> None:
    def silent(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
        exchange.stall()

    with serving(silent) as server:
        assert post(server, read_seconds=SHORT).ok


def test_when_nobody_listens_the_connection_failed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    answer = client().post(f"http://127.0.0.1:{port}/", body=b"{}", headers={})

    assert (answer.status, answer.reason) == (0, "connection_failed")


def test_a_url_the_guard_refuses_is_never_dialled() -> None:
    with serving(reply("200 OK")) as server:
        refused = WebhookClient(EgressGuard(allow_loopback=False)).post(server.url, body=b"{}", headers={})

    assert (refused.status, refused.reason) == (0, "url_not_https")
    assert server.requests == []


def test_a_name_that_does_not_resolve_is_an_answer_too() -> None:
    def unknown(_host: str, _port: int) -> list[str]:
        raise Retryable("the endpoint's host name does not resolve", code="dns_failed")

    poster = WebhookClient(EgressGuard(allow_loopback=True, resolve=unknown))

    assert poster.post("https://hooks.example/", body=b"{}", headers={}).reason == "dns_failed"


def test_only_so_many_endpoints_keep_their_connections() -> None:
    with serving(reply("200 OK", b"ok")) as server:
        poster = client()
        for number in [*range(65), 64, 0]:
            assert poster.post(f"http://h{number}.example:{server.port}/", body=b"{}", headers={}).ok

    assert server.connections == 66


def test_the_clock_only_matters_for_dates() -> None:
    assert answer_to(reply("503 Down", b"", "Retry-After: 30")).retry_after == 30.0
    assert Clock().now == NEW_YEAR
