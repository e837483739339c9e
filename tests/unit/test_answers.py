"""Reading another server's answer without trusting its length or its pace."""

from __future__ import annotations

import http.client
import io
import threading
from typing import TYPE_CHECKING, Any

import pytest
import urllib3

from parley import answers, heads
from parley.answers import read_bounded
from tests.support.clock import Clock
from tests.support.http_server import Exchange, LocalServer, reply, serving

if TYPE_CHECKING:
    from collections.abc import Callable


class Body(io.RawIOBase):
    """A body that comes in given pieces."""

    def __init__(self, *pieces: bytes, before: Callable[[], None] = lambda: None) -> None:
        self.pieces = list(pieces)
        self.before = before

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        self.before()
        piece = self.pieces.pop(0) if self.pieces else b""
        self.pieces = [piece[size:], *self.pieces] if size >= 0 and len(piece) > size else self.pieces
        return piece[:size] if size >= 0 else piece

    read1 = read


class Answer(urllib3.HTTPResponse):
    """Remembers whether its connection was given back or dropped."""

    ended = ""

    def release_conn(self) -> None:
        self.ended = self.ended or "released"

    def close(self) -> None:
        self.ended = self.ended or "closed"
        super().close()


def answer(body: Body) -> Answer:
    return Answer(body=body, preload_content=False, status=200)


def test_a_whole_body_is_read_and_its_connection_kept() -> None:
    found = answer(Body(b"ab", b"cd"))

    assert read_bounded(found, max_bytes=100, seconds=10) == b"abcd"
    assert found.ended == "released"


@pytest.mark.parametrize("pieces", [(b"x" * 50,), (b"x",) * 50, (b"x" * 10, b"x" * 40)])
def test_a_body_that_is_too_long_is_cut_and_its_connection_dropped(pieces: tuple[bytes, ...]) -> None:
    found = answer(Body(*pieces))

    assert read_bounded(found, max_bytes=10, seconds=10) == b"x" * 10
    assert found.ended == "closed"


def test_a_body_that_is_too_slow_is_cut() -> None:
    clock = Clock()
    found = answer(Body(*[b"x"] * 50, before=lambda: clock.advance(1)))

    assert read_bounded(found, max_bytes=100, seconds=5, clock=clock) == b"x" * 5
    assert found.ended == "closed"


