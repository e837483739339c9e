"""A business's endpoint on loopback that takes its time."""

from __future__ import annotations

import asyncio
import re
from typing import Final

from bench.serving import Serving

_ANSWER: Final = b"HTTP/1.1 204 No Content\r\n\r\n"
_LENGTH: Final = re.compile(rb"(?im)^content-length: *(\d+)")


class Receiver(Serving):
    """Answers every POST with 204 after `seconds`."""

    def __init__(self, *, seconds: float) -> None:
        super().__init__()
        self._seconds = seconds
        self.received = 0

    @property
    def url(self) -> str:
        """Where webhooks go."""
        return f"{super().url}/webhooks"

    def protocol(self) -> asyncio.Protocol:
        """No more of HTTP than finds the end of a POST."""
        return _Connection(self)

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
