"""Messages to customers, and what became of any message."""

from __future__ import annotations

from typing import Final

from parley.business.api import MessageView
from parley.business.kinds import MODULES, model_of
from parley.business.kinds.from_template import FromTemplate
from parley.business.operations.operation import Operation

SEND: Final = Operation(
    id="sendMessage",
    method="POST",
    path="/v1/messages",
    scope="send",
    summary="Send a message to a customer",
    description=(
        "Stored once and sent to Apple in order. `queued` is the promise that it will be tried; ask for the "
        "message to see `sent`, `failed`, `unknown` or `cancelled`. Apple sends no delivery or read receipts."
    ),
    body=(*(model_of(kind) for kind in MODULES), FromTemplate),
    status=202,
    outcome="Stored, and on its way.",
    answer=MessageView,
    headers=("Location",),
    also={204: "A typing indicator was passed on; there is nothing to ask for."},
    refusals={422: "Or the customer has left."},
    once=True,
)

GET: Final = Operation(
    id="getMessage",
    method="GET",
    path="/v1/messages/{id}",
    scope="read",
    summary="What became of a message",
    outcome="The message, of either direction.",
    answer=MessageView,
    refusals={404: "No such message of this business."},
)

OPERATIONS: Final = (SEND, GET)
