"""Control of conversations: what customers send and what phones show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response

from local.gateway.control.posting import Posting
from local.gateway.control.setup import describe
from local.gateway.customer_message import CustomerMessage
from local.gateway.gateway import base_url
from local.web.json_requests import read_model, read_object, wait_seconds, whole_number

if TYPE_CHECKING:
    from starlette.requests import Request

    from local.gateway.bubbles import Bubble
    from local.gateway.gateway import Gateway
    from local.gateway.phones import Phone


class Conversation:
    """Handlers for messages and phones."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._posting = Posting(gateway)

    async def post_message(self, request: Request) -> Response:
        """Let a customer do something; answers when the MSP did."""
        order = read_model(CustomerMessage, await read_object(request))
        self._posting.require_msp(token=order.token)
        phone = self._posting.phone(order.opaque_id)
        sent = await self._posting.send(phone, order, base_url=base_url(request))
        return JSONResponse({"id": sent.id, "attempts": [attempt.as_json() for attempt in sent.attempts]})

    async def get_phones(self, _: Request) -> Response:
        """List all phones with their state."""
        phones = self._gateway.phones.all()
        return JSONResponse({"phones": [describe(self._gateway, phone) for phone in phones]})

    async def get_messages(self, request: Request) -> Response:
        """Show what is on a phone; waits for news when asked to."""
        phone = self._phone(request)
        after = whole_number(request, "after", default=0)
        with_sent = request.query_params.get("sent", "false") == "true"
        state = whole_number(request, "state", default=0) if "state" in request.query_params else None

        def news() -> list[Bubble]:
            return [b for b in phone.bubbles if b.n > after and (with_sent or b.direction == "received")]

        def is_news() -> bool:
            return bool(news()) or (state is not None and phone.state != state)

        await self._gateway.phones.changes.until(is_news, seconds=wait_seconds(request))
        bubbles = news()
        content: dict[str, Any] = {
            "opaque_id": phone.customer.opaque_id,
            "typing": self._gateway.phones.is_typing(phone),
            "opted_out": phone.opted_out,
            "state": phone.state,
            "messages": [bubble.as_json() for bubble in bubbles],
            "next": bubbles[-1].n if bubbles else after,
        }
        return JSONResponse(content)

    async def delete_messages(self, request: Request) -> Response:
        """Empty a phone."""
        self._gateway.phones.clear(self._phone(request))
        return Response(status_code=204)

    def _phone(self, request: Request) -> Phone:
        opaque_id = request.path_params.get("opaque_id") or request.query_params.get("opaque_id")
        return self._posting.phone(opaque_id, status=404)
