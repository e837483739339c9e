"""Attachments: preUpload, upload, preDownload, download (protocol/08 §3-4)."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING

from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from local.gateway.gateway import base_url, call_of
from local.gateway.judge.attachment import is_signature
from local.gateway.mmcs import MAX_BYTES, SIGNATURE_BYTES
from local.gateway.refusal import RefusalError, malformed

if TYPE_CHECKING:
    from starlette.requests import Request

    from local.gateway.gateway import Gateway

HEX_SIGNATURE = re.compile(rf"[0-9a-fA-F]{{{2 * SIGNATURE_BYTES}}}")


class Media:
    """Hands out URLs of the store, and is the store behind them."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    @property
    def routes(self) -> list[Route]:
        """The gateway's two paths and the store's own."""
        return [
            Route("/v1/preUpload", self.pre_upload, methods=["GET"]),
            Route("/v1/preDownload", self.pre_download, methods=["GET"]),
            Route("/mmcs/upload/{token}", self.upload, methods=["POST"]),
            Route("/mmcs/download/{token}", self.download, methods=["GET"]),
            Route("/mmcs/object/{owner}", self.bare_object, methods=["GET"]),
        ]

    async def pre_upload(self, request: Request) -> Response:
        """GET /v1/preUpload: reserve an upload of MMCS-Size bytes."""
        self._gateway.authorize(request)
        self._gateway.require_source(request)
        size = _header(request, "mmcs-size", "size")
        if not re.fullmatch(r"[1-9][0-9]{0,17}", size):
            raise malformed("MMCS-Size must be the number of encrypted bytes in decimal digits")
        if int(size) > MAX_BYTES:
            raise malformed(f"MMCS-Size is more than {MAX_BYTES} bytes")
        base = base_url(request)
        seconds = _url_seconds(request, self._gateway.config.upload_seconds)
        token, slot = self._gateway.store.open_slot(int(size), base_url=base, seconds=seconds)
        return JSONResponse(
            {"upload-url": f"{base}/mmcs/upload/{token}", "mmcs-url": slot.url, "mmcs-owner": slot.owner}
        )

    async def upload(self, request: Request) -> Response:
        """POST upload-url: take the encrypted bytes, once and with an exact length."""
        _note_authorization(request)
        length = request.headers.get("content-length")
        if length is None:
            raise RefusalError(411, "Content-Length is needed; chunked uploads are not taken")
        slot = self._gateway.store.take_slot(request.path_params["token"])
        if slot is None:
            raise RefusalError(404, "the upload URL is unknown, expired or was used; ask preUpload for a new one")
        if int(length) != slot.size:
            raise malformed(f"Content-Length is {length}, but MMCS-Size was {slot.size}")
        with self._gateway.store.upload(slot) as upload:
            async for chunk in request.stream():
                upload.write(chunk)
            stored = self._gateway.store.keep(slot, upload.finish())
        receipt = base64.b64encode(stored.owner.encode()).decode()
        return JSONResponse(
            {"singleFile": {"fileChecksum": stored.signature_base64, "receipt": receipt, "size": stored.size}}
        )

    async def pre_download(self, request: Request) -> Response:
        """GET /v1/preDownload: get a short-lived URL for a stored blob."""
        self._gateway.authorize(request)
        self._gateway.require_source(request)
        url = _header(request, "mmcs-url", "url")
        signature = _header(request, "mmcs-signature", "signature")
        owner = _header(request, "mmcs-owner", "owner")
        if HEX_SIGNATURE.fullmatch(signature):
            raise malformed("MMCS-Signature is hex; it must be the base64 text of the bytes")
        if not is_signature(signature):
            raise malformed(f"MMCS-Signature must be the base64 text of {SIGNATURE_BYTES} bytes")
        stored = self._gateway.store.find(owner=owner, url=url)
        if stored is None or stored.signature_base64 != signature:
            raise RefusalError(404, "nothing is stored with this MMCS-Url, MMCS-Owner and MMCS-Signature")
        seconds = _url_seconds(request, self._gateway.config.download_seconds)
        token = self._gateway.store.issue_ticket(stored, seconds=seconds)
        return JSONResponse({"download-url": f"{base_url(request)}/mmcs/download/{token}"})

    async def download(self, request: Request) -> Response:
        """GET download-url: the encrypted bytes."""
        _note_authorization(request)
        stored = self._gateway.store.redeem(request.path_params["token"])
        if stored is None:
            raise RefusalError(403, "the download URL is unknown or expired; ask preDownload for a new one")
        return FileResponse(self._gateway.store.blob(stored), media_type="application/octet-stream")

    async def bare_object(self, _: Request) -> Response:
        """GET the url of a dictionary: it names a blob and fetches nothing."""
        raise RefusalError(403, "this URL only names a blob; ask preDownload for a download URL")


def _header(request: Request, name: str, old_name: str) -> str:
    """Read a header by its name of today or of 2018."""
    value = request.headers.get(name) or request.headers.get(old_name)
    if not value:
        raise malformed(f"header {name} is missing")
    return value


def _url_seconds(request: Request, usual: float) -> float:
    """How long a URL shall work: as configured, or as a fault has it."""
    ordered: float | None = request.scope["state"].get("url_seconds")
    return usual if ordered is None else ordered


def _note_authorization(request: Request) -> None:
    if "authorization" in request.headers:
        call_of(request).violations.append("the token was sent to the store; its URLs take none")
