"""Conversations: what is known of one, and who handles it."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from parley.business.operations.operation import Operation
from parley.business.operations.shapes import Asked, Id, Shown


class Handler(Asked):
    """Who handles the conversation from now on; `null` gives it back to the routes."""

    endpoint_id: Id | None


class Holding(Shown):
    """Something waits to be delivered, and whatever comes next waits behind it."""

    since: str
    endpoint_id: Annotated[str | None, Field(description="Where it was tried last.")] = None
    waits_for: Literal["endpoint", "parts"] | None = None
    attempts: int
    next_attempt_at: str | None = None


class ConversationView(Shown):
    """One customer of this business. The customer's own id is in webhooks only."""

    id: str
    state: Annotated[
        Literal["open", "held", "closed"],
        Field(description="`closed`: the customer has left; `held`: messages wait for an endpoint."),
    ]
    handler: Annotated[str | None, Field(description="The endpoint it was handed to.")] = None
    held: Holding | None = None
    opted_out: bool
    capabilities: list[str] | None = None
    locale: str | None = None
    intent: str | None = None
    group: str | None = None
    sequence: Annotated[int, Field(description="Of the latest event.")]


_UNKNOWN: Final = {404: "No such conversation of this business."}

GET: Final = Operation(
    id="getConversation",
    method="GET",
    path="/v1/conversations/{conversation_id}",
    scope="read",
    summary="What is known of a conversation",
    outcome="The conversation.",
    answer=ConversationView,
    refusals=_UNKNOWN,
)
HAND_OVER: Final = Operation(
    id="handOver",
    method="PUT",
    path="/v1/conversations/{conversation_id}/handler",
    scope="send",
    summary="Hand a conversation over to an endpoint",
    description="It overrides every rule until it is changed. What is held goes to the new handler at once.",
    body=(Handler,),
    outcome="The conversation as it is now.",
    answer=ConversationView,
    refusals=_UNKNOWN,
)

OPERATIONS: Final = (GET, HAND_OVER)