@pytest.mark.parametrize(
    "fault",
    [urllib3.exceptions.ProtocolError("broken"), urllib3.exceptions.ReadTimeoutError(None, "", "late")],  # type: ignore[arg-type]
)
def test_a_body_that_breaks_off_is_what_came_before(fault: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    found = answer(Body(b"ab", b"cd"))
    real: Any = found.read1
    pieces = iter([real, real])

    def read1(amount: int) -> bytes:
        step = next(pieces, None)
        if step is None:
            raise fault
        piece: bytes = step(amount)
        return piece

    monkeypatch.setattr(found, "read1", read1)

    assert read_bounded(found, max_bytes=100, seconds=10) == b"abcd"
    assert found.ended == "closed"


@pytest.mark.allow_hosts(["127.0.0.1"])
class TestConnections:
    """What every answer of another server passes through."""

    def pool(self, server: LocalServer, *, seconds: float = 5.0) -> answers.InTimePool:
        timeout = urllib3.Timeout(connect=5.0, read=seconds)
        return answers.InTimePool("127.0.0.1", server.port, retries=False, timeout=timeout)

    def ask(self, pool: answers.InTimePool) -> bytes:
        found = pool.request("GET", "/", preload_content=False)
        return read_bounded(found, max_bytes=100, seconds=5.0)

    def test_a_connection_is_kept(self) -> None:
        with serving(reply("200 OK", b"ok")) as server:
            pool = self.pool(server)
            assert [self.ask(pool) for _ in range(3)] == [b"ok"] * 3

        assert server.connections == 1

    def test_a_connection_that_lay_idle_is_not_trusted(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(answers, "IDLE_SECONDS", 0.0)
        with serving(reply("200 OK", b"ok")) as server:
            pool = self.pool(server)
            assert [self.ask(pool) for _ in range(3)] == [b"ok"] * 3

        assert server.connections == 3

    def test_no_alarm_goes_off_when_the_answer_was_in_time(self) -> None:
        with serving(reply("200 OK", b"one"), reply("200 OK", b"two")) as server:
            pool = self.pool(server, seconds=0.05)
            assert self.ask(pool) == b"one"
            threading.Event().wait(0.1)
            assert self.ask(pool) == b"two"

        assert server.connections == 1

    @pytest.mark.parametrize("answer", [reply("204 No Content"), reply("200 OK")])
    def test_an_answer_without_a_body_needs_no_alarm_and_its_connection_is_kept(
        self, answer: bytes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        set_for: list[float] = []
        set_alarm = answers._ALARMS.set

        def note(seconds: float, action: Callable[[], None]) -> int:
            set_for.append(seconds)
            return set_alarm(seconds, action)

        monkeypatch.setattr(answers._ALARMS, "set", note)
        with serving(answer) as server:
            pool = self.pool(server, seconds=3.0)
            assert [self.ask(pool) for _ in range(3)] == [b""] * 3

        assert server.connections == 1
        assert set_for == [3.0] * 3  # for the heads alone

    def test_head_and_body_go_out_together(self, monkeypatch: pytest.MonkeyPatch) -> None:
        sent: list[bytes] = []
        send = http.client.HTTPConnection.send

        def note(connection: http.client.HTTPConnection, data: Any) -> None:
            sent.append(bytes(data))
            send(connection, data)

        monkeypatch.setattr(http.client.HTTPConnection, "send", note)
        with serving(reply("204 No Content")) as server:
            pool = self.pool(server)
            for body in (b"one", b"two", b"", None):
                pool.urlopen("POST", "/", body=body)
            pool.urlopen("POST", "/", body=iter([b"three", b"four"]), headers={"Content-Length": "9"})

        assert [request.body for request in server.requests] == [b"one", b"two", b"", b"", b"threefour"]
        assert len(sent) == 7
        assert [data.partition(b"\r\n\r\n")[2] for data in sent] == [b"one", b"two", b"", b"", b"", b"", b""]

    def test_an_interim_answer_is_not_the_answer_to_the_next_request(self) -> None:
        hints = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
        with serving(hints + reply("200 OK", b"one"), reply("404 Not Found", b"two")) as server:
            pool = self.pool(server)
            assert self.ask(pool) == b"one"
            assert self.ask(pool) == b"two"

        assert server.connections == 1

    @pytest.mark.parametrize("count", [heads.MAX_INTERIM, heads.MAX_INTERIM + 1])
    def test_only_so_many_interim_answers_are_skipped(self, count: int) -> None:
        with serving(b"HTTP/1.1 102 Processing\r\n\r\n" * count + reply("200 OK", b"ok")) as server:
            try:
                found = self.ask(self.pool(server))
            except urllib3.exceptions.ProtocolError:
                found = b"none"

        assert found == (b"ok" if count == heads.MAX_INTERIM else b"none")

    def test_a_body_that_drips_is_hung_up_on_and_the_server_sees_it(self) -> None:
        seen = threading.Event()

        def drip(exchange: Exchange) -> None:
            exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n")
            exchange.drip(b"X: y\r\n" * 50)  # trailers without end: http.client reads them in one go
            seen.set()

        with serving(drip) as server:
            found = self.pool(server).request("GET", "/", preload_content=False)
            assert read_bounded(found, max_bytes=100, seconds=0.1) == b""
            assert seen.wait(10)

    def test_a_head_that_drips_is_late_however_short_each_wait(self) -> None:
        with (
            serving(lambda exchange: exchange.drip(b" ", pause=0.001)) as server,
            pytest.raises(urllib3.exceptions.ReadTimeoutError),
        ):
            self.ask(self.pool(server, seconds=0.1))


def test_alarms_go_off_in_order_unless_called_off() -> None:
    alarms = answers._Alarms()
    went_off: list[str] = []
    last = threading.Event()

    alarms.set(0.06, last.set)
    alarms.set(0.04, lambda: went_off.append("second"))
    called_off = alarms.set(0.03, lambda: went_off.append("called off"))
    alarms.set(0.02, lambda: went_off.append("first"))
    alarms.call_off(called_off)
    alarms.call_off(called_off)

    assert last.wait(10)
    assert went_off == ["first", "second"]


def test_an_alarm_wakes_the_thread_only_when_it_is_before_the_one_slept_for() -> None:
    class Counted(threading.Condition):
        woken = 0

        def notify(self, n: int = 1) -> None:
            self.woken += 1
            super().notify(n)

    alarms = answers._Alarms()
    alarms._changed = counted = Counted()
    asleep = threading.Event()
    alarms.set(0.0, asleep.set)
    assert asleep.wait(10)
    alarms.call_off(alarms.set(60, asleep.clear))
    before = counted.woken

    for _ in range(100):
        alarms.call_off(alarms.set(61, asleep.clear))
    later = counted.woken
    alarms.set(30, asleep.clear)

    assert later == before
    assert counted.woken == before + 1


def test_all_alarms_share_one_thread_and_leave_nothing_behind() -> None:
    alarms = answers._Alarms()
    done = threading.Event()
    alarms.set(0.0, done.set)
    assert done.wait(10)
    thread = alarms._thread

    for _ in range(100):
        alarms.call_off(alarms.set(60, done.clear))

    assert alarms._thread is thread
    assert alarms._actions == {}
    assert done.is_set()
