"""Serving an ASGI app on 127.0.0.1, with connections an app may cut as a broken network would."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterable

    from starlette.applications import Starlette
    from starlette.types import Receive, Scope

    from local.web.changes import Changes

LOOPBACK = "127.0.0.1"


class PortError(Exception):
    """Another program listens on the port; the text names it."""


class CuttableProtocol(H11Protocol):
    """HTTP/1.1 that hands its socket to the app as `scope["state"]["connection"]`."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Give each connection its own copy of the state every request of it will see."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, "connection": transport}


async def cut(scope: Scope, receive: Receive) -> None:
    """Close the request's socket at once: the client gets no HTTP answer at all.

    Waits until the server has noticed; it would otherwise answer 500 for an app that said nothing.
    """
    scope["state"]["connection"].abort()
    while (await receive())["type"] != "http.disconnect":
        pass


def bind(port: int) -> socket.socket:
    """Listen on 127.0.0.1; port 0 takes a free one. Raises PortError."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise PortError(f"Port {port} on {LOOPBACK} cannot be used: {error.strerror}.") from error
    return listener


class PollingServer(uvicorn.Server):
    """A server that ends the app's long polls when it stops, instead of waiting for them."""

    def __init__(self, config: uvicorn.Config, changes: Iterable[Changes]) -> None:
        super().__init__(config)
        self._changes = changes

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop accepting, end long polls, let the other requests finish."""
        for changes in self._changes:
            changes.end()
        await super().shutdown(sockets)


def server(app: Starlette) -> uvicorn.Server:
    """Make a server for `app`, run by `run(sockets=[bind(port)])`. It logs no paths: they carry opaque ids.

    `app.state.changes`, if set, lists what the app's long polls wait for.
    """
    return PollingServer(
        uvicorn.Config(
            app,
            http=CuttableProtocol,
            ws="none",
            lifespan="auto",
            log_level="warning",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=75,  # an MSP keeps its connections; closing them early would look like faults
            timeout_graceful_shutdown=1,
        ),
        getattr(app.state, "changes", ()),
    )
