"""Exports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parley.business.calls import Answer
from parley.business.model import REDACTED
from parley.business.operations import exports as operations
from parley.business.webhooks import iso
from parley.conversation.records import State
from parley.conversation.ulids import Span
from parley.runtime import compose
from parley.runtime.console import conversations
from parley.runtime.console.call import Call, Route
from parley.runtime.console.pages import following, left_of
from parley.runtime.views import said_view
from parley.services.history import Wanted

if TYPE_CHECKING:
    from parley.business.operations.exports import ExportQuery
    from parley.conversation.records import Message
    from parley.services.history import Said


def export(call: Call) -> Answer:
    """GET /v1/conversations/{conversation_id}/export."""
    query: ExportQuery = call.query
    known = compose.handover().get(call.business_id, call.path["conversation_id"])
    span = left_of(call, Span(), newest_first=False)
    found = compose.history().find(
        call.business_id, Wanted(conversation_id=known.id), span, limit=query.limit, newest_first=False
    )
    page: dict[str, Any] = {}
    if query.cursor is None:
        page["conversation"] = conversations.get(call).content | {"opaque_id": known.opaque_id}  # type: ignore[operator]
    page["messages"] = [_message(each) for each in found.messages]
    cursor = following(call, found.reached)
    return Answer(operations.EXPORT.status, page if cursor is None else page | {"next_cursor": cursor})


def _message(said: Said) -> dict[str, Any]:
    view = said_view(said)
    if _may_have_failed(said.message):
        tries = compose.deliveries().attempts(said.message.business_id, said.message.id)
        view["failed_attempts"] = [
            {
                "target": each.target,
                "number": each.number,
                "at": iso(each.at),
                "status": each.status,
                "ms": each.ms,
                # What an endpoint answers may say again what it was sent.
                "words": each.words if said.message.redacted is None or not each.words else REDACTED,
            }
            for each in tries
        ]
    return view


def _may_have_failed(message: Message) -> bool:
    """A first try that succeeded is only counted, and nothing is looked for."""
    return message.attempts > (message.state in {State.DELIVERED, State.SENT})


ROUTES = (Route(operations.EXPORT, export),)
