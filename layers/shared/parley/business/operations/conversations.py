"""Conversations: which there are, what is known of one, and who handles it."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from parley.business.bounds import DEFAULT_PAGE
from parley.business.operations.operation import Operation
from parley.business.operations.shapes import Asked, Cursor, Id, Limit, Moment, Next, Query, Shown, Word


class Handler(Asked):
    """Who handles the conversation from now on; `null` gives it back to the routes."""

    endpoint_id: Id | None
    note: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=MAX_NOTE,
            description="For who gets it and who had it: why, and how far you are. The customer never sees it.",
        ),
    ] = None


class Holding(Shown):
    """Something waits to be delivered, and whatever comes next waits behind it."""

    since: str
    endpoint_id: Annotated[str | None, Field(description="Where it was tried last.")] = None
    waits_for: Literal["endpoint", "parts"] | None = None
    attempts: int
    next_attempt_at: str | None = None


MAX_NOTE: Final = 500

type ConversationState = Annotated[
    Literal["open", "held", "closed"],
    Field(description="`closed`: the customer has left; `held`: messages wait for an endpoint."),
]


class ConversationQuery(Query):
    """Which conversations; all conditions together."""

    state: ConversationState | None = None
    handler: Annotated[Id | None, Field(description="The endpoint they were handed to.")] = None
    intent: Annotated[Word | None, Field(description="The latest they carried.")] = None
    group: Annotated[Word | None, Field(description="The latest they carried.")] = None
    since: Annotated[Moment | None, Field(description="Their latest event came then or later.")] = None
    until: Annotated[Moment | None, Field(description="Their latest event came before.")] = None
    cursor: Cursor | None = None
    limit: Limit = DEFAULT_PAGE


class ConversationView(Shown):
    """One customer of this business. The customer's own id is in webhooks only."""

    id: str
    state: ConversationState
    handler: Annotated[str | None, Field(description="The endpoint it was handed to.")] = None
    held: Holding | None = None
    opted_out: bool
    capabilities: list[str] | None = None
    locale: str | None = None
    intent: str | None = None
    group: str | None = None
    sequence: Annotated[int, Field(description="Of the latest event.")]
    created_at: str | None = None
    last_event_at: Annotated[
        str | None, Field(description="When the latest event came: of the customer, or news of a message of yours.")
    ] = None
    last_inbound_at: Annotated[str | None, Field(description="When the customer was last heard of.")] = None


class ConversationPage(Shown):
    """The one with the latest event first. A page may be short, even empty, and still have a `next_cursor`."""

    data: list[ConversationView]
    next_cursor: Next = None


_ETAG: Final = ("ETag",)
_UNKNOWN: Final = {404: "No such conversation of this business."}

LIST: Final = Operation(
    id="listConversations",
    method="GET",
    path="/v1/conversations",
    scope="read",
    summary="Conversations by state, handler, intent, group and time",
    description="One that moves up while you read page by page may come twice, or stand before where you are.",
    query=ConversationQuery,
    outcome="The one with the latest event first.",
    answer=ConversationPage,
)
GET: Final = Operation(
    id="getConversation",
    method="GET",
    path="/v1/conversations/{conversation_id}",
    scope="read",
    summary="What is known of a conversation",
    outcome="The conversation.",
    answer=ConversationView,
    headers=_ETAG,
    refusals=_UNKNOWN,
)
HAND_OVER: Final = Operation(
    id="handOver",
    method="PUT",
    path="/v1/conversations/{conversation_id}/handler",
    scope="send",
    summary="Hand a conversation over to an endpoint",
    description=(
        "It overrides every rule until it is changed. What is held goes to the new handler at once. Everybody it "
        "concerns is told with `conversation.handed_over`: who gets it, who had it, and where the routes may lead."
    ),
    body=(Handler,),
    outcome="The conversation as it is now.",
    answer=ConversationView,
    headers=_ETAG,
    refusals=_UNKNOWN | {412: "It was handed over since the `ETag` in `If-Match`."},
    guarded=True,
)

OPERATIONS: Final = (LIST, GET, HAND_OVER)
