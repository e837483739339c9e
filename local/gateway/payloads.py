"""POST /v1/decodePayload and /v1/encodePayload (protocol/09 §1, §4)."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any

from starlette.responses import Response
from starlette.routing import Route

from local.gateway import payload_codec
from local.gateway.judge.fields import Fields
from local.gateway.judge.interactive import judge_interactive_data
from local.gateway.refusal import malformed
from local.web.bodies import read_body
from local.web.strict_json import compact, parse_object

if TYPE_CHECKING:
    from starlette.requests import Request

    from local.gateway.gateway import Gateway


class Payloads:
    """Translates large interactive data between JSON and its binary form."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    @property
    def routes(self) -> list[Route]:
        """The two paths."""
        return [
            Route("/v1/decodePayload", self.decode, methods=["POST"]),
            Route("/v1/encodePayload", self.encode, methods=["POST"]),
        ]

    async def decode(self, request: Request) -> Response:
        """POST /v1/decodePayload: decrypted bytes in, interactive data out."""
        self._gateway.authorize(request)
        self._gateway.require_source(request)
        bid = request.headers.get("bid")
        if not bid:
            raise malformed("header bid is missing")
        payload = await read_body(request, limit=payload_codec.MAX_BYTES)
        wanted = self._gateway.config.decode_takes
        if wanted != "any" and payload_codec.is_gzip(payload) != (wanted == "gzip"):
            raise malformed(f"the payload is {'not ' if wanted == 'gzip' else ''}gzip")
        try:
            interactive = payload_codec.decode(payload)
        except ValueError as error:
            raise malformed(f"{error}; post the decrypted bytes") from error
        if interactive.get("bid") != bid:
            raise malformed("header bid is not the bid of the payload")
        wrapped = self._gateway.config.decode_shape == "wrapped"
        return _json(request, {"interactiveData": interactive} if wrapped else interactive)

    async def encode(self, request: Request) -> Response:
        """POST /v1/encodePayload: an envelope with interactive data in, the bytes to encrypt and upload out."""
        self._gateway.authorize(request)
        self._gateway.require_source(request)
        try:
            envelope = Fields(parse_object(await read_body(request, limit=payload_codec.MAX_BYTES)))
        except ValueError as error:
            raise malformed(str(error)) from error
        if envelope.whole_number("v") != 1:
            raise envelope.wrong("v", "must be 1")
        if envelope.text("type") != "interactive":
            raise envelope.wrong("type", "must be interactive")
        interactive = envelope.object("interactiveData").value
        judge_interactive_data(interactive, self._gateway.setting)
        return Response(payload_codec.encode(interactive), media_type="application/octet-stream")


def _json(request: Request, value: dict[str, Any]) -> Response:
    """Answer JSON, compressed for clients that take it, as Apple does for Apple's sample."""
    body = compact(value)
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(body, media_type="application/json")
    return Response(gzip.compress(body, mtime=0), headers={"Content-Encoding": "gzip"}, media_type="application/json")
