"""The table of control routes; `GET /control` prints it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.gateway.control.conversation import Conversation
from local.gateway.control.files import Files
from local.gateway.control.keys import Keys
from local.gateway.control.replies import Replies
from local.gateway.control.setup import Setup
from local.web.json_requests import RequestError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.types import ASGIApp, Receive, Scope, Send

    from local.gateway.gateway import Gateway

NEEDED = ("msp_id", "secrets", "message_url", "businesses")
"""The settings without which nothing can be sent or received."""
LOCAL_HOSTS = {"127.0.0.1", "localhost"}


class Control:
    """The control API of one gateway."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        setup, talk, files = Setup(gateway), Conversation(gateway), Files(gateway)
        keys = Keys(gateway)
        self._table: list[tuple[str, str, Callable[[Request], Awaitable[Response]], str]] = [
            ("GET", "/control", self.overview, "this overview, and whether the gateway is ready"),
            ("GET", "/control/config", setup.get_config, "the configuration, without secrets"),
            (
                "PUT",
                "/control/config",
                setup.put_config,
                "change msp_id, secrets, message_url, businesses, customers …",
            ),
            ("GET", "/control/keys", keys.get_keys, "the MSP's keys, told apart and not shown"),
            ("POST", "/control/keys", keys.post_key, "issue one more key, taken beside the others"),
            ("POST", "/control/keys/switch", keys.post_switch, "phones sign with the newest key from now on"),
            ("DELETE", "/control/keys/others", keys.delete_others, "take no key but the one that signs"),
            ("GET", "/control/customers", setup.get_customers, "all customers"),
            (
                "POST",
                "/control/customers",
                setup.post_customer,
                "add a customer: opaque_id?, name?, locale?, capabilities?, tel?, timezone_offset?",
            ),
            (
                "POST",
                "/control/messages",
                talk.post_message,
                "a customer sends something: type, body, attachments …",
            ),
            (
                "POST",
                "/control/phones/reply",
                Replies(gateway).post_reply,
                "a customer answers a message: message_id, action, and what the kind of message offers",
            ),
            ("GET", "/control/phones", talk.get_phones, "all phones with their state"),
            (
                "GET",
                "/control/phones/messages",
                talk.get_messages,
                "what a phone shows: ?opaque_id=&after=&wait=&sent=",
            ),
            ("DELETE", "/control/phones/messages", talk.delete_messages, "empty a phone: ?opaque_id="),
            (
                "GET",
                "/control/phones/{opaque_id:path}/messages",
                talk.get_messages,
                "the same",
            ),
            (
                "DELETE",
                "/control/phones/{opaque_id:path}/messages",
                talk.delete_messages,
                "the same",
            ),
            ("POST", "/control/files", files.post_file, "a customer's file, as the body: ?name=&mime_type="),
            ("GET", "/control/media/{message_id}/{index:int}", files.get_media, "an attachment in clear"),
            (
                "GET",
                "/control/media/{message_id}/{index:int}/digest",
                files.get_digest,
                "size and SHA-256 of an attachment in clear",
            ),
            ("GET", "/control/posts", setup.get_posts, "every call of the MSP: ?after=&wait="),
            ("GET", "/control/faults", setup.get_faults, "the faults in force"),
            (
                "POST",
                "/control/faults",
                setup.post_fault,
                "order a fault: path, status, delay_ms, drop, cut_after, corrupt_at, times …",
            ),
            ("DELETE", "/control/faults", setup.delete_faults, "lift all faults"),
            ("DELETE", "/control/faults/{number:int}", setup.delete_fault, "lift one fault"),
            ("POST", "/control/reset", setup.post_reset, "forget conversations, calls, faults and uploads"),
        ]

    @property
    def routes(self) -> list[Route]:
        """One route per row of the table."""
        return [Route(path, handler, methods=[method]) for method, path, handler, _ in self._table]

    async def overview(self, _: Request) -> Response:
        """GET /control."""
        config = self._gateway.config
        missing = [name for name in NEEDED if not getattr(config, name)]
        return JSONResponse(
            {
                "service": "Apple gateway of Parley's local cloud",
                "ready": not missing,
                "missing": missing,
                "customers": len(self._gateway.phones.all()),
                "faults": sum(not fault.spent for fault in self._gateway.faults.all()),
                "routes": [{"method": method, "path": path, "what": what} for method, path, _, what in self._table],
            }
        )


class LocalOnly:
    """ASGI middleware: nothing but programs and pages of this machine may control the gateway.

    The socket listens on 127.0.0.1 only, but a browser of this machine may show a foreign page, and that
    page may call us by a name that resolves here or by a cross-site request.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a control request of a foreign page; pass everything else."""
        if scope["type"] == "http" and (scope["path"] == "/" or scope["path"].startswith("/control")):
            headers = Headers(scope=scope)
            host, origin = headers.get("host", ""), headers.get("origin")
            if host.partition(":")[0] not in LOCAL_HOSTS or origin not in {None, f"http://{host}"}:
                error = RequestError(403, "Only this machine may control the gateway; use http://127.0.0.1.")
                await error.response()(scope, receive, send)
                return
        await self._app(scope, receive, send)
