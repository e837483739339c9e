"""What a bad network does to the bytes of one transfer: cuts it, damages it, slows it down."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from local.web.serving import cut

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from local.gateway.faults import FaultOrder

_PIECES_PER_SECOND = 10
"""In how many pieces a second's worth of a slow answer arrives."""


class _CutError(Exception):
    """As many bytes passed as were ordered."""


class _Transfer:
    """The bytes of one direction of one call, on their way."""

    def __init__(self, order: FaultOrder) -> None:
        self._order = order
        self._passed = 0

    async def through(self, chunk: bytes) -> tuple[bytes, bool]:
        """What of `chunk` arrives, and whether the line is dead behind it."""
        most = self._order.cut_after
        dead = most is not None and self._passed + len(chunk) > most
        if most is not None:
            chunk = chunk[: most - self._passed]
        chunk = self._damaged(chunk)
        self._passed += len(chunk)
        if self._order.bytes_per_second is not None:
            await asyncio.sleep(len(chunk) / self._order.bytes_per_second)
        return chunk, dead

    def pieces(self, chunk: bytes) -> list[bytes]:
        """`chunk` as a slow line hands it on, little by little."""
        if self._order.bytes_per_second is None:
            return [chunk]
        size = max(1, self._order.bytes_per_second // _PIECES_PER_SECOND)
        return [chunk[at : at + size] for at in range(0, len(chunk), size)] or [b""]

    def _damaged(self, chunk: bytes) -> bytes:
        at = -1 if self._order.corrupt_at is None else self._order.corrupt_at - self._passed
        if not 0 <= at < len(chunk):
            return chunk
        return chunk[:at] + bytes([chunk[at] ^ 0xFF]) + chunk[at + 1 :]


async def tampered(order: FaultOrder, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Run a call with its bytes tampered with: those of the answer to a GET, else those the MSP sends."""
    transfer = _Transfer(order)
    try:
        if scope["method"] == "GET":
            await app(scope, receive, _sending(transfer, send))
        else:
            await app(scope, _receiving(transfer, receive), send)
    except _CutError:
        await cut(scope, receive)


def _sending(transfer: _Transfer, send: Send) -> Send:
    async def tamper(message: Message) -> None:
        if message["type"] != "http.response.body":
            await send(message)
            return
        for piece in transfer.pieces(message.get("body", b"")):
            chunk, dead = await transfer.through(piece)
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
            if dead:
                raise _CutError
        await send({"type": "http.response.body", "body": b"", "more_body": message.get("more_body", False)})

    return tamper


def _receiving(transfer: _Transfer, receive: Receive) -> Receive:
    async def tamper() -> Message:
        message = await receive()
        if message["type"] != "http.request":
            return message
        chunk, dead = await transfer.through(message.get("body", b""))
        if dead:
            raise _CutError
        return {**message, "body": chunk}

    return tamper
