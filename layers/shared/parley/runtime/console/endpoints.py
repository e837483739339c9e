"""Endpoints."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from parley.business.calls import Answer
from parley.business.operations import endpoints as operations
from parley.business.operations.endpoints import (
    EndpointAnswer,
    EndpointChange,
    EndpointCreated,
    EndpointList,
    EndpointSecret,
    EndpointView,
    Health,
    NewEndpoint,
)
from parley.business.webhooks import iso
from parley.runtime import compose
from parley.runtime.console.call import Call, Route, etag, shown

if TYPE_CHECKING:
    from parley.business.model import Breaker
    from parley.services.endpoints import Known


def create(call: Call) -> Answer:
    """POST /v1/endpoints."""
    new: NewEndpoint = call.body
    known = compose.endpoints().create(call.business_id, url=new.url, description=new.description, events=new.events)
    view = EndpointCreated(**_facts(known), secret=known.secret)
    location = {"Location": f"/v1/endpoints/{known.endpoint.id}"}
    return shown(operations.CREATE, view, location | etag(known.version))


def everything(call: Call) -> Answer:
    """GET /v1/endpoints."""
    found = [EndpointView(**_facts(known)) for known in compose.endpoints().all(call.business_id)]
    return shown(operations.LIST, EndpointList(data=found))


def get(call: Call) -> Answer:
    """GET /v1/endpoints/{endpoint_id}."""
    return _one(compose.endpoints().get(call.business_id, call.path["endpoint_id"]))


def change(call: Call) -> Answer:
    """PATCH /v1/endpoints/{endpoint_id}."""
    wanted: EndpointChange = call.body
    known = compose.endpoints().change(
        call.business_id, call.path["endpoint_id"], wanted.changes(), version=call.version
    )
    return _one(known)


def remove(call: Call) -> Answer:
    """DELETE /v1/endpoints/{endpoint_id}."""
    compose.endpoints().remove(call.business_id, call.path["endpoint_id"])
    return Answer(HTTPStatus.NO_CONTENT)


def test(call: Call) -> Answer:
    """POST /v1/endpoints/{endpoint_id}/test."""
    webhook_id, said = compose.endpoints().test(call.business_id, call.path["endpoint_id"])
    view = EndpointAnswer(ok=said.ok, status=said.status, ms=said.ms, reason=said.reason, webhook_id=webhook_id)
    return shown(operations.TEST, view)


def pause(call: Call) -> Answer:
    """POST /v1/endpoints/{endpoint_id}/pause."""
    return _one(compose.endpoints().pause(call.business_id, call.path["endpoint_id"]))


def resume(call: Call) -> Answer:
    """POST /v1/endpoints/{endpoint_id}/resume."""
    return _one(compose.endpoints().resume(call.business_id, call.path["endpoint_id"]))


def rotate(call: Call) -> Answer:
    """POST /v1/endpoints/{endpoint_id}/rotate-secret."""
    endpoint_id = call.path["endpoint_id"]
    made = compose.endpoints().rotate_secret(call.business_id, endpoint_id)
    until = iso(made.former_until) if made.former_until is not None else None
    view = EndpointSecret(id=endpoint_id, secret=made.secret, previous_valid_until=until)
    return shown(operations.ROTATE, view)


def _one(known: Known) -> Answer:
    return shown(operations.GET, EndpointView(**_facts(known)), etag(known.version))


def _facts(known: Known) -> dict[str, Any]:
    endpoint = known.endpoint
    return {
        "id": endpoint.id,
        "url": endpoint.url,
        "state": endpoint.state,
        "reason": endpoint.reason,
        "description": endpoint.description,
        "events": list(endpoint.events),
        "created_at": iso(endpoint.created_at),
        "health": _health(known.breaker),
    }


def _health(breaker: Breaker | None) -> Health | None:
    if breaker is None:
        return None
    return Health(
        failures=breaker.failures,
        away_since=iso(breaker.open_since) if breaker.open_since is not None else None,
        next_probe_at=iso(breaker.probe_at) if breaker.probe_at is not None else None,
    )


ROUTES = (
    Route(operations.CREATE, create, secrets=frozenset({"secret"})),
    Route(operations.LIST, everything),
    Route(operations.GET, get),
    Route(operations.CHANGE, change),
    Route(operations.REMOVE, remove),
    Route(operations.TEST, test),
    Route(operations.PAUSE, pause),
    Route(operations.RESUME, resume),
    Route(operations.ROTATE, rotate, secrets=frozenset({"secret"})),
)
