"""POST /control/phones/reply: a customer answers a message by tapping, filling in or reacting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict
from starlette.responses import JSONResponse, Response

from local.gateway.control.posting import Posting
from local.gateway.customer_message import CustomerMessage
from local.gateway.gateway import base_url
from local.gateway.replies import ANSWERS, Answer, Asked, Tapback
from local.web.json_requests import RequestError, read_model, read_object

if TYPE_CHECKING:
    from starlette.requests import Request

    from local.gateway.bubbles import Bubble
    from local.gateway.gateway import Gateway
    from local.gateway.phones import Phone


class ReplyOrder(BaseModel):
    """What all answers take; the other fields depend on the kind of message."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    opaque_id: str | None = None
    message_id: str | None = None
    """Of the message answered; without it the newest interactive one, for a tapback the newest of any kind."""
    action: Literal["choose", "decline", "tapback"] = "choose"
    locale: str | None = None
    by_reference: bool = False
    double: bool = False
    """Post the answer twice, half a second apart and with different ids."""


class Replies:
    """The handler."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._posting = Posting(gateway)

    async def post_reply(self, request: Request) -> Response:
        """Build what the phone would send and post it; answers when the MSP did."""
        given = await read_object(request)
        order = read_model(ReplyOrder, {key: given[key] for key in given if key in ReplyOrder.model_fields})
        rest = {key: value for key, value in given.items() if key not in ReplyOrder.model_fields}
        self._posting.require_msp()
        phone = self._posting.phone(order.opaque_id)
        bubble = _target(phone, order)
        locale = phone.customer.locale if order.locale is None else order.locale
        if order.action == "tapback":
            sentence = read_model(Tapback, rest).sentence(bubble, locale)
            messages = [CustomerMessage(body=sentence, locale=locale)]
        else:
            asked = self._asked(phone, bubble, locale)
            messages = _answer(asked, order, rest).messages(asked)
        results = [
            await self._posting.send(
                phone,
                message.model_copy(update={"by_reference": order.by_reference}),
                base_url=base_url(request),
                answers=bubble,
                double=order.double,
            )
            for message in messages
        ]
        return JSONResponse(
            {
                "id": results[0].id,
                "ids": [one for sent in results for one in sent.ids],
                "opaque_id": phone.customer.opaque_id,
                "in_reply_to": bubble.id,
                "kind": bubble.kind,
                "interactive_data": messages[0].interactive_data,
                "envelopes": [sent.envelope for sent in results],
                "attempts": [attempt.as_json() for sent in results for attempt in sent.attempts],
            }
        )

    def _asked(self, phone: Phone, bubble: Bubble, locale: str) -> Asked:
        if bubble.interactive is None or bubble.session is None:
            raise RequestError(
                400, f"A {bubble.kind} is answered by POST /control/messages, or reacted to by action tapback."
            )
        if not bubble.supported:
            raise RequestError(409, "The phone cannot show this message, so nobody can tap it; answer by text.")
        return Asked(bubble.kind, bubble.interactive, bubble.session, phone.customer, locale, self._gateway.clock())


def _target(phone: Phone, order: ReplyOrder) -> Bubble:
    """Find the message meant. Raises RequestError."""
    received = [bubble for bubble in phone.bubbles if bubble.direction == "received"]
    if order.message_id is not None:
        received = [bubble for bubble in received if bubble.id == order.message_id]
    elif order.action != "tapback":
        received = [bubble for bubble in received if bubble.interactive is not None]
    if not received:
        raise RequestError(404, "There is no such message on the phone; GET /control/phones/messages lists them.")
    return received[-1]


def _answer(asked: Asked, order: ReplyOrder, fields: dict[str, Any]) -> Answer:
    model = ANSWERS[asked.kind]
    if order.action == "choose":
        return read_model(model, fields)
    if model.DECLINE is None:
        raise RequestError(400, f"Nothing is sent when a customer leaves a {asked.kind} alone; there is no decline.")
    return read_model(model, {**model.DECLINE, **fields})
