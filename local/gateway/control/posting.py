"""Sending what a customer does to the MSP, and noting it on the phone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import anyio

from local.gateway import delivery
from local.gateway.customer_message import Outgoing, prepare, twin
from local.gateway.kinds import read_capabilities
from local.web.json_requests import RequestError

if TYPE_CHECKING:
    from local.gateway.bubbles import Bubble
    from local.gateway.customer_message import CustomerMessage
    from local.gateway.gateway import Gateway
    from local.gateway.phones import Phone

TWIN_SECONDS = 0.5
"""How long after a reply its twin was seen."""


@dataclass(frozen=True)
class Sent:
    """What was posted: one id and envelope per message, one attempt per POST."""

    ids: list[str]
    envelope: dict[str, Any]
    attempts: list[delivery.Attempt]

    @property
    def id(self) -> str:
        """The id of the message, the first when it has a twin."""
        return self.ids[0]


class Posting:
    """The customers' way to the MSP."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def require_msp(self, *, token: str | None = None) -> str:
        """Return where messages are posted. Raises RequestError while nothing could be posted or signed."""
        config = self._gateway.config
        if config.message_url is None or (not config.secrets and token is None):
            raise RequestError(409, "No MSP is configured: PUT msp_id, secrets and message_url to /control/config.")
        return config.message_url

    def phone(self, address: str | None, *, status: int = 400) -> Phone:
        """Return the phone with an opaque id or `tel:` number, the first one without. Raises RequestError."""
        if address is None:
            phones = self._gateway.phones.all()
            if not phones:
                raise RequestError(400, "There is no customer yet; POST /control/customers adds one.")
            return phones[0]
        phone = self._gateway.phones.find(address)
        if phone is None:
            hint = "; write + as %2B" if " " in address else ""
            raise RequestError(
                status,
                "No customer has this opaque_id; GET /control/customers lists them, "
                f"POST /control/customers adds one{hint}.",
            )
        return phone

    async def send(
        self,
        phone: Phone,
        order: CustomerMessage,
        *,
        base_url: str,
        answers: Bubble | None = None,
        double: bool = False,
    ) -> Sent:
        """Show a message on the phone and post it. `double` posts a twin with another id half a second later."""
        url = self.require_msp(token=order.token)
        outgoing = [prepare(self._gateway, order, phone.customer, base_url=base_url)]
        if double:
            second = twin(order, outgoing[0])
            outgoing.append(prepare(self._gateway, second, phone.customer, base_url=base_url))
        bubble = None
        if not order.is_raw:
            given = phone.customer.capabilities if order.capabilities is None else order.capabilities
            phone.announced = read_capabilities(given)
            bubble = self._gateway.phones.send(phone, outgoing[0].envelope, order.interactive_data, answers=answers)
        attempts = await self._deliver(outgoing, url, order)
        if bubble is not None:
            delivered = any(attempt.status == 200 for attempt in attempts)
            self._gateway.phones.settle(phone, bubble, delivered=delivered)
        return Sent([one.id for one in outgoing], outgoing[0].envelope, attempts)

    async def _deliver(self, outgoing: list[Outgoing], url: str, order: CustomerMessage) -> list[delivery.Attempt]:
        attempts: list[delivery.Attempt] = []

        async def post(one: Outgoing) -> None:
            attempts.append(await delivery.post(url, one.headers, one.body))

        if order.repeat > 1 and not order.concurrent:
            for _ in range(order.repeat):
                await post(outgoing[0])
            return attempts
        async with anyio.create_task_group() as group:
            for place, one in enumerate(outgoing):
                if place:  # a twin does not wait for the answer to the first
                    await anyio.sleep(TWIN_SECONDS)
                for _ in range(order.repeat):
                    group.start_soon(post, one)
        return attempts
