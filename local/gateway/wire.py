"""Around every call of an MSP: the journal and the faults."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from starlette.datastructures import Headers

from local.gateway.refusal import refusal
from local.gateway.tampering import tampered
from local.web.serving import cut

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from local.gateway.faults import FaultOrder
    from local.gateway.gateway import Gateway
    from local.gateway.journal import Call

PREFIXES = ("/v1/", "/mmcs/")
ERROR_CHARACTERS = 500


class Wire:
    """ASGI middleware: records calls below /v1 and /mmcs and lets faults strike them."""

    def __init__(self, app: ASGIApp, *, gateway: Gateway) -> None:
        self._app = app
        self._gateway = gateway

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass other requests through untouched."""
        if scope["type"] != "http" or not scope["path"].startswith(PREFIXES):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        call = self._gateway.journal.begin(
            method=scope["method"],
            path=_without_token(scope["path"]),
            id=headers.get("id"),
            source_id=headers.get("source-id"),
            destination_id=headers.get("destination-id"),
        )
        scope.setdefault("state", {})["call"] = call
        started = time.monotonic()
        try:
            order = self._gateway.faults.strike(scope["path"], headers.get("destination-id"))
            if order is None:
                await self._app(scope, receive, _noting(call, send))
                return
            await asyncio.sleep(order.delay_ms / 1000)
            await self._strike(order, scope, receive, send)
        finally:
            self._gateway.journal.finish(call, ms=round((time.monotonic() - started) * 1000))

    async def _strike(self, order: FaultOrder, scope: Scope, receive: Receive, send: Send) -> None:
        call: Call = scope["state"]["call"]
        scope["state"]["url_seconds"] = order.url_seconds
        if order.status is not None:
            call.fault = "answered"
            await _answer(order)(scope, receive, _noting(call, send))
        elif order.drop == "before":
            call.fault = "dropped before"
            await cut(scope, receive)
        elif order.drop == "after":
            call.fault = "dropped after"
            await self._app(scope, receive, _nowhere)
            await cut(scope, receive)
        elif order.tampers:
            call.fault = order.does
            await tampered(order, self._app, scope, receive, _noting(call, send))
        else:
            call.fault = order.does or "delayed"
            await self._app(scope, receive, _noting(call, send))


def _answer(order: FaultOrder) -> Response:
    status = order.status or 500
    headers = {} if order.retry_after is None else {"Retry-After": str(order.retry_after)}
    answer = refusal(status, order.message or "Fault ordered", reason=order.reason, headers=headers)
    if status < 300:
        answer.body = b""
        answer.headers["content-length"] = "0"
    return answer


def _noting(call: Call, send: Send) -> Send:
    async def note(message: Message) -> None:
        if message["type"] == "http.response.start":
            call.status = message["status"]
        elif call.status is not None and call.status >= 400:
            call.error = (message.get("body") or b"").decode("utf-8", "replace")[:ERROR_CHARACTERS]
        await send(message)

    return note


async def _nowhere(message: Message) -> None:
    """Swallow an answer that shall never arrive."""


def _without_token(path: str) -> str:
    """Shorten a store URL to its kind: the token in it is a permission."""
    return "/".join(path.split("/")[:3]) if path.startswith("/mmcs/") else path
