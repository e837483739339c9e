"""Conversations and who handles them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from parley.business.operations import conversations as operations
from parley.business.operations.conversations import ConversationView, Handler, Holding
from parley.business.webhooks import iso
from parley.runtime import compose
from parley.runtime.console.call import Call, Route, shown

if TYPE_CHECKING:
    from parley.business.calls import Answer
    from parley.conversation.records import Conversation


def get(call: Call) -> Answer:
    """GET /v1/conversations/{conversation_id}."""
    return _one(compose.handover().get(call.business_id, call.path["conversation_id"]))


def hand_over(call: Call) -> Answer:
    """PUT /v1/conversations/{conversation_id}/handler."""
    wanted: Handler = call.body
    return _one(compose.handover()(call.business_id, call.path["conversation_id"], wanted.endpoint_id))


def _one(known: Conversation) -> Answer:
    view = ConversationView(
        id=known.id,
        state=_state(known),
        handler=known.handler,
        held=_holding(known),
        opted_out=known.opted_out,
        capabilities=known.capabilities,
        locale=known.locale,
        intent=known.intent,
        group=known.group,
        sequence=known.sequence,
    )
    return shown(operations.GET, view)


def _state(known: Conversation) -> Literal["open", "held", "closed"]:
    if known.opted_out:
        return "closed"
    return "held" if known.is_held else "open"


def _holding(known: Conversation) -> Holding | None:
    if known.held_since is None:
        return None
    endpoint_id = (known.held_endpoint or "").rpartition("#")[2]
    return Holding(
        since=iso(known.held_since),
        endpoint_id=endpoint_id if endpoint_id not in {"", "-"} else None,
        waits_for="parts" if known.waits_for == "parts" else "endpoint",
        attempts=known.attempts,
        next_attempt_at=iso(known.next_attempt_at) if known.next_attempt_at is not None else None,
    )


ROUTES = (Route(operations.GET, get), Route(operations.HAND_OVER, hand_over))
