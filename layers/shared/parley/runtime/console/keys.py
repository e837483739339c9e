"""API keys."""

from __future__ import annotations

import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Literal

from parley.business.calls import Answer
from parley.business.operations import keys as operations
from parley.business.operations.keys import KeyChange, KeyCreated, KeyList, KeyRotation, KeyView, NewKey
from parley.business.webhooks import iso
from parley.runtime import compose
from parley.runtime.console.call import Call, Route, etag, shown
from parley.runtime.log import log

if TYPE_CHECKING:
    from parley.business.model import ApiKey
    from parley.business.snapshot import KeyRecord


def create(call: Call) -> Answer:
    """POST /v1/keys."""
    new: NewKey = call.body
    issued = compose.api_keys().create(
        call.business_id,
        by=call.key_id,
        name=new.name,
        scopes=new.scopes,
        mode=new.mode,
        expires_at=new.expires_at.timestamp() if new.expires_at is not None else None,
    )
    key = issued.record.key
    _note("key_made", call, key.id)
    view = KeyCreated(**_facts(key), key=issued.whole)
    return shown(operations.CREATE, view, {"Location": f"/v1/keys/{key.id}"} | etag(issued.record.version))


def everything(call: Call) -> Answer:
    """GET /v1/keys."""
    found = compose.api_keys().all(call.business_id, by=call.key_id)
    return shown(operations.LIST, KeyList(data=[KeyView(**_facts(record.key)) for record in found]))


def get(call: Call) -> Answer:
    """GET /v1/keys/{key_id}."""
    return _one(compose.api_keys().get(call.business_id, call.path["key_id"], by=call.key_id))


def change(call: Call) -> Answer:
    """PATCH /v1/keys/{key_id}."""
    wanted: KeyChange = call.body
    changes = wanted.changes()
    if changes.get("expires_at") is not None:
        changes["expires_at"] = changes["expires_at"].timestamp()
    record = compose.api_keys().change(
        call.business_id, call.path["key_id"], changes, by=call.key_id, version=call.version
    )
    _note("key_changed", call, record.key.id)
    return _one(record)


def remove(call: Call) -> Answer:
    """DELETE /v1/keys/{key_id}."""
    compose.api_keys().remove(call.business_id, call.path["key_id"], by=call.key_id)
    _note("key_revoked", call, call.path["key_id"])
    return Answer(HTTPStatus.NO_CONTENT)


def rotate(call: Call) -> Answer:
    """POST /v1/keys/{key_id}/rotate."""
    wanted: KeyRotation = call.body
    issued = compose.api_keys().rotate(
        call.business_id, call.path["key_id"], by=call.key_id, overlap_hours=wanted.overlap_hours
    )
    _note("key_rotated", call, issued.record.key.id)
    view = KeyCreated(**_facts(issued.record.key), key=issued.whole)
    return shown(operations.ROTATE, view, etag(issued.record.version))


def _note(what: str, call: Call, key_id: str) -> None:
    """Who changed which key is worth a line of its own."""
    log.info(what, extra={"business_id": call.business_id, "key_id": key_id, "by": call.key_id})


def _one(record: KeyRecord) -> Answer:
    return shown(operations.GET, KeyView(**_facts(record.key)), etag(record.version))


def _facts(key: ApiKey) -> dict[str, Any]:
    now = time.time()
    until = key.former_until if key.former_until is not None and now < key.former_until else None
    return {
        "id": key.id,
        "name": key.name,
        "mode": key.mode,
        "scopes": list(key.scopes),
        "state": _state(key, now=now),
        "created_at": iso(key.created_at),
        "expires_at": _when(key.expires_at),
        "last_used_at": _when(key.used_at),
        "previous_valid_until": _when(until),
    }


def _state(key: ApiKey, *, now: float) -> Literal["active", "disabled", "expired"]:
    if not key.enabled:
        return "disabled"
    return "active" if key.is_good(now=now) else "expired"


def _when(at: float | None) -> str | None:
    return iso(at) if at is not None else None


ROUTES = (
    Route(operations.CREATE, create, secrets=frozenset({"key"})),
    Route(operations.LIST, everything),
    Route(operations.GET, get),
    Route(operations.CHANGE, change),
    Route(operations.REMOVE, remove),
    Route(operations.ROTATE, rotate, secrets=frozenset({"key"})),
)
