"""What customers and the business said to each other."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from parley.business.api import MessageView  # noqa: TC001  (pydantic reads it)
from parley.business.bounds import DEFAULT_PAGE
from parley.business.operations.operation import Operation
from parley.business.operations.shapes import Cursor, Id, Limit, Moment, Next, Query, Shown

type Direction = Annotated[
    Literal["inbound", "outbound"], Field(description="`inbound`: of customers; `outbound`: of the business.")
]
type MessageState = Literal[
    "received", "held", "delivered", "suppressed", "queued", "sent", "unknown", "cancelled", "failed"
]


class MessageQuery(Query):
    """Which messages; all conditions together."""

    direction: Direction | None = None
    state: MessageState | None = None
    conversation_id: Id | None = None
    since: Annotated[Moment | None, Field(description="Received then or later.")] = None
    until: Annotated[Moment | None, Field(description="Received before.")] = None
    cursor: Cursor | None = None
    limit: Limit = DEFAULT_PAGE


class HistoryQuery(Query):
    """Which of the conversation's messages, in which order."""

    direction: Direction | None = None
    order: Literal["newest", "oldest"] = "newest"
    cursor: Cursor | None = None
    limit: Limit = DEFAULT_PAGE


class MessagePage(Shown):
    """Messages of both directions. A page may be short, even empty, and still have a `next_cursor`."""

    data: list[MessageView]
    next_cursor: Next = None


LIST: Final = Operation(
    id="listMessages",
    method="GET",
    path="/v1/messages",
    scope="read",
    summary="Messages of both directions with what they say",
    query=MessageQuery,
    outcome="The newest first.",
    answer=MessagePage,
)
OF_CONVERSATION: Final = Operation(
    id="listConversationMessages",
    method="GET",
    path="/v1/conversations/{conversation_id}/messages",
    scope="read",
    summary="What was said in a conversation",
    query=HistoryQuery,
    outcome="The newest first, or the oldest.",
    answer=MessagePage,
    refusals={404: "No such conversation of this business."},
)

OPERATIONS: Final = (LIST, OF_CONVERSATION)
