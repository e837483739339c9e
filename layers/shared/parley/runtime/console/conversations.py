"""Conversations and who handles them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parley.business.operations import conversations as operations
from parley.business.operations.conversations import (
    ConversationPage,
    ConversationQuery,
    ConversationView,
    Handler,
    Holding,
)
from parley.business.webhooks import iso
from parley.conversation.records import ConversationState
from parley.conversation.ulids import Span, time_of
from parley.runtime import compose
from parley.runtime.console.call import Call, Route, etag, shown
from parley.runtime.console.pages import following, left_of
from parley.services.conversation_list import Wanted

if TYPE_CHECKING:
    from parley.business.calls import Answer
    from parley.conversation.records import Conversation


def find(call: Call) -> Answer:
    """GET /v1/conversations."""
    query: ConversationQuery = call.query
    span = left_of(call, Span.of(query.since, query.until))
    wanted = Wanted(
        state=ConversationState(query.state) if query.state is not None else None,
        handler=query.handler,
        intent=query.intent,
        group=query.group,
    )
    page = compose.conversation_list().find(call.business_id, wanted, span, limit=query.limit)
    view = ConversationPage(
        data=[_view(known) for known in page.conversations], next_cursor=following(call, page.reached)
    )
    return shown(operations.LIST, view)


def get(call: Call) -> Answer:
    """GET /v1/conversations/{conversation_id}."""
    return _one(compose.handover().get(call.business_id, call.path["conversation_id"]))


def hand_over(call: Call) -> Answer:
    """PUT /v1/conversations/{conversation_id}/handler."""
    wanted: Handler = call.body
    handed_over = compose.handover()(
        call.business_id,
        call.path["conversation_id"],
        wanted.endpoint_id,
        note=wanted.note,
        version=call.version,
    )
    return _one(handed_over)


def _one(known: Conversation) -> Answer:
    """The `ETag` counts handovers: what customers do does not change who handles them."""
    return shown(operations.GET, _view(known), etag(known.handovers))


def _view(known: Conversation) -> ConversationView:
    return ConversationView(
        id=known.id,
        state=known.state.value,
        handler=known.handler,
        held=_holding(known),
        opted_out=known.opted_out,
        capabilities=known.capabilities,
        locale=known.locale,
        intent=known.intent,
        group=known.group,
        sequence=known.sequence,
        created_at=_when(known.created_at),
        last_event_at=_when(time_of(known.received_ulid) if known.received_ulid is not None else None),
        last_inbound_at=_when(known.last_inbound_at),
    )


def _holding(known: Conversation) -> Holding | None:
    if known.held_since is None:
        return None
    endpoint_id = (known.held_endpoint or "").rpartition("#")[2]
    return Holding(
        since=iso(known.held_since),
        endpoint_id=endpoint_id if endpoint_id not in {"", "-"} else None,
        waits_for="parts" if known.waits_for == "parts" else "endpoint",
        attempts=known.attempts,
        next_attempt_at=_when(known.next_attempt_at),
    )


def _when(at: float | None) -> str | None:
    return iso(at) if at is not None else None


ROUTES = (Route(operations.LIST, find), Route(operations.GET, get), Route(operations.HAND_OVER, hand_over))
