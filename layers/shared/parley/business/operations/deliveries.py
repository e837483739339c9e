"""Deliveries: what became of every message, attempt by attempt."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from parley.business.api import MessageFault  # noqa: TC001  (pydantic reads it)
from parley.business.bounds import DEFAULT_PAGE
from parley.business.operations.operation import Operation
from parley.business.operations.shapes import Asked, Cursor, Id, Limit, Moment, Next, Query, Shown

type DeliveryState = Literal[
    "received", "held", "delivered", "suppressed", "queued", "sent", "unknown", "cancelled", "failed"
]


class DeliveryQuery(Query):
    """Which messages; all conditions together."""

    state: DeliveryState | None = None
    endpoint_id: Annotated[Id | None, Field(description="Where it was delivered or tried last.")] = None
    conversation_id: Id | None = None
    since: Annotated[Moment | None, Field(description="Received then or later.")] = None
    until: Annotated[Moment | None, Field(description="Received before.")] = None
    cursor: Cursor | None = None
    limit: Limit = DEFAULT_PAGE


class DeliveryView(Shown):
    """A message on its way: of a customer to the business, of the business to the customer, or of Parley itself."""

    message_id: str
    conversation_id: str
    direction: Literal["inbound", "outbound", "notice"]
    type: str
    state: DeliveryState
    created_at: str
    sequence: int | None = None
    endpoint_id: Annotated[str | None, Field(description="Where it was delivered or tried last.")] = None
    attempts: Annotated[int, Field(description="Tries so far, the good one included.")]
    next_attempt_at: Annotated[str | None, Field(description="When what is held is tried again.")] = None
    delivered_at: str | None = None
    sent_at: str | None = None
    replayed_at: str | None = None
    error: MessageFault | None = None
    mode: Annotated[Literal["test"] | None, Field(description="It was sent with a test key.")] = None


class DeliveryList(Shown):
    """The newest first. A page may be short, even empty, and still have a `next_cursor`."""

    data: list[DeliveryView]
    next_cursor: Next = None


class AttemptView(Shown):
    """One failed try. A first try that succeeded is only counted."""

    target: Annotated[str, Field(description="The endpoint's id, or `apple`.")]
    number: int
    at: str
    status: Annotated[int, Field(description="The HTTP status; 0 when there was no answer.")]
    ms: int
    words: Annotated[str, Field(description="The first 500 bytes of the answer, or what went wrong.")]


class AttemptList(Shown):
    """The newest first, at most 200."""

    data: list[AttemptView]


class ReplayOne(Asked):
    """`resend` says that a message to the customer may go to Apple again, under the id it had."""

    resend: bool = False


_UNKNOWN: Final = {404: "No such message of this business."}
_ONE: Final = "/v1/deliveries/{message_id}"

LIST: Final = Operation(
    id="listDeliveries",
    method="GET",
    path="/v1/deliveries",
    scope="read",
    summary="Messages by state, endpoint, conversation and time",
    query=DeliveryQuery,
    outcome="The newest first.",
    answer=DeliveryList,
)
GET: Final = Operation(
    id="getDelivery",
    method="GET",
    path=_ONE,
    scope="read",
    summary="Where one message is",
    outcome="The message's way so far.",
    answer=DeliveryView,
    refusals=_UNKNOWN,
)
ATTEMPTS: Final = Operation(
    id="listAttempts",
    method="GET",
    path=f"{_ONE}/attempts",
    scope="read",
    summary="The failed tries of one message",
    outcome="The newest first.",
    answer=AttemptList,
    refusals=_UNKNOWN,
)
REPLAY: Final = Operation(
    id="replayDelivery",
    method="POST",
    path=f"{_ONE}/replay",
    scope="manage",
    summary="Deliver a message again",
    description=(
        "A webhook goes out again with the same `webhook-id`, in its place in the conversation. A message to a "
        "customer goes to Apple again under the same id, when it `failed` or is `unknown` and `resend` says so."
    ),
    body=(ReplayOne,),
    optional_body=True,
    status=202,
    outcome="It will be delivered again.",
    answer=DeliveryView,
    refusals=_UNKNOWN
    | {
        409: "It is still on its way, or was never meant to be delivered.",
        422: "A message to a customer needs `resend`; or the customer has left.",
    },
    once=True,
)

OPERATIONS: Final = (LIST, GET, ATTEMPTS, REPLAY)
