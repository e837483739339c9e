"""Reading request bodies with a limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.requests import Request


class BodyTooLargeError(Exception):
    """The body is longer than the server takes."""


async def read_body(request: Request, *, limit: int) -> bytes:
    """Read a body of at most `limit` bytes. Raises BodyTooLargeError before holding more than one chunk above."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise BodyTooLargeError(f"the body is larger than {limit} bytes")
    return bytes(body)
