"""A business's endpoint on loopback that takes its time."""

from __future__ import annotations

import asyncio
import re
import threading
from typing import Final, Self

from bench.stub import HOST

_START_SECONDS = 10.0
_ANSWER: Final = b"HTTP/1.1 204 No Content\r\n\r\n"
_LENGTH: Final = re.compile(rb"(?im)^content-length: *(\d+)")


class Receiver:
    """Answers every POST with 204 after `seconds`; lives in a thread of its own."""

    def __init__(self, *, seconds: float) -> None:
        self._seconds = seconds
        self._loop = asyncio.new_event_loop()
        self._listening = threading.Event()
        self._thread = threading.Thread(target=self._run, name="receiver", daemon=True)
        self.received = 0
        self.url = ""

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._listening.wait(_START_SECONDS):
            raise RuntimeError("the receiver did not start")
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        server = self._loop.run_until_complete(self._loop.create_server(lambda: _Connection(self), HOST, 0))
        self.url = f"http://{HOST}:{server.sockets[0].getsockname()[1]}/webhooks"
        self._listening.set()
        self._loop.run_forever()
        server.close()
        server.close_clients()
        self._loop.run_until_complete(server.wait_closed())
        self._loop.close()

    def came(self, transport: asyncio.Transport) -> None:
        """Answer a whole request, after its time."""
        self._loop.call_later(self._seconds, self._answer, transport)

    def _answer(self, transport: asyncio.Transport) -> None:
        self.received += 1
        transport.write(_ANSWER)


class _Connection(asyncio.Protocol):
    """One kept-alive connection; no more of HTTP than finds the end of a POST, for what is measured runs beside it."""

    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver
        self._got = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  (asyncio gives a TCP server nothing else)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._got += data
        head, end, body = self._got.partition(b"\r\n\r\n")
        if end and len(body) >= int(_LENGTH.findall(head)[0]) and self._transport is not None:
            self._got = b""  # the next request comes after the answer
            self._receiver.came(self._transport)
