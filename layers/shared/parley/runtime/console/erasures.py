"""Erasures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parley.business.operations import erasures as operations
from parley.business.operations.erasures import Deleted, NewErasure, Receipt
from parley.business.webhooks import iso
from parley.conversation.ulids import is_ulid
from parley.errors import NotFound
from parley.runtime import compose
from parley.runtime.console.call import Call, Route, shown

if TYPE_CHECKING:
    from parley.business.calls import Answer
    from parley.business.operations.operation import Operation
    from parley.conversation.erasures import Erasure


def erase_conversation(call: Call) -> Answer:
    """DELETE /v1/conversations/{conversation_id}."""
    begun = compose.erasures().of_conversation(call.business_id, call.path["conversation_id"])
    return _begun(operations.ERASE_CONVERSATION, begun)


def create(call: Call) -> Answer:
    """POST /v1/erasures."""
    new: NewErasure = call.body
    return _begun(operations.CREATE, compose.erasures().of_customer(call.business_id, new.customer))


def get(call: Call) -> Answer:
    """GET /v1/erasures/{erasure_id}."""
    erasure_id = call.path["erasure_id"].upper()
    if not is_ulid(erasure_id):
        raise NotFound("no such erasure", code="erasure_unknown")
    return shown(operations.GET, _view(compose.erasures().get(call.business_id, erasure_id)))


def _begun(operation: Operation, erasure: Erasure) -> Answer:
    return shown(operation, _view(erasure), {"Location": f"/v1/erasures/{erasure.id}"})


def _view(erasure: Erasure) -> Receipt:
    return Receipt(
        id=erasure.id,
        state=erasure.state.value,
        conversation_id=erasure.conversation_id,
        requested_at=iso(erasure.requested_at),
        erased_at=iso(erasure.erased_at) if erasure.erased_at is not None else None,
        completed_at=iso(erasure.completed_at) if erasure.completed_at is not None else None,
        deleted=Deleted(**{name: erasure.deleted.get(name, 0) for name in Deleted.model_fields}),
        kept_files=erasure.kept_files,
        unread_dead_letters=erasure.unread or None,
    )


ROUTES = (
    Route(operations.ERASE_CONVERSATION, erase_conversation),
    Route(operations.CREATE, create),
    Route(operations.GET, get),
)
