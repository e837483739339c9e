"""Reading another server's answer without trusting its length or its pace.

A socket's timeout starts anew with every byte. A server that drips them could hold a thread, and with it everybody
else's messages, for hours; so each part of an answer has a limit as a whole, after which we hang up.
"""

from __future__ import annotations

import contextlib
import heapq
import http.client
import itertools
import math
import socket
import threading
import time
from http.client import HTTPException
from typing import TYPE_CHECKING, Final

import urllib3

from parley.heads import Head

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

IDLE_SECONDS: Final = 60.0
"""How long a connection may lie unused: whatever stands between forgets it sooner or later, and tells nobody."""


def read_bounded(
    answer: urllib3.BaseHTTPResponse,
    *,
    max_bytes: int,
    seconds: float,
    clock: Callable[[], float] = time.monotonic,
) -> bytes:
    """At most `max_bytes` of the body, within `seconds`; the connection is kept only if the body ended.

    A body that breaks off, is too long or too slow is cut, not an error: the status was the message.
    """
    deadline = clock() + seconds
    taken = bytearray()
    whole = False
    if answer.length_remaining == 0:
        answer.drain_conn()  # which has nothing to wait for
        answer.release_conn()
        return b""
    wire = answer.connection.wire if isinstance(answer.connection, _InTime) else None
    with hung_up_after(seconds, wire):
        try:
            while len(taken) < max_bytes and clock() < deadline:
                piece = answer.read1(min(8192, max_bytes - len(taken)))
                if not piece:
                    whole = True
                    break
                taken += piece
        except urllib3.exceptions.HTTPError:
            whole = False
    if whole:
        answer.release_conn()
    else:
        answer.close()
    return bytes(taken)


class _Alarms:
    """What happens unless it is called off in time. One thread for all: one for each call would cost more than it."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._numbers = itertools.count()
        self._coming: list[tuple[float, int]] = []
        self._actions: dict[int, Callable[[], None]] = {}
        self._wakes_at = math.inf
        self._thread: threading.Thread | None = None

    def set(self, seconds: float, action: Callable[[], None]) -> int:
        """Have `action` done, quickly and without an exception, after `seconds`. Returns what calls it off."""
        at = time.monotonic() + seconds
        with self._changed:
            number = next(self._numbers)
            self._actions[number] = action
            heapq.heappush(self._coming, (at, number))
            if self._thread is None or not self._thread.is_alive():
                self._wakes_at = math.inf
                self._thread = threading.Thread(target=self._run, name="alarms", daemon=True)
                self._thread.start()
            if at < self._wakes_at:
                self._wakes_at = at
                self._changed.notify()
            return number

    def call_off(self, number: int) -> None:
        """It is not done after this returns: the lock is held while an action is done."""
        with self._changed:
            self._actions.pop(number, None)

    def _run(self) -> None:
        with self._changed:
            while True:
                # For those that were called off too: they come round seldom, and were they skipped, nearly every
                # new one would be the next and have to wake this thread only to be called off in its turn.
                self._wakes_at = self._coming[0][0] if self._coming else math.inf
                self._changed.wait(max(0.0, self._wakes_at - time.monotonic()) if self._coming else None)
                while self._coming and self._coming[0][0] <= time.monotonic():
                    _, number = heapq.heappop(self._coming)
                    self._actions.pop(number, _nothing)()


_ALARMS: Final = _Alarms()


def _nothing() -> None:
    """Called off."""


@contextlib.contextmanager
def hung_up_after(seconds: float, wire: socket.socket | None) -> Iterator[Callable[[], bool]]:
    """Hang up on `wire` unless the block ends in time. Yields the question whether it was too late."""
    if wire is None:
        yield lambda: False
        return
    late = threading.Event()

    def hang_up() -> None:
        late.set()
        with contextlib.suppress(OSError):
            # Not SSLSocket's own, which forgets that the connection was encrypted: the reader might take
            # for the answer what anybody put on the line.
            socket.socket.shutdown(wire, socket.SHUT_RDWR)

    number = _ALARMS.set(seconds, hang_up)
    try:
        yield late.is_set
    finally:
        _ALARMS.call_off(number)


class Together(http.client.HTTPConnection):
    """Sends a head and the bytes of its body together: apart they are two packets, and two records of TLS."""

    response_class = Head
    _head: bytes | None = None
    """None for what goes out as it comes; empty until the head is there; the head until the body is."""

    def request(self, method: str, url: str, body: Any = None, *given: Any, **options: Any) -> None:
        """As ever, but for the number of packets."""
        self._head = b"" if isinstance(body, bytes) and body else None
        super().request(method, url, body, *given, **options)

    def send(self, data: Any) -> None:
        """Hold the head back until the body comes."""
        if self._head == b"":
            self._head = data
        elif self._head is not None:
            whole, self._head = self._head + data, None
            super().send(whole)
        else:
            super().send(data)


class _InTime(Together, urllib3.connection.HTTPConnection):
    """Gives the head of an answer one read timeout as a whole, and is not used again after lying idle."""

    wire: socket.socket | None = None
    """The socket of the last answer; `sock` forgets it when the server wants to close after its body."""
    _used_at = 0.0

    def getresponse(self) -> urllib3.HTTPResponse:  # type: ignore[override]  # as urllib3 itself does
        self.wire = self.sock
        with hung_up_after(float(self.timeout or 0), self.wire) as is_late:
            try:
                answer = super().getresponse()
            except (OSError, HTTPException):
                if is_late():
                    raise TimeoutError from None
                raise
        if is_late():
            answer.close()
            raise TimeoutError
        self._used_at = time.monotonic()
        return answer

    @property
    def is_connected(self) -> bool:
        return super().is_connected and time.monotonic() - self._used_at < IDLE_SECONDS


class _InTimeTls(_InTime, urllib3.connection.HTTPSConnection):
    """The same over TLS."""


class InTimePool(urllib3.HTTPConnectionPool):
    """Connections that wait for the whole head of an answer no longer than their read timeout."""

    ConnectionCls = _InTime


class InTimeTlsPool(urllib3.HTTPSConnectionPool):
    """The same over TLS."""

    ConnectionCls = _InTimeTls
