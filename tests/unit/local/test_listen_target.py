"""Handing a webhook on to a program that is there, not there yet, slow or broken."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from local.listen.target import Answer, Target
from local.stack.errors import StackError
from tests.support.http_server import Exchange, reply, serving

if TYPE_CHECKING:
    from collections.abc import Callable


class Time:
    """Goes on only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []
        self.then: Callable[[], None] | None = None

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept.append(seconds)
        if self.then is not None:
            self.then()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port: int = closed.getsockname()[1]
        return port


def target(url: str, time: Time | None = None, *, read_seconds: float = 5.0) -> Target:
    time = time or Time()
    return Target(url, sleep=time.sleep, clock=time.clock, read_seconds=read_seconds)


def test_bytes_and_headers_arrive_as_they_are() -> None:
    with serving(reply("202 Accepted", b"thanks")) as server:
        answer = target(f"{server.url}/in?x=1").post(b'{"a": "\xc3\xbc"}', {"webhook-id": "m1", "content-type": "x/y"})

    (request,) = server.requests
    assert answer == Answer(202, 0, 1)
    assert answer.ok
    assert (request.line, request.body) == ("POST /in?x=1 HTTP/1.1", b'{"a": "\xc3\xbc"}')
    assert (request.headers["webhook-id"], request.headers["content-type"]) == ("m1", "x/y")


@pytest.mark.parametrize("status", ["301 Moved", "400 Bad", "404 Gone?", "429 Slow", "500 Oops", "503 Down"])
def test_once_it_answers_it_is_not_called_again(status: str) -> None:
    with serving(reply(status, b"", "Retry-After: 7", "Location: /elsewhere")) as server:
        answer = target(server.url).post(b"{}", {})

    assert (answer.status, answer.tries, answer.retry_after, answer.ok) == (int(status[:3]), 1, "7", False)
    assert len(server.requests) == 1


def test_a_program_that_is_being_started_is_waited_for() -> None:
    port, time = free_port(), Time()
    listening: list[socket.socket] = []

    def start() -> None:
        if len(time.slept) == 3:
            listening.append(socket.create_server(("127.0.0.1", port)))
            time.then = None

    time.then = start
    answer = target(f"http://127.0.0.1:{port}/", time, read_seconds=0.1).post(b"{}", {})
    for one in listening:
        one.close()

    # It is reached at the fourth try; that it then says nothing is another matter.
    assert (answer.tries, answer.status, answer.note) == (4, 504, "no answer in time")
    assert time.slept == [0.2, 0.4, 0.8]


def test_a_program_that_is_not_started_is_given_up_so_that_parley_tries_again() -> None:
    time = Time()

    answer = target(f"http://127.0.0.1:{free_port()}/", time).post(b"{}", {})

    assert (answer.status, answer.note) == (503, "nobody listens there")
    assert answer.tries == len(time.slept) + 1 > 5
    assert sum(time.slept) <= 6


def test_a_connection_that_breaks_off_is_tried_again() -> None:
    with serving(lambda exchange: exchange.hang_up(), reply("200 OK")) as server:
        answer = target(server.url).post(b"{}", {})

    assert (answer.status, answer.tries) == (200, 2)


def test_a_program_that_always_breaks_off_is_given_up() -> None:
    with serving(lambda exchange: exchange.hang_up()) as server:
        answer = target(server.url).post(b"{}", {})

    assert (answer.status, answer.note) == (503, "the connection broke off")


def test_a_program_that_is_slow_is_not_called_twice_for_it() -> None:
    with serving(Exchange.stall) as server:
        answer = target(server.url, read_seconds=0.1).post(b"{}", {})
        assert (answer.status, answer.tries, answer.note) == (504, 1, "no answer in time")

    assert len(server.requests) == 1


@pytest.mark.parametrize("url", ["", "localhost:3000", "ftp://x/", "/hook"])
def test_what_is_no_url_is_told_at_once(url: str) -> None:
    with pytest.raises(StackError, match="is no URL"):
        Target(url)
