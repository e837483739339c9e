"""The other side of HTTP: whatever is posted through urllib3 ends here, at a server of the run."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Protocol, cast
from urllib.parse import urlsplit

import urllib3

from tests.chaos import weather
from tests.chaos.calls import PAUSE_SECONDS
from tests.chaos.loop import Unsupported

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from random import Random

    from tests.chaos.calls import Simulated, Trace
    from tests.chaos.loop import Loop
    from tests.chaos.sabotage import Sabotage
    from tests.chaos.weather import Weather


class Standing(StrEnum):
    """How a server is."""

    UP = "up"
    REFUSES = "refuses"
    """Nobody listens."""
    HANGS = "hangs"
    """It listens and never answers."""
    FAILS = "fails"
    """503, nothing done."""
    SWALLOWS = "swallows"
    """It does the work and then answers 500."""
    GONE = "gone"
    """410."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a server is sent; header names in lower case."""

    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """What it answers."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"ok"


class Server(Protocol):
    """A receiver of webhooks, or Apple."""

    standing: Standing

    def answer(self, request: Request) -> Reply:
        """Take the request in: its whole effect."""

    def about(self, request: Request) -> str:
        """What the trace says of it."""


_STANDING: Final = {
    Standing.REFUSES: "http_refused",
    Standing.HANGS: "http_timeout_before",
    Standing.FAILS: "http_error_before",
    Standing.SWALLOWS: "http_error_after",
}


class Web:
    """Servers by host name, all on addresses of their own."""

    def __init__(
        self,
        loop: Loop,
        calls: Simulated,
        sky: Weather,
        *,
        chance: Random,
        latency: Callable[[], float],
        trace: Trace,
        sabotage: Sabotage | None = None,
    ) -> None:
        self._loop, self._calls, self._sky = loop, calls, sky
        self._chance, self._latency, self._trace = chance, latency, trace
        self._sabotage = sabotage
        self.requests = 0
        self._servers: dict[str, Server] = {}
        self._addresses: dict[str, str] = {}

    def serve(self, host: str, server: Server) -> None:
        """From now on this name is that server."""
        self._servers[host] = server
        self._addresses[host] = f"93.184.216.{len(self._addresses) + 1}"

    def resolve(self, host: str) -> str:
        """Its address: a public one, so that the egress guard lets it pass."""
        if host not in self._addresses:
            raise Unsupported(f"nobody is at {host}")
        return self._addresses[host]

    def request(
        self, pool: urllib3.HTTPConnectionPool, url: str, body: bytes | None, headers: Mapping[str, str]
    ) -> urllib3.HTTPResponse:
        """One request of a task, with what may befall it; raises what urllib3 raises."""
        sent = Request(urlsplit(url).path, {name.lower(): value for name, value in headers.items()}, body or b"")
        server = self._servers[sent.headers.get("host", pool.host).partition(":")[0]]
        changed = sent if self._sabotage is None else self._sabotage.request(sent, self._chance)
        if changed is None:
            return _response(Reply())
        sent = changed
        task = self._calls.task()
        self.requests += 1
        kind = _STANDING.get(server.standing) or self._sky.strike(weather.HTTP)
        reply: Reply | None = None
        self._loop.sleep(self._chance.uniform(0.5, PAUSE_SECONDS) if kind == "pause" else self._latency())
        if kind in _DONE:
            reply = self._done(server, sent)
        self._trace.add(self._loop.now, task.name, "POST", server.about(sent), kind or str(reply and reply.status))
        if kind in _ANSWERED:
            self._loop.sleep(self._chance.uniform(1.0, 9.0) if kind == "http_slow" else self._latency())
        elif kind == "http_late_effect":
            late = self._timeout(pool) + self._chance.uniform(0.0, 30.0)
            self._loop.call_at(self._loop.now + late, lambda: self._later(server, sent))
        return self._end(kind, reply, pool, url)

    def _done(self, server: Server, sent: Request) -> Reply:
        if server.standing is Standing.GONE:
            return Reply(410, body=b"gone")
        return server.answer(sent)

    def _later(self, server: Server, sent: Request) -> None:
        if server.standing is Standing.UP:
            server.answer(sent)
            self._trace.add(self._loop.now, "late", "POST", server.about(sent), "arrives")

    def _end(
        self, kind: str | None, reply: Reply | None, pool: urllib3.HTTPConnectionPool, url: str
    ) -> urllib3.HTTPResponse:
        match kind:
            case None | "http_slow" | "pause":
                assert reply is not None
                return _response(reply)
            case "crash_before" | "crash_after":
                self._calls.crash(self._calls.task())
            case "http_refused":
                connection = cast("Any", pool)
                raise urllib3.exceptions.NewConnectionError(connection, "Connection refused")
            case "http_error_before":
                return _response(Reply(503, {"Retry-After": "1"} if self._chance.random() < 0.2 else {}, b"down"))
            case "http_error_after":
                return _response(Reply(500, body=b"oops"))
            case "http_throttle":
                return _response(Reply(429, {"Retry-After": str(self._chance.randrange(1, 30))}, b"slow down"))
            case "http_reset_before" | "http_reset_after":
                raise urllib3.exceptions.ProtocolError("Connection aborted.")
        self._loop.sleep(self._timeout(pool))
        raise urllib3.exceptions.ReadTimeoutError(pool, url, "Read timed out.")

    @staticmethod
    def _timeout(pool: urllib3.HTTPConnectionPool) -> float:
        seconds = pool.timeout.read_timeout
        if not isinstance(seconds, int | float):
            raise Unsupported("a request without a timeout")
        return float(seconds)


_ANSWERED: Final = {None, "http_slow", "pause"}
_DONE: Final = _ANSWERED | {"crash_after", "http_error_after", "http_reset_after", "http_timeout_after"}
"""When the server has taken the request in, whatever is heard of it."""


def _response(reply: Reply) -> urllib3.HTTPResponse:
    return urllib3.HTTPResponse(
        body=io.BytesIO(reply.body), headers=reply.headers, status=reply.status, preload_content=False
    )
