"""When the network breaks: what is certain, and what is not."""

from __future__ import annotations

import socket
import struct

import pytest

from parley.apple import limits
from parley.apple.gateway import AppleGateway, GatewayAnswer, Verdict
from parley.apple.outbound import OutboundMessage
from tests.support import apple_requests as apple
from tests.support.http_server import Exchange, reply, serving

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

MESSAGE = OutboundMessage("id-1", "text", apple.BUSINESS, apple.CUSTOMER, {"body": "x"})
SHORT = 0.2


def send(url: str) -> GatewayAnswer:
    return AppleGateway(url, timeout=SHORT).send(MESSAGE, token="T")


def hang_up(exchange: Exchange) -> None:
    exchange.hang_up()


def reset(exchange: Exchange) -> None:
    exchange.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    exchange.connection.close()
    exchange.hang_up()


def half_a_head(exchange: Exchange) -> None:
    exchange.send(b"HTTP/1.")
    exchange.hang_up()


def no_http(exchange: Exchange) -> None:
    exchange.send(b"\x16\x03\x01 hello\r\n\r\n")
    exchange.hang_up()


def test_when_nobody_listens_nothing_was_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    answer = send(f"http://127.0.0.1:{port}")

    assert (answer.verdict, answer.status) == (Verdict.NOT_NOW, 0)


@pytest.mark.parametrize("accident", [hang_up, reset, half_a_head, no_http, Exchange.stall])
def test_once_the_request_is_out_no_answer_is_no_certainty(accident: object) -> None:
    assert callable(accident)
    with serving(accident) as server:
        answer = send(server.url)

        assert len(server.requests) == 1
    assert (answer.verdict, answer.status) == (Verdict.UNCERTAIN, 0)
    assert answer.words.isidentifier()


@pytest.mark.parametrize(
    "start", [b"", b"HTTP/1.1 ", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nX: "]
)
def test_a_head_that_drips_is_given_up_as_a_whole(start: bytes) -> None:
    def drip(exchange: Exchange) -> None:
        exchange.send(start)
        exchange.drip(b" ")

    with serving(drip, reply("200 OK")) as server:
        gateway = AppleGateway(server.url, timeout=SHORT)
        answer = gateway.send(MESSAGE, token="T")

        assert gateway.send(MESSAGE, token="T").verdict is Verdict.ACCEPTED
    assert (answer.verdict, answer.status) == (Verdict.UNCERTAIN, 0)


def test_trailers_without_end_are_cut() -> None:
    def endless(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n")
        exchange.drip(b"X: y\r\n" * 50)

    with serving(endless) as server:
        assert send(server.url).verdict is Verdict.ACCEPTED


def test_an_interim_answer_is_not_the_verdict() -> None:
    with serving(b"HTTP/1.1 103 Early Hints\r\n\r\n" + reply("400 Bad"), reply("200 OK")) as server:
        gateway = AppleGateway(server.url)

        assert gateway.send(MESSAGE, token="T").verdict is Verdict.REFUSED
        assert gateway.send(MESSAGE, token="T").verdict is Verdict.ACCEPTED


def test_the_status_counts_even_when_the_body_breaks_off() -> None:
    def cut(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 100\r\n\r\n400 Bad")
        exchange.hang_up()

    with serving(cut) as server:
        answer = send(server.url)

    assert (answer.verdict, answer.status) == (Verdict.REFUSED, 400)


def test_a_body_that_never_comes_does_not_hold_the_verdict_back() -> None:
    def silent(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n")
        exchange.stall()

    with serving(silent) as server:
        assert send(server.url).verdict is Verdict.ACCEPTED


def test_an_endless_body_is_cut() -> None:
    def endless(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        exchange.drip(b"x" * limits.MAX_GATEWAY_ANSWER_BYTES)

    with serving(endless) as server:
        answer = AppleGateway(server.url).send(MESSAGE, token="T")

    assert (answer.verdict, answer.words) == (Verdict.REFUSED, "x" * 500)


def test_after_an_accident_the_next_message_goes_out_on_a_new_connection() -> None:
    with serving(hang_up, reply("200 OK")) as server:
        gateway = AppleGateway(server.url)
        assert gateway.send(MESSAGE, token="T").verdict is Verdict.UNCERTAIN
        assert gateway.send(MESSAGE, token="T").verdict is Verdict.ACCEPTED

    assert server.connections == 2
