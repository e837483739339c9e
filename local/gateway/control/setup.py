"""Control of the gateway itself: configuration, customers, faults, the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response

from local.gateway.config import Config, Customer
from local.gateway.faults import FaultOrder
from local.gateway.opaque_ids import new_opaque_id
from local.web.json_requests import RequestError, read_model, read_object, wait_seconds, whole_number

if TYPE_CHECKING:
    from starlette.requests import Request

    from local.gateway.gateway import Gateway
    from local.gateway.phones import Phone


def describe(gateway: Gateway, phone: Phone) -> dict[str, Any]:
    """Describe a customer and the state of the phone."""
    return {
        **phone.customer.model_dump(),
        "typing": gateway.phones.is_typing(phone),
        "opted_out": phone.opted_out,
        "known_to_msp": phone.known_to_msp,
        "messages": sum(bubble.direction == "received" for bubble in phone.bubbles),
    }


class Setup:
    """Handlers for everything but conversations."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def get_config(self, _: Request) -> Response:
        """Show the configuration; of the secrets only how many there are."""
        return JSONResponse(self._config())

    async def put_config(self, request: Request) -> Response:
        """Replace the given settings; what is not named stays."""
        given = await read_object(request)
        before = self._gateway.config.model_dump(exclude={"customers"})  # they may have changed since
        self._gateway.configure(read_model(Config, {**before, **given}))
        return JSONResponse(self._config())

    def _config(self) -> dict[str, Any]:
        config = self._gateway.config
        return {**config.model_dump(exclude={"secrets", "customers"}), "secrets": len(config.secrets)}

    async def get_customers(self, _: Request) -> Response:
        """List the customers."""
        return JSONResponse({"customers": [describe(self._gateway, phone) for phone in self._gateway.phones.all()]})

    async def post_customer(self, request: Request) -> Response:
        """Add a customer, or change one."""
        given = await read_object(request)
        opaque_id = given.get("opaque_id") or new_opaque_id()
        known = self._gateway.phones.get(opaque_id) if isinstance(opaque_id, str) else None
        before = known.customer.model_dump() if known else {}
        customer = read_model(Customer, {**before, **given, "opaque_id": opaque_id})
        phone = self._gateway.phones.register(customer)
        return JSONResponse(describe(self._gateway, phone), 200 if known else 201)

    async def get_posts(self, request: Request) -> Response:
        """List the calls of the MSP."""
        after = whole_number(request, "after", default=0)
        journal = self._gateway.journal
        await journal.changes.until(lambda: bool(journal.since(after)), seconds=wait_seconds(request))
        calls = journal.since(after)
        return JSONResponse({"posts": calls, "next": calls[-1]["n"] if calls else after})

    async def get_faults(self, _: Request) -> Response:
        """List the faults."""
        return JSONResponse({"faults": [fault.as_json() for fault in self._gateway.faults.all()]})

    async def post_fault(self, request: Request) -> Response:
        """Order a fault."""
        order = read_model(FaultOrder, await read_object(request))
        return JSONResponse(self._gateway.faults.add(order).as_json(), 201)

    async def delete_faults(self, _: Request) -> Response:
        """Lift all faults."""
        return JSONResponse({"deleted": self._gateway.faults.delete()})

    async def delete_fault(self, request: Request) -> Response:
        """Lift one fault."""
        number = request.path_params["number"]
        if not self._gateway.faults.delete(number):
            raise RequestError(404, f"There is no fault {number}; GET /control/faults lists them.")
        return JSONResponse({"deleted": 1})

    async def post_reset(self, _: Request) -> Response:
        """Forget conversations, calls, faults and objects."""
        self._gateway.reset()
        return Response(status_code=204)
