"""What was said, message by message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parley.business.calls import Answer
from parley.business.operations import history as operations
from parley.conversation.records import Direction, State
from parley.conversation.ulids import Span
from parley.runtime import compose
from parley.runtime.console.call import Call, Route
from parley.runtime.console.pages import following, left_of
from parley.runtime.views import said_view
from parley.services.history import Wanted

if TYPE_CHECKING:
    from parley.business.operations.history import HistoryQuery, MessageQuery
    from parley.business.operations.operation import Operation
    from parley.services.history import Listed


def find(call: Call) -> Answer:
    """GET /v1/messages."""
    query: MessageQuery = call.query
    span = left_of(call, Span.of(query.since, query.until))
    wanted = Wanted(
        direction=_direction(query.direction),
        state=State(query.state) if query.state is not None else None,
        conversation_id=query.conversation_id,
    )
    return _page(operations.LIST, call, compose.history().find(call.business_id, wanted, span, limit=query.limit))


def of_conversation(call: Call) -> Answer:
    """GET /v1/conversations/{conversation_id}/messages."""
    query: HistoryQuery = call.query
    known = compose.handover().get(call.business_id, call.path["conversation_id"])
    newest_first = query.order == "newest"
    found = compose.history().find(
        call.business_id,
        Wanted(direction=_direction(query.direction), conversation_id=known.id),
        left_of(call, Span(), newest_first=newest_first),
        limit=query.limit,
        newest_first=newest_first,
    )
    return _page(operations.OF_CONVERSATION, call, found)


def _direction(word: str | None) -> Direction | None:
    return Direction(word) if word is not None else None


def _page(operation: Operation, call: Call, found: Listed) -> Answer:
    """Written without the models, as `views` says."""
    content: dict[str, object] = {"data": [said_view(each) for each in found.messages]}
    cursor = following(call, found.reached)
    return Answer(operation.status, content if cursor is None else content | {"next_cursor": cursor})


ROUTES = (Route(operations.LIST, find), Route(operations.OF_CONVERSATION, of_conversation))
