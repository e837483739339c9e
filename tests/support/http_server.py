"""A real HTTP server on 127.0.0.1 that answers exactly what a test writes, byte for byte."""

from __future__ import annotations

import socketserver
import ssl
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator
    from pathlib import Path

type Answer = bytes | Callable[["Exchange"], None]


@dataclass
class Request:
    """One request as it arrived; header names in lower case."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Exchange:
    """A connection on which a request has been read and an answer is due."""

    request: Request
    connection: socket.socket
    stopped: threading.Event
    keep_open: bool = True

    def send(self, data: bytes) -> None:
        self.connection.sendall(data)

    def hang_up(self) -> None:
        """Close once the answer is written."""
        self.keep_open = False

    def stall(self) -> None:
        """Say nothing more until the test is over or the client is gone."""
        self.stopped.wait(30)
        self.keep_open = False

    def drip(self, piece: bytes, *, pause: float = 0.0) -> None:
        """Send `piece` again and again, so many seconds apart, until the client hangs up."""
        while not self.stopped.wait(pause):
            try:
                self.connection.sendall(piece)
            except OSError:
                break
        self.keep_open = False


@dataclass
class LocalServer:
    """Gives its answers one after another, the last one again and again."""

    answers: list[Answer] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    stopped: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def next_answer(self) -> Answer:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def reply(status: str, body: bytes = b"", *headers: str) -> bytes:
    """A whole answer with its length, such as `reply("200 OK", b"ok", "Retry-After: 7")`."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 32

    def __init__(self, local: LocalServer, context: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.local = local
        self.context = context

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is what many tests are about."""


class _Connection(socketserver.StreamRequestHandler):
    server: _Server

    def setup(self) -> None:
        if self.server.context is not None:
            self.request = self.server.context.wrap_socket(self.request, server_side=True)
        super().setup()

    def finish(self) -> None:
        super().finish()
        self.connection.close()  # TLS has taken the socket over, so nobody else closes it

    def handle(self) -> None:
        local = self.server.local
        local.connections += 1
        while (request := self._read()) is not None:
            local.requests.append(request)
            exchange = Exchange(request, self.connection, local.stopped)
            answer = local.next_answer()
            if isinstance(answer, bytes):
                exchange.send(answer)
            else:
                answer(exchange)
            if not exchange.keep_open:
                return

    def _read(self) -> Request | None:
        line = self.rfile.readline().decode("latin-1").strip()
        if not line:
            return None
        headers: dict[str, str] = {}
        while text := self.rfile.readline().decode("latin-1").strip():
            name, _, value = text.partition(":")
            headers[name.lower()] = value.strip()
        return Request(line, headers, self.rfile.read(int(headers.get("content-length", "0"))))


@contextmanager
def serving(*answers: Answer, certificate: tuple[Path, Path] | None = None) -> Iterator[LocalServer]:
    """Serve `answers` over http, or over https with `certificate` (its file, its key's file)."""
    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
    local = LocalServer(answers=list(answers))
    with _Server(local, context) as server:
        local.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield local
        finally:
            local.stopped.set()
            server.shutdown()
            thread.join()
