"""Deliveries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parley.apple import limits
from parley.business.api import MessageFault
from parley.business.operations import deliveries as operations
from parley.business.operations.deliveries import (
    AttemptList,
    AttemptView,
    DeliveryList,
    DeliveryQuery,
    DeliveryView,
    ReplayOne,
)
from parley.business.webhooks import iso
from parley.conversation.records import Message, State
from parley.conversation.ulids import Span
from parley.runtime import compose
from parley.runtime.console.call import Call, Route, shown
from parley.runtime.console.pages import following, left_of
from parley.services.deliveries import Wanted, unknown

if TYPE_CHECKING:
    from parley.business.calls import Answer


def find(call: Call) -> Answer:
    """GET /v1/deliveries."""
    query: DeliveryQuery = call.query
    span = left_of(call, Span.of(query.since, query.until))
    wanted = Wanted(
        state=State(query.state) if query.state is not None else None,
        endpoint_id=query.endpoint_id,
        conversation_id=query.conversation_id,
    )
    page = compose.deliveries().find(call.business_id, wanted, span, limit=query.limit)
    view = DeliveryList(data=[_view(message) for message in page.messages], next_cursor=following(call, page.reached))
    return shown(operations.LIST, view)


def get(call: Call) -> Answer:
    """GET /v1/deliveries/{message_id}."""
    found = compose.deliveries().get(call.business_id, _message_id(call))
    return shown(operations.GET, _view(found.message, next_attempt_at=found.next_attempt_at))


def attempts(call: Call) -> Answer:
    """GET /v1/deliveries/{message_id}/attempts."""
    found = compose.deliveries().attempts(call.business_id, _message_id(call))
    views = [
        AttemptView(
            target=each.target, number=each.number, at=iso(each.at), status=each.status, ms=each.ms, words=each.words
        )
        for each in found
    ]
    return shown(operations.ATTEMPTS, AttemptList(data=views))


def replay(call: Call) -> Answer:
    """POST /v1/deliveries/{message_id}/replay."""
    asked: ReplayOne = call.body
    return shown(operations.REPLAY, _view(compose.replay()(call.business_id, _message_id(call), resend=asked.resend)))


def _message_id(call: Call) -> str:
    message_id = call.path["message_id"].lower()
    if len(message_id) > limits.MAX_ID_CHARS:  # it could not be a key of the table
        raise unknown()
    return message_id


def _view(message: Message, *, next_attempt_at: float | None = None) -> DeliveryView:
    fault = None
    if message.error_code is not None:
        fault = MessageFault(code=message.error_code, message=message.error_message or "")
    return DeliveryView(
        message_id=message.id,
        conversation_id=message.in_conversation,
        direction=message.direction.value,
        type=message.type,
        state=message.state.value,
        created_at=iso(message.received_at),
        sequence=message.sequence,
        endpoint_id=message.endpoint_id,
        attempts=message.attempts,
        next_attempt_at=_when(next_attempt_at),
        delivered_at=_when(message.delivered_at),
        sent_at=_when(message.sent_at),
        replayed_at=_when(message.replayed_at),
        error=fault,
        mode="test" if message.is_test else None,
    )


def _when(at: float | None) -> str | None:
    return iso(at) if at is not None else None


ROUTES = (
    Route(operations.LIST, find),
    Route(operations.GET, get),
    Route(operations.ATTEMPTS, attempts),
    Route(operations.REPLAY, replay),
)
