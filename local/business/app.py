"""The demo business as an ASGI app."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, cast

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.business.behaviour import Behaviour, Conduct
from local.business.signature import WrongSignatureError, verify
from local.web.bodies import BodyTooLargeError, read_body
from local.web.json_requests import RequestError, read_model, read_object, wait_seconds, whole_number
from local.web.serving import cut
from local.web.strict_json import parse_object
from local.web.timestamps import iso_utc

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

    from local.business.config import Config
    from local.business.echo import Echo
    from local.business.inbox import Inbox, Webhook

MAX_WEBHOOK_BYTES = 10_000_000
RECENT_SECONDS = 3600
"""After a restart, texts younger than this that were never echoed still are."""

ROUTES = {
    "POST /webhook": "a webhook of the MSP, signed",
    "GET /inbox?after=&wait=": "the webhooks that came",
    "DELETE /inbox": "forget them",
    "GET /behaviour": "how webhooks are treated",
    "PUT /behaviour": "change it: status, retry_after, delay_ms, drop, times, echo",
}


class Business:
    """The demo business: handlers around one inbox."""

    def __init__(self, config: Config, inbox: Inbox, echo: Echo, *, clock: Callable[[], float] = time.time) -> None:
        self._key = config.webhook_key
        self._inbox = inbox
        self._echo = echo
        self._clock = clock
        self._conduct = Conduct(echo=config.echo)

    def app(self) -> Starlette:
        """Return the ASGI app."""
        app = Starlette(
            routes=[
                Route("/", self.overview, methods=["GET"]),
                Route("/webhook", self.webhook, methods=["POST"]),
                Route("/inbox", self.get_inbox, methods=["GET"]),
                Route("/inbox", self.delete_inbox, methods=["DELETE"]),
                Route("/behaviour", self.get_behaviour, methods=["GET"]),
                Route("/behaviour", self.put_behaviour, methods=["PUT"]),
            ],
            exception_handlers={RequestError: request_error, BodyTooLargeError: too_large, HTTPException: no_route},
            lifespan=self._lifespan,
        )
        app.state.changes = [self._inbox.changes]
        return app

    @contextlib.asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        """Send the echoes a kill prevented; the idempotency key keeps them single."""
        oldest = iso_utc(self._clock() - RECENT_SECONDS)
        for webhook in self._inbox.since(0):
            if self._conduct.echo and webhook.accepted and webhook.echoed is None and webhook.at > oldest:
                self._echo.start(webhook)
        yield

    async def webhook(self, request: Request) -> Response:
        """POST /webhook: record first, then answer as the behaviour says; a wrong signature always gets 401."""
        body = await read_body(request, limit=MAX_WEBHOOK_BYTES)
        webhook = self._record(request, body)
        behaviour = self._conduct.next()
        await asyncio.sleep(behaviour.delay_ms / 1000)
        if behaviour.drop:
            return Cut()
        webhook.answered = behaviour.status if webhook.verified else 401
        self._inbox.save(webhook)
        if self._conduct.echo and webhook.accepted and not self._inbox.accepted_before(webhook):
            self._echo.start(webhook)
        if not webhook.verified:
            return RequestError(401, f"The webhook is not verified: {webhook.problem}.").response()
        headers = {} if behaviour.retry_after is None else {"Retry-After": str(behaviour.retry_after)}
        return Response(status_code=behaviour.status, headers=headers)

    def _record(self, request: Request, body: bytes) -> Webhook:
        problem = None
        try:
            verify(request.headers, body, key=self._key, now=self._clock())
        except WrongSignatureError as error:
            problem = str(error)
        return self._inbox.add(
            at=iso_utc(self._clock()),
            webhook_id=request.headers.get("webhook-id"),
            headers=dict(request.headers),
            body=_object(body),
            raw=body.decode("utf-8", "replace"),
            verified=problem is None,
            problem=problem,
        )

    async def get_inbox(self, request: Request) -> Response:
        """GET /inbox: webhooks after a number; waits for one when asked to."""
        after = whole_number(request, "after", default=0)
        await self._inbox.changes.until(lambda: bool(self._inbox.since(after)), seconds=wait_seconds(request))
        webhooks = self._inbox.since(after)
        return JSONResponse(
            {"webhooks": [asdict(webhook) for webhook in webhooks], "next": webhooks[-1].n if webhooks else after}
        )

    async def delete_inbox(self, _: Request) -> Response:
        """DELETE /inbox: forget what came."""
        self._inbox.clear()
        return Response(status_code=204)

    async def get_behaviour(self, _: Request) -> Response:
        """GET /behaviour."""
        return JSONResponse(self._conduct.as_json())

    async def put_behaviour(self, request: Request) -> Response:
        """PUT /behaviour: what is not named gets its default."""
        self._conduct.set(read_model(Behaviour, await read_object(request)))
        return JSONResponse(self._conduct.as_json())

    async def overview(self, _: Request) -> Response:
        """GET /: what can be asked."""
        return JSONResponse({"service": "Demo business of Parley's local cloud", "routes": ROUTES})


class Cut(Response):
    """No answer: the connection ends."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's signature
        """Close the socket."""
        await cut(scope, receive)


async def request_error(_: Request, error: Exception) -> Response:
    """Answer a request that cannot be served."""
    return cast("RequestError", error).response()


async def too_large(_: Request, error: Exception) -> Response:
    """Answer a webhook beyond all measure."""
    return RequestError(413, f"Send less: {error}.").response()


async def no_route(_: Request, error: Exception) -> Response:
    """Answer 404 and 405 with a hint."""
    return RequestError(
        cast("HTTPException", error).status_code, "There is no such route; GET / lists them."
    ).response()


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        return parse_object(body)
    except ValueError:
        return None
