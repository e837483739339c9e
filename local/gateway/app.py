"""The gateway as an ASGI app."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from local.gateway.constructed_links import ConstructedLinks
from local.gateway.control.routes import Control, LocalOnly
from local.gateway.media import Media
from local.gateway.messages import Messages
from local.gateway.payloads import Payloads
from local.gateway.refusal import RefusalError, refusal
from local.gateway.wire import PREFIXES, Wire
from local.web.bodies import BodyTooLargeError
from local.web.json_requests import RequestError

if TYPE_CHECKING:
    from local.gateway.gateway import Gateway

PHONE_PAGE = Path(__file__).with_name("phone.html")


def create_app(gateway: Gateway) -> Starlette:
    """Put Apple's paths, the control API and the phone's page together."""
    app = Starlette(
        routes=[
            *Messages(gateway).routes,
            *Media(gateway).routes,
            *Payloads(gateway).routes,
            *ConstructedLinks(gateway).routes,
            *Control(gateway).routes,
            Route("/", _phone_page, methods=["GET"]),
        ],
        middleware=[Middleware(LocalOnly), Middleware(Wire, gateway=gateway)],
        exception_handlers={
            RefusalError: _refused,
            BodyTooLargeError: _too_large,
            RequestError: _request_error,
            HTTPException: _no_route,
            ClientDisconnect: _client_left,
            500: _broken,
        },
    )
    app.state.changes = [gateway.phones.changes, gateway.journal.changes]
    return app


async def _phone_page(_: Request) -> Response:
    return FileResponse(PHONE_PAGE, headers={"Cache-Control": "no-store"})


async def _refused(_: Request, error: Exception) -> Response:
    refused = cast("RefusalError", error)
    return refusal(refused.status, refused.message)


async def _too_large(_: Request, error: Exception) -> Response:
    return refusal(413, str(error))


async def _request_error(_: Request, error: Exception) -> Response:
    return cast("RequestError", error).response()


async def _no_route(request: Request, error: Exception) -> Response:
    """404 and 405, in the form of the side that was asked."""
    status = cast("HTTPException", error).status_code
    if request.url.path.startswith(PREFIXES):
        return refusal(status, f"{request.method} {request.url.path} is no call of this gateway")
    return RequestError(status, "There is no such route; GET /control lists them.").response()


async def _client_left(_: Request, __: Exception) -> Response:
    """Nobody reads this answer; giving one keeps a broken upload out of the error log."""
    return refusal(400, "the connection was closed before the body ended")


async def _broken(_: Request, __: Exception) -> Response:
    return refusal(500, "the simulated gateway itself failed; its log says where")
