"""Files on their way from and to a phone, as streams: what a customer sends, what the business sent."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import anyio
import anyio.to_thread
from starlette.responses import JSONResponse, Response, StreamingResponse

from local.gateway import attachment_cipher
from local.gateway.gateway import base_url
from local.web.bodies import BodyTooLargeError
from local.web.json_requests import RequestError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from starlette.requests import Request

    from local.gateway.gateway import Gateway

CHUNK_BYTES = 256 * 1024
SHOWN_INLINE = {"image/png", "image/jpeg", "image/gif", "image/webp"}
"""Passive types a browser may draw; everything else is a download."""
UNNAMED = "application/octet-stream"


class Files:
    """Handlers for files."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def post_file(self, request: Request) -> Response:
        """Take a file from the customer; a message names it by the `file` that is answered."""
        query = request.query_params
        try:
            file = await self._gateway.files.take(
                request.stream(),
                name=query.get("name") or "file",
                mime_type=query.get("mime_type") or UNNAMED,
                base_url=base_url(request),
            )
        except BodyTooLargeError as error:
            raise RequestError(413, f"Send less: {error}.") from error
        return JSONResponse(file.as_json(), 201)

    async def get_media(self, request: Request) -> Response:
        """Show one attachment in clear, as the phone decrypts it."""
        part, blob = self._opened(request)
        mime_type = str(part.get("mimeType"))
        inline = mime_type in SHOWN_INLINE
        return StreamingResponse(
            _decrypted(blob, part["key"]),
            media_type=mime_type if inline else UNNAMED,
            headers={
                "Content-Length": str(blob.stat().st_size),
                "Content-Disposition": "inline" if inline else "attachment",
                "X-Content-Type-Options": "nosniff",
            },
        )

    async def get_digest(self, request: Request) -> Response:
        """Tell size and SHA-256 of one attachment in clear, for who wants to compare and not to look."""
        part, blob = self._opened(request)
        sha256 = await anyio.to_thread.run_sync(_digest, blob, part["key"])
        return JSONResponse({"name": part.get("name"), "size": blob.stat().st_size, "sha256": sha256})

    def _opened(self, request: Request) -> tuple[dict[str, Any], Path]:
        """The dictionary of an attachment and its encrypted bytes. Raises RequestError."""
        bubble = self._gateway.phones.bubble(request.path_params["message_id"])
        index = request.path_params["index"]
        if bubble is None or index >= len(bubble.attachments):
            raise RequestError(404, "No message on any phone has this attachment.")
        part = bubble.attachments[index]
        stored = self._gateway.store.find(owner=str(part.get("owner")), url=str(part.get("url")))
        if stored is None or not attachment_cipher.is_key_field(str(part.get("key"))):
            raise RequestError(404, "The attachment cannot be opened: nothing was uploaded under its url and owner.")
        return part, self._gateway.store.blob(stored)


async def _decrypted(path: Path, key: str) -> AsyncIterator[bytes]:
    cipher = attachment_cipher.cipher(key)
    async with await anyio.open_file(path, "rb") as file:
        while chunk := await file.read(CHUNK_BYTES):
            yield cipher.update(chunk)


def _digest(path: Path, key: str) -> str:
    cipher = attachment_cipher.cipher(key)
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(cipher.update(chunk))
    return digest.hexdigest()
